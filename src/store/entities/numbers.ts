import { EntitySchema } from 'typeorm';
import { bigint, check, day, IDENTITY, key, NULLABLE, ownIndex, smallint, text, time } from './columns.ts';

export interface ActivityTallyRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly kind: 'hour' | 'refusal' | 'way' | 'ticket' | 'people';
  readonly day: string;
  readonly name: string;
  readonly number: number;
  readonly wins: number;
  readonly wonFen: number;
}

export const activityTallyEntity = new EntitySchema<ActivityTallyRow>({
  name: 'activity_tally',
  columns: {
    accountId: text('account_id', key('activity_tally_pk')),
    activityId: text('activity_id', key('activity_tally_pk')),
    kind: text('kind', key('activity_tally_pk')),
    day: day('day', key('activity_tally_pk')),
    name: text('name', key('activity_tally_pk')),
    number: bigint('number'),
    wins: bigint('wins', { default: 0 }),
    wonFen: bigint('won_fen', { default: 0 }),
  },
  checks: [check('activity_tally_kind_known')],
});

export interface PayoutTallyRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly day: string;
  readonly slot: number;
  readonly sent: number;
  readonly sentFen: number;
  readonly opened: number;
  readonly openedFen: number;
  readonly returned: number;
  readonly returnedFen: number;
}

export const payoutTallyEntity = new EntitySchema<PayoutTallyRow>({
  name: 'payout_tally',
  columns: {
    accountId: text('account_id', key('payout_tally_pk')),
    activityId: text('activity_id', key('payout_tally_pk')),
    day: day('day', key('payout_tally_pk')),
    slot: smallint('slot', key('payout_tally_pk')),
    sent: bigint('sent', { default: 0 }),
    sentFen: bigint('sent_fen', { default: 0 }),
    opened: bigint('opened', { default: 0 }),
    openedFen: bigint('opened_fen', { default: 0 }),
    returned: bigint('returned', { default: 0 }),
    returnedFen: bigint('returned_fen', { default: 0 }),
  },
});

export interface MerchantFlowRow {
  readonly merchantId: string;
  readonly fromAt: Date;
  readonly slot: number;
  readonly sentFen: number;
  readonly returnedFen: number;
}

const merchant = (name: string) => ({
  name,
  target: 'merchant',
  columnNames: ['merchant_id'],
  referencedColumnNames: ['id'],
});

export const merchantFlowEntity = new EntitySchema<MerchantFlowRow>({
  name: 'merchant_flow',
  columns: {
    merchantId: text('merchant_id', key('merchant_flow_pk')),
    fromAt: time('from_at', key('merchant_flow_pk')),
    slot: smallint('slot', key('merchant_flow_pk')),
    sentFen: bigint('sent_fen', { default: 0 }),
    returnedFen: bigint('returned_fen', { default: 0 }),
  },
  foreignKeys: [merchant('merchant_flow_merchant')],
});

export interface MerchantBalanceRow {
  readonly merchantId: string;
  readonly id: number;
  readonly kind: 'top-up' | 'stated' | 'empty';
  readonly amountFen: number;
  readonly flowFen: number;
  readonly note: string;
  readonly enteredBy: string;
  readonly enteredAt: Date;
}

export const merchantBalanceEntity = new EntitySchema<MerchantBalanceRow>({
  name: 'merchant_balance',
  columns: {
    merchantId: text('merchant_id', key('merchant_balance_pk')),
    id: bigint('id', { ...key('merchant_balance_pk'), ...IDENTITY }),
    kind: text('kind'),
    amountFen: bigint('amount_fen'),
    flowFen: bigint('flow_fen'),
    note: text('note'),
    enteredBy: text('entered_by'),
    enteredAt: time('entered_at'),
  },
  foreignKeys: [merchant('merchant_balance_merchant')],
  checks: [check('merchant_balance_kind_known'), check('merchant_balance_amount_possible')],
});

export interface ExportLogRow {
  readonly accountId: string;
  readonly id: string;
  readonly subject: 'draws' | 'awards' | 'payouts' | 'people';
  readonly format: 'csv' | 'xlsx';
  readonly activityId: string;
  readonly fromDay: string | null;
  readonly toDay: string | null;
  readonly askedBy: string;
  readonly state: 'running' | 'finished' | 'broken';
  readonly rowsWritten: number;
  readonly beganAt: Date;
  readonly seenAt: Date;
}

export const exportLogEntity = new EntitySchema<ExportLogRow>({
  name: 'export_log',
  columns: {
    accountId: text('account_id', key('export_log_pk')),
    id: text('id', key('export_log_pk')),
    subject: text('subject'),
    format: text('format'),
    activityId: text('activity_id'),
    fromDay: day('from_day', NULLABLE),
    toDay: day('to_day', NULLABLE),
    askedBy: text('asked_by'),
    state: text('state'),
    rowsWritten: bigint('rows_written', { default: 0 }),
    beganAt: time('began_at'),
    seenAt: time('seen_at'),
  },
  foreignKeys: [
    {
      name: 'export_log_activity',
      target: 'activity',
      columnNames: ['account_id', 'activity_id'],
      referencedColumnNames: ['account_id', 'id'],
    },
  ],
  indices: [ownIndex('export_log_by_time', ['accountId', 'activityId', 'beganAt'])],
  checks: [check('export_log_subject_known'), check('export_log_format_known'), check('export_log_state_known')],
});
