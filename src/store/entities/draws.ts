import { EntitySchema } from 'typeorm';
import { bigint, check, integer, jsonText, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface DrawRow {
  readonly accountId: string;
  readonly requestKey: string;
  readonly activityId: string;
  readonly ruleVersion: number;
  readonly openid: string;
  readonly outcome: string;
  readonly prizeId: string | null;
  readonly awardId: string | null;
  readonly ticket: number | null;
  readonly reply: string;
  readonly trace: object;
  /** How many draws its activity had with this one, refused ones left out; null for those before there was a record. */
  readonly place: number | null;
  readonly createdAt: Date;
}

export const drawEntity = new EntitySchema<DrawRow>({
  name: 'draw',
  columns: {
    accountId: text('account_id', key('draw_pk')),
    requestKey: text('request_key', key('draw_pk')),
    activityId: text('activity_id'),
    ruleVersion: integer('rule_version'),
    openid: text('openid'),
    outcome: text('outcome'),
    prizeId: text('prize_id', NULLABLE),
    awardId: text('award_id', NULLABLE),
    ticket: bigint('ticket', NULLABLE),
    reply: text('reply'),
    trace: jsonText('trace'),
    place: integer('place', NULLABLE),
    createdAt: time('created_at'),
  },
  checks: [check('draw_outcome_known'), check('draw_award_iff_won')],
  indices: [
    ownIndex('draw_by_activity', ['activityId', 'accountId', 'createdAt']),
    ownIndex('draw_by_person', ['openid', 'accountId', 'createdAt']),
  ],
});

export interface AwardRow {
  readonly accountId: string;
  readonly id: string;
  readonly activityId: string;
  readonly prizeId: string;
  readonly openid: string;
  readonly requestKey: string;
  readonly amountFen: number;
  readonly state: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const awardEntity = new EntitySchema<AwardRow>({
  name: 'award',
  columns: {
    accountId: text('account_id', key('award_pk')),
    id: text('id', key('award_pk')),
    activityId: text('activity_id'),
    prizeId: text('prize_id'),
    openid: text('openid'),
    requestKey: text('request_key'),
    amountFen: bigint('amount_fen'),
    state: text('state'),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  uniques: [{ name: 'award_once_per_request', columns: ['accountId', 'requestKey'] }],
  checks: [check('award_state_known'), check('award_amount_not_negative')],
  indices: [
    ownIndex('award_by_activity', ['activityId', 'accountId', 'createdAt']),
    ownIndex('award_by_person', ['openid', 'accountId', 'createdAt']),
  ],
});
