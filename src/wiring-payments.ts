import type pg from 'pg';
import type { Router } from 'koa-router';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createDrawPayments } from './flows/payments/draw-payments.ts';
import { createOperateShopPayments } from './flows/payments/operate-payments.ts';
import type { OperateShopPayments } from './flows/payments/operate-payments.ts';
import { createTakePayment } from './flows/payments/take-payment.ts';
import { createTakeTransferNotice } from './flows/take-transfer-notice.ts';
import type { DrawBatcher } from './flows/draw-batcher.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { FairSeeds } from './flows/ports/fairness.ts';
import type { LateReplyStore } from './flows/ports/late-replies.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { payNoticeRoutes } from './http/routes/pay-notice.ts';
import { DrawPaymentsJob } from './jobs/draw-payments.ts';
import { createOrderQuery } from './pay/payments/order-query.ts';
import { paymentDoor } from './pay/payments/payment-door.ts';
import { openTransferNotice } from './pay/transfers/transfer-notice.ts';
import { isVerifier } from './pay/payments/verifier.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import { createActivityDirectory } from './store/activity-directory.ts';
import { createNoticeKeyStore } from './store/payments/notice-key-store.ts';
import { createPaymentStore } from './store/payments/payment-store.ts';
import { openPayouts } from './wiring-payouts.ts';
import type { SecretBox } from './store/sealed-secret.ts';

/** What payments of customers are taken and drawn with. */
export interface PaymentParts {
  readonly config: Pick<Config, 'hosts'>;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly seeds: FairSeeds;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
}

/** Joins where payments are told of, and what operators see and set of them. */
export function paymentFlows({ logger, pool, box, clock, accounts }: Omit<PaymentParts, 'config' | 'seeds'>): {
  readonly shopPayments: OperateShopPayments;
  readonly router: Router;
} {
  const payments = createPaymentStore(pool);
  const keys = createNoticeKeyStore(pool, box);
  const takePayment = createTakePayment({ accounts, door: paymentDoor, keys, payments, clock, logger });
  const notices = { accounts, openNotice: openTransferNotice, keys, clock, logger };
  const takeTransferNotice = createTakeTransferNotice({ ...notices, payouts: openPayouts(pool) });
  return {
    shopPayments: createOperateShopPayments({ payments, keys, isVerifier, clock, logger }),
    router: payNoticeRoutes({ takePayment, takeTransferNotice, logger }),
  };
}

/** Starts what confirms and draws payments. */
export function startDrawingPayments(
  { config, logger, pool, seeds, clock, accounts }: Omit<PaymentParts, 'box'>,
  { batcher, late }: { readonly batcher: DrawBatcher; readonly late: Pick<LateReplyStore, 'owe'> },
): { stop(): Promise<void> } {
  const { payUrl, payCaPem } = config.hosts;
  const orders = createOrderQuery({ baseUrl: payUrl, extraCaPem: payCaPem });
  const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
  const activities = createActivityDirectory({ pool, clock, logger, parseRule, seeds });
  const payments = createPaymentStore(pool);
  const flow = { payments, orders, accounts, activities, batcher, late, clock, logger };
  const job = new DrawPaymentsJob({ drawPayments: createDrawPayments(flow), clock, logger });
  job.start();
  return {
    async stop() {
      await job.stop();
      await orders.close();
    },
  };
}
