import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { assert } from '../../base/errors.ts';
import type { AuditEntry, AuditFilter, AuditIntent, AuditResult, AuditTrail } from '../../flows/ports/audit.ts';
import { inTransaction } from '../transaction.ts';
import { ask } from './access-tokens.ts';

const SETTLED_WITHIN_MS = 5 * 60_000;
const SWEPT_AT_ONCE = 100;
const CHOICES_MAX = 500;

const PENDING = `id, (extract(epoch from at) * 1000)::float8 as "atMs", actor_id as "actorId", actor_name as "actorName",
  via, address, action, subject, detail`;
const ENTRY = `number::float8 as number, (extract(epoch from at) * 1000)::float8 as "atMs", actor_id as "actorId",
  actor_name as "actorName", via, address, action, subject, outcome, detail, previous_hash as "previousHash", hash`;

type PendingRow = Omit<AuditIntent, 'request'> & { readonly id: string; readonly detail: string };

/** The audit trail in Postgres: one chain for the installation, whose end is locked while an entry is added. */
export function createAuditTrail(pool: pg.Pool): AuditTrail {
  const sweep = (nowMs: number): Promise<void> =>
    ask(inTransaction(pool, (client) => sweepPending(client, nowMs - SETTLED_WITHIN_MS)));
  return {
    begin: async (intent) => {
      await sweep(intent.atMs);
      const id = randomBytes(16).toString('hex');
      const { actorId, actorName, via, address, action, subject, request, atMs } = intent;
      await ask(
        pool.query(
          `insert into audit_pending (id, at, actor_id, actor_name, via, address, action, subject, detail)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [id, new Date(atMs), actorId, actorName, via, address, action, subject, JSON.stringify({ request })],
        ),
      );
      return id;
    },
    settle: (id, result) =>
      ask(
        inTransaction(pool, async (client) => {
          const taken = await client.query<PendingRow>(`delete from audit_pending where id = $1 returning ${PENDING}`, [
            id,
          ]);
          const pending = taken.rows[0];
          if (pending !== undefined) await append(client, pending, result);
        }),
      ),
    drop: async (id) => void (await ask(pool.query('delete from audit_pending where id = $1', [id]))),
    list: async (filter, page) => (await ask(readEntries(pool, filter, page))).rows,
    choices: async () => {
      const [actors, actions] = await Promise.all([distinct(pool, 'actor_name'), distinct(pool, 'action')]);
      return { actors, actions };
    },
    sweep,
  };
}

async function sweepPending(client: pg.PoolClient, beforeMs: number): Promise<void> {
  const left = await client.query<PendingRow>(
    `delete from audit_pending where id in
       (select id from audit_pending where at < $1 order by at limit $2 for update skip locked) returning ${PENDING}`,
    [new Date(beforeMs), SWEPT_AT_ONCE],
  );
  for (const pending of left.rows.toSorted((one, other) => one.atMs - other.atMs)) {
    await append(client, pending, { outcome: 'unknown', before: null, after: null });
  }
}

/** Adds an entry at the end of the chain, whose row is locked until the transaction ends. */
async function append(client: pg.PoolClient, pending: PendingRow, result: AuditResult): Promise<void> {
  const head = await client.query<{ number: number; hash: string }>(
    'select number::float8 as number, hash from audit_head where id = 1 for update',
  );
  const last = head.rows[0];
  assert(last !== undefined, 'the audit trail has an end');
  const { request } = JSON.parse(pending.detail) as { readonly request: unknown };
  const entry = {
    number: last.number + 1,
    atMs: pending.atMs,
    actorId: result.actor?.id ?? pending.actorId,
    actorName: result.actor?.name ?? pending.actorName,
    via: pending.via,
    address: pending.address,
    action: pending.action,
    subject: pending.subject,
    outcome: result.outcome,
    detail: JSON.stringify({ request, before: result.before, after: result.after }),
    previousHash: last.hash,
  };
  const hash = hashOfEntry(entry);
  await client.query(
    `insert into audit_entry (number, at, actor_id, actor_name, via, address, action, subject, outcome, detail, previous_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      entry.number,
      new Date(entry.atMs),
      entry.actorId,
      entry.actorName,
      entry.via,
      entry.address,
      entry.action,
      entry.subject,
      entry.outcome,
      entry.detail,
      entry.previousHash,
      hash,
    ],
  );
  await client.query('update audit_head set number = $1, hash = $2 where id = 1', [entry.number, hash]);
}

/** Returns what an entry's hash must be, in hex: SHA-256 over its fields as one JSON array. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const fields = [
    entry.number,
    Math.round(entry.atMs),
    entry.actorId,
    entry.actorName,
    entry.via,
    entry.address,
    entry.action,
    entry.subject,
    entry.outcome,
    entry.detail,
    entry.previousHash,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

function readEntries(
  pool: pg.Pool,
  { actorName, action, fromMs, untilMs }: AuditFilter,
  page: { readonly before: number | null; readonly most: number },
): Promise<pg.QueryResult<AuditEntry>> {
  return pool.query<AuditEntry>(
    `select ${ENTRY} from audit_entry
       where ($1::text is null or actor_name = $1) and ($2::text is null or action = $2)
         and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)
         and ($5::bigint is null or number < $5)
       order by number desc limit $6`,
    [
      actorName,
      action,
      fromMs === null ? null : new Date(fromMs),
      untilMs === null ? null : new Date(untilMs),
      page.before,
      page.most,
    ],
  );
}

/** From value to value by the index, however many entries there are. */
async function distinct(pool: pg.Pool, column: 'actor_name' | 'action'): Promise<readonly string[]> {
  const found = await ask(
    pool.query<{ value: string }>(
      `with recursive known (value) as (
         (select ${column} from audit_entry order by ${column} limit 1)
         union all
         select (select ${column} from audit_entry where ${column} > known.value order by ${column} limit 1)
         from known where known.value is not null
       ) select value from known where value is not null limit $1`,
      [CHOICES_MAX],
    ),
  );
  return found.rows.map(({ value }) => value);
}

/** Reads entries in order of number, so many at a time. */
export async function* walkEntries(pool: pg.Pool, atATime: number): AsyncGenerator<AuditEntry> {
  for (let after = 0; ;) {
    const page = await ask(
      pool.query<AuditEntry>(`select ${ENTRY} from audit_entry where number > $1 order by number limit $2`, [
        after,
        atATime,
      ]),
    );
    yield* page.rows;
    const last = page.rows.at(-1);
    if (last === undefined || page.rows.length < atATime) return;
    after = last.number;
  }
}
