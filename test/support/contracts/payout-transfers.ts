import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { MerchantId } from '../../../src/base/ids.ts';
import type { PayoutKey, QueryOutcome, RailStatus, SendOutcome } from '../../../src/flows/ports/payouts.ts';
import type { TransferState } from '../../../src/flows/ports/transfers.ts';
import { callNow, claim, claimOnly, DAY, found, HOUR, MINUTE, NOON, paid, play } from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';

const collectable: SendOutcome = { kind: 'paid', railNumber: '1330', packageInfo: 'package' };
const shown = (status: RailStatus, transferState: TransferState): QueryOutcome & { kind: 'found' } => ({
  ...(found(status, transferState) as QueryOutcome & { kind: 'found' }),
  transferState,
});

/** Payouts that go as transfers: how they are asked about, taken back and ended. */
export function transferContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  beforeEach(async () => {
    world = await open();
    await world.merchant('main');
  });
  afterEach(() => world.close());

  const named = ({ accountId, orderNumber }: PayoutKey, merchantId = 'main') => ({
    merchantId: merchantId as MerchantId,
    orderNumber,
    accounts: [accountId],
  });

  it('freeze a transfer and say so to the state machine', async () => {
    const { request, rail } = await claimOnly(world.store, await world.win({ rail: 'transfer' }));
    assert.deepEqual([request.rail, rail], ['transfer', 'transfer']);
    assert.ok(request.rail === 'transfer' && request.activityName !== '' && request.reward !== '');
  });

  it('are asked about at once when a notice says so, and end with what the query shows', async () => {
    const key = await world.win({ rail: 'transfer' });
    assert.equal(await world.store.askNow(named(key), NOON), false, 'nothing was sent yet');
    await play(world.store, key, collectable);
    assert.deepEqual((await claim(world.store, NOON + 10)).payouts, []);
    assert.equal(await world.store.askNow(named(key, 'other'), NOON + 10), false, 'of another merchant');
    assert.equal(await world.store.askNow(named(key), NOON + 10), true);
    const asked = await claimOnly(world.store, key, NOON + MINUTE);
    assert.equal(asked.call, 'query');
    await callNow(world.store, asked, shown('RECEIVED', 'SUCCESS'), NOON + MINUTE);
    assert.equal((await world.see(key)).award, 'received');
    assert.equal(await world.store.askNow(named(key), NOON + HOUR), false, 'a late or doubled notice changes nothing');
    assert.deepEqual(await world.entries(key), ['award', 'send', 'received']);
  });

  it('are not asked about when WeChat Pay no longer answers', async () => {
    const key = await world.win({ rail: 'transfer' });
    await play(world.store, key, collectable);
    assert.equal(await world.store.askNow(named(key), NOON + 30 * DAY), false);
    await assert.rejects(world.store.cancelTransfer(key, NOON + 30 * DAY), { code: 'payout-not-cancellable' });
  });

  it('can be ordered back until they end; the order proves nothing, the query does', async () => {
    const key = await world.win({ rail: 'transfer' });
    await assert.rejects(world.store.cancelTransfer(key, NOON), { code: 'payout-not-cancellable' });
    await play(world.store, key, collectable);
    await world.store.cancelTransfer(key, NOON + MINUTE);
    assert.equal((await world.see(key)).state, 'sent');
    const asked = await claimOnly(world.store, key, NOON + MINUTE);
    assert.deepEqual([asked.call, asked.cancelAtMs], ['query', NOON + MINUTE]);
    await callNow(world.store, asked, shown('RFUND_ING', 'CANCELING'), NOON + MINUTE);
    assert.equal((await world.see(key)).state, 'sent');
    await play(world.store, key, shown('FAILED', 'CANCELLED'), NOON + 3 * MINUTE);
    assert.deepEqual(await world.entries(key), ['award', 'send', 'failed']);
    assert.equal((await world.see(key)).state, 'dead');
    await assert.rejects(world.store.cancelTransfer(key, NOON + HOUR), { code: 'payout-not-cancellable' });
  });

  it('stay paid when the person was quicker than the order', async () => {
    const key = await world.win({ rail: 'transfer' });
    await play(world.store, key, collectable);
    await world.store.cancelTransfer(key, NOON + MINUTE);
    await play(world.store, key, shown('RECEIVED', 'SUCCESS'), NOON + MINUTE);
    assert.deepEqual(await world.entries(key), ['award', 'send', 'received']);
  });

  it('never take a red packet back', async () => {
    const key = await world.win();
    await play(world.store, key, paid);
    await assert.rejects(world.store.cancelTransfer(key, NOON + 1), { code: 'payout-not-cancellable' });
  });
}
