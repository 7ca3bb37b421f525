import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { MerchantId } from '../../base/ids.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { OperateShopPayments } from '../../flows/payments/operate-payments.ts';
import { may } from '../../flows/permissions.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import type { NoticeKeysView, PaymentKey, PaymentLine } from '../../flows/ports/payments.ts';
import { nothingRequest } from '../contract/console-payments.ts';
import {
  noticeKeysAnswer,
  noticeKeysRequest,
  shopPaymentsAnswer,
  shopPaymentsQuery,
} from '../contract/console-shop-payments.ts';
import type { shopPaymentLine } from '../contract/console-shop-payments.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { readMerchantId } from './console-payments.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ShopPaymentRouteDependencies {
  readonly shopPayments: OperateShopPayments;
  /** Where WeChat and the shop reach the service. */
  readonly publicUrl: string;
}

const TRANSACTION = /^[0-9A-Za-z]{1,32}$/;

/** Payments of customers with what they drew, and the keys by which notices of them are believed. */
export function shopPaymentRoutes(dependencies: ShopPaymentRouteDependencies): readonly ConsoleRoute[] {
  return [...paymentRoutes(dependencies), ...keyRoutes(dependencies)];
}

function paymentRoutes({ shopPayments }: ShopPaymentRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listShopPayments',
      method: 'GET',
      path: '/shop-payments',
      access: 'payments.view',
      summary: 'Payments of customers: what each drew, why not, and what went back',
      query: shopPaymentsQuery,
      answer: shopPaymentsAnswer,
      handle: async ({ query, operator }) => {
        const wanted = { state: query.state ?? null, refunded: query.refunded !== undefined };
        const page = { after: readCursor(query.after, TRANSACTION), limit: query.limit };
        const { rows, next } = await shopPayments.list(wanted, page);
        return { rows: rows.map((row) => shown(row, operator)), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'retryShopPayment',
      method: 'POST',
      path: '/shop-payments/:account/:merchant/:transaction/retry',
      access: 'payments.operate',
      summary: 'Try a payment again that failed, once what it failed by is mended',
      body: nothingRequest,
      answer: nothingRequest,
      handle: async ({ params, operator }) => {
        await shopPayments.retry(operator, readKey(params));
        return {};
      },
    }),
  ];
}

function keyRoutes({ shopPayments, publicUrl }: ShopPaymentRouteDependencies): readonly ConsoleRoute[] {
  const show = (merchant: MerchantId, view: NoticeKeysView): z.input<typeof noticeKeysAnswer> => {
    const noticeUrl = `${publicUrl.replace(/\/$/, '')}/notify/pay/${merchant}`;
    return { ...view, verifierIds: [...view.verifierIds], noticeUrl, forwardUrl: `${noticeUrl}/forwarded` };
  };
  return [
    consoleRoute({
      name: 'showNoticeKeys',
      method: 'GET',
      path: '/merchants/:id/notice-keys',
      access: 'payments.view',
      summary: 'Where payments are told of, and which keys are set',
      answer: noticeKeysAnswer,
      handle: async ({ params }) => {
        const merchant = readMerchantId(params['id']);
        return show(merchant, await shopPayments.keys(merchant));
      },
    }),
    consoleRoute({
      name: 'changeNoticeKeys',
      method: 'PATCH',
      path: '/merchants/:id/notice-keys',
      access: 'account.secrets',
      summary: 'Set the keys by which notices of payments are believed; they are never shown again',
      body: noticeKeysRequest,
      answer: noticeKeysAnswer,
      handle: async ({ params, operator, body }) => {
        const merchant = readMerchantId(params['id']);
        return show(merchant, await shopPayments.changeKeys(operator, merchant, body));
      },
    }),
  ];
}

function shown(line: PaymentLine, operator: Operator): z.input<typeof shopPaymentLine> {
  const { account: accountId, merchant: merchantId, openid, draws, ...rest } = line;
  const whole = may(operator, 'people.view');
  return {
    ...rest,
    accountId,
    merchantId,
    openid: openid === null || whole ? openid : shortOpenid(openid),
    draws: draws.map(({ account, activity, ...draw }) => ({ accountId: account, activityId: activity, ...draw })),
  };
}

function readKey(params: Readonly<Record<string, string>>): PaymentKey {
  const { account = '', merchant, transaction = '' } = params;
  if (!TRANSACTION.test(transaction) || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(account)) {
    throw new WrongRequest('payment-not-found', 'there is no such payment', { status: 404 });
  }
  return { account: accountId(account), merchant: readMerchantId(merchant), transactionId: transaction };
}
