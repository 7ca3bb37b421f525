import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { callNow, claim, claimOnly, DAY, HOUR, NOON, numbersOf, paid, play, refused } from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';

const TOMORROW = Date.parse('2026-11-22T00:00:00+08:00');

/** Payouts of an account that cannot pay, which go to a person of the account that pays. */
export function payeeContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  beforeEach(async () => {
    world = await open();
    await world.merchant('main');
  });
  afterEach(() => world.close());

  it('are asked for under the app id and the openid of the account that pays', async () => {
    const payout = await claimOnly(world.store, await world.win({ throughMain: true, openid: 'oPayee' }));
    const { request, openid, accountId } = payout;
    assert.deepEqual([request.appId, request.openid, openid], ['wx0000000000000001', 'oPayee', 'oPayee']);
    assert.equal(accountId, 'chat', 'it stays a payout of the account it was won in');
  });

  it('share the daily number of packets with what the person gets there directly', async () => {
    await world.merchant('main', { personDayPackets: 2 });
    for (const throughMain of [true, false, true, false]) await world.win({ throughMain, openid: 'oPayee' });
    const other = await world.win({ throughMain: true, openid: 'oOther' });
    const { payouts } = await claim(world.store);
    assert.equal(payouts.filter(({ openid }) => openid === 'oPayee').length, 2);
    assert.ok(numbersOf(payouts).includes(other.orderNumber));
    for (const payout of payouts) await callNow(world.store, payout, paid, NOON);
    const sends = async (atMs: number) =>
      (await claim(world.store, atMs)).payouts.filter(({ call }) => call === 'send').length;
    assert.equal(await sends(NOON + HOUR), 0);
    assert.equal(await sends(TOMORROW + HOUR), 2);
  });

  it('share a day that WeChat Pay calls full', async () => {
    const first = await world.win({ throughMain: true, openid: 'oPayee' });
    await play(world.store, first, refused('SENDNUM_LIMIT'));
    await world.win({ openid: 'oPayee' });
    assert.deepEqual((await claim(world.store, NOON + HOUR)).payouts, []);
    assert.equal((await claim(world.store, TOMORROW + HOUR)).payouts.length, 2);
  });

  it('are never taken while nobody knows the payee, whatever is ordered', async () => {
    const key = await world.win({ throughMain: true });
    const at = async (atMs: number) => (await claim(world.store, atMs)).payouts;
    assert.deepEqual(await at(NOON + DAY), []);
    assert.equal(await world.store.askAllFirst(NOON + DAY), 1);
    assert.equal(await world.store.unasked(), 0, 'there is nobody to ask about');
    assert.deepEqual(await at(NOON + 2 * DAY), []);
    await world.store.askTooOld(NOON + 30 * DAY);
    assert.deepEqual(await at(NOON + 30 * DAY), []);
    const { state, award, dueAtMs, reason } = await world.see(key);
    assert.deepEqual([state, award, dueAtMs, reason], ['waiting', 'reserved', null, 'payee-unknown']);
  });
}
