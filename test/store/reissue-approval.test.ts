import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { WrongRequest } from '../../src/base/errors.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { HOUR, openReissueWorld, watchedPool } from '../support/reissue-world.ts';
import type { ReissueWorld } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

let world: ReissueWorld;
before(async () => {
  world = await openReissueWorld();
});
after(() => world.close());

describe('an approval', () => {
  test('gives a thousand dead numbers of one night new ones, each by its own proof', async () => {
    const activity = await buildActivity(world.client);
    const wins = await buildEndedWins(world.client, activity, 1000, { state: 'dead', code: 'NOTENOUGH' });
    const { id, payouts, amountFen } = await world.request(activity, { reason: 'NOTENOUGH' });
    assert.deepEqual([payouts, amountFen], [1000, 100_000]);
    const started = performance.now();
    const decided = await world.approve(id);
    const tookMs = performance.now() - started;
    assert.ok(tookMs < 10_000, `took ${tookMs} ms`);
    assert.deepEqual([decided.state, decided.decidedBy, decided.decidedAtMs], ['approved', 'li', NOON_MS + 2 * HOUR]);
    assert.equal(decided.items.filter((item) => item.outcome === 'issued').length, 1000);
    for (const win of wins.slice(0, 5)) {
      const fresh = orderNumber(win.awardId, 'test', 1);
      const due = new Date(NOON_MS + 2 * HOUR);
      assert.deepEqual((await world.payouts(win))[1], {
        order_number: fresh,
        state: 'waiting',
        series: 1,
        class: 'live',
        due_at: due,
        request: null,
      });
      assert.equal(await world.awardState(win), 'reserved');
      assert.deepEqual((await world.entries(win)).at(-1), 'failed in-flight>reserved');
    }
    assert.deepEqual(await world.differences(activity), []);
  });

  test('keeps the class of the old number', async () => {
    const activity = await buildActivity(world.client);
    const [win] = await buildEndedWins(world.client, activity, 1, { state: 'dead' });
    await world.client.query(`update payout set class = 'batch' where order_number = $1`, [win?.orderNumber]);
    await world.reissue(activity);
    assert.equal((await world.payouts(win as BuiltWin))[1]?.['class'], 'batch');
  });

  test('wakes the payout workers', async () => {
    const activity = await buildActivity(world.client);
    await buildEndedWins(world.client, activity, 1, { state: 'dead' });
    await world.client.query('listen payout_due');
    const woken = new Promise((resolve) => world.client.once('notification', resolve));
    await world.reissue(activity);
    await woken;
    await world.client.query('unlisten payout_due');
  });

  test('by the person who asked is refused by the database too', async () => {
    const activity = await buildActivity(world.client);
    const [win] = await buildEndedWins(world.client, activity, 1, { state: 'dead' });
    const { id } = await world.request(activity);
    await assert.rejects(world.approve(id, { operatorId: 'zhang' }), /reissue_by_two_people/);
    assert.equal((await world.store.find(id))?.state, 'requested');
    assert.equal((await world.payouts(win as BuiltWin)).length, 1);
  });

  test('is not given when the judge of who may decide objects, nor for a request that does not exist', async () => {
    const activity = await buildActivity(world.client);
    await buildEndedWins(world.client, activity, 1, { state: 'dead' });
    const { id } = await world.request(activity);
    const input = { id, decision: 'approved', operatorId: 'li', nowMs: NOON_MS, orderPrefix: 'test' } as const;
    const objects = world.store.decide(input, (reissue) => {
      throw new WrongRequest('reissue-own', reissue.requestedBy);
    });
    await assert.rejects(objects, { code: 'reissue-own', message: 'zhang' });
    assert.equal((await world.store.find(id))?.state, 'requested');
    await assert.rejects(world.approve('none'), { code: 'reissue-not-found', status: 404 });
  });

  test('leaves out a number that got another word from WeChat Pay since it was asked for', async () => {
    const activity = await world.reissuingActivity();
    const wins = await buildEndedWins(world.client, activity, 5, { state: 'dead' });
    const [paid, doubted, proofless, moved, fine] = wins as [BuiltWin, BuiltWin, BuiltWin, BuiltWin, BuiltWin];
    const [taken] = await buildEndedWins(world.client, activity, 1, { state: 'returned' });
    const { id } = await world.request(activity);
    await world.client.query(`update payout set state = 'sent' where order_number = $1`, [paid.orderNumber]);
    await world.attempt(doubted, 3, { kind: 'send', outcome: { kind: 'paid', railNumber: '1' }, atMs: NOON_MS + 1 });
    await world.client.query(
      `update payout_attempt set outcome = '{"kind":"found","status":"SENDING"}' where order_number = $1 and kind = 'query'`,
      [proofless.orderNumber],
    );
    await world.client.query(
      `insert into book_entry (account_id, activity_id, award_id, kind, debit, credit, amount_fen, created_at)
       values ($1, $2, $3, 'odd', 'delivered', 'reserved', 100, $4)`,
      [moved.accountId, moved.activityId, moved.awardId, new Date(NOON_MS)],
    );
    await world.client.query(`update rule_version set rule = rule - 'returned' where activity_id = $1`, [activity.id]);
    const { items } = await world.approve(id);
    const outcome = (win: BuiltWin | undefined) =>
      items.find((item) => item.orderNumber === win?.orderNumber)?.outcome ?? '';
    assert.match(outcome(paid), /left out: its number is sent now/);
    assert.match(outcome(doubted), /left out: WeChat Pay has told something/);
    assert.match(outcome(proofless), /left out: its proof should show FAILED and shows SENDING/);
    assert.match(outcome(moved), /left out: the books have its money elsewhere/);
    assert.match(outcome(taken), /left out: its activity issues no returned packet again/);
    assert.equal(outcome(fine), 'issued');
    assert.equal((await world.payouts(paid)).length, 1);
  });

  test('leaves out an award that has a living number, by look and by the unique index', async () => {
    const activity = await buildActivity(world.client);
    const wins = await buildEndedWins(world.client, activity, 2, { state: 'dead' });
    const [seen, raced] = wins as [BuiltWin, BuiltWin];
    const { id } = await world.request(activity);
    const plant = (win: BuiltWin, over: pg.ClientBase) =>
      over.query(
        `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, series, created_at, updated_at)
         select account_id, 'planted' || left(award_id, 20), award_id, activity_id, merchant_id, openid, amount_fen, 'parked', 7, created_at, updated_at
         from payout where order_number = $1`,
        [win.orderNumber],
      );
    await plant(seen, world.client);
    const [connection, approved] = [await world.pool.connect(), approveAfterLook(id)];
    await connection.query('begin');
    await plant(raced, connection);
    approved.go();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await connection.query('commit');
    connection.release();
    const { items } = await approved.done;
    const outcome = (win: BuiltWin) => items.find((item) => item.orderNumber === win.orderNumber)?.outcome;
    assert.equal(outcome(seen), 'left out: its award has another number');
    assert.equal(outcome(raced), 'left out: its award has a living number');
    assert.equal((await world.payouts(raced)).length, 2);
    assert.equal(await world.awardState(raced), 'parked');
  });

  test('goes up to the last number of an award, and no further', async () => {
    const activity = await buildActivity(world.client);
    const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'dead' })) as [BuiltWin];
    await world.client.query('update payout set series = 60 where order_number = $1', [win.orderNumber]);
    const { items } = await world.reissue(activity);
    assert.equal(items[0]?.newOrderNumber, orderNumber(win.awardId, 'test', 61));
    assert.equal((await world.payouts(win))[1]?.['series'], 61);
    const [last] = (await buildEndedWins(world.client, activity, 1, { state: 'dead' })) as [BuiltWin];
    const { id } = await world.request(activity);
    await world.client.query('update payout set series = 61 where order_number = $1', [last.orderNumber]);
    assert.equal((await world.approve(id)).items[0]?.outcome, 'left out: its award has used all 62 numbers');
    await assert.rejects(world.request(activity), { code: 'reissue-empty' });
  });

  test('takes the latest of several dead numbers', async () => {
    const activity = await buildActivity(world.client);
    const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'dead' })) as [BuiltWin];
    await world.reissue(activity);
    const second = orderNumber(win.awardId, 'test', 1);
    await world.client.query(
      `update payout set state = 'dead', due_at = null, updated_at = $2 where order_number = $1`,
      [second, new Date(NOON_MS)],
    );
    const outcome = { kind: 'found', status: 'FAILED' };
    await world.attempt({ ...win, orderNumber: second }, 1, { kind: 'query', outcome, atMs: NOON_MS });
    const { items } = await world.reissue(activity);
    assert.deepEqual(
      items.map((item) => [item.orderNumber, item.newOrderNumber]),
      [[second, orderNumber(win.awardId, 'test', 2)]],
    );
  });
});

describe('money', () => {
  const columns = async (activity: BuiltActivity) =>
    (
      await world.client.query<{ spent: string; days: string }>(
        `select spent_fen as spent, (select sum(spent_fen) from activity_day as d where d.activity_id = c.activity_id) as days
         from activity_counter as c where activity_id = $1`,
        [activity.id],
      )
    ).rows[0];

  test('that came back is reserved again', async () => {
    const activity = await world.reissuingActivity();
    const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'returned' })) as [BuiltWin];
    const { items } = await world.reissue(activity);
    assert.equal(items[0]?.outcome, 'issued');
    assert.equal((await world.entries(win)).at(-1), 'reissued returned>reserved');
    assert.deepEqual(await columns(activity), { spent: '100', days: '100' });
    assert.deepEqual(await world.differences(activity), []);
  });

  test('that went back into the budget is taken out of it again, and counted as spent', async () => {
    const activity = await world.reissuingActivity();
    const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'returned', reopened: true })) as [
      BuiltWin,
    ];
    assert.deepEqual(await columns(activity), { spent: '0', days: '0' });
    await world.reissue(activity);
    assert.equal((await world.entries(win)).at(-1), 'reissued budget>reserved');
    assert.deepEqual(await columns(activity), { spent: '100', days: '100' });
    assert.deepEqual(await world.differences(activity), []);
  });

  test('that the budget no longer holds is not promised a second time', async () => {
    const activity = await world.reissuingActivity();
    await buildEndedWins(world.client, activity, 3, { state: 'returned', reopened: true });
    await world.client.query('update activity_counter set budget_fen = 200 where activity_id = $1', [activity.id]);
    const outcomes = (await world.reissue(activity)).items.map((item) => item.outcome);
    assert.deepEqual(
      outcomes.toSorted((left, right) => String(left).localeCompare(String(right))),
      ['issued', 'issued', "left out: the activity's budget no longer holds it"],
    );
    assert.deepEqual(await columns(activity), { spent: '200', days: '200' });
  });
});

/** Approves with a pause between the look under lock and the writing. */
function approveAfterLook(id: string): { go(): void; readonly done: ReturnType<ReissueWorld['approve']> } {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  const pool = watchedPool(world.pool, async (text, run) => {
    const result = await run(text);
    if (text.includes('returnedAllowed')) await gate;
    return result;
  });
  const store = createReissueStore({ pool, payoutsMax: REISSUE_MAX });
  return { go: () => go(), done: world.approve(id, { store }) };
}
