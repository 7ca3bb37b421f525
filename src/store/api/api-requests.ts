import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { ApiRequests, BegunRequest, OpenedRequest, RequestKeyed } from '../../flows/ports/api-requests.ts';
import { ask } from '../access/access-tokens.ts';
import { actingRequest } from '../acting-request.ts';
import type { ActingRequest } from '../acting-request.ts';
import type { SecretBox } from '../sealed-secret.ts';

/** Longer than any request may take: the server gives a request 30 s to come in, and an answer to WeChat far less. */
const LEASE_MS = 60_000;

// Of several that come at once the primary key lets one in. One whose process died before anything was committed is
// taken over when its lease is over.
const TAKE = `insert into api_request as known (caller, key, route, request_hash, state, lease_token, lease_until, created_at)
  values ($1, $2, $3, $4, 'running', $5, $6, $7)
  on conflict (caller, key) do update set lease_token = excluded.lease_token, lease_until = excluded.lease_until
    where known.state = 'running' and known.lease_until <= $7 and known.route = excluded.route
      and known.request_hash is not distinct from excluded.request_hash
  returning 1`;
const READ = `select route, request_hash, state, (extract(epoch from lease_until) * 1000)::float8 as "leaseUntilMs", status,
    answer_sealed from api_request where caller = $1 and key = $2`;
const FINISH = `update api_request set state = 'done', status = $4, answer_sealed = $5, request_hash = $6
  where caller = $1 and key = $2 and lease_token = $3`;
const RELEASE = `delete from api_request where caller = $1 and key = $2 and lease_token = $3 and state = 'running'`;
// What was carried out and has no answer is known to be so at once, not only when its lease is over.
const LOSE = `update api_request set lease_until = created_at
  where caller = $1 and key = $2 and lease_token = $3 and state = 'acted'`;
const FORGET = `delete from api_request where (caller, key) in
  (select caller, key from api_request where created_at < $1 order by created_at limit $2)`;

interface Row {
  readonly route: string;
  readonly request_hash: string | null;
  readonly state: 'running' | 'acted' | 'done';
  readonly leaseUntilMs: number;
  readonly status: number | null;
  readonly answer_sealed: string | null;
}

/** Requests under idempotency keys in Postgres. Answers are sealed: one may show a secret, another name people. */
export function createApiRequests(pool: pg.Pool, box: SecretBox): ApiRequests {
  return {
    begin: (request, nowMs) => ask(begin(pool, box, request, nowMs)),
    forgetBefore: async (beforeMs, most) => {
      const forgotten = await ask(pool.query(FORGET, [new Date(beforeMs), most]));
      return forgotten.rowCount ?? 0;
    },
  };
}

async function begin(pool: pg.Pool, box: SecretBox, request: RequestKeyed, nowMs: number): Promise<BegunRequest> {
  const { caller, key, route, requestHash } = request;
  const leaseToken = randomBytes(16).toString('hex');
  const leaseUntil = new Date(nowMs + LEASE_MS);
  const values = [caller, key, route, requestHash, leaseToken, leaseUntil, new Date(nowMs)];
  const taken = await pool.query(TAKE, values);
  if (taken.rows.length === 1) {
    return { kind: 'ours', opened: openedRequest(pool, box, { caller, key, leaseToken, acted: false, over: false }) };
  }
  const row = (await pool.query<Row>(READ, [caller, key])).rows[0];
  // It was released between the two statements.
  if (row === undefined) return { kind: 'busy', untilMs: nowMs };
  const another = requestHash !== null && row.request_hash !== null && requestHash !== row.request_hash;
  if (row.route !== route || another) return { kind: 'other' };
  const { status, answer_sealed: sealed, request_hash: storedHash } = row;
  if (status !== null && sealed !== null && storedHash !== null) {
    const stored = { status, answer: box.open(placeOf(caller, key), sealed), requestHash: storedHash };
    return { kind: 'answered', stored };
  }
  if (row.leaseUntilMs > nowMs) return { kind: 'busy', untilMs: row.leaseUntilMs };
  return row.state === 'acted' ? { kind: 'answer-lost' } : { kind: 'busy', untilMs: nowMs };
}

function openedRequest(pool: pg.Pool, box: SecretBox, request: ActingRequest): OpenedRequest {
  const { caller, key, leaseToken } = request;
  return {
    run: (work) => actingRequest.run(request, work),
    acted: () => request.acted,
    finish: async ({ status, answer, requestHash }) => {
      request.over = true;
      const sealed = box.seal(placeOf(caller, key), answer);
      await ask(pool.query(FINISH, [caller, key, leaseToken, status, sealed, requestHash]));
    },
    release: async () => {
      request.over = true;
      await ask(pool.query(request.acted ? LOSE : RELEASE, [caller, key, leaseToken]));
    },
  };
}

function placeOf(caller: string, key: string): string {
  return `api_request.answer:${caller}:${key}`;
}
