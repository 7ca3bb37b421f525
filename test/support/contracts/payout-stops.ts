import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { MerchantId } from '../../../src/base/ids.ts';
import type { PayoutKey, SendOutcome } from '../../../src/flows/ports/payouts.ts';
import {
  begin,
  callNow,
  claim,
  claimOnly,
  DAY,
  found,
  HOUR,
  MINUTE,
  NOON,
  notFound,
  numbersOf,
  paid,
  play,
  refused,
  SECOND,
  unclear,
} from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';

/** What stops a merchant or everything, what people order, and the alarms that tell of it. */
export function stopContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  let merchant: MerchantId;
  beforeEach(async () => {
    world = await open();
    merchant = await world.merchant('main');
  });
  afterEach(() => world.close());

  async function stopsAfter(key: PayoutKey, atMs: number): Promise<boolean> {
    const { payouts } = await claim(world.store, atMs);
    const stopped = !numbersOf(payouts).includes(key.orderNumber);
    for (const payout of payouts) await world.store.release(payout, atMs);
    return stopped;
  }

  it('sends nothing of a stopped merchant, but goes on asking, and others go on', async () => {
    const sent = await world.win();
    await play(world.store, sent, paid);
    const second = await world.merchant('second');
    const mine = await world.win({ dueAtMs: NOON + HOUR });
    const theirs = await world.win({ merchantId: second, dueAtMs: NOON + HOUR });
    await world.store.stopMerchant(merchant, 'NOTENOUGH', NOON);
    const { payouts } = await claim(world.store, NOON + HOUR);
    assert.deepEqual(new Set(numbersOf(payouts)), new Set([sent.orderNumber, theirs.orderNumber]));
    assert.equal(await world.store.resumeMerchant(merchant, NOON + HOUR), true);
    await claimOnly(world.store, mine, NOON + HOUR);
  });

  it('raises one alarm for a stop, which resuming clears', async () => {
    await world.store.stopMerchant(merchant, 'NOTENOUGH', NOON);
    await world.store.stopMerchant(merchant, 'another reason', NOON + 1);
    assert.deepEqual(await world.alarms(), ['merchant-stopped main']);
    assert.equal(await world.store.resumeMerchant(merchant, NOON + SECOND), true);
    assert.equal(await world.store.resumeMerchant(merchant, NOON + SECOND), false);
    assert.deepEqual(await world.alarms(), []);
  });

  it('holds a send back that was claimed before the stop', async () => {
    const payout = await claimOnly(world.store, await world.win());
    await world.store.stopMerchant(merchant, 'stop', NOON);
    assert.equal(await begin(world.store, payout, NOON), null);
    await world.store.resumeMerchant(merchant, NOON);
    await world.store.stopSending('stop', NOON);
    assert.equal(await begin(world.store, payout, NOON), null);
    await world.store.resumeSending(NOON);
    assert.equal(await begin(world.store, payout, NOON), 1);
  });

  it('stops every send of every merchant by one switch, but no query', async () => {
    const sent = await world.win();
    await play(world.store, sent, paid);
    await world.win({ dueAtMs: NOON + HOUR });
    await world.win({ merchantId: await world.merchant('second'), dueAtMs: NOON + HOUR });
    await world.store.stopSending('restoring', NOON);
    await world.store.stopSending('another reason', NOON);
    assert.deepEqual(await world.alarms(), ['sending-stopped ']);
    const asked = await claimOnly(world.store, sent, NOON + HOUR);
    assert.equal((await callNow(world.store, asked, found('RECEIVED'), NOON + HOUR)).state, 'received');
    assert.equal(await world.store.resumeSending(NOON + HOUR), true);
    assert.equal(await world.store.resumeSending(NOON + HOUR), false);
    assert.deepEqual(await world.alarms(), []);
    assert.equal((await claim(world.store, NOON + HOUR)).payouts.length, 2);
  });

  for (const code of ['NOTENOUGH', 'SENDAMOUNT_LIMIT', 'API_METHOD_CLOSED', 'PAYER_ACCOUNT_ABNORMAL'] as const) {
    it(`stops the merchant after ${code} and sends the same number when it is resumed`, async () => {
      const key = await world.win();
      const step = await play(world.store, key, refused(code));
      assert.equal(step.state, 'waiting');
      assert.ok(step.actions.some((action) => action.kind === 'stop-merchant'));
      assert.deepEqual(await world.alarms(), ['merchant-stopped main']);
      assert.deepEqual((await claim(world.store, NOON + HOUR)).payouts, []);
      await world.store.resumeMerchant(merchant, NOON + HOUR);
      await play(world.store, key, paid, NOON + HOUR);
      assert.deepEqual(await world.entries(key), ['award', 'send']);
    });
  }

  for (const code of ['CA_ERROR', 'SIGN_ERROR'] as const) {
    it(`stops the merchant after ${code} only when another number is not understood either`, async () => {
      const odd = await world.win();
      assert.equal((await play(world.store, odd, refused(code, 'work'))).state, 'parked');
      const unsure = await world.win({ dueAtMs: NOON + SECOND });
      assert.equal((await play(world.store, unsure, refused(code, 'unclear'), NOON + SECOND)).state, 'waiting');
      assert.deepEqual(await world.alarms(), []);
      await play(world.store, unsure, refused(code, 'fail'), NOON + MINUTE);
      assert.deepEqual(await world.alarms(), ['merchant-stopped main']);
      assert.equal(await stopsAfter(unsure, NOON + HOUR), true);
    });
  }

  it('stops the merchant when five people are refused for risk within a minute', async () => {
    const keys: PayoutKey[] = [];
    for (let index = 0; index < 5; index += 1) {
      const key = await world.win({ openid: `oRisky${index}`, dueAtMs: NOON + index * SECOND });
      keys.push(key);
      const step = await play(world.store, key, refused('NO_AUTH'), NOON + index * SECOND);
      assert.equal(step.state, index < 4 ? 'parked' : 'waiting');
    }
    assert.deepEqual(await world.alarms(), ['merchant-stopped main']);
  });

  it('takes five risky people for nothing when one is paid between, when they are the same, or far apart', async () => {
    const answer = async (openid: string, outcome: SendOutcome, atMs: number) => {
      const key = await world.win({ openid, dueAtMs: atMs });
      const payout = (await claim(world.store, atMs)).payouts.find((item) => item.orderNumber === key.orderNumber);
      assert.ok(payout !== undefined);
      await callNow(world.store, payout, outcome, atMs);
    };
    const risk = refused('NO_AUTH');
    for (let index = 0; index < 4; index += 1) await answer(`oRisky${index}`, risk, NOON + index * SECOND);
    await answer('oGood', paid, NOON + 5 * SECOND);
    for (let index = 0; index < 5; index += 1) await answer('oSame', risk, NOON + (index + 6) * SECOND);
    for (let index = 4; index < 10; index += 1) await answer(`oRisky${index}`, risk, NOON + index * 20 * SECOND);
    assert.deepEqual(await world.alarms(), []);
  });

  it('sends a parked payout again under its number when a person orders it', async () => {
    const key = await world.win();
    await play(world.store, key, refused('NO_AUTH'));
    await world.store.retryParked(key, NOON + HOUR);
    const again = await claimOnly(world.store, key, NOON + HOUR);
    assert.deepEqual([again.call, again.retryAtMs], ['send', NOON + HOUR]);
    assert.equal((await callNow(world.store, again, paid, NOON + HOUR)).state, 'sent');
    assert.deepEqual(await world.entries(key), ['award', 'send']);
  });

  it('parks it again when that is refused again', async () => {
    const key = await world.win();
    await play(world.store, key, refused('NO_AUTH'));
    await world.store.retryParked(key, NOON + HOUR);
    assert.equal((await play(world.store, key, refused('NO_AUTH'), NOON + HOUR)).state, 'parked');
    assert.deepEqual((await claim(world.store, NOON + DAY)).payouts, []);
  });

  it('lets nobody order what is not parked, or too old', async () => {
    const key = await world.win();
    await assert.rejects(world.store.retryParked(key, NOON), { code: 'payout-not-parked' });
    await play(world.store, key, refused('NO_AUTH'));
    await assert.rejects(world.store.retryParked(key, NOON + 72 * HOUR + 1), { code: 'payout-too-old' });
    await world.store.retryParked(key, NOON + 72 * HOUR - MINUTE);
  });

  it('asks about everything unsettled before anything is sent again', async () => {
    const ended = await world.win();
    await play(world.store, ended, paid);
    await play(world.store, ended, found('RECEIVED'), NOON + MINUTE);
    const states = {
      unsent: await world.win({ dueAtMs: NOON + 30 * DAY }),
      parked: await world.win({ dueAtMs: NOON + HOUR }),
    };
    await play(world.store, states.parked, refused('OPENID_ERROR'), NOON + HOUR);
    const atMs = NOON + 2 * HOUR;
    assert.equal(await world.store.unasked(), 0);
    assert.equal(await world.store.askAllFirst(atMs), 2);
    assert.equal(await world.store.unasked(), 2);
    const { payouts } = await claim(world.store, atMs);
    assert.deepEqual(new Set(numbersOf(payouts)), new Set([states.unsent.orderNumber, states.parked.orderNumber]));
    assert.ok(payouts.every((payout) => payout.call === 'query'));
    for (const payout of payouts) {
      const isUnsent = payout.orderNumber === states.unsent.orderNumber;
      await callNow(world.store, payout, isUnsent ? found('SENT') : notFound, atMs);
    }
    assert.equal(await world.store.unasked(), 0);
    assert.equal((await world.see(states.unsent)).state, 'sent');
    assert.deepEqual(await world.entries(states.unsent), ['award', 'send'], 'it was paid in what the backup lost');
    assert.equal((await world.see(states.parked)).state, 'parked');
  });

  it('asks about what waits too long behind a stopped merchant, and leaves what may still be sent alone', async () => {
    const [old, fresh, untried] = [
      await world.win(),
      await world.win({ dueAtMs: NOON + 70 * HOUR }),
      await world.win({ dueAtMs: NOON + 71 * HOUR }),
    ];
    await play(world.store, old, unclear());
    const both = (await claim(world.store, NOON + 70 * HOUR)).payouts;
    const later = both.find((payout) => payout.orderNumber === fresh.orderNumber);
    assert.ok(later !== undefined && both.length === 2);
    await callNow(world.store, later, unclear(), NOON + 70 * HOUR);
    await world.store.stopMerchant(merchant, 'NOTENOUGH', NOON + HOUR);
    assert.equal(await world.store.askTooOld(NOON + 72 * HOUR), 0);
    const atMs = NOON + 73 * HOUR;
    assert.equal(await world.store.askTooOld(atMs), 1);
    assert.equal(await world.store.askTooOld(atMs), 0);
    const { payouts } = await claim(world.store, atMs);
    assert.deepEqual(
      payouts.map(({ orderNumber, call }) => ({ orderNumber, call })),
      [{ orderNumber: old.orderNumber, call: 'query' }],
    );
    assert.equal((await world.see(untried)).state, 'waiting');
  });

  it('sends what WeChat Pay does not know after it was asked', async () => {
    const key = await world.win();
    await world.store.askAllFirst(NOON);
    const step = await play(world.store, key, notFound, NOON);
    assert.deepEqual([step.state, step.award], ['waiting', 'reserved']);
    assert.equal((await claimOnly(world.store, key, NOON + MINUTE)).call, 'send');
  });

  it('shows a number that was never sent as waiting while it is asked about', async () => {
    const key = await world.win();
    await world.store.askAllFirst(NOON);
    assert.equal(await begin(world.store, await claimOnly(world.store, key), NOON, 'query'), 1);
    const seen = await world.see(key);
    assert.deepEqual([seen.state, seen.award], ['waiting', 'reserved']);
  });

  it('asks again when asking brought nothing', async () => {
    const key = await world.win();
    await world.store.askAllFirst(NOON);
    const payout = await claimOnly(world.store, key);
    assert.equal(await begin(world.store, payout, NOON, 'query'), 1);
    await world.store.recordAnswer({ payout, number: 1, outcome: unclear(), raw: '', nowMs: NOON });
    assert.equal((await claimOnly(world.store, key, NOON + HOUR)).call, 'query');
    assert.deepEqual(await world.entries(key), ['award']);
  });
}
