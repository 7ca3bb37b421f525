import { EntitySchema } from 'typeorm';
import { bigint, check, integer, json, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface IssueBatchRow {
  readonly accountId: string;
  readonly id: string;
  readonly activityId: string;
  readonly name: string;
  readonly note: string;
  readonly packet: unknown;
  readonly defaultAmountFen: number | null;
  readonly linesPerMinute: number;
  readonly state: string;
  readonly fileName: string | null;
  readonly fileHash: string | null;
  readonly lines: number | null;
  readonly faulty: number;
  readonly people: number;
  readonly amountFen: number;
  readonly amountMinFen: number | null;
  readonly amountMaxFen: number | null;
  readonly issuedThrough: number;
  readonly issued: number;
  readonly issuedFen: number;
  readonly preparedBy: string;
  readonly preparedAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly dueAt: Date | null;
  readonly reason: string | null;
}

export const issueBatchEntity = new EntitySchema<IssueBatchRow>({
  name: 'issue_batch',
  columns: {
    accountId: text('account_id', key('issue_batch_pk')),
    id: text('id', key('issue_batch_pk')),
    activityId: text('activity_id'),
    name: text('name'),
    note: text('note'),
    packet: json('packet'),
    defaultAmountFen: integer('default_amount_fen', NULLABLE),
    linesPerMinute: integer('lines_per_minute'),
    state: text('state'),
    fileName: text('file_name', NULLABLE),
    fileHash: text('file_hash', NULLABLE),
    lines: integer('lines', NULLABLE),
    faulty: integer('faulty', { default: 0 }),
    people: integer('people', { default: 0 }),
    amountFen: bigint('amount_fen', { default: 0 }),
    amountMinFen: integer('amount_min_fen', NULLABLE),
    amountMaxFen: integer('amount_max_fen', NULLABLE),
    issuedThrough: integer('issued_through', { default: 0 }),
    issued: integer('issued', { default: 0 }),
    issuedFen: bigint('issued_fen', { default: 0 }),
    preparedBy: text('prepared_by'),
    preparedAt: time('prepared_at'),
    confirmedBy: text('confirmed_by', NULLABLE),
    confirmedAt: time('confirmed_at', NULLABLE),
    decidedBy: text('decided_by', NULLABLE),
    decidedAt: time('decided_at', NULLABLE),
    finishedAt: time('finished_at', NULLABLE),
    dueAt: time('due_at', NULLABLE),
    reason: text('reason', NULLABLE),
  },
  checks: [
    check('issue_batch_state_known'),
    check('issue_batch_pace_bounded'),
    check('issue_batch_never_over_total'),
    check('issue_batch_confirmed_whole'),
    check('issue_batch_decided_whole'),
    check('issue_batch_not_own'),
  ],
  uniques: [{ name: 'issue_batch_activity_once', columns: ['accountId', 'activityId'] }],
  indices: [ownIndex('issue_batch_by_time', ['accountId', 'preparedAt', 'id']), ownIndex('issue_batch_due', ['dueAt'])],
  foreignKeys: [
    { name: 'issue_batch_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface IssueLineRow {
  readonly accountId: string;
  readonly batchId: string;
  readonly line: number;
  readonly openid: string;
  readonly amountFen: number;
  readonly note: string;
  readonly fault: string | null;
  readonly text: string | null;
}

export const issueLineEntity = new EntitySchema<IssueLineRow>({
  name: 'issue_line',
  columns: {
    accountId: text('account_id', key('issue_line_pk')),
    batchId: text('batch_id', key('issue_line_pk')),
    line: integer('line', key('issue_line_pk')),
    openid: text('openid'),
    amountFen: integer('amount_fen'),
    note: text('note'),
    fault: text('fault', NULLABLE),
    text: text('text', NULLABLE),
  },
  checks: [check('issue_line_fault_known'), check('issue_line_amount_possible')],
  indices: [
    ownIndex('issue_line_faulty', ['accountId', 'batchId', 'line']),
    { name: 'issue_line_by_person', columns: ['accountId', 'openid'] },
  ],
  foreignKeys: [
    {
      name: 'issue_line_batch',
      target: 'issue_batch',
      columnNames: ['accountId', 'batchId'],
      referencedColumnNames: ['accountId', 'id'],
      onDelete: 'CASCADE',
    },
  ],
});
