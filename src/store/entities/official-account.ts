import { EntitySchema } from 'typeorm';
import { check, flag, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface FollowerRow {
  readonly accountId: string;
  readonly openid: string;
  readonly following: boolean;
  readonly firstFollowedAt: Date | null;
  readonly followedAt: Date | null;
  readonly leftAt: Date | null;
  readonly scene: string | null;
  readonly unionId: string | null;
  readonly seenAt: Date;
  readonly tagIds: readonly number[] | null;
  readonly refreshedAt: Date | null;
}

export const followerEntity = new EntitySchema<FollowerRow>({
  name: 'follower',
  columns: {
    accountId: text('account_id', key('follower_pk')),
    openid: text('openid', key('follower_pk')),
    following: flag('following'),
    firstFollowedAt: time('first_followed_at', NULLABLE),
    followedAt: time('followed_at', NULLABLE),
    leftAt: time('left_at', NULLABLE),
    scene: text('scene', NULLABLE),
    unionId: text('union_id', NULLABLE),
    seenAt: time('seen_at'),
    tagIds: integer('tag_ids', { array: true, nullable: true }),
    refreshedAt: time('refreshed_at', NULLABLE),
  },
  indices: [
    ownIndex('follower_by_union_id', ['accountId', 'unionId']),
    ownIndex('follower_by_refresh', ['accountId', 'refreshedAt']),
  ],
});

export interface WebProfileRow {
  readonly accountId: string;
  readonly openid: string;
  readonly nickname: string;
  readonly pictureUrl: string | null;
  readonly seenAt: Date;
}

export const webProfileEntity = new EntitySchema<WebProfileRow>({
  name: 'web_profile',
  columns: {
    accountId: text('account_id', key('web_profile_pk')),
    openid: text('openid', key('web_profile_pk')),
    nickname: text('nickname'),
    pictureUrl: text('picture_url', NULLABLE),
    seenAt: time('seen_at'),
  },
  indices: [ownIndex('web_profile_by_nickname', ['accountId', 'nickname'])],
});

export interface KeywordReplyRow {
  readonly accountId: string;
  readonly id: string;
  readonly words: readonly string[];
  readonly match: string;
  readonly reply: string;
  readonly activityId: string | null;
  readonly enabled: boolean;
  readonly position: number;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const keywordReplyEntity = new EntitySchema<KeywordReplyRow>({
  name: 'keyword_reply',
  columns: {
    accountId: text('account_id', key('keyword_reply_pk')),
    id: text('id', key('keyword_reply_pk')),
    words: text('words', { array: true }),
    match: text('match'),
    reply: text('reply'),
    activityId: text('activity_id', NULLABLE),
    enabled: flag('enabled', { default: true }),
    position: integer('position'),
    revision: integer('revision', { default: 1 }),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  checks: [check('keyword_reply_match_known'), check('keyword_reply_has_words')],
  foreignKeys: [
    { name: 'keyword_reply_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
    {
      name: 'keyword_reply_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
});

export interface AccountMenuRow {
  readonly accountId: string;
  readonly buttons: unknown;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly publishedAt: Date | null;
}

export const accountMenuEntity = new EntitySchema<AccountMenuRow>({
  name: 'account_menu',
  columns: {
    accountId: text('account_id', key('account_menu_pk')),
    buttons: json('buttons'),
    revision: integer('revision', { default: 1 }),
    updatedAt: time('updated_at'),
    publishedAt: time('published_at', NULLABLE),
  },
  foreignKeys: [
    { name: 'account_menu_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface SceneCodeRow {
  readonly accountId: string;
  readonly scene: string;
  readonly name: string;
  readonly lasting: boolean;
  readonly ticket: string;
  readonly url: string;
  readonly expiresAt: Date | null;
  readonly reply: string;
  readonly activityId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const sceneCodeEntity = new EntitySchema<SceneCodeRow>({
  name: 'scene_code',
  columns: {
    accountId: text('account_id', key('scene_code_pk')),
    scene: text('scene', key('scene_code_pk')),
    name: text('name'),
    lasting: flag('lasting'),
    ticket: text('ticket'),
    url: text('url'),
    expiresAt: time('expires_at', NULLABLE),
    reply: text('reply', { default: '' }),
    activityId: text('activity_id', NULLABLE),
    createdBy: text('created_by'),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  checks: [check('scene_code_end_whole')],
  foreignKeys: [
    { name: 'scene_code_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
    {
      name: 'scene_code_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
});

export interface SceneVisitRow {
  readonly accountId: string;
  readonly requestKey: string;
  readonly scene: string;
  readonly openid: string;
  readonly followed: boolean;
  readonly visitedAt: Date;
}

export const sceneVisitEntity = new EntitySchema<SceneVisitRow>({
  name: 'scene_visit',
  columns: {
    accountId: text('account_id', key('scene_visit_pk')),
    requestKey: text('request_key', key('scene_visit_pk')),
    scene: text('scene'),
    openid: text('openid'),
    followed: flag('followed'),
    visitedAt: time('visited_at'),
  },
  indices: [
    ownIndex('scene_visit_by_scene', ['accountId', 'scene', 'visitedAt']),
    ownIndex('scene_visit_by_person', ['accountId', 'openid']),
  ],
});

export interface VerificationFileRow {
  readonly name: string;
  readonly content: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const verificationFileEntity = new EntitySchema<VerificationFileRow>({
  name: 'verification_file',
  columns: {
    name: text('name', key('verification_file_pk')),
    content: text('content'),
    createdBy: text('created_by'),
    createdAt: time('created_at'),
  },
});

export interface LateReplyRow {
  readonly accountId: string;
  readonly requestKey: string;
  readonly openid: string;
  readonly trigger: string;
  readonly askedAt: Date;
  readonly reply: string | null;
  readonly state: string;
  readonly toldWith: string | null;
  readonly reason: string | null;
  readonly dueAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly tries: number;
  readonly createdAt: Date;
  readonly toldAt: Date | null;
}

export const lateReplyEntity = new EntitySchema<LateReplyRow>({
  name: 'late_reply',
  columns: {
    accountId: text('account_id', key('late_reply_pk')),
    requestKey: text('request_key', key('late_reply_pk')),
    openid: text('openid'),
    trigger: text('trigger'),
    askedAt: time('asked_at'),
    reply: text('reply', NULLABLE),
    state: text('state', { default: 'waiting' }),
    toldWith: text('told_with', NULLABLE),
    reason: text('reason', NULLABLE),
    dueAt: time('due_at', NULLABLE),
    leaseUntil: time('lease_until', NULLABLE),
    tries: integer('tries', { default: 0 }),
    createdAt: time('created_at'),
    toldAt: time('told_at', NULLABLE),
  },
  checks: [check('late_reply_trigger_known'), check('late_reply_state_known'), check('late_reply_told_whole')],
  indices: [
    ownIndex('late_reply_due', ['dueAt']),
    ownIndex('late_reply_by_person', ['accountId', 'openid', 'askedAt']),
  ],
  foreignKeys: [
    { name: 'late_reply_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface PayeeLinkRow {
  readonly accountId: string;
  readonly openid: string;
  readonly payeeAccountId: string;
  readonly payeeOpenid: string;
  readonly linkedBy: string;
  readonly linkedAt: Date;
}

export const payeeLinkEntity = new EntitySchema<PayeeLinkRow>({
  name: 'payee_link',
  columns: {
    accountId: text('account_id', key('payee_link_pk')),
    openid: text('openid', key('payee_link_pk')),
    payeeAccountId: text('payee_account_id', key('payee_link_pk')),
    payeeOpenid: text('payee_openid'),
    linkedBy: text('linked_by'),
    linkedAt: time('linked_at'),
  },
  uniques: [{ name: 'payee_link_once_per_payee', columns: ['accountId', 'payeeAccountId', 'payeeOpenid'] }],
  checks: [check('payee_link_way_known')],
  foreignKeys: [
    { name: 'payee_link_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
    { name: 'payee_link_payee', target: 'account', columnNames: ['payeeAccountId'], referencedColumnNames: ['id'] },
  ],
});

export interface ErasureRow {
  readonly accountId: string;
  readonly pseudonym: string;
  readonly openid: string | null;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly dueAt: Date | null;
  readonly finishedAt: Date | null;
}

export const erasureEntity = new EntitySchema<ErasureRow>({
  name: 'erasure',
  columns: {
    accountId: text('account_id', key('erasure_pk')),
    pseudonym: text('pseudonym', key('erasure_pk')),
    openid: text('openid', NULLABLE),
    reason: text('reason'),
    requestedBy: text('requested_by'),
    requestedAt: time('requested_at'),
    dueAt: time('due_at', NULLABLE),
    finishedAt: time('finished_at', NULLABLE),
  },
  checks: [check('erasure_reason_known'), check('erasure_open_whole')],
  indices: [ownIndex('erasure_due', ['dueAt'])],
  foreignKeys: [
    { name: 'erasure_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});
