import { EntitySchema } from 'typeorm';
import { bigint, check, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface MerchantNoticeKeyRow {
  readonly merchantId: string;
  readonly apiV3KeySealed: string | null;
  readonly verifiers: unknown;
  readonly forwardKeySealed: string | null;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

export const merchantNoticeKeyEntity = new EntitySchema<MerchantNoticeKeyRow>({
  name: 'merchant_notice_key',
  columns: {
    merchantId: text('merchant_id', key('merchant_notice_key_pk')),
    apiV3KeySealed: text('api_v3_key_sealed', NULLABLE),
    verifiers: json('verifiers', { default: {} }),
    forwardKeySealed: text('forward_key_sealed', NULLABLE),
    updatedBy: text('updated_by'),
    updatedAt: time('updated_at'),
  },
  foreignKeys: [
    {
      name: 'merchant_notice_key_merchant',
      target: 'merchant',
      columnNames: ['merchantId'],
      referencedColumnNames: ['id'],
    },
  ],
});

export interface PaymentRow {
  readonly accountId: string;
  readonly merchantId: string;
  readonly transactionId: string;
  readonly tradeNumber: string | null;
  readonly openid: string | null;
  readonly amountFen: number | null;
  readonly paidAt: Date | null;
  readonly cameBy: string;
  readonly state: string;
  readonly reason: string | null;
  readonly draws: unknown;
  readonly refunds: unknown;
  readonly dueAt: Date | null;
  readonly tries: number;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
}

export const paymentEntity = new EntitySchema<PaymentRow>({
  name: 'payment',
  columns: {
    accountId: text('account_id', key('payment_pk')),
    merchantId: text('merchant_id', key('payment_pk')),
    transactionId: text('transaction_id', key('payment_pk')),
    tradeNumber: text('trade_number', NULLABLE),
    openid: text('openid', NULLABLE),
    amountFen: bigint('amount_fen', NULLABLE),
    paidAt: time('paid_at', NULLABLE),
    cameBy: text('came_by'),
    state: text('state'),
    reason: text('reason', NULLABLE),
    draws: json('draws', { default: [] }),
    refunds: json('refunds', { default: {} }),
    dueAt: time('due_at', NULLABLE),
    tries: integer('tries', { default: 0 }),
    receivedAt: time('received_at'),
    settledAt: time('settled_at', NULLABLE),
  },
  checks: [
    check('payment_way_known'),
    check('payment_state_known'),
    check('payment_facts_whole'),
    check('payment_due_while_open'),
  ],
  indices: [
    ownIndex('payment_due', ['dueAt']),
    ownIndex('payment_by_transaction', ['merchantId', 'transactionId']),
    ownIndex('payment_by_person', ['accountId', 'openid']),
    ownIndex('payment_list', ['receivedAt', 'transactionId']),
    ownIndex('payment_settled', ['settledAt']),
  ],
  foreignKeys: [
    { name: 'payment_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
    { name: 'payment_merchant', target: 'merchant', columnNames: ['merchantId'], referencedColumnNames: ['id'] },
  ],
});
