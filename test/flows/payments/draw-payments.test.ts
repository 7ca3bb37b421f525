import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fen } from '../../../src/base/fen.ts';
import type { Openid } from '../../../src/base/ids.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import type { PaidOrder } from '../../../src/flows/ports/payments.ts';
import { forgetPerson } from '../../../src/store/account/erasure-people.ts';
import { createPool } from '../../../src/store/database.ts';
import { NOON_MS, somebody } from '../../support/builders.ts';
import { publishActivity } from '../../support/live-activity.ts';
import { CHAT, MAIN } from '../../support/payee-world.ts';
import { anOrder, drawsOf, keyOf, openPaymentsWorld } from '../../support/payments-world.ts';
import type { PaymentsWorld } from '../../support/payments-world.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const HOUR_MS = 3_600_000;

let world: PaymentsWorld;
let shop: LiveActivity;
before(async () => {
  world = await openPaymentsWorld();
  shop = await publishActivity(world.client, {
    trigger: { payment: true, paymentAtLeastFen: 5000 },
    prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 }],
  });
});
beforeEach(() => {
  world.clock.nowMs = NOON_MS;
  world.live.splice(0, world.live.length, shop);
  world.answers.length = 0;
});
after(() => world.close());

const list = async ({ transactionId }: PaidOrder) => {
  const { rows } = await world.payments.list({ state: null, refunded: false }, { after: null, limit: 100 });
  return rows.find((row) => row.transactionId === transactionId);
};
const noted = async (given: Partial<PaidOrder> = {}): Promise<PaidOrder> => {
  const order = anOrder(given);
  await world.payments.notePaid(keyOf(order), order, world.clock.nowMs);
  return order;
};

describe('a payment', () => {
  it('draws once though two processes go on with it at once, and again after one died', async () => {
    const pools = [1, 2].map(() => createPool({ url: world.url, connectionsMax: 8, name: 'race' }, quietLogger()));
    const [one, other] = [world.drawing(pools[0]), world.drawing(pools[1])];
    const order = await noted();
    // The lease is over for the second one while the first still draws.
    const first = one.drawDue();
    world.clock.nowMs += 61_000;
    await Promise.all([first, other.drawDue()]);
    await world.client.query(
      `update payment set state = 'drawing', draws = '[]', due_at = $2, settled_at = null where transaction_id = $1`,
      [order.transactionId, new Date(world.clock.nowMs)],
    );
    await one.drawDue();
    assert.deepEqual(await drawsOf(world.client, order.transactionId), [
      { account: MAIN, openid: order.openid, outcome: 'won' },
    ]);
    assert.deepEqual(
      (await list(order))?.draws.map(({ state }) => state),
      ['won'],
    );
    for (const pool of pools) await pool.end();
  });

  it('before the start, after the end or given back beforehand draws nothing, and it says why', async () => {
    const drawing = world.drawing();
    const timed = { ...shop, version: 2, rule: { ...shop.rule, startsAtMs: NOON_MS - HOUR_MS, endsAtMs: NOON_MS } };
    world.live.splice(0, 1, timed);
    const early = await noted({ paidAtMs: NOON_MS - HOUR_MS - 1000 });
    const late = await noted({ paidAtMs: NOON_MS });
    const back = await noted({ paidAtMs: NOON_MS - 1000 });
    const refund = { transactionId: back.transactionId, refundId: '1', amountFen: fen(10_000), atMs: NOON_MS };
    await world.payments.noteRefund(keyOf(back).merchant, refund);
    await drawing.drawDue();
    const reasons = await Promise.all([early, late, back].map(async (order) => (await list(order))?.reason));
    assert.deepEqual(reasons, ['paid-before-the-start', 'paid-after-the-end', 'refunded-before']);
    for (const order of [early, late, back]) assert.deepEqual(await drawsOf(world.client, order.transactionId), []);
  });

  it('under another app id waits for a union id, and is drawn when it appears', async () => {
    const drawing = world.drawing();
    const chat: LiveActivity = { ...world.activity, rule: { ...world.activity.rule, trigger: shop.rule.trigger } };
    world.live.splice(0, 1, chat);
    const order = await noted();
    await drawing.drawDue();
    assert.deepEqual([(await list(order))?.state, (await list(order))?.reason], ['parked', 'payer-unknown']);
    const inChat: Openid = somebody();
    await world.tellUnionId({ account: MAIN, openid: order.openid }, 'union-1');
    await world.tellUnionId({ account: CHAT, openid: inChat }, 'union-1');
    world.clock.nowMs += HOUR_MS;
    await drawing.drawDue();
    assert.equal((await list(order))?.state, 'settled');
    assert.deepEqual(await drawsOf(world.client, order.transactionId), [
      { account: CHAT, openid: inChat, outcome: 'won' },
    ]);
  });

  it('of somebody who never shows up under another app id is given up after 30 days', async () => {
    const drawing = world.drawing();
    world.live.splice(0, 1, { ...world.activity, rule: { ...world.activity.rule, trigger: shop.rule.trigger } });
    const order = await noted();
    await drawing.drawDue();
    world.clock.nowMs += 31 * 24 * HOUR_MS;
    await drawing.drawDue();
    assert.deepEqual([(await list(order))?.state, (await list(order))?.reason], ['settled', 'payer-unknown']);
  });

  it('of somebody who was erased is never drawn, and nobody is named', async () => {
    const order = await noted();
    const client = await world.pool.connect();
    await forgetPerson(client, { account: MAIN, openid: order.openid }, null);
    client.release();
    await world.drawing().drawDue();
    assert.equal(await world.payments.notePaid(keyOf(order), order, NOON_MS), false);
    const line = await list(order);
    assert.deepEqual([line?.reason, line?.openid, line?.amountFen], ['person-erased', null, 10_000]);
    assert.deepEqual(await drawsOf(world.client, order.transactionId), []);
  });

  it('that was forwarded is asked about until WeChat Pay knows, and never for ever', async () => {
    const drawing = world.drawing();
    const order = anOrder();
    await world.payments.noteForwarded(keyOf(order), NOON_MS);
    world.answers.push({ kind: 'unknown', code: 'deadline', message: '' }, { kind: 'not-paid', state: 'USERPAYING' });
    world.answers.push({ kind: 'paid', order });
    for (let round = 0; round < 4; round += 1) {
      await drawing.drawDue();
      world.clock.nowMs += 60_000;
    }
    assert.equal((await list(order))?.draws[0]?.state, 'won');
    const silent = anOrder();
    await world.payments.noteForwarded(keyOf(silent), world.clock.nowMs);
    for (let round = 0; round < 31; round += 1) {
      await drawing.drawDue();
      world.clock.nowMs += HOUR_MS;
    }
    assert.deepEqual([(await list(silent))?.state, (await list(silent))?.reason], ['failed', 'query-silent']);
  });
});
