import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId, OrderNumber } from '../../base/ids.ts';
import type { OperatePayouts } from '../../flows/operate-payouts.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import type { PayoutKey } from '../../flows/ports/payouts.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { nothingRequest } from '../contract/console-payments.ts';
import {
  findPayoutQuery,
  foundPayoutAnswer,
  payoutAnswer,
  payoutsAnswer,
  payoutsQuery,
} from '../contract/console-payouts.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { shownHistory, shownPayout } from '../presenters/payouts.ts';
import { readMerchantId } from './console-payments.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface PayoutRouteDependencies {
  readonly operatePayouts: OperatePayouts;
  readonly reads: ConsoleReads;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const ORDER_NUMBER = /^[0-9A-Za-z]{1,28}$/;

/** Payouts that wait, are unclear, rest or are dead, with everything known of each, and the way to send one again. */
export function payoutRoutes({ operatePayouts, reads, clock }: PayoutRouteDependencies): readonly ConsoleRoute[] {
  const show = async (key: PayoutKey, operator: Operator): Promise<z.input<typeof payoutAnswer>> => {
    const history = await reads.payoutHistory(key);
    if (history === null) throw noPayout();
    return shownHistory(history, { operator, nowMs: clock.nowMs() });
  };
  return [
    consoleRoute({
      name: 'listPayouts',
      method: 'GET',
      path: '/payouts',
      access: 'payments.view',
      summary: 'Open payouts of one state: why, since when, and when they go on by themselves',
      query: payoutsQuery,
      answer: payoutsAnswer,
      handle: async ({ query, operator }) => {
        const merchantId = query.merchant === undefined ? null : readMerchantId(query.merchant);
        const page = { after: readCursor(query.after, ORDER_NUMBER), limit: query.limit };
        const { rows, next } = await reads.openPayouts({ state: query.state, merchantId }, page);
        const looking = { operator, nowMs: clock.nowMs() };
        return { rows: rows.map((row) => shownPayout(row, looking)), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'findPayout',
      method: 'GET',
      path: '/payouts/find',
      access: 'payments.view',
      summary: 'Where an order number belongs',
      query: findPayoutQuery,
      answer: foundPayoutAnswer,
      handle: async ({ query }) => {
        const orderNumber = readOrderNumber(query.number);
        const account = await reads.payoutAccount(orderNumber);
        if (account === null) throw noPayout();
        return { accountId: account, orderNumber };
      },
    }),
    consoleRoute({
      name: 'showPayout',
      method: 'GET',
      path: '/payouts/:account/:number',
      access: 'payments.view',
      summary: 'Everything known of an order number: calls with their answers, books, other numbers of the award',
      answer: payoutAnswer,
      handle: async ({ params, operator }) => show(readKey(params), operator),
    }),
    ...orderRoutes(operatePayouts, reads, show),
  ];
}

/** What people may order for one payout. */
function orderRoutes(
  operatePayouts: OperatePayouts,
  reads: Pick<ConsoleReads, 'payoutHistory'>,
  show: (key: PayoutKey, operator: Operator) => Promise<z.input<typeof payoutAnswer>>,
): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'retryPayout',
      method: 'POST',
      path: '/payouts/:account/:number/retry',
      access: 'payments.operate',
      summary: 'Send a parked payout again under its own number, once what it was refused for is mended',
      body: nothingRequest,
      answer: payoutAnswer,
      handle: async ({ params, operator }) => {
        const key = readKey(params);
        if ((await reads.payoutHistory(key)) === null) throw noPayout();
        await operatePayouts.retryParked(operator, key);
        return show(key, operator);
      },
    }),
    consoleRoute({
      name: 'askPayout',
      method: 'POST',
      path: '/payouts/:account/:number/ask',
      access: 'payments.operate',
      summary: 'Ask WeChat Pay at once what became of a number; one that is shown failed may be issued again',
      body: nothingRequest,
      answer: payoutAnswer,
      handle: async ({ params, operator }) => {
        const key = readKey(params);
        const history = await reads.payoutHistory(key);
        if (history === null) throw noPayout();
        await operatePayouts.askNow(operator, key, history.payout.merchantId);
        return show(key, operator);
      },
    }),
    consoleRoute({
      name: 'cancelTransfer',
      method: 'POST',
      path: '/payouts/:account/:number/cancel',
      access: 'payments.operate',
      summary: 'Take a transfer back that its winner has not confirmed; a query shows what became of it',
      body: nothingRequest,
      answer: payoutAnswer,
      handle: async ({ params, operator }) => {
        const key = readKey(params);
        if ((await reads.payoutHistory(key)) === null) throw noPayout();
        await operatePayouts.cancelTransfer(operator, key);
        return show(key, operator);
      },
    }),
  ];
}

function readKey(params: Readonly<Record<string, string>>): PayoutKey {
  return { accountId: readAccount(params['account']), orderNumber: readOrderNumber(params['number']) };
}

function readAccount(value: string | undefined): AccountId {
  try {
    return accountId(value ?? '');
  } catch {
    throw noPayout();
  }
}

function readOrderNumber(value: string | undefined): OrderNumber {
  if (value === undefined || !ORDER_NUMBER.test(value)) throw noPayout();
  return value as OrderNumber;
}

function noPayout(): WrongRequest {
  return new WrongRequest('payout-not-found', 'there is no payout of this number', { status: 404 });
}
