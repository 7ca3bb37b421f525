import { EntitySchema } from 'typeorm';
import { bigint, check, integer, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface InvitationCodeRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly openid: string;
  readonly code: string;
  readonly createdAt: Date;
}

const activity = (name: string) => ({
  name,
  target: 'activity',
  columnNames: ['accountId', 'activityId'],
  referencedColumnNames: ['accountId', 'id'],
});

export const invitationCodeEntity = new EntitySchema<InvitationCodeRow>({
  name: 'invitation_code',
  columns: {
    accountId: text('account_id', key('invitation_code_pk')),
    activityId: text('activity_id', key('invitation_code_pk')),
    openid: text('openid', key('invitation_code_pk')),
    code: text('code'),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'invitation_code_once', columns: ['accountId', 'activityId', 'code'] }],
  indices: [{ name: 'invitation_code_by_person', columns: ['accountId', 'openid'] }],
  foreignKeys: [activity('invitation_code_activity')],
});

export interface InvitationRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly inviteeOpenid: string;
  readonly inviterOpenid: string;
  readonly id: string;
  readonly counts: string;
  readonly state: string;
  readonly openedAt: Date;
  readonly acceptedAt: Date | null;
  readonly dueAt: Date | null;
  readonly tries: number;
  readonly reason: string | null;
}

export const invitationEntity = new EntitySchema<InvitationRow>({
  name: 'invitation',
  columns: {
    accountId: text('account_id', key('invitation_pk')),
    activityId: text('activity_id', key('invitation_pk')),
    inviteeOpenid: text('invitee_openid', key('invitation_pk')),
    inviterOpenid: text('inviter_openid'),
    id: text('id'),
    counts: text('counts'),
    state: text('state'),
    openedAt: time('opened_at'),
    acceptedAt: time('accepted_at', NULLABLE),
    dueAt: time('due_at', NULLABLE),
    tries: integer('tries', { default: 0 }),
    reason: text('reason', NULLABLE),
  },
  checks: [check('invitation_of_another'), check('invitation_counts_known'), check('invitation_state_known')],
  indices: [
    ownIndex('invitation_due', ['dueAt']),
    { name: 'invitation_by_inviter', columns: ['accountId', 'activityId', 'inviterOpenid'] },
    { name: 'invitation_by_invitee', columns: ['accountId', 'inviteeOpenid'] },
    { name: 'invitation_by_sender', columns: ['accountId', 'inviterOpenid'] },
  ],
  foreignKeys: [activity('invitation_activity')],
});

export interface DrawBatchRow {
  readonly accountId: string;
  readonly id: string;
  readonly activityId: string;
  readonly note: string;
  readonly state: string;
  readonly lines: number;
  readonly preparedBy: string;
  readonly preparedAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly dueAt: Date | null;
  readonly reason: string | null;
  readonly askedBy: string | null;
  readonly askedAt: Date | null;
  readonly askedFen: number | null;
  readonly refusedBy: string | null;
}

export const drawBatchEntity = new EntitySchema<DrawBatchRow>({
  name: 'draw_batch',
  columns: {
    accountId: text('account_id', key('draw_batch_pk')),
    id: text('id', key('draw_batch_pk')),
    activityId: text('activity_id'),
    note: text('note'),
    state: text('state'),
    lines: integer('lines'),
    preparedBy: text('prepared_by'),
    preparedAt: time('prepared_at'),
    confirmedBy: text('confirmed_by', NULLABLE),
    confirmedAt: time('confirmed_at', NULLABLE),
    finishedAt: time('finished_at', NULLABLE),
    dueAt: time('due_at', NULLABLE),
    reason: text('reason', NULLABLE),
    askedBy: text('asked_by', NULLABLE),
    askedAt: time('asked_at', NULLABLE),
    askedFen: bigint('asked_fen', NULLABLE),
    refusedBy: text('refused_by', NULLABLE),
  },
  checks: [check('draw_batch_state_known'), check('draw_batch_asked_whole'), check('draw_batch_not_own')],
  indices: [
    ownIndex('draw_batch_by_activity', ['accountId', 'activityId', 'preparedAt']),
    ownIndex('draw_batch_due', ['dueAt']),
    ownIndex('draw_batch_asked', ['askedAt', 'id']),
  ],
  foreignKeys: [activity('draw_batch_activity')],
});

export interface DrawBatchLineRow {
  readonly accountId: string;
  readonly batchId: string;
  readonly line: number;
  readonly openid: string;
  readonly fault: string | null;
  readonly outcome: string | null;
}

export const drawBatchLineEntity = new EntitySchema<DrawBatchLineRow>({
  name: 'draw_batch_line',
  columns: {
    accountId: text('account_id', key('draw_batch_line_pk')),
    batchId: text('batch_id', key('draw_batch_line_pk')),
    line: integer('line', key('draw_batch_line_pk')),
    openid: text('openid'),
    fault: text('fault', NULLABLE),
    outcome: text('outcome', NULLABLE),
  },
  checks: [check('draw_batch_line_fault_known'), check('draw_batch_line_outcome_known')],
  indices: [
    ownIndex('draw_batch_line_open', ['accountId', 'batchId', 'line']),
    { name: 'draw_batch_line_by_person', columns: ['accountId', 'openid'] },
  ],
  foreignKeys: [
    {
      name: 'draw_batch_line_batch',
      target: 'draw_batch',
      columnNames: ['accountId', 'batchId'],
      referencedColumnNames: ['accountId', 'id'],
      onDelete: 'CASCADE',
    },
  ],
});
