import { EntitySchema } from 'typeorm';
import { bigint, day, flag, IDENTITY, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface MerchantPaceRow {
  readonly merchantId: string;
  readonly nextSendAt: Date;
  readonly nextQueryAt: Date;
  readonly handedOut: number;
  readonly slowUntil: Date | null;
  readonly warmUntil: Date | null;
  readonly sendsFrom: Date | null;
  readonly day: string | null;
  readonly dayFen: number;
  readonly noAuth: object;
}

export const merchantPaceEntity = new EntitySchema<MerchantPaceRow>({
  name: 'merchant_pace',
  columns: {
    merchantId: text('merchant_id', key('merchant_pace_pk')),
    nextSendAt: time('next_send_at'),
    nextQueryAt: time('next_query_at'),
    handedOut: bigint('handed_out', { default: 0 }),
    slowUntil: time('slow_until', NULLABLE),
    warmUntil: time('warm_until', NULLABLE),
    sendsFrom: time('sends_from', NULLABLE),
    day: day('day', NULLABLE),
    dayFen: bigint('day_fen', { default: 0 }),
    noAuth: json('no_auth', { default: [] }),
  },
  foreignKeys: [
    {
      name: 'merchant_pace_merchant',
      target: 'merchant',
      columnNames: ['merchantId'],
      referencedColumnNames: ['id'],
    },
  ],
});

export interface PayoutPersonDayRow {
  readonly accountId: string;
  readonly merchantId: string;
  readonly openid: string;
  readonly day: string;
  readonly packets: number;
  readonly amountFen: number;
  readonly fullByAnswer: boolean;
}

export const payoutPersonDayEntity = new EntitySchema<PayoutPersonDayRow>({
  name: 'payout_person_day',
  columns: {
    accountId: text('account_id', key('payout_person_day_pk')),
    merchantId: text('merchant_id', key('payout_person_day_pk')),
    openid: text('openid', key('payout_person_day_pk')),
    day: day('day', key('payout_person_day_pk')),
    packets: integer('packets'),
    amountFen: bigint('amount_fen'),
    fullByAnswer: flag('full_by_answer', { default: false }),
  },
  indices: [ownIndex('payout_person_day_by_age', ['day'])],
});

export interface AlarmRow {
  readonly id: number;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
  readonly raisedAt: Date;
  readonly clearedAt: Date | null;
  readonly toldAt: Date | null;
  readonly tries: number;
  readonly nextTryAt: Date | null;
}

export const alarmEntity = new EntitySchema<AlarmRow>({
  name: 'alarm',
  columns: {
    id: bigint('id', { ...key('alarm_pk'), ...IDENTITY }),
    kind: text('kind'),
    subject: text('subject'),
    message: text('message'),
    raisedAt: time('raised_at'),
    clearedAt: time('cleared_at', NULLABLE),
    toldAt: time('told_at', NULLABLE),
    tries: integer('tries', { default: 0 }),
    nextTryAt: time('next_try_at', NULLABLE),
  },
  indices: [ownIndex('alarm_open_once', ['kind', 'subject']), ownIndex('alarm_untold', ['nextTryAt'])],
});
