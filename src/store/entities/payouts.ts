import { EntitySchema } from 'typeorm';
import {
  bigint,
  check,
  day,
  IDENTITY,
  integer,
  json,
  key,
  NULLABLE,
  ownIndex,
  smallint,
  text,
  time,
} from './columns.ts';

export interface PayoutRow {
  readonly accountId: string;
  readonly orderNumber: string;
  readonly awardId: string;
  readonly activityId: string;
  readonly merchantId: string;
  readonly openid: string;
  readonly amountFen: number;
  readonly state: string;
  readonly dueAt: Date | null;
  readonly leaseToken: string | null;
  readonly leaseUntil: Date | null;
  readonly request: object | null;
  readonly requestHash: string | null;
  readonly firstSentAt: Date | null;
  readonly lastSentAt: Date | null;
  readonly railNumber: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly class: string;
  readonly nextCall: string;
  readonly countedOn: string | null;
  readonly series: number;
  readonly askFrom: Date | null;
  readonly retryAt: Date | null;
  readonly payeeAccountId: string | null;
  readonly rail: string | null;
  readonly cancelAt: Date | null;
}

export const payoutEntity = new EntitySchema<PayoutRow>({
  name: 'payout',
  columns: {
    accountId: text('account_id', key('payout_pk')),
    orderNumber: text('order_number', key('payout_pk')),
    awardId: text('award_id'),
    activityId: text('activity_id'),
    merchantId: text('merchant_id'),
    openid: text('openid'),
    amountFen: bigint('amount_fen'),
    state: text('state'),
    dueAt: time('due_at', NULLABLE),
    leaseToken: text('lease_token', NULLABLE),
    leaseUntil: time('lease_until', NULLABLE),
    request: json('request', NULLABLE),
    requestHash: text('request_hash', NULLABLE),
    firstSentAt: time('first_sent_at', NULLABLE),
    lastSentAt: time('last_sent_at', NULLABLE),
    railNumber: text('rail_number', NULLABLE),
    reason: text('reason', NULLABLE),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    class: text('class', { default: 'live' }),
    nextCall: text('next_call', { default: 'send' }),
    countedOn: day('counted_on', NULLABLE),
    series: smallint('series', { default: 0 }),
    askFrom: time('ask_from', NULLABLE),
    retryAt: time('retry_at', NULLABLE),
    payeeAccountId: text('payee_account_id', NULLABLE),
    rail: text('rail', NULLABLE),
    cancelAt: time('cancel_at', NULLABLE),
  },
  checks: [
    check('payout_amount_not_negative'),
    check('payout_state_known'),
    check('payout_lease_whole'),
    check('payout_class_known'),
    check('payout_next_call_known'),
    check('payout_series_fits'),
    check('payout_without_payee_rests'),
    check('payout_rail_known'),
  ],
  indices: [
    ownIndex('payout_one_living_per_award', ['accountId', 'awardId']),
    ownIndex('payout_due_by_call', ['merchantId', 'nextCall', 'class', 'dueAt']),
    ownIndex('payout_unpaid', ['merchantId', 'updatedAt']),
    ownIndex('payout_once_per_series', ['accountId', 'awardId', 'series']),
    ownIndex('payout_open', ['merchantId', 'state', 'createdAt', 'orderNumber']),
    ownIndex('payout_without_payee', ['accountId', 'awardId']),
    ownIndex('payout_by_send', ['merchantId', 'lastSentAt']),
  ],
});

export interface PayoutAttemptRow {
  readonly accountId: string;
  readonly orderNumber: string;
  readonly attempt: number;
  readonly kind: string;
  readonly leaseToken: string;
  readonly startedAt: Date;
  readonly answeredAt: Date | null;
  readonly outcome: object | null;
  readonly rawAnswer: string | null;
}

export const payoutAttemptEntity = new EntitySchema<PayoutAttemptRow>({
  name: 'payout_attempt',
  columns: {
    accountId: text('account_id', key('payout_attempt_pk')),
    orderNumber: text('order_number', key('payout_attempt_pk')),
    attempt: integer('attempt', key('payout_attempt_pk')),
    kind: text('kind'),
    leaseToken: text('lease_token'),
    startedAt: time('started_at'),
    answeredAt: time('answered_at', NULLABLE),
    outcome: json('outcome', NULLABLE),
    rawAnswer: text('raw_answer', NULLABLE),
  },
  checks: [check('payout_attempt_kind_known')],
  foreignKeys: [
    {
      name: 'payout_attempt_payout',
      target: 'payout',
      columnNames: ['accountId', 'orderNumber'],
      referencedColumnNames: ['accountId', 'orderNumber'],
    },
  ],
});

export interface BookEntryRow {
  readonly accountId: string;
  readonly id: number;
  readonly activityId: string;
  readonly merchantId: string | null;
  readonly awardId: string | null;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountFen: number;
  readonly createdAt: Date;
}

export const bookEntryEntity = new EntitySchema<BookEntryRow>({
  name: 'book_entry',
  columns: {
    accountId: text('account_id', key('book_entry_pk')),
    id: bigint('id', { ...key('book_entry_pk'), ...IDENTITY }),
    activityId: text('activity_id'),
    merchantId: text('merchant_id', NULLABLE),
    awardId: text('award_id', NULLABLE),
    kind: text('kind'),
    debit: text('debit'),
    credit: text('credit'),
    amountFen: bigint('amount_fen'),
    createdAt: time('created_at'),
  },
  checks: [
    check('book_entry_positive'),
    check('book_entry_two_sides'),
    check('book_entry_debit_known'),
    check('book_entry_credit_known'),
  ],
  indices: [
    ownIndex('book_entry_by_activity', ['accountId', 'activityId', 'id']),
    ownIndex('book_entry_by_award', ['accountId', 'awardId']),
    ownIndex('book_entry_returned', ['merchantId', 'createdAt']),
  ],
});
