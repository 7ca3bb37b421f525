import type pg from 'pg';
import { assert, WrongRequest } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { Reissue, ReissueItem, ReissueStore } from '../flows/ports/reissues.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { afterParameters, pageOf } from './read-models/page-of.ts';
import { readCandidates } from './reissue-candidates.ts';
import { issueNextNumbers } from './reissue-issue.ts';
import { inTransaction } from './transaction.ts';

type Decision = Parameters<ReissueStore['decide']>[0];
type ReissueWithItems = Reissue & { readonly items: readonly ReissueItem[] };

const REISSUE = `
  select id, selection, why, state, payouts, amount_fen::float8 as "amountFen", requested_by as "requestedBy",
    (extract(epoch from requested_at) * 1000)::float8 as "requestedAtMs", decided_by as "decidedBy",
    (extract(epoch from decided_at) * 1000)::float8 as "decidedAtMs"
  from reissue`;
const ITEMS = `
  select account_id as "accountId", order_number as "orderNumber", award_id as "awardId",
    amount_fen::float8 as "amountFen", proof_attempt as "proofAttempt", new_order_number as "newOrderNumber", outcome
  from reissue_item where reissue_id = $1 order by account_id, order_number`;

// Counted after the items are written: two requests at once may want the same awards, and each goes to one of them.
const INSERT = `
  insert into reissue (id, merchant_id, why, selection, state, payouts, amount_fen, requested_by, requested_at)
  values ($1, $2, $3, $4, 'requested', 0, 0, $5, $6)`;
const INSERT_ITEMS = `
  insert into reissue_item (account_id, reissue_id, order_number, award_id, amount_fen, proof_attempt)
  select "accountId", $1, "orderNumber", "awardId", "amountFen", "proofAttempt"
  from jsonb_to_recordset($2) as item ("accountId" text, "orderNumber" text, "awardId" text, "amountFen" bigint, "proofAttempt" integer)
  order by "accountId", "awardId"
  on conflict do nothing returning amount_fen::float8 as "amountFen"`;

// An approval that was not finished is left to whoever gave it for so long; then anyone who may decide can finish it.
const UNFINISHED_AFTER_MS = 300_000;

/**
 * Re-issues in Postgres. `payoutsMax` is the most one request may hold. The decision is written first, with its
 * numbers still open, and then goes through them two hundred at a time: what a crash leaves open, the same decision
 * given again finishes.
 */
export function createReissueStore(options: { readonly pool: pg.Pool; readonly payoutsMax: number }): ReissueStore {
  const { pool, payoutsMax } = options;
  return {
    candidates: (selection, limit) => orTrouble(readCandidates(pool, selection, limit)),
    request: (input) => orTrouble(request(pool, input, payoutsMax)),
    async list(page) {
      const text = `${REISSUE} where (requested_at, id) < ($1, $2) order by requested_at desc, id desc limit $3`;
      const values = [...afterParameters(page.after), page.limit + 1];
      const { rows } = await orTrouble(pool.query<Reissue>(text, values));
      return pageOf(rows, page, { line: (row) => row, cursor: (row) => ({ atMs: row.requestedAtMs, key: row.id }) });
    },
    async waiting(limit) {
      const text = `${REISSUE} where state = 'requested' order by requested_at, id limit $1`;
      return (await orTrouble(pool.query<Reissue>(text, [limit]))).rows;
    },
    find: (id) => orTrouble(find(pool, id)),
    decide: (input, mayDecide) => orTrouble(decide(pool, input, { mayDecide, payoutsMax })),
  };
}

async function find(pool: pg.Pool, id: string): Promise<ReissueWithItems | undefined> {
  const reissue = (await pool.query<Reissue>(`${REISSUE} where id = $1`, [id])).rows[0];
  if (reissue === undefined) return undefined;
  return { ...reissue, items: (await pool.query<ReissueItem>(ITEMS, [id])).rows };
}

async function request(
  pool: pg.Pool,
  input: Parameters<ReissueStore['request']>[0],
  payoutsMax: number,
): Promise<Reissue> {
  const { id, selection, why, operatorId, nowMs } = input;
  return inTransaction(pool, async (client) => {
    const header = [id, selection.merchantId, why, JSON.stringify(selection), operatorId, new Date(nowMs)];
    await client.query(INSERT, header);
    const candidates = await readCandidates(client, selection, payoutsMax + 1);
    if (candidates.length > payoutsMax) {
      const message = `more than ${payoutsMax} awards match: choose a shorter period`;
      throw new WrongRequest('reissue-too-large', message, { status: 409 });
    }
    const items = (await client.query<{ amountFen: number }>(INSERT_ITEMS, [id, JSON.stringify(candidates)])).rows;
    if (items.length === 0)
      throw new WrongRequest('reissue-empty', 'no award matches that is proved unpaid and not asked for already', {
        status: 409,
      });
    const amountFen = fen(items.reduce((sum, item) => sum + item.amountFen, 0));
    await client.query('update reissue set payouts = $2, amount_fen = $3 where id = $1', [id, items.length, amountFen]);
    return {
      id,
      selection,
      why,
      state: 'requested',
      payouts: items.length,
      amountFen,
      requestedBy: operatorId,
      requestedAtMs: nowMs,
      decidedBy: null,
      decidedAtMs: null,
    };
  });
}

async function decide(
  pool: pg.Pool,
  input: Decision,
  { mayDecide, payoutsMax }: { readonly mayDecide: (reissue: Reissue) => void; readonly payoutsMax: number },
): Promise<ReissueWithItems> {
  await inTransaction(pool, (client) => writeDecision(client, input, mayDecide));
  if (input.decision === 'approved') {
    // Each round goes through at least one number, so this bound is never met.
    for (let round = 0; round <= payoutsMax; round += 1) {
      if ((await inTransaction(pool, (client) => issueNextNumbers(client, input))) === 0) break;
    }
  }
  const decided = await find(pool, input.id);
  assert(decided !== undefined, 'a decided re-issue can be read');
  return decided;
}

async function writeDecision(
  client: pg.PoolClient,
  { id, decision, operatorId, nowMs }: Decision,
  mayDecide: (reissue: Reissue) => void,
): Promise<void> {
  const reissue = (await client.query<Reissue>(`${REISSUE} where id = $1 for update`, [id])).rows[0];
  if (reissue === undefined) throw new WrongRequest('reissue-not-found', 'there is no such re-issue', { status: 404 });
  const again = reissue.state === decision && (await mayFinish(client, reissue, { operatorId, nowMs }));
  if (reissue.state !== 'requested' && !again)
    throw new WrongRequest('reissue-decided', `this re-issue is ${reissue.state} already`, { status: 409 });
  mayDecide(reissue);
  if (again) return;
  await client.query('update reissue set state = $2, decided_by = $3, decided_at = $4 where id = $1', [
    id,
    decision,
    operatorId,
    new Date(nowMs),
  ]);
  if (decision === 'approved') return;
  await client.query('update reissue_item set outcome = $2 where reissue_id = $1', [id, decision]);
}

/** Whoever decided may say so again; anyone who may decide can finish what has lain unfinished. */
async function mayFinish(
  client: pg.PoolClient,
  reissue: Reissue,
  by: { readonly operatorId: string; readonly nowMs: number },
): Promise<boolean> {
  if (reissue.decidedBy === by.operatorId) return true;
  if (by.nowMs - (reissue.decidedAtMs ?? by.nowMs) < UNFINISHED_AFTER_MS) return false;
  const open = 'select 1 from reissue_item where reissue_id = $1 and outcome is null limit 1';
  return (await client.query(open, [reissue.id])).rows.length > 0;
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const unknownMerchant = error instanceof Error && 'constraint' in error && error.constraint === 'reissue_merchant';
    if (!unknownMerchant) throw asOutsideTrouble(error);
    const message = 'there is no such merchant';
    throw new WrongRequest('selection-faulty', message, { faults: [{ path: 'merchantId', message }], cause: error });
  }
}
