import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/flows/permissions.ts';
import { takesKey } from '../../src/http/api/answer-once.ts';
import { apiRouteTable } from '../../src/http/routes/api-routes.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { Program } from '../support/program.ts';

let server: TestConsole;
let program: Program;
let anna: Caller;
let made = 0;

before(async () => {
  // What is tested here are keys, by more requests than a program may make in a second.
  const often = { capacity: 10_000, perSecond: 10_000 };
  server = await startConsole([], { tokenRates: { token: often, address: often } });
  await buildAccount(server.database.client);
  anna = await new Caller(server).logIn('owner', 'anna');
  const { body } = await anna.post('/api-tokens', { name: 'shop', scopes: [...scopes], expiresAtMs: null });
  program = new Program(server.url, body.token);
});

after(() => server.close());

function draft() {
  made += 1;
  return { accountId: 'main', slug: `once-${made}`, name: '春节抽奖', draft: lotteryRule({ budgetFen: 1000 }) };
}

const count = async (slug: string): Promise<number> =>
  (await server.pool.query('select 1 from activity where slug = $1', [slug])).rowCount ?? 0;

test('every POST of a program that does something needs a key, and says so', async () => {
  const routes = apiRouteTable(consoleRouteTable(server.dependencies)).filter(takesKey);
  assert.ok(routes.length >= 15);
  const names = routes.map(({ name }) => name);
  for (const name of [
    'createActivity',
    'publishActivity',
    'requestReissue',
    'prepareBatch',
    'confirmBatch',
    'generateCodes',
  ]) {
    assert.ok(names.includes(name), name);
  }
  for (const { path, file, name } of routes.filter((route) => route.file === null)) {
    assert.equal(file, null);
    const { status, body } = await program.post(path.replaceAll(/:\w+/g, 'main'), {}, null);
    assert.deepEqual([status, body.code], [400, 'idempotency-key-missing'], name);
  }
});

test('a repeated request gets the first answer and makes nothing new', async () => {
  const [key, body] = [randomUUID(), draft()];
  const first = await program.post('/activities', body, key);
  assert.deepEqual([first.status, first.headers.get('idempotency-replayed')], [200, null]);
  const again = await program.post('/activities', body, key);
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [200, 'true']);
  assert.deepEqual(again.body, first.body);
  const other = await program.post('/activities', { ...body, name: '别的' }, key);
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency-key-reused']);
  const elsewhere = await program.post(`/activities/${first.body.activity.id}/publish`, body, key);
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [422, 'idempotency-key-reused']);
  assert.equal(await count(body.slug), 1);
});

test('of requests that come at once under one key one is carried out; the others get its answer or are told to wait', async () => {
  const [key, body] = [randomUUID(), draft()];
  const answers = await Promise.all(Array.from({ length: 6 }, () => program.post('/activities', body, key)));
  const good = answers.filter(({ status }) => status === 200);
  assert.ok(good.length >= 1 && new Set(good.map(({ body: answer }) => answer.activity.id)).size === 1);
  for (const { status, body: answer, headers } of answers.filter((one) => one.status !== 200)) {
    assert.deepEqual([status, answer.code], [409, 'idempotency-key-busy']);
    assert.ok(Number(headers.get('retry-after')) >= 1);
  }
  assert.equal(await count(body.slug), 1);
});

test('a request that was refused may be sent again under its key', async () => {
  const [key, body] = [randomUUID(), draft()];
  const [{ slug }] = [body];
  await program.post('/activities', body);
  const taken = await program.post('/activities', body, key);
  assert.deepEqual([taken.status, taken.body.code], [409, 'slug-taken']);
  await server.pool.query('update activity set slug = $2 where slug = $1', [slug, `${slug}-moved`]);
  assert.equal((await program.post('/activities', body, key)).status, 200);
});

test('what a program makes is said to be done in the very transaction that makes it', async () => {
  await server.pool.query(`
    create table said (route text, state text);
    create function say() returns trigger language plpgsql as
      $$ begin insert into said values (new.route, new.state); return null; end $$;
    create trigger say after update on api_request for each row execute function say();`);
  const { draft: rule, ...rest } = draft();
  const batch = { ...rule, trigger: { ...rule.trigger, batch: true } };
  const { body } = await program.post('/activities', { ...rest, draft: batch });
  const path = `/activities/${body.activity.id}`;
  await expectDone(program.post(`${path}/publish`, { revision: body.activity.revision }));
  await expectDone(program.post('/accounts/main/replies', { words: ['你好'], match: 'exact', reply: '好' }));
  await expectDone(
    program.post('/accounts/main/code-pools', { id: 'gifts', name: '礼品', purpose: 'voucher', count: 3 }),
  );
  await expectDone(program.post(`${path}/batches`, { note: 'x', openids: ['o'.padEnd(28, 'x')] }));
  const { rows } = await server.pool.query<{ route: string; states: string }>(
    "select route, string_agg(state, ',') as states from said group by route order by route",
  );
  assert.deepEqual(Object.fromEntries(rows.map(({ route, states }) => [route, states])), {
    addReply: 'acted,done',
    createActivity: 'acted,done',
    generateCodes: 'acted,done',
    prepareBatch: 'acted,done',
    publishActivity: 'acted,done',
  });
});

async function expectDone(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
}

test('a key is whatever has 8 to 128 printable characters', async () => {
  for (const key of ['short', 'has a space', 'x'.repeat(129)]) {
    const { status, body } = await program.post('/activities', draft(), key);
    assert.deepEqual([status, body.code], [400, 'idempotency-key-invalid'], key);
  }
});

test('a file under a key is compared to its last byte', async () => {
  const key = randomUUID();
  const send = (text: string) =>
    program.send('POST', '/accounts/main/person-lists/file/import', text, {
      'content-type': 'text/plain',
      'idempotency-key': key,
    });
  const openid = 'o'.padEnd(28, 'f');
  const first = await send(`${openid}\n`);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const again = await send(`${openid}\n`);
  assert.deepEqual([again.headers.get('idempotency-replayed'), again.body], ['true', first.body]);
  const other = await send(`${openid}\n${'o'.padEnd(28, 'g')}\n`);
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency-key-reused']);
});

test('in the console a key is welcome and not needed', async () => {
  const [key, body] = [randomUUID(), draft()];
  const first = await anna.send('POST', '/activities', body, { 'idempotency-key': key });
  const again = await anna.send('POST', '/activities', body, { 'idempotency-key': key });
  assert.deepEqual(again.body, first.body);
  assert.equal((await anna.post('/activities', draft())).status, 200);
});
