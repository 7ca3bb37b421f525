import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fen } from '../../src/base/fen.ts';
import type { QueryOutcome, RailStatus, RefusalCode, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { begin, call, claim, claimOne, LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';

let world: PayoutWorld;
let activity: BuiltActivity;
let win: BuiltWin;

beforeEach(async () => {
  world = await openPayoutWorld();
  activity = await buildActivity(world.client);
  win = await buildWin(world.client, activity);
});
afterEach(() => world.close());

const paid: SendOutcome = { kind: 'paid', railNumber: '1000041701' };
const unclear: SendOutcome = { kind: 'unknown', code: 'deadline', message: '' };
const refused = (code: RefusalCode): SendOutcome => ({ kind: 'refused', code, message: '原因' });
const found = (status: RailStatus): QueryOutcome => ({
  kind: 'found',
  status,
  reason: '',
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
});
const record = (token: string, number: number, outcome: SendOutcome | QueryOutcome, atMs: number) =>
  world.store.recordAnswer({
    payout: { accountId: win.accountId, orderNumber: win.orderNumber, leaseToken: token },
    number,
    outcome,
    raw: '<xml/>',
    nowMs: atMs,
  });
const dueAt = async () => (await world.payout(win))['due_at'] as Date | null;
const agrees = async () => assert.deepEqual(await world.differences(), []);

test('before its first byte a send is written: attempt, in-flight money, award sending', async () => {
  const claimed = await claimOne(world.store);
  await agrees();
  assert.equal(await begin(world.store, claimed, 'send', NOON_MS + 10), 1);
  const attempt = (await world.client.query('select * from payout_attempt')).rows[0];
  assert.deepEqual(
    [attempt.attempt, attempt.kind, attempt.lease_token, attempt.started_at.getTime(), attempt.outcome],
    [1, 'send', claimed.leaseToken, NOON_MS + 10, null],
  );
  assert.deepEqual(await world.bookings(win), ['award', 'send']);
  assert.equal(await world.awardState(win), 'sending');
  const payout = await world.payout(win);
  assert.equal(payout['state'], 'unknown');
  assert.equal((payout['lease_until'] as Date).getTime(), NOON_MS + 10 + LEASE_MS);
  await agrees();
});

test('beginning twice under one claim begins once', async () => {
  const claimed = await claimOne(world.store);
  const begun = await Promise.all([1, 2, 3].map(() => begin(world.store, claimed, 'send', NOON_MS)));
  assert.deepEqual(
    begun.filter((number) => number !== null),
    [1],
  );
  assert.deepEqual(await world.bookings(win), ['award', 'send']);
});

test('the same number is not sent again within a second, but may be asked about', async () => {
  const first = await claimOne(world.store);
  await call(world.store, first, unclear, NOON_MS);
  await world.client.query('update payout set due_at = $1', [new Date(NOON_MS)]);
  const again = await claimOne(world.store, NOON_MS + 500);
  assert.equal(await begin(world.store, again, 'send', NOON_MS + 999), null);
  assert.equal(await begin(world.store, again, 'query', NOON_MS + 999), 2);
});

test('a paid packet is settled to the end: sent, then received, and the books follow', async () => {
  await call(world.store, await claimOne(world.store), paid, NOON_MS);
  assert.equal(await world.awardState(win), 'sent');
  assert.equal((await world.payout(win))['rail_number'], '1000041701');
  await agrees();
  assert.deepEqual(await claim(world.store, NOON_MS + 59_999), []);
  await call(world.store, await claimOne(world.store, NOON_MS + 60_000), found('RECEIVED'), NOON_MS + 60_000);
  assert.equal(await world.awardState(win), 'received');
  assert.deepEqual(await world.bookings(win), ['award', 'send', 'received']);
  assert.equal((await world.payout(win))['due_at'], null);
  await agrees();
});

test('a packet that came back is returned, a FAILED number gives its money back to reserved and parks the award', async () => {
  await call(world.store, await claimOne(world.store), paid, NOON_MS);
  await call(world.store, await claimOne(world.store, NOON_MS + 60_000), found('REFUND'), NOON_MS + 60_000);
  assert.deepEqual(await world.bookings(win), ['award', 'send', 'returned']);
  await agrees();
  win = await buildWin(world.client, activity);
  await call(world.store, await claimOne(world.store), refused('SEND_FAILED'), NOON_MS);
  await call(world.store, await claimOne(world.store, NOON_MS + 60_000), found('FAILED'), NOON_MS + 60_000);
  assert.deepEqual(await world.bookings(win), ['award', 'send', 'failed']);
  assert.equal(await world.awardState(win), 'parked');
  await agrees();
});

test('a killed worker is taken over within 30 s under the same number and request, and its late paid counts once', async () => {
  const killed = await claimOne(world.store);
  await begin(world.store, killed, 'send', NOON_MS);
  assert.deepEqual(await claim(world.store, NOON_MS + LEASE_MS - 1), []);
  const heir = await claimOne(world.store, NOON_MS + LEASE_MS);
  assert.deepEqual(heir.request, killed.request);
  assert.deepEqual(
    heir.attempts.map(({ number, kind, outcome }) => [number, kind, outcome]),
    [[1, 'send', null]],
  );
  assert.equal(await begin(world.store, heir, 'send', NOON_MS + LEASE_MS), 2);
  const late = await record(killed.leaseToken, 1, paid, NOON_MS + LEASE_MS + 500);
  assert.deepEqual([late.state, late.fresh], ['sent', true]);
  assert.equal((await world.payout(win))['lease_token'], heir.leaseToken);
  await record(heir.leaseToken, 2, paid, NOON_MS + LEASE_MS + 900);
  assert.deepEqual(await world.bookings(win), ['award', 'send']);
  assert.equal(await world.awardState(win), 'sent');
  assert.equal((await world.payout(win))['lease_token'], null);
  await agrees();
});

test('a late paid calls off the send that its heir was about to make', async () => {
  const killed = await claimOne(world.store);
  await begin(world.store, killed, 'send', NOON_MS);
  const heir = await claimOne(world.store, NOON_MS + LEASE_MS);
  await record(killed.leaseToken, 1, paid, NOON_MS + LEASE_MS + 1);
  assert.equal(await begin(world.store, heir, 'send', NOON_MS + LEASE_MS + 2), null);
});

test('a late refusal proves nothing: the payout goes on and no merchant is stopped', async () => {
  const killed = await claimOne(world.store);
  await begin(world.store, killed, 'send', NOON_MS);
  const heir = await claimOne(world.store, NOON_MS + LEASE_MS);
  await begin(world.store, heir, 'send', NOON_MS + LEASE_MS);
  const late = await record(killed.leaseToken, 1, refused('NOTENOUGH'), NOON_MS + LEASE_MS + 500);
  assert.equal(late.state, 'unknown');
  const merchant = await world.client.query('select state from merchant');
  assert.equal(merchant.rows[0].state, 'open');
  await record(heir.leaseToken, 2, paid, NOON_MS + LEASE_MS + 900);
  assert.equal(await world.awardState(win), 'sent');
  await agrees();
});

test('a late paid wins over a refusal that parked the payout', async () => {
  const killed = await claimOne(world.store);
  await begin(world.store, killed, 'send', NOON_MS);
  await call(world.store, await claimOne(world.store, NOON_MS + LEASE_MS), refused('NO_AUTH'), NOON_MS + LEASE_MS);
  let atMs = NOON_MS + LEASE_MS;
  for (let due = await dueAt(); due !== null; due = await dueAt()) {
    atMs = due.getTime();
    await call(world.store, await claimOne(world.store, atMs), { kind: 'not-found' }, atMs);
  }
  assert.equal(await world.awardState(win), 'parked');
  await agrees();
  await record(killed.leaseToken, 1, paid, atMs + 1000);
  assert.equal(await world.awardState(win), 'sent');
  assert.notEqual((await world.payout(win))['due_at'], null);
  await agrees();
});

test('the same evidence twice, twenty times at once, is booked once', async () => {
  await call(world.store, await claimOne(world.store), paid, NOON_MS);
  const claimed = await claimOne(world.store, NOON_MS + 60_000);
  const number = await begin(world.store, claimed, 'query', NOON_MS + 60_000);
  assert.equal(number, 2);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => record(claimed.leaseToken, 2, found('RECEIVED'), NOON_MS + 60_100)),
  );
  assert.equal(answers.filter((answer) => answer.fresh).length, 1);
  assert.deepEqual(await world.bookings(win), ['award', 'send', 'received']);
  await agrees();
});

test('of different answers to one attempt the first clear word stays', async () => {
  const claimed = await claimOne(world.store);
  await begin(world.store, claimed, 'send', NOON_MS);
  assert.equal((await record(claimed.leaseToken, 1, unclear, NOON_MS + 1)).fresh, true);
  assert.equal((await record(claimed.leaseToken, 1, paid, NOON_MS + 2)).fresh, true);
  assert.equal((await record(claimed.leaseToken, 1, refused('NO_AUTH'), NOON_MS + 3)).fresh, false);
  assert.equal((await record(claimed.leaseToken, 1, unclear, NOON_MS + 4)).fresh, false);
  assert.equal(await world.awardState(win), 'sent');
});

test('an empty balance stops the merchant with its reason, and resuming pays under the same number', async () => {
  const other = await buildWin(world.client, activity, { dueAtMs: NOON_MS + 1 });
  const step = await call(world.store, await claimOne(world.store), refused('NOTENOUGH'), NOON_MS);
  assert.equal(step.state, 'waiting');
  const merchant = await world.client.query('select state, stopped_reason from merchant');
  assert.deepEqual(merchant.rows[0], { state: 'stopped', stopped_reason: 'NOTENOUGH: 原因' });
  assert.deepEqual(await claim(world.store, NOON_MS + 3_600_000), []);
  await agrees();
  await world.store.resumeMerchant(activity.account.merchant.id, NOON_MS + 3_600_000);
  const resumed = await claim(world.store, NOON_MS + 3_600_000);
  assert.deepEqual(new Set(resumed.map((item) => item.orderNumber)), new Set([win.orderNumber, other.orderNumber]));
  for (const item of resumed) await call(world.store, item, paid, NOON_MS + 3_600_000);
  assert.deepEqual(await world.bookings(win), ['award', 'send']);
  await agrees();
});

test('answers that Postgres would refuse are stored all the same', async () => {
  const claimed = await claimOne(world.store);
  await begin(world.store, claimed, 'send', NOON_MS);
  const outcome: SendOutcome = { kind: 'unknown', code: 'answer-unreadable', message: 'a\u0000b\ud800' };
  await world.store.recordAnswer({
    payout: claimed,
    number: 1,
    outcome,
    raw: `\u0000${'x'.repeat(300_000)}`,
    nowMs: NOON_MS,
  });
  const stored = (await world.client.query('select outcome, raw_answer from payout_attempt')).rows[0];
  assert.equal(stored.outcome.message, 'ab\ufffd');
  assert.ok(stored.raw_answer.length < 20_000);
});

test('an answer to a call that was never begun is our bug', async () => {
  const claimed = await claimOne(world.store);
  await assert.rejects(record(claimed.leaseToken, 1, paid, NOON_MS), { name: 'OurBug' });
});

const tampering: readonly (readonly [string, string, RegExp])[] = [
  [
    'an entry of another amount',
    `insert into book_entry (account_id, activity_id, award_id, kind, debit, credit, amount_fen, created_at)
    select account_id, activity_id, id, 'award', 'reserved', 'budget', 1, created_at from award`,
    /^award taken from budget|^award in flight/,
  ],
  ['a received packet that no query showed', `update payout set state = 'received', due_at = null`, /^end is proved/],
  ['an award of another amount', 'update award set amount_fen = 99', /^payout is its award/],
  [
    'a frozen request of another amount',
    `update payout set request = jsonb_set(request, '{amountFen}', '99')`,
    /^frozen request/,
  ],
  ['an award that hides its payout', `update award set state = 'given'`, /^entries without their award/],
  ['a counter that forgot a draw', 'update activity_counter set draws = 0', /^draws /],
  ['a counter that forgot money', 'update activity_counter set spent_fen = 0', /^fen spent /],
  ['a prize counted twice', 'update prize_counter set drawn = 2', /^prizes drawn one-yuan/],
  [
    'a person who won more than is counted',
    'update participant set spent_fen = 0',
    /^fen won by a person .+: 100 <> 0$/,
  ],
  ['a person whose wins are not counted', 'update participant set wins = 0', /^wins of a person .+: 1 <> 0$/],
  [
    'a day of a person with too many wins',
    'update participant set wins_that_day = 2',
    /^wins of a person on one day .+: 1 <> 2$/,
  ],
  ['a person who is gone', 'delete from participant', /^fen won by all people : 100 <> 0$/],
  [
    'a prize whose money is not counted',
    'update prize_counter set spent_fen = 0',
    /^fen won of a prize one-yuan: 100 <> 0$/,
  ],
  ['a prize that is gone', 'delete from prize_counter', /^fen won of a prize one-yuan: 100 <> none$/],
  [
    'a day whose money is not counted',
    'update activity_day set won_fen = 99',
    /^fen won on a day 2\d{3}-\d\d-\d\d: 100 <> 99$/,
  ],
  ['a day that is gone', 'delete from activity_day', /^fen won on a day 2\d{3}-\d\d-\d\d: 100 <> 0$/],
  ['an award without a payout', 'delete from payout_attempt; delete from payout', /^one living payout per award/],
  ['a payout nobody will call again', `update payout set due_at = null`, /^what is under way/],
  ['a won draw without its award', `update draw set award_id = 'gone'`, /^won draw/],
  ['an attempt that vanished', 'delete from payout_attempt', /^first send is written/],
];
for (const [name, sql, difference] of tampering) {
  test(`verify-books finds ${name}`, async () => {
    await call(world.store, await claimOne(world.store), paid, NOON_MS);
    await agrees();
    await world.client.query(sql);
    const found = await world.differences();
    assert.ok(
      found.some((line) => difference.test(line)),
      found.join('\n'),
    );
  });
}
