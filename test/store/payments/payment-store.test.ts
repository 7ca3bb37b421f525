import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { fen } from '../../../src/base/fen.ts';
import type { DuePayment, PaymentState } from '../../../src/flows/ports/payments.ts';
import { createPool } from '../../../src/store/database.ts';
import { createPaymentStore } from '../../../src/store/payments/payment-store.ts';
import { NOON_MS } from '../../support/builders.ts';
import { anOrder, keyOf, MERCHANT, openPaymentsWorld } from '../../support/payments-world.ts';
import type { PaymentsWorld } from '../../support/payments-world.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const LEASE_MS = 60_000;
const PAGE = { after: null, limit: 50 };

let world: PaymentsWorld;
before(async () => {
  world = await openPaymentsWorld();
});
beforeEach(async () => {
  await world.client.query('delete from payment');
});
after(() => world.close());

const take = (nowMs = NOON_MS): Promise<readonly DuePayment[]> =>
  world.payments.takeDue({ nowMs, leaseMs: LEASE_MS, most: 10 });
const put = (due: DuePayment, state: PaymentState, dueAtMs: number | null = null): Promise<void> =>
  world.payments.putBack(due, { state, reason: null, draws: [], dueAtMs, cameOn: true }, NOON_MS);

describe('a payment', () => {
  it('is written down once, and stands against another amount or number', async () => {
    const order = anOrder();
    assert.equal(await world.payments.notePaid(keyOf(order), order, NOON_MS), true);
    assert.equal(await world.payments.notePaid(keyOf(order), order, NOON_MS), false);
    for (const other of [{ amountFen: fen(1) }, { tradeNumber: 'S1' }]) {
      const contradicting = world.payments.notePaid(keyOf(order), { ...order, ...other }, NOON_MS);
      await assert.rejects(contradicting, { code: 'payment-contradicts' });
    }
    assert.equal(await world.payments.noteForwarded(keyOf(order), NOON_MS), false);
  });

  it('that was forwarded first becomes genuine by the notice itself', async () => {
    const order = anOrder();
    assert.equal(await world.payments.noteForwarded(keyOf(order), NOON_MS), true);
    assert.deepEqual(
      (await take()).map(({ state, openid }) => [state, openid]),
      [['confirming', null]],
    );
    assert.equal(await world.payments.notePaid(keyOf(order), order, NOON_MS), true);
    assert.deepEqual(
      (await take()).map(({ state, openid }) => [state, openid]),
      [['drawing', order.openid]],
    );
  });

  it('is held by one at a time, and by the next when the lease is over', async () => {
    const order = anOrder();
    await world.payments.notePaid(keyOf(order), order, NOON_MS);
    assert.equal((await take()).length, 1);
    assert.equal((await take(NOON_MS + LEASE_MS - 1)).length, 0);
    const [again] = await take(NOON_MS + LEASE_MS);
    assert.equal(again?.tries, 2);
    await put(again as DuePayment, 'settled');
    assert.equal((await take(NOON_MS + 10 * LEASE_MS)).length, 0);
  });

  it('counts each refund once, whoever repeats it', async () => {
    const order = anOrder();
    await world.payments.notePaid(keyOf(order), order, NOON_MS);
    const refund = { transactionId: order.transactionId, refundId: '5030', amountFen: fen(300), atMs: NOON_MS };
    for (let times = 0; times < 3; times += 1) assert.equal(await world.payments.noteRefund(MERCHANT, refund), true);
    await world.payments.noteRefund(MERCHANT, { ...refund, refundId: '5031', amountFen: fen(200) });
    assert.equal((await take())[0]?.refundedFen, 500);
    assert.equal(await world.payments.noteRefund(MERCHANT, { ...refund, transactionId: 'none' }), false);
  });

  it('is listed, tried again only after it failed, and forgotten long after it was settled', async () => {
    const order = anOrder();
    await world.payments.notePaid(keyOf(order), order, NOON_MS);
    assert.equal(await world.payments.retry(keyOf(order), NOON_MS), false);
    await put((await take())[0] as DuePayment, 'failed');
    assert.equal((await world.payments.list({ state: 'failed', refunded: false }, PAGE)).rows.length, 1);
    assert.equal(await world.payments.retry(keyOf(order), NOON_MS), true);
    await put((await take())[0] as DuePayment, 'settled');
    assert.equal((await world.payments.list({ state: 'failed', refunded: false }, PAGE)).rows.length, 0);
    assert.equal((await world.payments.list({ state: null, refunded: true }, PAGE)).rows.length, 0);
    await world.payments.forget(NOON_MS);
    assert.equal((await world.payments.list({ state: null, refunded: false }, PAGE)).rows.length, 1);
    await world.payments.forget(NOON_MS + 1);
    assert.equal((await world.payments.list({ state: null, refunded: false }, PAGE)).rows.length, 0);
  });
});

describe('one notice at many processes at once', () => {
  const rowsAfter = async (poolOf: (pool: pg.Pool) => pg.Pool): Promise<number> => {
    const order = anOrder();
    const pools = [1, 2].map(() => createPool({ url: world.url, connectionsMax: 8, name: 'race' }, quietLogger()));
    const gate = Promise.withResolvers<void>();
    const notes = Array.from({ length: 16 }, async (_, index) => {
      const store = createPaymentStore(poolOf(pools[index % 2] as pg.Pool));
      await gate.promise;
      return store.notePaid(keyOf(order), order, NOON_MS);
    });
    gate.resolve();
    await Promise.all(notes);
    for (const pool of pools) await pool.end();
    const found = await world.client.query<{ rows: number }>(
      'select count(*)::integer as rows from payment where transaction_id = $1',
      [order.transactionId],
    );
    return found.rows[0]?.rows ?? 0;
  };

  it('is one payment', async () => assert.equal(await rowsAfter((pool) => pool), 1));

  it('twin: would be many without the key', async () => {
    await world.client.query('alter table payment drop constraint payment_pk');
    const keyless = (pool: pg.Pool): pg.Pool =>
      ({
        query: (text: string, values: unknown[]) => pool.query(text.replace(/on conflict \([^]*$/, ''), values),
      }) as unknown as pg.Pool;
    assert.ok((await rowsAfter(keyless)) > 1);
    await world.client.query('delete from payment');
    await world.client.query(
      'alter table payment add constraint payment_pk primary key (account_id, merchant_id, transaction_id)',
    );
  });
});
