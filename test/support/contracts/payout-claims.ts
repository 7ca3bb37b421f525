import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import {
  begin,
  callNow,
  claim,
  claimOnly,
  DAY,
  found,
  HOUR,
  LEASE,
  MINUTE,
  NOON,
  numbersOf,
  paid,
  play,
  record,
  SECOND,
  unclear,
} from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';
import { asRedPacket } from '../red-packets.ts';

/** Claims, leases and the beginning of calls. */
export function claimContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.close());

  it('takes what is due, the earliest first, and nothing that is due later', async () => {
    const second = await world.win({ dueAtMs: NOON - 1 });
    const first = await world.win({ dueAtMs: NOON - 2 });
    const later = await world.win({ dueAtMs: NOON + 1 });
    assert.deepEqual(numbersOf((await claim(world.store)).payouts), [first.orderNumber, second.orderNumber]);
    await claimOnly(world.store, later, NOON + 1);
  });

  it('takes nothing twice while its lease lasts, and gives it to another when the lease has run out', async () => {
    const key = await world.win();
    const claims = await Promise.all([claim(world.store), claim(world.store), claim(world.store)]);
    assert.equal(claims.flatMap((one) => one.payouts).length, 1);
    assert.deepEqual((await claim(world.store, NOON + LEASE - 1)).payouts, []);
    const heir = await claimOnly(world.store, key, NOON + LEASE);
    const late = claims.flatMap((one) => one.payouts)[0];
    assert.ok(late !== undefined && late.leaseToken !== heir.leaseToken);
    assert.equal(await begin(world.store, late, NOON + LEASE), null, 'the lease is lost');
    assert.equal(await begin(world.store, heir, NOON + LEASE), 1);
  });

  it('hands out the payout with what a worker needs', async () => {
    const key = await world.win({ openid: 'oPerson00001', amountFen: 300 });
    const payout = await claimOnly(world.store, key);
    const { openid, amountFen, state, attempts, call, createdAtMs, callAtMs } = payout;
    const seen = { openid, amountFen, state, attempts, call, createdAtMs };
    const expected = { openid: 'oPerson00001', amountFen: 300, state: 'waiting', attempts: [], call: 'send' };
    assert.deepEqual(seen, { ...expected, createdAtMs: NOON });
    assert.ok(callAtMs >= NOON && callAtMs < NOON + SECOND);
  });

  it('freezes the request at the first claim', async () => {
    const merchant = await world.merchant('main');
    const key = await world.win();
    const request = asRedPacket((await claimOnly(world.store, key)).request);
    assert.deepEqual([request.orderNumber, request.amountFen, request.sceneId], [key.orderNumber, 100, null]);
    await world.rename(merchant, '另一个名字');
    assert.deepEqual((await claimOnly(world.store, key, NOON + LEASE)).request, request);
    const other = await world.win();
    assert.equal(asRedPacket((await claimOnly(world.store, other)).request).sendName, '另一个名字');
  });

  it('tells a worker about every attempt so far and of what people ordered', async () => {
    const key = await world.win();
    await play(world.store, key, unclear());
    await world.store.askAllFirst(NOON + SECOND);
    const again = await claimOnly(world.store, key, NOON + SECOND);
    const attempt = { number: 1, kind: 'send', startedAtMs: NOON, answeredAtMs: NOON, outcome: unclear() };
    assert.deepEqual(again.attempts, [attempt]);
    assert.deepEqual([again.askFromMs, again.retryAtMs ?? null, again.call], [NOON + SECOND, null, 'query']);
  });

  it('writes the attempt and the money in flight before the first byte, once', async () => {
    const key = await world.win();
    const payout = await claimOnly(world.store, key);
    assert.equal(await begin(world.store, payout, NOON), 1);
    assert.deepEqual(await world.entries(key), ['award', 'send']);
    const seen = await world.see(key);
    assert.deepEqual([seen.state, seen.award, seen.leased], ['unknown', 'sending', true]);
    assert.equal(await begin(world.store, payout, NOON), null, 'the worker does not know the attempt that began');
    const heir = await claimOnly(world.store, key, NOON + LEASE);
    assert.equal(await begin(world.store, heir, NOON + LEASE), 2);
    assert.deepEqual(await world.entries(key), ['award', 'send']);
  });

  it('renews the lease with the attempt', async () => {
    const key = await world.win();
    const payout = await claimOnly(world.store, key);
    await begin(world.store, payout, NOON + 20 * SECOND);
    assert.deepEqual((await claim(world.store, NOON + LEASE)).payouts, []);
    await claimOnly(world.store, key, NOON + 20 * SECOND + LEASE);
  });

  it('begins nothing with a lease that has run out, even when nobody took over', async () => {
    const payout = await claimOnly(world.store, await world.win());
    assert.equal(await begin(world.store, payout, NOON + LEASE), null);
  });

  it('begins no send less than a second after the last one of its number', async () => {
    const key = await world.win();
    const first = await claimOnly(world.store, key);
    await begin(world.store, first, NOON + LEASE - 100);
    await world.store.release(first, NOON + LEASE);
    const heir = await claimOnly(world.store, key, NOON + LEASE);
    assert.equal(await begin(world.store, heir, NOON + LEASE + 899), null);
    assert.equal(await begin(world.store, heir, NOON + LEASE + 900), 2);
  });

  it('begins no call that a late answer has made needless', async () => {
    const key = await world.win();
    const first = await claimOnly(world.store, key);
    const number = (await begin(world.store, first, NOON)) ?? 0;
    const heir = await claimOnly(world.store, key, NOON + LEASE);
    await record(world.store, first, { number, outcome: paid, nowMs: NOON + LEASE });
    assert.equal(await begin(world.store, heir, NOON + LEASE, 'send'), null);
  });

  it('takes a payout given back again, not before it is due', async () => {
    const key = await world.win();
    const payout = await claimOnly(world.store, key);
    await world.store.release(payout, NOON + MINUTE);
    assert.deepEqual((await claim(world.store, NOON + MINUTE - 1)).payouts, []);
    const again = await claimOnly(world.store, key, NOON + MINUTE);
    assert.equal(again.call, 'send');
    await world.store.release(again, NOON, 'query');
    assert.equal((await claimOnly(world.store, key, NOON + MINUTE)).call, 'query');
  });

  it('gives nothing back for one who has lost the lease', async () => {
    const key = await world.win();
    const first = await claimOnly(world.store, key);
    await claimOnly(world.store, key, NOON + LEASE);
    await world.store.release(first, NOON + DAY);
    const seen = await world.see(key);
    assert.deepEqual([seen.dueAtMs, seen.leased], [NOON, true]);
  });

  it('leaves an ended payout alone', async () => {
    const key = await world.win();
    await play(world.store, key, paid);
    await play(world.store, key, found('RECEIVED'), NOON + HOUR);
    assert.deepEqual((await claim(world.store, NOON + 60 * DAY)).payouts, []);
    assert.deepEqual(await world.entries(key), ['award', 'send', 'received']);
  });

  it('makes the call that comes next at the time that the state machine says', async () => {
    const key = await world.win();
    await play(world.store, key, unclear());
    assert.deepEqual((await claim(world.store, NOON + 2 * SECOND - 1)).payouts, []);
    await callNow(world.store, await claimOnly(world.store, key, NOON + 2 * SECOND), paid, NOON + 2 * SECOND);
    const settling = await claimOnly(world.store, key, NOON + HOUR);
    assert.equal(settling.call, 'query');
  });
}
