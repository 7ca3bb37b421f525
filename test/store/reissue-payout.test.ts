import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '../../src/base/fen.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import type { QueryOutcome, RailStatus } from '../../src/flows/ports/payouts.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, buildWin, NOON_MS, randomId } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { call, claimOne, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';
import { anyone, everythingOf } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

const HOUR = 3_600_000;

let world: PayoutWorld;
before(async () => {
  world = await openPayoutWorld();
});
after(() => world.close());

const found = (status: RailStatus): QueryOutcome => ({
  kind: 'found',
  status,
  reason: '',
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
});

async function reissue(activity: BuiltActivity) {
  const store = createReissueStore({ pool: world.pool, payoutsMax: REISSUE_MAX });
  const input = { id: randomId(), selection: everythingOf(activity), why: 'why', operatorId: 'zhang', nowMs: NOON_MS };
  const { id } = await store.request(input);
  const decision = { id, decision: 'approved', operatorId: 'li', nowMs: NOON_MS + HOUR, orderPrefix: 'test' } as const;
  return () => store.decide(decision, anyone);
}

const state = async (win: BuiltWin, number: string = win.orderNumber) =>
  (await world.client.query('select state from payout where order_number = $1', [number])).rows[0]?.state;

test('an award is paid under its second number, and a late word about the first changes nothing but raises an alarm', async () => {
  const activity = await buildActivity(world.client);
  const win = await buildWin(world.client, activity);
  const first = await claimOne(world.store);
  await call(world.store, first, { kind: 'refused', code: 'SEND_FAILED', message: '' }, first.callAtMs);
  const asked = await claimOne(world.store, NOON_MS + 60_000);
  await call(world.store, asked, found('FAILED'), asked.callAtMs);
  assert.equal(await state(win), 'dead');
  await (
    await reissue(activity)
  )();
  const second = await claimOne(world.store, NOON_MS + HOUR);
  assert.equal(second.orderNumber, orderNumber(win.awardId, 'test', 1));
  assert.deepEqual(
    [second.request.orderNumber, second.request.amountFen, second.attempts.length],
    [second.orderNumber, 100, 0],
  );
  // A restored backup may have forgotten that this number was issued before: it is asked about first.
  assert.equal(second.call, 'query');
  await call(world.store, second, { kind: 'not-found' }, second.callAtMs);
  const sending = await claimOne(world.store, NOON_MS + HOUR + 1000);
  assert.deepEqual([sending.orderNumber, sending.call], [second.orderNumber, 'send']);
  await call(world.store, sending, { kind: 'paid', railNumber: '1000' }, sending.callAtMs);
  assert.equal(await world.awardState(win), 'sent');

  await world.client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at)
     values ($1, $2, 3, 'query', '', $3)`,
    [win.accountId, win.orderNumber, new Date(NOON_MS)],
  );
  await world.store.recordAnswer({
    payout: { ...win, leaseToken: 'late' },
    number: 3,
    outcome: found('SENT'),
    raw: '',
    nowMs: NOON_MS + 2 * HOUR,
  });
  assert.equal(await state(win), 'dead');
  const alarm = await world.client.query(`select subject from alarm where kind = 'contradiction'`);
  assert.deepEqual(alarm.rows, [{ subject: win.orderNumber }]);

  const settled = await claimOne(world.store, NOON_MS + HOUR + 120_000);
  await call(world.store, settled, found('RECEIVED'), settled.callAtMs);
  assert.equal(await world.awardState(win), 'received');
  assert.deepEqual(await world.bookings(win), ['award', 'send', 'failed', 'send', 'received']);
  assert.deepEqual(await world.differences(), []);
});

test('a late word and an approval at once: either the number lives again or the award has a new one, never both', async () => {
  const activity = await buildActivity(world.client);
  const wins = await buildEndedWins(world.client, activity, 60, { state: 'dead' });
  await world.client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at)
     select account_id, order_number, 3, 'query', '', $2 from payout where activity_id = $1`,
    [activity.id, new Date(NOON_MS)],
  );
  const approve = await reissue(activity);
  const late = (win: BuiltWin) =>
    world.store.recordAnswer({
      payout: { ...win, leaseToken: 'late' },
      number: 3,
      outcome: found('SENT'),
      raw: '',
      nowMs: NOON_MS + HOUR,
    });
  const [decided] = await Promise.all([approve(), ...wins.map(late)]);
  const states = new Map<string, number>();
  for (const item of decided.items) {
    const win = wins.find((one) => one.orderNumber === item.orderNumber);
    assert.ok(win);
    const name = `${await state(win)}, ${item.outcome}`;
    states.set(name, (states.get(name) ?? 0) + 1);
  }
  const allowed = ['dead, issued', 'sent, left out: its number is sent now'];
  assert.deepEqual(
    [...states.keys()].filter((name) => !allowed.includes(name)),
    [],
  );
  assert.deepEqual(await world.differences(), []);
});
