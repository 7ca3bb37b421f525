import type pg from 'pg';
import { cleanText } from '../../base/clean-text.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { FollowerRecord, StrangerRecord } from '../../flows/ports/follower-records.ts';
import type { FollowerRefreshes, RefreshRound, ToldOfFollowers } from '../../flows/ports/follower-refreshes.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { inTransaction } from '../transaction.ts';

const HELD_MS = 60_000;
// A service that just started has other things to do.
const FIRST_AFTER_MS = 600_000;
const DAY_MS = 86_400_000;
// An event of the last seconds may tell of something newer than WeChat's answer.
const EVENTS_MAY_BE_NEWER_MS = 10_000;

const NEW_ACCOUNTS = `insert into follower_refresh (account_id, began_at, due_at) select id, $1, $2 from account
  on conflict do nothing`;
const TAKE = `update follower_refresh set holder = $1, due_at = $3, reason = null, finished_at = null,
    began_at = case when finished_at is null then began_at else $2 end
  where account_id = (select account_id from follower_refresh where due_at <= $2 or holder = $1
    order by due_at, account_id limit 1 for update skip locked)
  returning account_id as account, (extract(epoch from began_at) * 1000)::float8 as "beganAtMs"`;
const FINISH = `update follower_refresh set holder = null, finished_at = $2, due_at = $3 where account_id = $1`;
const REST = `update follower_refresh set holder = null, due_at = $2, reason = $3 where account_id = $1`;

const NOT_ASKED = `select openid from unnest($3::text[]) with ordinality as wanted (openid, place)
  where not exists (select 1 from follower
    where account_id = $1 and follower.openid = wanted.openid and refreshed_at >= $2 offset 0)
  order by place`;
const LEFT_OVER = `select openid from follower where account_id = $1 and following
    and (refreshed_at is null or refreshed_at < $2)
  order by refreshed_at nulls first limit $3`;

/** $1 account, $2 items, $3 asked at, $4 keep from, $5 newest time that WeChat's answer is sure to know of. */
const FOLLOWS = `insert into follower as known
    (account_id, openid, following, first_followed_at, followed_at, scene, union_id, tag_ids, seen_at, refreshed_at)
  select $1, o, true, at, at, s, u, t, at, $3 from (
    select *, to_timestamp(a / 1000.0) as at from jsonb_to_recordset($2::jsonb)
      as item (o text, x text, a float8, s text, u text, t integer[])) as told
  where not exists (select 1 from erasure
      where account_id = $1 and pseudonym = x and date_trunc('second', requested_at) > at)
    and ($4::timestamptz is null or at >= $4
      or exists (select 1 from follower where account_id = $1 and openid = o)
      or exists (select 1 from web_profile where account_id = $1 and openid = o)
      or exists (select 1 from scene_visit where account_id = $1 and openid = o)
      or exists (select 1 from draw where account_id = $1 and openid = o))
  order by o
  on conflict (account_id, openid) do update set
    following = coalesce(known.left_at, '-infinity') < greatest(known.followed_at, excluded.followed_at, $5),
    first_followed_at = least(known.first_followed_at, excluded.first_followed_at),
    followed_at = greatest(known.followed_at, excluded.followed_at),
    scene = case when excluded.followed_at > coalesce(known.followed_at, '-infinity') then excluded.scene else known.scene end,
    union_id = coalesce(excluded.union_id, known.union_id),
    tag_ids = excluded.tag_ids, refreshed_at = excluded.refreshed_at`;

/** Somebody we knew who does not follow (any more). WeChat does not say since when. */
const STRANGERS = `update follower set
    left_at = case when following and coalesce(followed_at < $4, true) then greatest(left_at, $4) else left_at end,
    following = following and coalesce(followed_at >= $4, false),
    union_id = coalesce(u, union_id), tag_ids = '{}', refreshed_at = $3
  from jsonb_to_recordset($2::jsonb) as item (o text, u text) where account_id = $1 and openid = o`;
/** Whoever was asked about and told nothing usable is not asked again in this round. */
const ASKED = `update follower set refreshed_at = $3 where account_id = $1 and openid = any($2::text[])
  and (refreshed_at is null or refreshed_at < $3)`;

/** The daily refresh of followers, in Postgres. */
export function createFollowerRefreshes(pool: pg.Pool, pseudonyms: Pseudonyms): FollowerRefreshes {
  const ask = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    orTrouble(pool.query<Row>(text, [...values]).then((answer) => answer.rows));
  const openids = async (text: string, values: readonly unknown[]): Promise<readonly Openid[]> =>
    (await ask<{ openid: Openid }>(text, values)).map((row) => row.openid);
  return {
    async take(holder, nowMs) {
      await ask(NEW_ACCOUNTS, [new Date(nowMs), new Date(nowMs + FIRST_AFTER_MS)]);
      const taken = await ask<RefreshRound & pg.QueryResultRow>(TAKE, [
        holder,
        new Date(nowMs),
        new Date(nowMs + HELD_MS),
      ]);
      return taken[0] ?? null;
    },
    notAsked: ({ account, beganAtMs }, people) => openids(NOT_ASKED, [account, new Date(beganAtMs), people]),
    leftOver: ({ account, beganAtMs }, most) => openids(LEFT_OVER, [account, new Date(beganAtMs), most]),
    note: (told) => orTrouble(inTransaction(pool, (client) => note(client, told, pseudonyms))),
    async leaveOut({ account }, people, nowMs) {
      await ask(ASKED, [account, people, new Date(nowMs)]);
    },
    async finish({ account, beganAtMs }, nowMs) {
      await ask(FINISH, [account, new Date(nowMs), new Date(Math.max(nowMs, beganAtMs + DAY_MS))]);
    },
    async rest({ account }, untilMs, reason) {
      await ask(REST, [account, new Date(untilMs), reason]);
    },
  };
}

async function note(client: pg.PoolClient, given: ToldOfFollowers, pseudonyms: Pseudonyms): Promise<void> {
  const { account, told, askedAtMs, keepFromMs } = given;
  const askedAt = new Date(askedAtMs);
  const knownUntil = new Date(askedAtMs - EVENTS_MAY_BE_NEWER_MS);
  const follows = told.flatMap((one) => (one.subscribed ? followItem(account, one, pseudonyms) : []));
  const strangers = told.flatMap((one) => (one.subscribed ? [] : { o: one.openid, u: unionIdOf(one) }));
  const keepFrom = keepFromMs === null ? null : new Date(keepFromMs);
  await client.query(FOLLOWS, [account, JSON.stringify(follows), askedAt, keepFrom, knownUntil]);
  await client.query(STRANGERS, [account, JSON.stringify(strangers), askedAt, knownUntil]);
  await client.query(ASKED, [account, told.map((one) => one.openid), askedAt]);
}

function followItem(account: AccountId, record: FollowerRecord, pseudonyms: Pseudonyms): object {
  const { openid, subscribedAtMs, scene, tagIds } = record;
  return {
    o: openid,
    x: pseudonyms.of({ account, openid }),
    a: subscribedAtMs,
    s: scene && cleanText(scene),
    u: unionIdOf(record),
    t: tagIds,
  };
}

function unionIdOf({ unionId }: FollowerRecord | StrangerRecord): string | null {
  return unionId && cleanText(unionId);
}

async function orTrouble<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
