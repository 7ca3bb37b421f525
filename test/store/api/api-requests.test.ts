import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { BegunRequest, OpenedRequest } from '../../../src/flows/ports/api-requests.ts';
import { createApiRequests } from '../../../src/store/api/api-requests.ts';
import { createPool } from '../../../src/store/database.ts';
import { createSecretBox } from '../../../src/store/sealed-secret.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const DYING = new URL('../../support/dying-request.ts', import.meta.url).pathname;
const box = createSecretBox(Buffer.alloc(32));
const LEASE_MS = 60_000;
let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 12, name: 'test-requests' }, quietLogger());
  await pool.query('create table work (key text not null)');
});

after(async () => {
  await pool.end();
  await database.close();
});

const keyed = (key: string, requestHash: string | null = 'h') => ({
  caller: 'token:x',
  key,
  route: 'work',
  requestHash,
});
const work = (key: string) => () =>
  inTransaction(pool, (client) => client.query('insert into work values ($1)', [key]));
const done = async (key: string): Promise<number> =>
  (await pool.query('select 1 from work where key = $1', [key])).rowCount ?? 0;

function ours(begun: BegunRequest): OpenedRequest {
  assert.equal(begun.kind, 'ours');
  return (begun as Extract<BegunRequest, { kind: 'ours' }>).opened;
}

/** Eight callers with one key start together; returns how each fared. Twins take the lock out of the statement. */
async function race(key: string, { locked }: { readonly locked: boolean }): Promise<readonly string[]> {
  const open = {
    query: (text: string, values: unknown[]) =>
      pool.query(locked ? text : text.replace(/\n {4}where known.state[\s\S]*?(?=\n {2}returning)/, ''), values),
  } as unknown as pg.Pool;
  const requests = createApiRequests(open, box);
  const barrier = Promise.withResolvers<void>();
  const callers = Array.from({ length: 8 }, async () => {
    await barrier.promise;
    const begun = await requests.begin(keyed(key), Date.now());
    if (begun.kind !== 'ours') return begun.kind;
    // The twin works without saying so in its transaction.
    await (locked ? begun.opened.run(work(key)) : work(key)());
    await begun.opened.finish({ status: 200, answer: '{}', requestHash: 'h' });
    return 'ours';
  });
  barrier.resolve();
  return Promise.all(callers);
}

test('of eight that ask at once under one key, one is carried out', async () => {
  const kinds = await race('race', { locked: true });
  assert.equal(kinds.filter((kind) => kind === 'ours').length, 1);
  assert.ok(
    kinds.every((kind) => ['ours', 'busy', 'answered'].includes(kind)),
    kinds.join(),
  );
  assert.equal(await done('race'), 1);
});

test('twin: without the lock it is carried out more than once', async () => {
  await race('race-twin', { locked: false });
  assert.ok((await done('race-twin')) > 1);
});

test('an answer is kept sealed and told to whoever asks again, another request under its key is not carried out', async () => {
  const requests = createApiRequests(pool, box);
  const opened = ours(await requests.begin(keyed('again'), 1000));
  await opened.run(work('again'));
  await opened.finish({ status: 200, answer: '{"secret":"s"}', requestHash: 'h' });
  assert.deepEqual(await requests.begin(keyed('again'), 2000), {
    kind: 'answered',
    stored: { status: 200, answer: '{"secret":"s"}', requestHash: 'h' },
  });
  assert.deepEqual(await requests.begin(keyed('again', 'another'), 2000), { kind: 'other' });
  assert.deepEqual(await requests.begin({ ...keyed('again'), route: 'other' }, 2000), { kind: 'other' });
  assert.equal((await requests.begin({ ...keyed('again'), caller: 'token:y' }, 2000)).kind, 'ours');
  const rows = JSON.stringify((await pool.query('select * from api_request')).rows);
  assert.ok(!rows.includes('secret'));
});

test('what failed before anything was done may be sent again at once', async () => {
  const requests = createApiRequests(pool, box);
  const opened = ours(await requests.begin(keyed('fails'), 1000));
  const failing = inTransaction.bind(null, pool, () => Promise.reject(new Error('no')));
  await assert.rejects(opened.run(failing), /no/);
  assert.equal(opened.acted(), false);
  await opened.release();
  ours(await requests.begin(keyed('fails'), 1001));
});

test('one that died before its work was committed is carried out by the next, once its lease is over', async () => {
  await dies('before');
  const requests = createApiRequests(pool, box);
  assert.equal((await requests.begin(keyed('dies-before'), Date.now())).kind, 'busy');
  const opened = ours(await requests.begin(keyed('dies-before'), Date.now() + LEASE_MS + 1000));
  await opened.run(work('dies-before'));
  assert.equal(await done('dies-before'), 1);
});

test('one that died after its work was committed is never carried out again', async () => {
  await dies('after');
  const requests = createApiRequests(pool, box);
  assert.equal((await requests.begin(keyed('dies-after'), Date.now())).kind, 'busy');
  const later = await requests.begin(keyed('dies-after'), Date.now() + LEASE_MS + 1000);
  assert.equal(later.kind, 'answer-lost');
  assert.equal(await done('dies-after'), 1);
});

test('one that was so slow that the next took its place commits nothing', async () => {
  const requests = createApiRequests(pool, box);
  const slow = ours(await requests.begin(keyed('slow'), 1000));
  const next = ours(await requests.begin(keyed('slow'), 1000 + LEASE_MS));
  await assert.rejects(slow.run(work('slow')), { code: 'request-taken-over' });
  assert.equal(await done('slow'), 0);
  await next.run(work('slow'));
  assert.equal(await done('slow'), 1);
});

test('keys are forgotten after a day, so many at a time', async () => {
  const requests = createApiRequests(pool, box);
  await requests.begin(keyed('old-1'), 5);
  await requests.begin(keyed('old-2'), 6);
  assert.equal(await requests.forgetBefore(7, 1), 1);
  assert.equal(await requests.forgetBefore(7, 10), 1);
});

async function dies(when: 'before' | 'after'): Promise<void> {
  const child = spawn(process.execPath, [DYING, database.url, when], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
}
