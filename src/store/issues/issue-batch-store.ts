import type pg from 'pg';
import type { ActivityId } from '../../base/ids.ts';
import type { LiveActivity } from '../../flows/ports/draws.ts';
import type {
  DueIssue,
  IssueBatch,
  IssueBatchStore,
  IssueKey,
  IssueLine,
  IssuePayer,
} from '../../flows/ports/issue-batches.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { copyIn, runCopying } from '../copy-in.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { afterParameters, pageOf } from '../read-models/page-of.ts';
import { inTransaction } from '../transaction.ts';
import * as sql from './issue-statements.ts';

/** A reader that said nothing for so long is dead. */
const READING_MS = 600_000;
const LINE_COLUMNS = 'account_id, batch_id, line, openid, amount_fen, note, fault, text';

type Row<Of> = Of & pg.QueryResultRow;

/** Batches of packets for a file of people, in Postgres. `parseRule` reads a stored rule. */
export function createIssueBatchStore(pool: pg.Pool, parseRule: (stored: unknown) => ActivityRule): IssueBatchStore {
  const ask = async <Of extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    orTrouble(pool.query<Of>(text, [...values]));
  const find = async ({ account, id }: IssueKey): Promise<IssueBatch | undefined> =>
    (await ask<Row<IssueBatch>>(`${sql.BATCHES} where batch.account_id = $1 and batch.id = $2`, [account, id])).rows[0];
  return {
    ...readingFiles(pool, ask),
    ...issuing(ask, parseRule),
    async payer(account) {
      const found = await ask<{ payer: IssuePayer | null }>(sql.PAYER, [account]);
      return found.rows[0]?.payer;
    },
    async create({ account, id, activity, name, note, packet, defaultAmountFen, linesPerMinute, operator, nowMs }) {
      const values = [account, id, activity, name, note, packet, defaultAmountFen, linesPerMinute, operator];
      await ask(sql.CREATE, [...values, new Date(nowMs)]);
      const made = await find({ account, id });
      if (made === undefined) throw new RangeError('a batch that was written is there');
      return made;
    },
    find,
    async list(account, page) {
      const values = [account, ...afterParameters(page.after), page.limit + 1];
      const { rows } = await ask<Row<IssueBatch>>(sql.PAGE, values);
      return pageOf(rows, page, { line: (row) => row, cursor: (row) => ({ atMs: row.preparedAtMs, key: row.id }) });
    },
    async lines({ account, id }, { after, most, faulty }) {
      return (await ask<Row<IssueLine>>(faulty ? sql.FAULTY_LINES : sql.LINES, [account, id, after, most])).rows;
    },
    async approvalAboveFen() {
      const found = await ask<{ fen: number }>(sql.APPROVAL_LIMIT, []);
      return found.rows[0]?.fen ?? null;
    },
    async confirmedAloneFen(account, sinceMs) {
      return (await ask<{ fen: number }>(sql.CONFIRMED_ALONE, [account, new Date(sinceMs)])).rows[0]?.fen ?? 0;
    },
    async beginApproval({ account, id }, { operator, nowMs, staleMs }) {
      const values = [account, id, operator, new Date(nowMs), new Date(staleMs)];
      return (await ask(sql.BEGIN_APPROVAL, values)).rowCount === 1;
    },
    async giveUpApproval({ account, id }, operator) {
      await ask(sql.GIVE_UP_APPROVAL, [account, id, operator]);
    },
    async move({ account, id }, { from, to, nowMs, confirmedBy = null, decidedBy = null }) {
      const values = [account, id, from, to, new Date(nowMs), confirmedBy, decidedBy];
      return (await ask(sql.MOVE, values)).rowCount === 1;
    },
    async forget({ unconfirmedMs, endedMs }) {
      const lines = await ask(sql.FORGET_LINES, [new Date(unconfirmedMs), new Date(endedMs)]);
      if ((lines.rowCount ?? 0) > 0) return true;
      await ask(sql.FORGET_BATCHES, [new Date(unconfirmedMs)]);
      return false;
    },
  };
}

type Ask = <Of extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => Promise<pg.QueryResult<Of>>;

function readingFiles(
  pool: pg.Pool,
  ask: Ask,
): Pick<IssueBatchStore, 'beginReading' | 'addLines' | 'endReading' | 'giveUpReading'> {
  return {
    async beginReading({ account, id }, { fileName, nowMs }) {
      const stale = new Date(nowMs - READING_MS);
      const begun = await ask(sql.BEGIN_READING, [account, id, fileName, new Date(nowMs), stale]);
      if (begun.rowCount !== 1) return false;
      await removeLines(ask, { account, id });
      return true;
    },
    async addLines({ account, id }, lines) {
      const rows = lines.map((one) => [
        account,
        id,
        one.line,
        one.openid,
        one.amountFen,
        one.note,
        one.fault,
        one.text,
      ]);
      const copy = copyIn('issue_line', LINE_COLUMNS, rows);
      const client = await orTrouble(pool.connect());
      try {
        await orTrouble(runCopying(client, { statements: copy.statement, copies: [copy] }));
      } finally {
        client.release();
      }
    },
    endReading: ({ account, id }, { fileHash, lines }) =>
      orTrouble(
        inTransaction(pool, async (client) => {
          await client.query(sql.LONG_STATEMENTS);
          await client.query(sql.MARK_DUPLICATES, [account, id]);
          await client.query(sql.END_READING, [account, id, fileHash, lines]);
        }),
      ),
    async giveUpReading({ account, id }, reason) {
      await removeLines(ask, { account, id });
      await ask(sql.GIVE_UP_READING, [account, id, reason]);
    },
  };
}

/** Some at a time: a million rows take longer than one statement may. */
async function removeLines(ask: Ask, { account, id }: IssueKey): Promise<void> {
  for (;;) {
    const gone = await ask(sql.REMOVE_LINES, [account, id]);
    if ((gone.rowCount ?? 0) === 0) return;
  }
}

function issuing(
  ask: Ask,
  parseRule: (stored: unknown) => ActivityRule,
): Pick<IssueBatchStore, 'claim' | 'activity' | 'nextLines' | 'advance' | 'putBack'> {
  return {
    async claim(nowMs, leaseMs) {
      return (await ask<Row<DueIssue>>(sql.CLAIM, [new Date(nowMs), new Date(nowMs + leaseMs)])).rows[0];
    },
    async activity({ account, id }) {
      const row = (await ask<Row<Omit<LiveActivity, 'rule'> & { stored: unknown }>>(sql.ACTIVITY, [account, id]))
        .rows[0];
      if (row === undefined) return undefined;
      const { stored, ...activity } = row;
      return { ...activity, id: activity.id as ActivityId, rule: parseRule(stored) };
    },
    async nextLines({ account, id }, after, most) {
      const found = await ask<Row<Awaited<ReturnType<IssueBatchStore['nextLines']>>[number]>>(sql.NEXT_LINES, [
        account,
        id,
        after,
        most,
      ]);
      return found.rows;
    },
    async advance({ account, id, issuedThrough }, { through, lines, amountFen }) {
      await ask(sql.ADVANCE, [account, id, issuedThrough, through, lines, amountFen]);
    },
    async putBack({ account, id }, dueAtMs, reason) {
      await ask(sql.PUT_BACK, [account, id, new Date(dueAtMs), reason]);
    },
  };
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
