import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { merchantId } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import type { ConsoleReads, Cursor } from '../../src/flows/ports/console-reads.ts';
import type { OpenState } from '../../src/flows/ports/payment-reads.ts';
import { createConsoleReads } from '../../src/store/console-reads.ts';
import { createPool } from '../../src/store/database.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const SECOND = 1000;
const MIDNIGHT_MS = Date.parse('2026-11-22T00:01:00+08:00');

let database: TestDatabase;
let pool: pg.Pool;
let reads: ConsoleReads;
let main: BuiltActivity;
let second: BuiltActivity;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  reads = createConsoleReads(pool);
  main = await buildActivity(database.client);
  const merchant = await buildMerchant(database.client, { id: 'second', mchId: '1900000110' });
  const account = await buildAccount(database.client, { id: 'second', appId: 'wx0000000000000002', merchant });
  second = await buildActivity(database.client, { account });
});

after(async () => {
  await pool.end();
  await database.close();
});

async function payout(
  activity: BuiltActivity,
  state: string,
  given: { atMs?: number; dueAtMs?: number | null; reason?: string; nextCall?: 'send' | 'query' } = {},
): Promise<BuiltWin> {
  const atMs = given.atMs ?? NOON_MS;
  const win = await buildWin(database.client, activity, { dueAtMs: atMs });
  const rests = state === 'parked' || state === 'dead';
  const dueAtMs = given.dueAtMs === undefined ? (rests ? null : atMs) : given.dueAtMs;
  await database.client.query(
    'update payout set state = $3, due_at = $4, reason = $5, next_call = $6 where account_id = $1 and order_number = $2',
    [
      win.accountId,
      win.orderNumber,
      state,
      dueAtMs === null ? null : new Date(dueAtMs),
      given.reason ?? null,
      given.nextCall ?? 'send',
    ],
  );
  return win;
}

/** Gives the award of a dead payout another number, as a re-issue does. */
async function issueAgain(win: BuiltWin): Promise<OrderNumber> {
  const number = orderNumber(win.awardId, 'test', 1);
  await database.client.query(
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, series, created_at, updated_at)
     select account_id, $3, award_id, activity_id, merchant_id, openid, amount_fen, 'waiting', $4, 1, $4, $4
     from payout where account_id = $1 and order_number = $2`,
    [win.accountId, win.orderNumber, number, new Date(NOON_MS)],
  );
  return number;
}

async function listed(state: OpenState, merchant: string | null = null, limit = 50) {
  return reads.openPayouts(
    { state, merchantId: merchant === null ? null : merchantId(merchant) },
    { after: null, limit },
  );
}

async function empty(): Promise<void> {
  await database.client.query(`delete from payout_attempt; delete from payout; delete from merchant_pace;
    delete from installation; update merchant set state = 'open', stopped_reason = null`);
}

test('open payouts are counted by merchant and state, and what was sent or has ended is not', async () => {
  await empty();
  for (const state of ['waiting', 'unknown', 'parked', 'sent', 'received', 'returned']) await payout(main, state);
  await payout(main, 'waiting', { dueAtMs: MIDNIGHT_MS });
  const again = await payout(main, 'dead');
  await issueAgain(again);
  await payout(second, 'dead');
  await database.client.query(
    `insert into merchant_pace (merchant_id, next_send_at, next_query_at, sends_from, slow_until, day, day_fen)
     values ('main', $1, $1, $2, $3, '2026-11-21', 700), ('second', $1, $1, $3, $2, '2026-11-20', 900)`,
    [new Date(NOON_MS), new Date(MIDNIGHT_MS), new Date(NOON_MS)],
  );
  const [first, other] = await reads.merchantQueues(NOON_MS);
  assert.deepEqual(first, {
    merchantId: 'main',
    counts: [
      { state: 'parked', payouts: 1, amountFen: 100, due: 0 },
      { state: 'unknown', payouts: 1, amountFen: 100, due: 1 },
      { state: 'waiting', payouts: 3, amountFen: 300, due: 2 },
    ],
    sendsFromMs: MIDNIGHT_MS,
    slowUntilMs: null,
    dayFen: 700,
  });
  assert.deepEqual(other, {
    merchantId: 'second',
    counts: [{ state: 'dead', payouts: 1, amountFen: 100, due: 0 }],
    sendsFromMs: null,
    slowUntilMs: MIDNIGHT_MS,
    dayFen: 0,
  });
});

test('pages of open payouts of several merchants join without gap or repeat, the earliest won first', async () => {
  await empty();
  const wins: BuiltWin[] = [];
  for (let index = 0; index < 23; index += 1) {
    // Every third at the same moment as the one before it, so that the number must decide.
    const atMs = NOON_MS + (index - (index % 3 === 2 ? 1 : 0)) * SECOND;
    wins.push(await payout(index % 2 === 0 ? main : second, 'parked', { atMs, reason: `r${index}` }));
  }
  const seen: string[] = [];
  const times: number[] = [];
  let next: Cursor | null = null;
  for (let page = 0; page < 10; page += 1) {
    const found = await reads.openPayouts({ state: 'parked', merchantId: null }, { after: next, limit: 4 });
    seen.push(...found.rows.map((row) => row.orderNumber));
    times.push(...found.rows.map((row) => row.createdAtMs));
    next = found.next;
    if (next === null) break;
  }
  assert.deepEqual(new Set(seen), new Set(wins.map((win) => win.orderNumber)));
  assert.equal(seen.length, 23);
  assert.deepEqual(
    times,
    times.toSorted((one, two) => one - two),
  );
  assert.equal((await listed('parked', 'second')).rows.length, 11);
  assert.equal((await listed('parked', 'nobody')).rows.length, 0);
});

test('a payout says when it is due, the merchant’s full day counted in for a send, and what holds it back', async () => {
  await empty();
  const send = await payout(main, 'waiting');
  const query = await payout(main, 'unknown', { nextCall: 'query', reason: 'no answer' });
  const due = async (state: OpenState) => {
    const row = (await listed(state)).rows[0];
    return [row?.dueAtMs, row?.heldBy];
  };
  assert.deepEqual(await due('waiting'), [NOON_MS, null]);
  await database.client.query(
    `insert into merchant_pace (merchant_id, next_send_at, next_query_at, sends_from) values ('main', $1, $1, $2)`,
    [new Date(NOON_MS), new Date(MIDNIGHT_MS)],
  );
  assert.deepEqual(await due('waiting'), [MIDNIGHT_MS, null]);
  assert.deepEqual(await due('unknown'), [NOON_MS, null]);
  await database.client.query(`update merchant set state = 'stopped', stopped_reason = 'NOTENOUGH' where id = 'main'`);
  assert.deepEqual(await due('waiting'), [MIDNIGHT_MS, 'merchant-stopped']);
  assert.deepEqual(await due('unknown'), [NOON_MS, null]);
  await database.client.query(
    `insert into installation (order_prefix, secrets_check, created_at, sending_stopped_at, sending_stopped_reason)
     values ('t', '', $1, $1, 'test')`,
    [new Date(NOON_MS)],
  );
  assert.deepEqual(await due('waiting'), [MIDNIGHT_MS, 'sending-stopped']);
  const [row] = (await listed('unknown')).rows;
  assert.deepEqual(
    [row?.orderNumber, row?.reason, row?.openid, row?.activityName, row?.amountFen],
    [query.orderNumber, 'no answer', query.openid, '新年活动', 100],
  );
  assert.notEqual(send.orderNumber, query.orderNumber);
});

test('a dead number is listed until its award has another one', async () => {
  await empty();
  const win = await payout(main, 'dead', { reason: 'NOTENOUGH' });
  assert.equal((await listed('dead')).rows.length, 1);
  const number = await issueAgain(win);
  assert.equal((await listed('dead')).rows.length, 0);
  const history = await reads.payoutHistory({ accountId: win.accountId, orderNumber: number });
  assert.deepEqual(
    history?.numbers.map((other) => [other.orderNumber, other.series, other.state]),
    [
      [win.orderNumber, 0, 'dead'],
      [number, 1, 'waiting'],
    ],
  );
});

test('the history of a number has every call with its answer, the frozen request and the award’s book entries', async () => {
  await empty();
  const win = await payout(main, 'unknown');
  const key = [win.accountId, win.orderNumber];
  await database.client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome, raw_answer)
     values ($1, $2, 1, 'send', 'l', $3, $4, '{"kind":"unknown","code":"SYSTEMERROR","message":"busy"}', '<xml>busy</xml>'),
       ($1, $2, 2, 'query', 'l', $4, null, null, null)`,
    [...key, new Date(NOON_MS), new Date(NOON_MS + 250)],
  );
  await database.client.query(
    `update payout set request = '{"wishing":"恭喜"}', first_sent_at = $3, rail_number = 'x'
    where account_id = $1 and order_number = $2`,
    [...key, new Date(NOON_MS)],
  );
  const history = await reads.payoutHistory(win);
  assert.ok(history);
  assert.deepEqual(history.attempts, [
    {
      number: 1,
      kind: 'send',
      startedAtMs: NOON_MS,
      answeredAtMs: NOON_MS + 250,
      outcome: { kind: 'unknown', code: 'SYSTEMERROR', message: 'busy' },
      raw: '<xml>busy</xml>',
    },
    { number: 2, kind: 'query', startedAtMs: NOON_MS + 250, answeredAtMs: null, outcome: null, raw: null },
  ]);
  assert.equal(history.payout.attempts, 2);
  assert.deepEqual(history.payout.request, { wishing: '恭喜' });
  assert.deepEqual(
    history.entries.map((entry) => [entry.kind, entry.debit, entry.credit, entry.amountFen]),
    [['award', 'reserved', 'budget', 100]],
  );
  assert.equal(await reads.payoutHistory({ ...win, accountId: second.account.id }), null);
  assert.equal(await reads.payoutAccount(win.orderNumber), 'main');
  assert.equal(await reads.payoutAccount('nothing' as OrderNumber), null);
});
