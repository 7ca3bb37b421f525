import { EntitySchema } from 'typeorm';
import { bigint, check, day, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface ReissueRow {
  readonly id: string;
  readonly merchantId: string;
  readonly why: string;
  readonly selection: object;
  readonly state: string;
  readonly payouts: number;
  readonly amountFen: number;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

export const reissueEntity = new EntitySchema<ReissueRow>({
  name: 'reissue',
  columns: {
    id: text('id', key('reissue_pk')),
    merchantId: text('merchant_id'),
    why: text('why'),
    selection: json('selection'),
    state: text('state'),
    payouts: integer('payouts'),
    amountFen: bigint('amount_fen'),
    requestedBy: text('requested_by'),
    requestedAt: time('requested_at'),
    decidedBy: text('decided_by', NULLABLE),
    decidedAt: time('decided_at', NULLABLE),
  },
  checks: [check('reissue_state_known'), check('reissue_decided_whole'), check('reissue_by_two_people')],
  indices: [ownIndex('reissue_by_time', ['requestedAt', 'id']), ownIndex('reissue_waiting', ['requestedAt', 'id'])],
  foreignKeys: [
    { name: 'reissue_merchant', target: 'merchant', columnNames: ['merchantId'], referencedColumnNames: ['id'] },
  ],
});

export interface ReissueItemRow {
  readonly accountId: string;
  readonly reissueId: string;
  readonly orderNumber: string;
  readonly awardId: string;
  readonly amountFen: number;
  readonly proofAttempt: number;
  readonly newOrderNumber: string | null;
  readonly outcome: string | null;
}

export const reissueItemEntity = new EntitySchema<ReissueItemRow>({
  name: 'reissue_item',
  columns: {
    accountId: text('account_id', key('reissue_item_pk')),
    reissueId: text('reissue_id', key('reissue_item_pk')),
    orderNumber: text('order_number', key('reissue_item_pk')),
    awardId: text('award_id'),
    amountFen: bigint('amount_fen'),
    proofAttempt: integer('proof_attempt'),
    newOrderNumber: text('new_order_number', NULLABLE),
    outcome: text('outcome', NULLABLE),
  },
  indices: [ownIndex('reissue_item_open_once', ['accountId', 'awardId'])],
  foreignKeys: [
    { name: 'reissue_item_reissue', target: 'reissue', columnNames: ['reissueId'], referencedColumnNames: ['id'] },
  ],
});

export interface ReconciliationRow {
  readonly day: string;
  readonly madeAt: Date;
  readonly totals: object;
  readonly breaks: object;
}

export const reconciliationEntity = new EntitySchema<ReconciliationRow>({
  name: 'reconciliation',
  columns: {
    day: day('day', key('reconciliation_pk')),
    madeAt: time('made_at'),
    totals: json('totals'),
    breaks: json('breaks'),
  },
});
