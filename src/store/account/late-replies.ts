import type pg from 'pg';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { DueReply, LateReplyStore } from '../../flows/ports/late-replies.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { RecentSnapshot } from '../recent-snapshot.ts';

/** A reply carries at most so many older ones: all have to fit into one text. */
const TOLD_AT_ONCE_MAX = 2;
const STALE_MAX_MS = 600_000;
/** Repeats of a message come within 15 s and must find what the first delivery took. */
const REPEATS_MS = 60_000;

const OWE = `insert into late_reply (account_id, request_key, openid, trigger, asked_at, due_at, created_at)
  values ($1, $2, $3, $4, $5, $6, $6) on conflict (account_id, request_key) do nothing`;

const TAKE_DUE = `
with due as materialized (
  select account_id, request_key, state from late_reply
  where state in ('waiting', 'sending') and due_at <= $1 and (lease_until is null or lease_until <= $1)
  order by due_at limit $3 for update skip locked
), taken as (
  update late_reply set lease_until = $2, tries = tries + 1 from due
  where late_reply.account_id = due.account_id and late_reply.request_key = due.request_key
  returning late_reply.*, due.state = 'sending' as was_sending
)
select account_id as account, request_key as key, openid, trigger, tries, was_sending as "wasSending",
  (extract(epoch from asked_at) * 1000)::float8 as "askedAtMs",
  coalesce(reply, (select draw.reply from draw
    where draw.account_id = taken.account_id and draw.request_key = taken.request_key)) as xml,
  (select count(*)::integer from late_reply as other
    where other.account_id = taken.account_id and other.openid = taken.openid and other.trigger = taken.trigger
      and other.state in ('sent', 'unclear')
      and other.told_at > $1::timestamptz - make_interval(secs => case taken.trigger when 'message' then $4 else $5 end::float8 / 1000)
  ) as "sentInWindow"
from taken order by asked_at, request_key`;

const BEGIN = `update late_reply set state = 'sending' where account_id = $1 and request_key = $2 and state = 'waiting'`;

const TOLD = `update late_reply set state = $3, told_at = $4, due_at = null, lease_until = null
  where account_id = $1 and request_key = $2 and told_at is null`;

const PUT_BACK = `update late_reply set state = $3, due_at = $4, reason = $5, lease_until = null
  where account_id = $1 and request_key = $2 and told_at is null`;

const WAITING_ACCOUNTS = `select distinct account_id from late_reply
  where state = 'next-message' or (state = 'delivered' and told_with is not null and told_at > $1)`;

// For a repeat of the message first what its first delivery took.
const TAKE_FOR_MESSAGE = `
with chosen as materialized (
  select account_id, request_key from late_reply
  where account_id = $1 and openid = $2 and request_key <> $3
    and (told_with = $3 or (state = 'next-message' and not exists (select 1 from late_reply as before
      where before.account_id = $1 and before.openid = $2 and before.told_with = $3)))
  order by asked_at, request_key limit ${TOLD_AT_ONCE_MAX} for update
), taken as (
  update late_reply set state = 'delivered', told_with = $3, told_at = coalesce(told_at, $4) from chosen
  where late_reply.account_id = chosen.account_id and late_reply.request_key = chosen.request_key
  returning late_reply.*
)
select coalesce(reply, (select draw.reply from draw
  where draw.account_id = taken.account_id and draw.request_key = taken.request_key)) as xml
from taken order by asked_at, request_key`;

const FORGET = `delete from late_reply where created_at < $1`;

/** Replies that are still owed, in Postgres. */
export function createLateReplyStore(options: {
  readonly pool: pg.Pool;
  readonly nowMs: () => number;
  readonly logger: Logger;
}): LateReplyStore {
  const { pool, nowMs, logger } = options;
  const run = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    try {
      return await pool.query<Row>(text, [...values]);
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  // One look a second for all messages: hardly ever does anybody wait.
  const waiting = new RecentSnapshot<ReadonlySet<AccountId>>({
    read: async () => {
      const found = await run<{ account_id: AccountId }>(WAITING_ACCOUNTS, [new Date(nowMs() - REPEATS_MS)]);
      return new Set(found.rows.map((row) => row.account_id));
    },
    nowMs,
    logger,
    stale: 'late-replies-served-stale',
    staleMaxMs: STALE_MAX_MS,
  });
  return {
    async owe({ account, key, openid, trigger, askedAtMs }, atMs) {
      await run(OWE, [account, key, openid, trigger, new Date(askedAtMs), new Date(atMs)]);
    },
    async decided({ account, key }, xml) {
      await run('update late_reply set reply = $3 where account_id = $1 and request_key = $2', [account, key, xml]);
    },
    async takeDue({ nowMs: atMs, leaseMs, most, windowMs }) {
      const values = [new Date(atMs), new Date(atMs + leaseMs), most, windowMs.message, windowMs.event];
      return (await run<DueReply>(TAKE_DUE, values)).rows;
    },
    beginSending: async ({ account, key }) => (await run(BEGIN, [account, key])).rowCount === 1,
    async told({ account, key }, state, atMs) {
      await run(TOLD, [account, key, state, new Date(atMs)]);
    },
    async putBack({ account, key }, where, reason) {
      const [state, dueAt] = typeof where === 'string' ? [where, null] : ['waiting', new Date(where.dueAtMs)];
      await run(PUT_BACK, [account, key, state, dueAt, reason]);
    },
    anyForNextMessage: async (account) => (await waiting.current()).has(account),
    async takeForMessage({ account, openid, key }, atMs) {
      const found = await run<{ xml: string | null }>(TAKE_FOR_MESSAGE, [account, openid, key, new Date(atMs)]);
      return found.rows.map((row) => row.xml);
    },
    async forget(beforeMs) {
      await run(FORGET, [new Date(beforeMs)]);
    },
  };
}
