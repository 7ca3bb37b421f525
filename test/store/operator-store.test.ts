import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { WrongRequest } from '../../src/base/errors.ts';
import { createLogIn } from '../../src/flows/log-in.ts';
import type { LogIn } from '../../src/flows/log-in.ts';
import { createPool } from '../../src/store/database.ts';
import {
  createOperatorStore,
  createOperatorWithLoginLink,
  createOperatorWithSetUpLink,
} from '../../src/store/operator-store.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLACE = { address: '192.0.2.7', browser: 'Browser/1' };
let database: TestDatabase;
let pool: pg.Pool;
let logIn: LogIn;
let nowMs = Date.parse('2026-11-21T12:00:00+08:00');

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 12, name: 'test' }, quietLogger());
  logIn = createLogIn({ operators: createOperatorStore(pool), clock: { nowMs: () => nowMs }, logger: quietLogger() });
});

after(async () => {
  await pool.end();
  await database.close();
});

const link = async (name = 'anna'): Promise<string> => (await createOperatorWithLoginLink({ pool, name, nowMs })).token;

function refused(error: unknown): boolean {
  assert.ok(error instanceof WrongRequest, String(error));
  assert.deepEqual([error.code, error.status], ['login-link-invalid', 401]);
  return true;
}

test('a link opens one session of 12 hours, which can be closed', async () => {
  const { sessionToken, operator } = await logIn.logIn(await link(), PLACE);
  assert.deepEqual([operator.name, operator.role], ['anna', 'owner']);
  assert.deepEqual((await logIn.whoIs(sessionToken))?.operator, operator);
  for (let hour = 1; hour < 12; hour += 1) {
    nowMs += HOUR_MS;
    assert.ok(await logIn.whoIs(sessionToken));
  }
  nowMs += HOUR_MS;
  assert.equal(await logIn.whoIs(sessionToken), undefined);

  const second = await logIn.logIn(await link(), PLACE);
  await logIn.logOut(second.sessionToken);
  assert.equal(await logIn.whoIs(second.sessionToken), undefined);
});

test('a session that nobody used for two hours is over', async () => {
  const { sessionToken } = await logIn.logIn(await link('idle'), PLACE);
  nowMs += 2 * HOUR_MS - 1;
  assert.ok(await logIn.whoIs(sessionToken));
  nowMs += 2 * HOUR_MS - 1;
  assert.ok(await logIn.whoIs(sessionToken));
  nowMs += 2 * HOUR_MS;
  assert.equal(await logIn.whoIs(sessionToken), undefined);
});

test('a link that sets password and authenticator does not log in by itself', async () => {
  const { token, role } = await createOperatorWithSetUpLink({ pool, name: 'setting-up', role: 'finance', nowMs });
  assert.equal(role, 'finance');
  await assert.rejects(logIn.logIn(token, PLACE), refused);
});

test('a link used twenty times at the same moment opens one session', async () => {
  const token = await link('barrier');
  const gate = Promise.withResolvers<void>();
  const runs = Array.from({ length: 20 }, async () => {
    await gate.promise;
    return logIn.logIn(token, PLACE);
  });
  gate.resolve();
  const ended = await Promise.allSettled(runs);
  assert.equal(ended.filter((end) => end.status === 'fulfilled').length, 1);
  for (const end of ended) if (end.status === 'rejected') refused(end.reason);
  const sessions = await database.client.query(
    "select 1 from operator_session join operator on operator.id = operator_id where name = 'barrier'",
  );
  assert.equal(sessions.rowCount, 1);
});

test('a link is over after 15 minutes, and what is no token is refused', async () => {
  const token = await link();
  nowMs += 15 * MINUTE_MS;
  await assert.rejects(logIn.logIn(token, PLACE), refused);
  const fresh = await link();
  for (const wrong of [
    '',
    'x',
    `${fresh}x`,
    fresh.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
    '\u0000'.repeat(43),
  ]) {
    await assert.rejects(logIn.logIn(wrong, PLACE), refused);
  }
  nowMs += 15 * MINUTE_MS - 1;
  await logIn.logIn(fresh, PLACE);
});

test('the same name stays the same operator and keeps its role', async () => {
  await createOperatorWithLoginLink({ pool, name: 'bo', nowMs, role: 'viewer' });
  const { operator } = await logIn.logIn(await link(' bo '), PLACE);
  assert.equal(operator.role, 'viewer');
  await assert.rejects(link('   '), RangeError);
});

test('no token is stored as it is', async () => {
  const token = await link('secretive');
  const { sessionToken } = await logIn.logIn(token, PLACE);
  const rows = await database.client.query(
    'select token_hash from login_link union all select token_hash from operator_session',
  );
  const stored = rows.rows.map((row) => String(row.token_hash));
  assert.ok(stored.length > 1);
  for (const value of stored) {
    assert.match(value, /^[0-9a-f]{64}$/);
    assert.ok(value !== token && value !== sessionToken);
  }
});
