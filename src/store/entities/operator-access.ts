import { EntitySchema } from 'typeorm';
import { bigint, check, integer, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface RecoveryCodeRow {
  readonly operatorId: string;
  readonly codeHash: string;
  readonly usedAt: Date | null;
}

export const recoveryCodeEntity = new EntitySchema<RecoveryCodeRow>({
  name: 'operator_recovery_code',
  columns: {
    operatorId: text('operator_id', key('operator_recovery_code_pk')),
    codeHash: text('code_hash', key('operator_recovery_code_pk')),
    usedAt: time('used_at', NULLABLE),
  },
  foreignKeys: [
    {
      name: 'operator_recovery_code_operator',
      target: 'operator',
      columnNames: ['operatorId'],
      referencedColumnNames: ['id'],
    },
  ],
});

export interface LoginAttemptRow {
  readonly key: string;
  readonly failures: number;
  readonly lastAt: Date;
  readonly lockedUntil: Date | null;
}

export const loginAttemptEntity = new EntitySchema<LoginAttemptRow>({
  name: 'login_attempt',
  columns: {
    key: text('key', key('login_attempt_pk')),
    failures: integer('failures'),
    lastAt: time('last_at'),
    lockedUntil: time('locked_until', NULLABLE),
  },
  indices: [{ name: 'login_attempt_by_age', columns: ['lastAt'] }],
});

interface AuditRow {
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly via: string;
  readonly address: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

const AUDIT_COLUMNS = {
  at: time('at'),
  actorId: text('actor_id', NULLABLE),
  actorName: text('actor_name'),
  via: text('via'),
  address: text('address'),
  action: text('action'),
  subject: text('subject'),
  detail: text('detail'),
};

export interface AuditEntryRow extends AuditRow {
  readonly number: number;
  readonly outcome: string;
  readonly previousHash: string;
  readonly hash: string;
}

export const auditEntryEntity = new EntitySchema<AuditEntryRow>({
  name: 'audit_entry',
  columns: {
    number: bigint('number', key('audit_entry_pk')),
    ...AUDIT_COLUMNS,
    outcome: text('outcome'),
    previousHash: text('previous_hash'),
    hash: text('hash'),
  },
  checks: [check('audit_entry_via_known'), check('audit_entry_outcome_known')],
  indices: [
    { name: 'audit_entry_by_time', columns: ['at'] },
    { name: 'audit_entry_by_actor', columns: ['actorName', 'number'] },
    { name: 'audit_entry_by_action', columns: ['action', 'number'] },
  ],
});

export interface AuditHeadRow {
  readonly id: number;
  readonly number: number;
  readonly hash: string;
}

export const auditHeadEntity = new EntitySchema<AuditHeadRow>({
  name: 'audit_head',
  columns: { id: integer('id', key('audit_head_pk')), number: bigint('number'), hash: text('hash') },
  checks: [check('audit_head_only_one')],
});

export interface AuditPendingRow extends AuditRow {
  readonly id: string;
}

export const auditPendingEntity = new EntitySchema<AuditPendingRow>({
  name: 'audit_pending',
  columns: { id: text('id', key('audit_pending_pk')), ...AUDIT_COLUMNS },
  indices: [{ name: 'audit_pending_by_time', columns: ['at'] }],
});

export interface ApprovalLimitRow {
  readonly kind: string;
  readonly aboveFen: number;
}

export const approvalLimitEntity = new EntitySchema<ApprovalLimitRow>({
  name: 'approval_limit',
  columns: { kind: text('kind', key('approval_limit_pk')), aboveFen: bigint('above_fen') },
  checks: [check('approval_limit_kind_known'), check('approval_limit_not_negative')],
});

export interface ApprovalRow {
  readonly accountId: string;
  readonly id: string;
  readonly activityId: string;
  readonly revision: number;
  readonly amountFen: number;
  readonly state: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

export const approvalEntity = new EntitySchema<ApprovalRow>({
  name: 'approval',
  columns: {
    accountId: text('account_id', key('approval_pk')),
    id: text('id', key('approval_pk')),
    activityId: text('activity_id'),
    revision: integer('revision'),
    amountFen: bigint('amount_fen'),
    state: text('state'),
    askedBy: text('asked_by'),
    askedAt: time('asked_at'),
    expiresAt: time('expires_at'),
    decidedBy: text('decided_by', NULLABLE),
    decidedAt: time('decided_at', NULLABLE),
  },
  checks: [check('approval_state_known'), check('approval_decided_whole'), check('approval_not_own')],
  indices: [
    ownIndex('approval_open_once', ['accountId', 'activityId']),
    { name: 'approval_by_time', columns: ['askedAt'] },
  ],
  foreignKeys: [
    {
      name: 'approval_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
});
