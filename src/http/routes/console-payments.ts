import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { merchantId } from '../../base/ids.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { OperatePayouts } from '../../flows/operate-payouts.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { MerchantView } from '../../flows/ports/merchants.ts';
import type { MerchantQueueLine } from '../../flows/ports/payment-reads.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import type { SeeAlarms } from '../../flows/see-alarms.ts';
import {
  alarmsAnswer,
  changeMerchantRequest,
  nothingRequest,
  paymentsAnswer,
  stopRequest,
} from '../contract/console-payments.ts';
import type { merchantView } from '../contract/console-payments.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface PaymentRouteDependencies {
  readonly operatePayouts: OperatePayouts;
  readonly alarms: SeeAlarms;
  readonly reads: ConsoleReads;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const ALARMS_MAX = 50;
const DAY_MS = 86_400_000;

/** Alarms, merchants with their queues, stopping, resuming and settings. */
export function paymentRoutes(dependencies: PaymentRouteDependencies): readonly ConsoleRoute[] {
  return [...alarmRoutes(dependencies), ...sendingRoutes(dependencies), ...merchantRoutes(dependencies)];
}

function alarmRoutes({ alarms }: PaymentRouteDependencies): readonly ConsoleRoute[] {
  const show = async (): Promise<z.input<typeof alarmsAnswer>> => {
    const open = await alarms.open();
    return { alarms: open.slice(0, ALARMS_MAX), open: open.length };
  };
  return [
    consoleRoute({
      name: 'listAlarms',
      method: 'GET',
      path: '/alarms',
      access: 'payments.view',
      summary: 'Open alarms, the oldest first',
      answer: alarmsAnswer,
      handle: show,
    }),
    consoleRoute({
      name: 'dismissAlarm',
      method: 'POST',
      path: '/alarms/:id/dismiss',
      access: 'payments.operate',
      summary: 'End an alarm that was seen to; one of a stop ends by resuming',
      body: nothingRequest,
      answer: alarmsAnswer,
      handle: async ({ params, operator }) => {
        await alarms.dismiss(operator, Number(params['id']));
        return show();
      },
    }),
  ];
}

function sendingRoutes(dependencies: PaymentRouteDependencies): readonly ConsoleRoute[] {
  const { operatePayouts } = dependencies;
  const show = () => showPayments(dependencies);
  return [
    consoleRoute({
      name: 'showPayments',
      method: 'GET',
      path: '/payments',
      access: 'payments.view',
      summary: 'Whether sending is stopped, and every merchant with its queue and settings',
      answer: paymentsAnswer,
      handle: show,
    }),
    consoleRoute({
      name: 'stopSending',
      method: 'POST',
      path: '/payments/stop',
      access: 'payments.operate',
      summary: 'Send nothing of any merchant; what was sent is still asked about',
      body: stopRequest,
      answer: paymentsAnswer,
      handle: async ({ operator, body }) => {
        await operatePayouts.stopSending(operator, body.reason);
        return show();
      },
    }),
    consoleRoute({
      name: 'resumeSending',
      method: 'POST',
      path: '/payments/resume',
      access: 'payments.operate',
      summary: 'End the general stop; every payout goes on under its number',
      body: nothingRequest,
      answer: paymentsAnswer,
      handle: async ({ operator }) => {
        await operatePayouts.resumeSending(operator);
        return show();
      },
    }),
  ];
}

function merchantRoutes(dependencies: PaymentRouteDependencies): readonly ConsoleRoute[] {
  const { operatePayouts } = dependencies;
  const show = () => showPayments(dependencies);
  return [
    consoleRoute({
      name: 'stopMerchant',
      method: 'POST',
      path: '/merchants/:id/stop',
      access: 'payments.operate',
      summary: 'Send nothing of this merchant',
      body: stopRequest,
      answer: paymentsAnswer,
      handle: async ({ params, operator, body }) => {
        await operatePayouts.stopMerchant(operator, readMerchantId(params['id']), body.reason);
        return show();
      },
    }),
    consoleRoute({
      name: 'resumeMerchant',
      method: 'POST',
      path: '/merchants/:id/resume',
      access: 'payments.operate',
      summary: 'Let the merchant send again, under the same numbers',
      body: nothingRequest,
      answer: paymentsAnswer,
      handle: async ({ params, operator }) => {
        await operatePayouts.resumeMerchant(operator, readMerchantId(params['id']));
        return show();
      },
    }),
    consoleRoute({
      name: 'changeMerchant',
      method: 'PATCH',
      path: '/merchants/:id',
      access: 'payments.operate',
      summary: 'Change what the merchant may pay and how fast, as the merchant platform’s settings say',
      body: changeMerchantRequest,
      answer: paymentsAnswer,
      handle: async ({ params, operator, body }) => {
        await operatePayouts.changeMerchant(operator, readMerchantId(params['id']), body);
        return show();
      },
    }),
  ];
}

async function showPayments({
  operatePayouts,
  reads,
  clock,
}: PaymentRouteDependencies): Promise<z.input<typeof paymentsAnswer>> {
  const nowMs = clock.nowMs();
  const [sending, merchants, queues] = await Promise.all([
    operatePayouts.sending(),
    operatePayouts.merchants(),
    reads.merchantQueues(nowMs),
  ]);
  const shown = merchants.map((merchant) => {
    const queue = queues.find((line) => line.merchantId === merchant.id);
    return shownMerchant(merchant, queue, nowMs);
  });
  return { nowMs, sending, merchants: shown };
}

function shownMerchant(
  merchant: MerchantView,
  queue: MerchantQueueLine | undefined,
  nowMs: number,
): z.input<typeof merchantView> {
  const { certificateNotAfterMs, limits } = merchant;
  const { counts, ...pace } = queue ?? { counts: [], sendsFromMs: null, slowUntilMs: null, dayFen: 0 };
  return {
    ...merchant,
    limits: { ...limits, scenes: [...limits.scenes] },
    appIds: [...merchant.appIds],
    miniAppIds: [...merchant.miniAppIds],
    certificateDaysLeft: certificateNotAfterMs === null ? null : Math.floor((certificateNotAfterMs - nowMs) / DAY_MS),
    queue: { ...pace, counts: [...counts] },
  };
}

/** Reads a merchant's short name. Throws WrongRequest `merchant-not-found` (404) for what cannot be one. */
export function readMerchantId(value: string | undefined): MerchantId {
  try {
    return merchantId(value ?? '');
  } catch (cause) {
    throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404, cause });
  }
}
