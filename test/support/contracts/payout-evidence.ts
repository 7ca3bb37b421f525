import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { ClaimedPayout, PayoutKey, RailStatus, SendOutcome } from '../../../src/flows/ports/payouts.ts';
import {
  begin,
  claim,
  claimOnly,
  DAY,
  found,
  HOUR,
  LEASE,
  MINUTE,
  NOON,
  notFound,
  paid,
  play,
  record,
  refused,
  SECOND,
  unclear,
} from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';

/** Answers as evidence, whenever and from whomever they come, and what they book. */
export function evidenceContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  let key: PayoutKey;
  beforeEach(async () => {
    world = await open();
    key = await world.win();
  });
  afterEach(() => world.close());

  /** A worker whose lease ran out under its call, and the heir that began the next one. */
  async function takenOver(): Promise<{ readonly late: ClaimedPayout; readonly heir: ClaimedPayout }> {
    const late = await claimOnly(world.store, key);
    assert.equal(await begin(world.store, late, NOON), 1);
    const heir = await claimOnly(world.store, key, NOON + LEASE);
    assert.equal(await begin(world.store, heir, NOON + LEASE), 2);
    return { late, heir };
  }

  it('takes a paid answer as proof and says what comes next', async () => {
    const step = await play(world.store, key, paid);
    assert.deepEqual([step.fresh, step.state, step.award], [true, 'sent', 'sent']);
    const seen = await world.see(key);
    assert.deepEqual([seen.state, seen.award, seen.leased, seen.reason], ['sent', 'sent', false, null]);
    assert.ok(seen.dueAtMs !== null && seen.dueAtMs > NOON);
  });

  it('lets a late paid answer win over what the heir was told', async () => {
    const { late, heir } = await takenOver();
    await record(world.store, heir, { number: 2, outcome: unclear(), nowMs: NOON + LEASE + SECOND });
    const nowMs = NOON + LEASE + 2 * SECOND;
    const step = await record(world.store, late, { number: 1, outcome: paid, nowMs });
    assert.deepEqual([step.state, (await world.see(key)).state], ['sent', 'sent']);
    assert.deepEqual(await world.entries(key), ['award', 'send']);
  });

  it('lets a late paid answer win while the heir is still waiting, and leaves the heir its lease', async () => {
    const { late, heir } = await takenOver();
    await record(world.store, late, { number: 1, outcome: paid, nowMs: NOON + LEASE + SECOND });
    const seen = await world.see(key);
    assert.deepEqual([seen.state, seen.leased], ['sent', true]);
    const step = await record(world.store, heir, { number: 2, outcome: unclear(), nowMs: NOON + LEASE + 2 * SECOND });
    assert.equal(step.state, 'sent');
    assert.equal((await world.see(key)).leased, false);
  });

  it('begins no send of a number that a late answer has shown to be paid, although a query of it is due', async () => {
    const late = await claimOnly(world.store, key);
    assert.equal(await begin(world.store, late, NOON), 1);
    const heir = await claimOnly(world.store, key, NOON + 40 * SECOND);
    assert.equal(heir.call, 'send');
    // Recorded late, with the time at which it was read.
    await record(world.store, late, { number: 1, outcome: paid, nowMs: NOON + SECOND });
    assert.ok(((await world.see(key)).dueAtMs ?? Infinity) <= NOON + 62 * SECOND);
    assert.equal(await begin(world.store, heir, NOON + 62 * SECOND), null);
  });

  it('takes a late refusal for no proof once a later attempt has begun', async () => {
    const { late, heir } = await takenOver();
    const nowMs = NOON + LEASE + SECOND;
    assert.equal((await record(world.store, late, { number: 1, outcome: refused('NO_AUTH'), nowMs })).state, 'unknown');
    const step = await record(world.store, heir, { number: 2, outcome: refused('NO_AUTH'), nowMs: nowMs + SECOND });
    assert.equal(step.state, 'unknown', 'the first send may have paid');
    assert.deepEqual(await world.entries(key), ['award', 'send']);
  });

  it('changes nothing by evidence that repeats', async () => {
    const payout = await claimOnly(world.store, key);
    await begin(world.store, payout, NOON);
    await record(world.store, payout, { number: 1, outcome: paid, nowMs: NOON + SECOND });
    const before = await world.see(key);
    const again = await record(world.store, payout, { number: 1, outcome: paid, nowMs: NOON + HOUR });
    assert.deepEqual([again.fresh, again.state, again.actions], [false, 'sent', []]);
    assert.deepEqual(await world.see(key), before);
    const other = await record(world.store, payout, { number: 1, outcome: refused('NO_AUTH'), nowMs: NOON + HOUR });
    assert.deepEqual([other.fresh, other.state], [false, 'sent'], 'the first clear word stays');
  });

  it('lets a clear word replace "we do not know"', async () => {
    const payout = await claimOnly(world.store, key);
    await begin(world.store, payout, NOON);
    await record(world.store, payout, { number: 1, outcome: unclear(), nowMs: NOON + SECOND });
    const step = await record(world.store, payout, { number: 1, outcome: paid, nowMs: NOON + 2 * SECOND });
    assert.deepEqual([step.fresh, step.state], [true, 'sent']);
  });

  it('refuses an answer to a call that was never begun', async () => {
    const payout = await claimOnly(world.store, key);
    await assert.rejects(record(world.store, payout, { number: 1, outcome: paid, nowMs: NOON }), { name: 'OurBug' });
    assert.equal((await world.see(key)).state, 'waiting');
  });

  it('keeps a clearly refused payout waiting under its number', async () => {
    const step = await play(world.store, key, refused('FREQ_LIMIT'));
    assert.deepEqual([step.state, step.award], ['waiting', 'sending']);
    assert.match((await world.see(key)).reason ?? '', /FREQ_LIMIT/);
  });

  it('parks what sending again cannot help, with its reason', async () => {
    await play(world.store, key, refused('OPENID_ERROR'));
    const seen = await world.see(key);
    assert.deepEqual([seen.state, seen.award, seen.dueAtMs], ['parked', 'parked', null]);
    assert.match(seen.reason ?? '', /OPENID_ERROR/);
    assert.deepEqual((await claim(world.store, NOON + 60 * DAY)).payouts, []);
    assert.deepEqual(await world.entries(key), ['award', 'send']);
  });

  const ends: readonly (readonly [RailStatus, string, readonly string[]])[] = [
    ['RECEIVED', 'received', ['award', 'send', 'received']],
    ['REFUND', 'returned', ['award', 'send', 'returned']],
    ['FAILED', 'dead', ['award', 'send', 'failed']],
  ];
  for (const [status, state, entries] of ends) {
    it(`books ${status} once and ends`, async () => {
      const outcome: SendOutcome = status === 'FAILED' ? unclear('PROCESSING') : paid;
      await play(world.store, key, outcome);
      const payout = await claimOnly(world.store, key, NOON + HOUR);
      const number = (await begin(world.store, payout, NOON + HOUR)) ?? 0;
      const nowMs = NOON + HOUR + SECOND;
      await record(world.store, payout, { number, outcome: found(status), nowMs });
      await record(world.store, payout, { number, outcome: found(status), nowMs: nowMs + SECOND });
      const seen = await world.see(key);
      assert.deepEqual([seen.state, seen.dueAtMs, await world.entries(key)], [state, null, entries]);
    });
  }

  it('gives returned money back to the budget where the activity says so', async () => {
    const other = await world.win({ returnsToBudget: true, dueAtMs: NOON + MINUTE });
    await play(world.store, key, paid);
    await play(world.store, other, paid, NOON + MINUTE - 1).catch(() => undefined);
    for (const payout of (await claim(world.store, NOON + 2 * MINUTE)).payouts) {
      const outcome = payout.call === 'send' ? paid : found('SENT');
      const number = (await begin(world.store, payout, NOON + 2 * MINUTE)) ?? 0;
      await record(world.store, payout, { number, outcome, nowMs: NOON + 2 * MINUTE });
    }
    for (const payout of (await claim(world.store, NOON + 2 * DAY)).payouts) {
      const number = (await begin(world.store, payout, NOON + 2 * DAY)) ?? 0;
      await record(world.store, payout, { number, outcome: found('REFUND'), nowMs: NOON + 2 * DAY });
    }
    assert.deepEqual(await world.entries(key), ['award', 'send', 'returned']);
    assert.deepEqual(await world.entries(other), ['award', 'send', 'returned', 'reopened']);
  });

  it('raises an alarm when WeChat Pay contradicts itself, and keeps what was booked', async () => {
    await play(world.store, key, paid);
    const payout = await claimOnly(world.store, key, NOON + HOUR);
    const number = (await begin(world.store, payout, NOON + HOUR)) ?? 0;
    const heir = await claimOnly(world.store, key, NOON + HOUR + LEASE);
    const next = (await begin(world.store, heir, NOON + HOUR + LEASE)) ?? 0;
    await record(world.store, heir, { number: next, outcome: found('RECEIVED'), nowMs: NOON + 2 * HOUR });
    await record(world.store, payout, { number, outcome: found('REFUND'), nowMs: NOON + 2 * HOUR + SECOND });
    assert.equal((await world.see(key)).state, 'received');
    assert.deepEqual(await world.entries(key), ['award', 'send', 'received']);
    assert.deepEqual(await world.alarms(), [`contradiction ${key.orderNumber}`]);
  });

  it('asks again, under the same number, what it does not know', async () => {
    await play(world.store, key, unclear());
    const again = await claimOnly(world.store, key, NOON + HOUR);
    assert.equal(again.request.orderNumber, key.orderNumber);
    assert.equal(await begin(world.store, again, NOON + HOUR), 2);
    await record(world.store, again, { number: 2, outcome: unclear('PROCESSING'), nowMs: NOON + HOUR });
    assert.equal((await claimOnly(world.store, key, NOON + 2 * HOUR)).call, 'query');
  });

  it('sends again what WeChat Pay does not know', async () => {
    await play(world.store, key, unclear('PROCESSING'));
    await play(world.store, key, notFound, NOON + HOUR);
    assert.equal((await claimOnly(world.store, key, NOON + 2 * HOUR)).call, 'send');
  });
}
