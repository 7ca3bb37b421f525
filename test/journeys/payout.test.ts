import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { FaultKind } from '../../src/simulator/pay/faults.ts';
import { faultKinds } from '../../src/simulator/pay/faults.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { startPayoutJourney } from '../support/payout-journey.ts';
import type { PayoutJourney } from '../support/payout-journey.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let journey: PayoutJourney | undefined;

afterEach(async () => {
  await journey?.close();
  journey = undefined;
});

async function start(simulator: SimulatorOptions = {}, deadlineMs = 5000): Promise<PayoutJourney> {
  journey = await startPayoutJourney({ simulator, deadlineMs });
  return journey;
}

test('a won packet is sent, opened and booked as delivered', async () => {
  const { win, reaches, pass, state, simulator, compareBooks } = await start();
  const won = await win();
  await reaches(won, 'sent');
  await compareBooks();
  simulator.followers.openPacket(won.orderNumber);
  await pass(2 * MINUTE);
  assert.equal(await state(won), 'received');
  assert.equal(simulator.books.totals().receivedFen, 100);
  await compareBooks();
});

test('a packet that nobody opens comes back after a day and is booked as returned', async () => {
  const { win, reaches, simulator, compareBooks } = await start();
  const won = await win();
  await reaches(won, 'returned');
  assert.equal(simulator.books.packet(won.orderNumber)?.status, 'REFUND');
  await compareBooks();
});

const repaired: readonly (readonly [FaultKind, boolean])[] = [
  ['answer-lost-after-paying', true],
  ['system-error', false],
  ['system-error', true],
  ['hang', false],
  ['hang', true],
  ['reset', false],
  ['garbage', false],
  ['garbage', true],
  ['http-500', false],
  ['http-500', true],
  ['processing', true],
  ['not-found-for', true],
  ['trickle', true],
  ['unknown-code', false],
  ['unknown-code', true],
];
for (const [kind, paying] of repaired) {
  const name = `${kind} (${paying ? 'paid' : 'not paid'})`;
  test(`after ${name} the packet is paid once under its one number, and the books agree`, async () => {
    const { win, reaches, simulator, compareBooks, world } = await start({}, 400);
    simulator.faults.next(kind, 1, { paying });
    const won = await win();
    await reaches(won, 'sent');
    assert.equal(simulator.books.paidCountByNumber.get(won.orderNumber), 1);
    simulator.followers.openPacket(won.orderNumber);
    await reaches(won, 'received');
    await compareBooks();
    assert.deepEqual(await world.bookings(won), ['award', 'send', 'received']);
  });
}

test('an answer lost after paying, and a repeat refused as already sent, still ends as paid', async () => {
  const { win, reaches, simulator, compareBooks } = await start({ payRules: { repeatAfterSuccess: 'refuse' } });
  simulator.faults.next('answer-lost-after-paying', 1);
  const won = await win();
  await reaches(won, 'sent');
  await compareBooks();
});

test('paid, answer lost, repeat refused and the query knowing nothing for minutes still ends as paid', async () => {
  const { win, reaches, simulator, compareBooks } = await start({ payRules: { repeatAfterSuccess: 'refuse' } });
  simulator.faults.next('answer-lost-after-paying', 1, { notFoundForMs: 10 * MINUTE });
  const won = await win();
  await reaches(won, 'sent');
  await compareBooks();
});

test('PROCESSING that ends as FAILED after a day is a dead number: nothing paid, the money reserved again', async () => {
  const { win, reaches, simulator, compareBooks, world } = await start();
  simulator.faults.next('processing', 1, { paying: false });
  const won = await win();
  await reaches(won, 'dead');
  assert.equal(simulator.books.totals().sentFen, 0);
  assert.deepEqual(await world.bookings(won), ['award', 'send', 'failed']);
  assert.equal(await world.awardState(won), 'parked');
  await compareBooks();
});

test('the old shape of not-found is understood', async () => {
  const { win, reaches, simulator, compareBooks, world } = await start({ payRules: { notFoundShape: 'system-error' } });
  simulator.faults.next('processing', 1, { notFoundForMs: 25 * MINUTE });
  const won = await win();
  await reaches(won, 'sent');
  const asked = await world.client.query(`select outcome ->> 'kind' as kind from payout_attempt where kind = 'query'`);
  assert.equal(asked.rows[0]?.kind, 'not-found');
  await compareBooks();
});

test('an empty balance stops the merchant; topped up and resumed, everyone is paid under the same numbers', async () => {
  const { win, states, simulator, compareBooks, activity, log, reaches, pass, world } = await start({
    merchantBalanceFen: 300,
  });
  const wins = [];
  for (let count = 0; count < 10; count += 1) wins.push(await win());
  await pass(0);
  const now = await states(wins);
  assert.deepEqual(now.filter((item) => item === 'sent').length, 3);
  assert.ok(
    log.lines.some((line) => line.event === 'merchant-stopped' && /NOTENOUGH/.test(String(line.fields['reason']))),
  );
  await compareBooks();
  const calls = simulator.books.arrivals.length;
  await pass(HOUR);
  assert.ok(simulator.books.arrivals.length <= calls + 3, 'a stopped merchant sends nothing, not even queries');
  simulator.books.deposit(100_000);
  await world.store.resumeMerchant(activity.account.merchant.id, simulator.clock.nowMs());
  for (const won of wins) await reaches(won, 'sent');
  assert.equal(simulator.books.paidCountByNumber.size, 10);
  await compareBooks();
});

test('the eleventh packet of a person on one day waits for the next Beijing day and is then paid', async () => {
  const { win, reaches, states, simulator, compareBooks, pass } = await start({
    startAtMs: Date.parse('2026-11-21T12:00:00+08:00'),
  });
  const { openid } = simulator.followers.add();
  const wins = [];
  for (let count = 0; count < 11; count += 1) wins.push(await win(openid));
  await pass(0);
  const now = await states(wins);
  assert.deepEqual(now.filter((item) => item === 'waiting').length, 1);
  const last = wins[now.indexOf('waiting')];
  assert.ok(last !== undefined);
  await compareBooks();
  await reaches(last, 'sent');
  assert.ok(simulator.clock.nowMs() >= Date.parse('2026-11-22T00:01:00+08:00'));
  await compareBooks();
});

test('a person whom WeChat finds risky gets nothing, is parked for an operator, and never hammered', async () => {
  const { win, reaches, simulator, compareBooks, pass, log } = await start();
  const won = await win(simulator.followers.add({ risky: true }).openid);
  await reaches(won, 'parked');
  await pass(2 * DAY);
  assert.equal(simulator.books.arrivals.length, 1);
  assert.ok(log.lines.some((line) => line.level === 'error' && line.event === 'payout-needs-a-person'));
  await compareBooks();
});

test('a merchant key that does not sign stops the queue at once and nothing is paid', async () => {
  const { win, pass, world, simulator, state, compareBooks } = await start();
  Object.assign(simulator.merchant, { apiKey: 'x'.repeat(32) });
  const won = await win();
  await pass(0);
  assert.equal(await state(won), 'unknown');
  const merchant = await world.client.query('select stopped_reason from merchant');
  assert.match(merchant.rows[0].stopped_reason, /^SIGN_ERROR/);
  assert.equal(simulator.books.totals().sentFen, 0);
  await compareBooks();
});

test('with four calls in ten going wrong in every way there is, everyone is paid once or proved unpaid', async () => {
  const { win, reaches, simulator, compareBooks, pass } = await start({ merchantBalanceFen: 10_000_000 }, 400);
  const kinds = faultKinds.filter((kind) => kind !== 'hang' && kind !== 'trickle');
  simulator.faults.byLuck(0.4, kinds);
  // Everyone opens at once: time jumps here, and what waits for a day would go back.
  simulator.books.onChange(({ number, status }) => {
    if (status === 'SENT') setImmediate(() => simulator.followers.openPacket(number));
  });
  const wins = [];
  for (let count = 0; count < 40; count += 1) wins.push(await win());
  await pass(0);
  for (const won of wins) await reaches(won, 'received', 'dead');
  const paid = [...simulator.books.paidCountByNumber.values()];
  assert.ok(paid.length > 30, `${paid.length} of 40 were paid`);
  assert.equal(simulator.books.totals().receivedFen, paid.length * 100);
  await compareBooks();
});
