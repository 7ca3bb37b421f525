import { EntitySchema } from 'typeorm';
import { check, integer, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface CodePoolRow {
  readonly accountId: string;
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly origin: string;
  readonly state: string;
  readonly prefix: string;
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly wanted: number;
  readonly size: number;
  readonly used: number;
  readonly activityId: string | null;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly lookedAt: Date;
}

export const codePoolEntity = new EntitySchema<CodePoolRow>({
  name: 'code_pool',
  columns: {
    accountId: text('account_id', key('code_pool_pk')),
    id: text('id', key('code_pool_pk')),
    name: text('name'),
    purpose: text('purpose'),
    origin: text('origin'),
    state: text('state'),
    prefix: text('prefix'),
    lengthMin: integer('length_min'),
    lengthMax: integer('length_max'),
    wanted: integer('wanted'),
    size: integer('size', { default: 0 }),
    used: integer('used', { default: 0 }),
    activityId: text('activity_id', NULLABLE),
    madeBy: text('made_by'),
    madeAt: time('made_at'),
    lookedAt: time('looked_at'),
  },
  checks: [
    check('code_pool_purpose_known'),
    check('code_pool_origin_known'),
    check('code_pool_state_known'),
    check('code_pool_size_possible'),
    check('code_pool_used_possible'),
  ],
  indices: [ownIndex('code_pool_unfinished', ['lookedAt'])],
  foreignKeys: [
    { name: 'code_pool_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface CodeRow {
  readonly accountId: string;
  readonly poolId: string;
  readonly code: string;
  readonly place: number;
}

export const codeEntity = new EntitySchema<CodeRow>({
  name: 'code',
  columns: {
    accountId: text('account_id', key('code_pk')),
    poolId: text('pool_id', key('code_pk')),
    code: text('code', key('code_pk')),
    place: integer('place'),
  },
  uniques: [{ name: 'code_place_once', columns: ['accountId', 'poolId', 'place'] }],
});

export interface CodeUseRow {
  readonly accountId: string;
  readonly poolId: string;
  readonly code: string;
  readonly activityId: string;
  readonly openid: string;
  readonly requestKey: string;
  readonly awardId: string | null;
  readonly usedAt: Date;
}

export const codeUseEntity = new EntitySchema<CodeUseRow>({
  name: 'code_use',
  columns: {
    accountId: text('account_id', key('code_use_pk')),
    poolId: text('pool_id', key('code_use_pk')),
    code: text('code', key('code_use_pk')),
    activityId: text('activity_id'),
    openid: text('openid'),
    requestKey: text('request_key'),
    awardId: text('award_id', NULLABLE),
    usedAt: time('used_at'),
  },
  indices: [
    { name: 'code_use_by_person', columns: ['accountId', 'openid'] },
    ownIndex('code_use_by_award', ['accountId', 'awardId']),
  ],
});
