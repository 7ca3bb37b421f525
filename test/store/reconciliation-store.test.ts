import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { addDays, beijingDay } from '../../src/base/beijing-day.ts';
import type { Reconciliation, ReconciliationStore } from '../../src/flows/ports/reconciliation.ts';
import { createPool } from '../../src/store/database.ts';
import { createReconciliationStore } from '../../src/store/reconciliation-store.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';
import type { UnpaidEnd } from '../support/unpaid-wins.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TODAY = beijingDay(NOON_MS);
/** Four in the morning after the day. */
const MADE_MS = NOON_MS + 16 * HOUR;

let database: TestDatabase;
let pool: pg.Pool;
let store: ReconciliationStore;
let activity: BuiltActivity;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 6, name: 'test' }, quietLogger());
  store = createReconciliationStore(pool);
});
after(async () => {
  await pool.end();
  await database.close();
});

async function ended(state: UnpaidEnd['state'], atMs = NOON_MS): Promise<BuiltWin> {
  activity = await buildActivity(database.client);
  const [win] = await buildEndedWins(database.client, activity, 1, { state, atMs });
  assert.ok(win);
  return win;
}

const change = (win: BuiltWin, column: string, value: unknown) =>
  database.client.query(`update payout set ${column} = $3 where account_id = $1 and order_number = $2`, [
    win.accountId,
    win.orderNumber,
    value,
  ]);
const query = (win: BuiltWin, outcome: object, atMs: number) =>
  database.client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome)
     values ($1, $2, 9, 'query', '', $3, $3, $4)`,
    [win.accountId, win.orderNumber, new Date(atMs), outcome],
  );

/** The report's breaks of the activity, as `kind since-hours-before-the-report`. */
async function breaks(madeMs = MADE_MS): Promise<readonly string[]> {
  const report = await store.make(TODAY, madeMs);
  return report.breaks
    .filter((item) => item.activityId === activity.id)
    .map((item) => `${item.kind} ${(madeMs - item.sinceMs) / HOUR}`);
}

describe('a break', () => {
  test('is a parked payout, with its query and where the books have its money', async () => {
    const win = await ended('parked');
    await query(win, { kind: 'found', status: 'SENDING', reason: '' }, NOON_MS + HOUR);
    const { breaks: found } = await store.make(TODAY, MADE_MS);
    assert.deepEqual(
      found.filter((item) => item.activityId === activity.id),
      [
        {
          kind: 'parked',
          accountId: win.accountId,
          activityId: win.activityId,
          awardId: win.awardId,
          orderNumber: win.orderNumber,
          amountFen: 100,
          awardState: 'parked',
          payoutState: 'parked',
          query: { status: 'SENDING', atMs: NOON_MS + HOUR },
          books: 'in-flight',
          reason: 'PARAM_ERROR',
          sinceMs: NOON_MS + HOUR,
        },
      ],
    );
  });

  test('is a number proved dead, since its proof, until its award has another', async () => {
    const win = await ended('dead');
    assert.deepEqual(await breaks(), ['dead 16']);
    await database.client.query(
      `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, series, created_at, updated_at)
       select account_id, order_number || '1', award_id, activity_id, merchant_id, openid, amount_fen, 'waiting', $2, 1, $2, $2
       from payout where order_number = $1`,
      [win.orderNumber, new Date(NOON_MS + HOUR)],
    );
    await database.client.query(`update award set state = 'reserved' where id = $1`, [win.awardId]);
    assert.deepEqual(await breaks(), []);
  });

  test('is a payout without an end after three days, sent or not', async () => {
    activity = await buildActivity(database.client);
    await buildWin(database.client, activity, { dueAtMs: MADE_MS - 3 * DAY - HOUR });
    await buildWin(database.client, activity, { dueAtMs: MADE_MS - 3 * DAY + 1 });
    assert.deepEqual(await breaks(), ['unsettled 1']);
  });

  test('is a paid packet whose planned query is a day late', async () => {
    const win = await ended('sent');
    await change(win, 'due_at', new Date(MADE_MS - DAY + 1));
    assert.deepEqual(await breaks(), []);
    await change(win, 'due_at', new Date(MADE_MS - DAY - 2 * HOUR));
    assert.deepEqual(await breaks(), ['no-query 2']);
  });

  for (const [state, outcome, isBreak] of [
    ['sent', { kind: 'found', status: 'RECEIVED' }, true],
    ['sent', { kind: 'found', status: 'FAILED' }, true],
    ['sent', { kind: 'found', status: 'RFUND_ING' }, false],
    ['sent', { kind: 'found', status: 'SENDING' }, false],
    ['sent', { kind: 'not-found' }, true],
    ['sent', { kind: 'unknown', code: 'deadline', message: '' }, false],
    ['received', { kind: 'found', status: 'REFUND' }, true],
    ['received', { kind: 'found', status: 'RECEIVED' }, false],
    ['returned', { kind: 'found', status: 'RECEIVED' }, true],
    ['dead', { kind: 'found', status: 'SENT' }, true],
    ['parked', { kind: 'found', status: 'SENT' }, false],
  ] as const) {
    const said = 'status' in outcome ? outcome.status : outcome.kind;
    test(`${isBreak ? 'is' : 'is not'} a payout that is ${state} of which the last query says ${said}`, async () => {
      const win = await ended(state);
      await change(win, 'due_at', state === 'sent' ? new Date(MADE_MS) : null);
      await query(win, outcome, NOON_MS + HOUR);
      const found = (await breaks()).filter((line) => line.startsWith('told-otherwise'));
      assert.deepEqual(found, isBreak ? ['told-otherwise 15'] : []);
    });
  }

  test('is not yet a packet that WeChat Pay cannot find within an hour', async () => {
    const win = await ended('sent');
    await change(win, 'due_at', new Date(MADE_MS));
    await query(win, { kind: 'not-found' }, MADE_MS - HOUR + 1);
    assert.deepEqual(await breaks(), []);
  });

  test('about what ended on another day is not looked for again', async () => {
    const win = await ended('received', NOON_MS - DAY);
    await query(win, { kind: 'found', status: 'REFUND' }, NOON_MS);
    assert.deepEqual(await breaks(), []);
  });

  test('is every difference of the books, as old as the row it is about', async () => {
    const win = await ended('received');
    await database.client.query('update award set updated_at = $2, state = $3 where id = $1', [
      win.awardId,
      new Date(NOON_MS + 2 * HOUR),
      'sent',
    ]);
    const { breaks: found } = await store.make(TODAY, MADE_MS);
    const [item, ...others] = found.filter((one) => one.activityId === activity.id);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [item?.kind, item?.awardId, item?.awardState, item?.sinceMs],
      ['books', win.awardId, 'sent', NOON_MS + 2 * HOUR],
    );
    assert.match(item?.reason ?? '', /^award shows its payout \w+: expected received, found sent$/);
  });

  test('that no row tells the age of keeps the time of the first report that had it', async () => {
    await ended('received');
    const counter = 'update activity_counter set wins = wins + $2 where activity_id = $1';
    await database.client.query(counter, [activity.id, 3]);
    const first = (await breaks()).filter((line) => line === 'books 0');
    assert.ok(first.length > 0);
    await database.client.query(counter, [activity.id, 1]);
    const later = await store.make(addDays(TODAY, 1), MADE_MS + DAY);
    const since = later.breaks.filter((item) => item.activityId === activity.id).map((item) => item.sinceMs);
    assert.deepEqual(
      since,
      first.map(() => MADE_MS),
    );
    await database.client.query(counter, [activity.id, -4]);
    assert.deepEqual(await breaks(), []);
  });
});

describe('a report', () => {
  test('sums up what is open and what ended that day, by merchant and state', async () => {
    const other = await freshDatabase();
    const otherPool = createPool({ url: other.url, connectionsMax: 2, name: 'test' }, quietLogger());
    try {
      const built = await buildActivity(other.client);
      const build = (state: UnpaidEnd['state'], count: number, atMs: number) =>
        buildEndedWins(other.client, built, count, { state, atMs });
      await build('received', 3, NOON_MS);
      await build('received', 5, NOON_MS - DAY);
      await build('returned', 1, NOON_MS + 11 * HOUR);
      await build('returned', 7, NOON_MS + 12 * HOUR);
      await build('dead', 2, NOON_MS - DAY);
      await build('sent', 4, NOON_MS - DAY);
      await buildWin(other.client, built);
      const report = await createReconciliationStore(otherPool).make(TODAY, MADE_MS);
      const { id } = built.account.merchant;
      assert.deepEqual(
        report.totals.map((total) => [total.merchantId, total.state, total.payouts, total.amountFen]),
        [
          [id, 'dead', 2, 200],
          [id, 'received', 3, 300],
          [id, 'returned', 1, 100],
          [id, 'sent', 4, 400],
          [id, 'waiting', 1, 100],
        ],
      );
    } finally {
      await otherPool.end();
      await other.close();
    }
  });

  test('is kept, found and listed, the latest day first; one made again replaces it', async () => {
    const days = [addDays(TODAY, 20), addDays(TODAY, 22), addDays(TODAY, 21)];
    const made: Reconciliation[] = [];
    for (const day of days) made.push(await store.make(day, MADE_MS + 30 * DAY));
    assert.deepEqual((await store.days(2)).slice(0, 2), [days[1], days[2]]);
    assert.deepEqual(await store.find(days[0] as typeof TODAY), made[0]);
    const again = await store.make(days[0] as typeof TODAY, MADE_MS + 31 * DAY);
    assert.equal(again.madeAtMs, MADE_MS + 31 * DAY);
    assert.deepEqual(await store.find(days[0] as typeof TODAY), again);
    assert.equal(await store.find(addDays(TODAY, 99)), undefined);
  });

  test('is made once, whichever of several processes comes first', async () => {
    const day = addDays(TODAY, 40);
    const several = await Promise.all(Array.from({ length: 5 }, () => store.makeOnce(day, MADE_MS)));
    assert.equal(several.filter((report) => report !== null).length, 1);
    assert.equal(await store.makeOnce(day, MADE_MS), null);
    assert.notEqual(await store.makeOnce(addDays(day, 1), MADE_MS), null);
  });

  test('is given up when its process stops, and leaves nothing behind', async () => {
    const blocker = await pool.connect();
    await blocker.query('begin; lock table payout in access exclusive mode');
    const stopping = new AbortController();
    const day = addDays(TODAY, 50);
    const making = store.makeOnce(day, MADE_MS, stopping.signal);
    setTimeout(() => stopping.abort(), 100);
    await assert.rejects(making, { name: 'OutsideTrouble' });
    await assert.rejects(store.makeOnce(day, MADE_MS, stopping.signal), { name: 'OutsideTrouble' });
    await blocker.query('rollback');
    blocker.release();
    const report = await until(() => store.makeOnce(day, MADE_MS));
    assert.equal(report.day, day);
  });

  test('of ten thousand payouts takes seconds, whatever the planner knows', async () => {
    const other = await freshDatabase();
    const otherPool = createPool({ url: other.url, connectionsMax: 2, name: 'test' }, quietLogger());
    try {
      const built = await buildActivity(other.client);
      for (const state of ['sent', 'received'] as const) await buildEndedWins(other.client, built, 5000, { state });
      const started = performance.now();
      await createReconciliationStore(otherPool).make(TODAY, MADE_MS);
      const tookMs = performance.now() - started;
      assert.ok(tookMs < 5000, `took ${tookMs} ms`);
    } finally {
      await otherPool.end();
      await other.close();
    }
  });
});

/** The server may take a moment to see that a connection is gone. */
async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nothing came in time');
}
