import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { fen } from '../../src/base/fen.ts';
import { merchantId } from '../../src/base/ids.ts';
import type { AccountId, Openid } from '../../src/base/ids.ts';
import { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import { createDrawPayments } from '../../src/flows/payments/draw-payments.ts';
import type { DrawPayments } from '../../src/flows/payments/draw-payments.ts';
import type { Account, AccountDirectory } from '../../src/flows/ports/accounts.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { OrderAnswer, PaidOrder, PaymentKey, PaymentStore } from '../../src/flows/ports/payments.ts';
import { createLateReplyStore } from '../../src/store/account/late-replies.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createPaymentStore } from '../../src/store/payments/payment-store.ts';
import { NOON_MS, somebody } from './builders.ts';
import { realLuck, wallClock } from './draws.ts';
import { openPayeeWorld } from './payee-world.ts';
import type { PayeeWorld } from './payee-world.ts';
import { quietLogger } from './quiet-logger.ts';

export const MERCHANT = merchantId('main');

/** Payments over a real database by a clock in the test's hand: `main` is paid under, `chat` pays through it. */
export interface PaymentsWorld extends PayeeWorld {
  readonly store: PayeeWorld['store'];
  readonly payments: PaymentStore;
  readonly clock: { nowMs: number };
  /** What is live; the test fills it. */
  readonly live: LiveActivity[];
  /** What WeChat Pay answers about forwarded payments. */
  readonly answers: OrderAnswer[];
  /** What goes on with payments, by the stores of this pool when another is named. */
  drawing(pool?: pg.Pool): DrawPayments;
}

export async function openPaymentsWorld(): Promise<PaymentsWorld> {
  const world = await openPayeeWorld();
  const clock = { nowMs: NOON_MS };
  const now = { ...wallClock, nowMs: () => clock.nowMs };
  const live: LiveActivity[] = [];
  const answers: OrderAnswer[] = [];
  const batchers: DrawBatcher[] = [];
  const logger = quietLogger();
  const all = [
    { id: 'main', appId: 'wx0000000000000001', merchantId: MERCHANT, paysThrough: null },
    { id: 'chat', appId: 'wx0000000000000003', merchantId: null, paysThrough: 'main' },
  ] as unknown as readonly Account[];
  const accounts = {
    accounts: async () => all,
    account: async (id: AccountId) => all.find((account) => account.id === id),
    merchant: async () => ({ id: MERCHANT, mchId: '1900000109', subMchId: null }),
  } as unknown as AccountDirectory;
  return {
    ...world,
    clock,
    live,
    answers,
    payments: createPaymentStore(world.pool),
    drawing(pool = world.pool) {
      const store = createDrawStore(pool);
      const batcher = new DrawBatcher({ store, clock: now, luck: realLuck, logger, orderPrefix: 'test' });
      batchers.push(batcher);
      return createDrawPayments({
        payments: createPaymentStore(pool),
        orders: { find: async () => answers.shift() ?? { kind: 'unknown', code: 'silent', message: '' } },
        accounts,
        activities: { live: async (account) => live.filter(({ accountId }) => accountId === account) },
        batcher,
        late: createLateReplyStore({ pool, nowMs: now.nowMs, logger }),
        clock: now,
        logger,
      });
    },
    async close() {
      for (const batcher of batchers) await batcher.stop();
      await world.close();
    },
  };
}

/** A payment of somebody under `main`, at noon, changed by what is given. */
export function anOrder(given: Partial<PaidOrder> = {}): PaidOrder {
  const number = randomBytes(12).toString('hex');
  return {
    mchId: '1900000109',
    subMchId: null,
    appId: 'wx0000000000000001',
    transactionId: `42${number}`,
    tradeNumber: `S${number}`,
    openid: somebody(),
    amountFen: fen(10_000),
    paidAtMs: NOON_MS,
    ...given,
  };
}

/** The order's name here. */
export function keyOf({ transactionId }: Pick<PaidOrder, 'transactionId'>): PaymentKey {
  return { account: 'main' as AccountId, merchant: MERCHANT, transactionId };
}

/** How many draws a transaction has, and of whom. */
export async function drawsOf(
  client: pg.ClientBase,
  transactionId: string,
): Promise<readonly { account: AccountId; openid: Openid; outcome: string }[]> {
  const found = await client.query<{ account: AccountId; openid: Openid; outcome: string }>(
    `select account_id as account, openid, outcome from draw where request_key like 't:%:' || $1 order by 1, 2`,
    [transactionId],
  );
  return found.rows;
}
