import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { Fen } from '../../base/fen.ts';
import type {
  ApprovalKind,
  ApprovalStore,
  WaitingIssue,
  WaitingList,
  WaitingPublication,
} from '../../flows/ports/approvals.ts';
import { inTransaction } from '../transaction.ts';
import { ask } from './access-tokens.ts';

const REQUEST = `
  select approval.id, approval.revision, amount_fen::float8 as "amountFen", asked_by as "askedBy",
    (extract(epoch from asked_at) * 1000)::float8 as "askedAtMs",
    (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
    approval.account_id as "accountId", activity_id as "activityId", activity.name as "activityName"
  from approval join activity on activity.account_id = approval.account_id and activity.id = activity_id`;

const ISSUES = `
  select id, account_id as "accountId", name, people, amount_fen::float8 as "amountFen", prepared_by as "preparedBy",
    confirmed_by as "askedBy", (extract(epoch from confirmed_at) * 1000)::float8 as "askedAtMs",
    exists (select 1 from trial_packet as trial where trial.account_id = issue_batch.account_id
      and trial.activity_id = issue_batch.activity_id) as trial
  from issue_batch where state = 'asked' order by confirmed_at, id limit $1`;

const LISTS = `
  select batch.id, batch.account_id as "accountId", activity_id as "activityId", activity.name as "activityName", note,
    (select count(*)::float8 from draw_batch_line as item where item.account_id = batch.account_id and item.batch_id = batch.id
      and fault is null and outcome is null) as people,
    asked_fen::float8 as "amountFen", prepared_by as "preparedBy", asked_by as "askedBy",
    (extract(epoch from asked_at) * 1000)::float8 as "askedAtMs"
  from draw_batch as batch join activity on activity.account_id = batch.account_id and activity.id = activity_id
  where batch.state = 'asked' order by asked_at, batch.id limit $1`;

/** Requests for a second person and the amounts from which one is needed, in Postgres. */
export function createApprovalStore(pool: pg.Pool): ApprovalStore {
  return {
    limits: async () => {
      const found = await ask(
        pool.query<{ kind: ApprovalKind; above: Fen }>('select kind, above_fen::float8 as above from approval_limit'),
      );
      const aboveOf = (kind: ApprovalKind): Fen | null => found.rows.find((row) => row.kind === kind)?.above ?? null;
      return { publish: aboveOf('publish'), batch: aboveOf('batch') };
    },
    setLimits: (limits) =>
      ask(
        inTransaction(pool, async (client) => {
          for (const kind of ['batch', 'publish'] as const) {
            const above = limits[kind];
            if (above === null) await client.query('delete from approval_limit where kind = $1', [kind]);
            else
              await client.query(
                `insert into approval_limit (kind, above_fen) values ($1, $2)
                   on conflict (kind) do update set above_fen = $2`,
                [kind, above],
              );
          }
        }),
      ),
    waiting: async (nowMs, most) => {
      const where = `where approval.state = 'asked' and expires_at > $1 order by asked_at, approval.id limit $2`;
      return (await ask(pool.query<WaitingPublication>(`${REQUEST} ${where}`, [new Date(nowMs), most]))).rows;
    },
    waitingLists: async (most) => (await ask(pool.query<WaitingList>(LISTS, [most]))).rows,
    waitingIssues: async (most) => (await ask(pool.query<WaitingIssue>(ISSUES, [most]))).rows,
    find: async (id) => (await ask(findRequest(pool, id))).rows[0],
    end: ({ id, to, operatorId, nowMs }, check) =>
      ask(
        inTransaction(pool, async (client) => {
          const found = (await findRequest(client, id)).rows[0];
          if (found === undefined)
            throw new WrongRequest('approval-not-found', 'there is no such request', { status: 404 });
          await client.query('select 1 from activity where account_id = $1 and id = $2 for update', [
            found.accountId,
            found.activityId,
          ]);
          check(found);
          const ended = await client.query(
            `update approval set state = $3, decided_by = $4, decided_at = $5
               where account_id = $1 and id = $2 and state = 'asked'`,
            [found.accountId, id, to, operatorId, new Date(nowMs)],
          );
          if (ended.rowCount === 1) return;
          throw new WrongRequest('approval-decided', 'this request was decided already: reload the page', {
            status: 409,
          });
        }),
      ),
  };
}

/** The account leads the key, and the address of a request in the console does not name it. */
function findRequest(
  client: Pick<pg.Pool | pg.PoolClient, 'query'>,
  id: string,
): Promise<pg.QueryResult<WaitingPublication>> {
  return client.query<WaitingPublication>(
    `${REQUEST} where approval.account_id in (select id from account) and approval.id = $1`,
    [id],
  );
}
