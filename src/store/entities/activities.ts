import { EntitySchema } from 'typeorm';
import { bigint, check, day, flag, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface ActivityRow {
  readonly accountId: string;
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly state: string;
  readonly draft: object;
  readonly publishedVersion: number | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly publishedAt: Date | null;
}

export const activityEntity = new EntitySchema<ActivityRow>({
  name: 'activity',
  columns: {
    accountId: text('account_id', key('activity_pk')),
    id: text('id', key('activity_pk')),
    slug: text('slug'),
    name: text('name'),
    state: text('state'),
    draft: json('draft'),
    publishedVersion: integer('published_version', NULLABLE),
    revision: integer('revision', { default: 1 }),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    publishedAt: time('published_at', NULLABLE),
  },
  uniques: [{ name: 'activity_slug_once', columns: ['slug'] }],
  checks: [check('activity_state_known')],
  indices: [
    ownIndex('activity_live', ['accountId', 'publishedAt', 'id']),
    ownIndex('activity_by_change', ['updatedAt', 'id']),
  ],
  foreignKeys: [
    { name: 'activity_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface RuleVersionRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly version: number;
  readonly rule: object;
  readonly publishedBy: string;
  readonly createdAt: Date;
}

export const ruleVersionEntity = new EntitySchema<RuleVersionRow>({
  name: 'rule_version',
  columns: {
    accountId: text('account_id', key('rule_version_pk')),
    activityId: text('activity_id', key('rule_version_pk')),
    version: integer('version', key('rule_version_pk')),
    rule: json('rule'),
    publishedBy: text('published_by'),
    createdAt: time('created_at'),
  },
  foreignKeys: [
    {
      name: 'rule_version_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
});

export interface ActivityCounterRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly open: boolean;
  readonly paused: boolean;
  readonly budgetFen: number;
  readonly spentFen: number;
  readonly draws: number;
  readonly wins: number;
}

export const activityCounterEntity = new EntitySchema<ActivityCounterRow>({
  name: 'activity_counter',
  columns: {
    accountId: text('account_id', key('activity_counter_pk')),
    activityId: text('activity_id', key('activity_counter_pk')),
    open: flag('open'),
    paused: flag('paused', { default: false }),
    budgetFen: bigint('budget_fen'),
    spentFen: bigint('spent_fen', { default: 0 }),
    draws: bigint('draws', { default: 0 }),
    wins: bigint('wins', { default: 0 }),
  },
  checks: [check('activity_never_over_budget'), check('activity_open_or_paused')],
});

export interface PrizeCounterRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly prizeId: string;
  readonly stock: number;
  readonly drawn: number;
  readonly spentFen: number;
}

export const prizeCounterEntity = new EntitySchema<PrizeCounterRow>({
  name: 'prize_counter',
  columns: {
    accountId: text('account_id', key('prize_counter_pk')),
    activityId: text('activity_id', key('prize_counter_pk')),
    prizeId: text('prize_id', key('prize_counter_pk')),
    stock: integer('stock'),
    drawn: integer('drawn', { default: 0 }),
    spentFen: bigint('spent_fen', { default: 0 }),
  },
  checks: [check('prize_never_over_stock'), check('prize_money_not_negative')],
});

export interface ActivityDayRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly day: string;
  readonly draws: number;
  readonly wins: number;
  readonly spentFen: number;
  readonly wonFen: number;
}

export const activityDayEntity = new EntitySchema<ActivityDayRow>({
  name: 'activity_day',
  columns: {
    accountId: text('account_id', key('activity_day_pk')),
    activityId: text('activity_id', key('activity_day_pk')),
    day: day('day', key('activity_day_pk')),
    draws: bigint('draws', { default: 0 }),
    wins: bigint('wins', { default: 0 }),
    spentFen: bigint('spent_fen', { default: 0 }),
    wonFen: bigint('won_fen', { default: 0 }),
  },
});

export interface ParticipantRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly openid: string;
  readonly draws: number;
  readonly day: string | null;
  readonly drawsThatDay: number;
  readonly wins: number;
  readonly checkInDay: string | null;
  readonly streakDays: number;
  readonly checkIns: number;
  readonly winsThatDay: number;
  readonly spentFen: number;
  readonly misses: number;
  readonly lastDrawAt: Date | null;
  readonly state: object;
}

export const participantEntity = new EntitySchema<ParticipantRow>({
  name: 'participant',
  columns: {
    accountId: text('account_id', key('participant_pk')),
    activityId: text('activity_id', key('participant_pk')),
    openid: text('openid', key('participant_pk')),
    draws: integer('draws'),
    day: day('day', NULLABLE),
    drawsThatDay: integer('draws_that_day'),
    wins: integer('wins'),
    checkInDay: day('check_in_day', NULLABLE),
    streakDays: integer('streak_days'),
    checkIns: integer('check_ins'),
    winsThatDay: integer('wins_that_day', { default: 0 }),
    spentFen: bigint('spent_fen', { default: 0 }),
    misses: integer('misses', { default: 0 }),
    lastDrawAt: time('last_draw_at', NULLABLE),
    state: json('state', { default: {} }),
  },
});
