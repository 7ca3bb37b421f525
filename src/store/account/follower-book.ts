import type pg from 'pg';
import { cleanText } from '../../base/clean-text.ts';
import type { FollowerBook, PersonKey, SeenProfile } from '../../flows/ports/followers.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

// WeChat tells whole seconds, so what happened in the second of an erasure counts as after it.
const NOT_ERASED_SINCE = `not exists (select 1 from erasure
  where account_id = $1 and pseudonym = $3 and date_trunc('second', requested_at) > $4::timestamptz)`;

/**
 * Every column takes the greatest of what was ever told, so that the order of telling does not matter. The scene is of
 * the last follow. Of a follow and a leave in one second nobody can tell the later one: the person counts as gone.
 */
const MERGE = `on conflict (account_id, openid) do update set
  following = coalesce(greatest(follower.followed_at, excluded.followed_at), '-infinity')
    > coalesce(greatest(follower.left_at, excluded.left_at), '-infinity'),
  first_followed_at = least(follower.first_followed_at, excluded.first_followed_at),
  followed_at = greatest(follower.followed_at, excluded.followed_at),
  left_at = greatest(follower.left_at, excluded.left_at),
  scene = case when excluded.followed_at is null or excluded.followed_at < follower.followed_at then follower.scene
    when excluded.followed_at = follower.followed_at then greatest(follower.scene, excluded.scene)
    else excluded.scene end,
  seen_at = greatest(follower.seen_at, excluded.seen_at)`;

// A leave tells of a follow before it. Nothing is returned for what happened before an erasure.
const FOLLOWED = `insert into follower (account_id, openid, following, first_followed_at, followed_at, scene, seen_at)
  select $1, $2, true, $4, $4, $5, $4 where ${NOT_ERASED_SINCE} ${MERGE}
  returning first_followed_at = $4 and coalesce(left_at >= $4, true)
    and not exists (select 1 from erasure where account_id = $1 and pseudonym = $3) as first`;

// Somebody erased who leaves leaves nothing behind: a row would keep the openid for no use.
const LEFT = `insert into follower (account_id, openid, following, left_at, seen_at)
  select $1, $2, false, $4, $4 where ${NOT_ERASED_SINCE}
    and (exists (select 1 from follower where account_id = $1 and openid = $2)
      or not exists (select 1 from erasure where account_id = $1 and pseudonym = $3)) ${MERGE}`;

const UNION_ID = `insert into follower (account_id, openid, following, union_id, seen_at)
  select $1, $2, false, $5, $4 where ${NOT_ERASED_SINCE}
  on conflict (account_id, openid) do update set
    union_id = case when follower.union_id is null or excluded.seen_at >= follower.seen_at then excluded.union_id
      else follower.union_id end,
    seen_at = greatest(follower.seen_at, excluded.seen_at)`;

const PROFILE = `insert into web_profile (account_id, openid, nickname, picture_url, seen_at)
  select $1, $2, $5, $6, $4 where ${NOT_ERASED_SINCE}
  on conflict (account_id, openid) do update set nickname = excluded.nickname, picture_url = excluded.picture_url,
    seen_at = excluded.seen_at where web_profile.seen_at <= excluded.seen_at`;

// Without a name, so that each is planned for the tables as they are.
const KNOWN = `select exists (select 1 from follower where account_id = $1 and openid = $2
      and (followed_at is not null or left_at is not null))
    or exists (select 1 from scene_visit where account_id = $1 and openid = $2)
    or exists (select 1 from draw where account_id = $1 and openid = $2
      and (request_key like 'm:%' or request_key like 'e:%')) as known`;

// Longer than WeChat lets a nickname or an address be.
const NICKNAME_MAX = 256;
const PICTURE_URL_MAX = 1024;

/** Followers and web profiles in Postgres. */
export function createFollowerBook(pool: pg.Pool, pseudonyms: Pseudonyms): FollowerBook {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> => {
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  const told = (person: PersonKey, atMs: number, ...more: readonly unknown[]): readonly unknown[] => [
    person.account,
    person.openid,
    pseudonyms.of(person),
    new Date(atMs),
    ...more,
  ];
  const note = async (text: string, ...given: Parameters<typeof told>): Promise<void> => {
    await ask(text, told(...given));
  };
  return {
    async followed(person, { atMs, scene }) {
      const values = told(person, atMs, scene === null ? null : cleanText(scene));
      return (await ask<{ first: boolean }>(FOLLOWED, values))[0]?.first === true;
    },
    left: (person, atMs) => note(LEFT, person, atMs),
    unionIdSeen: (person, { unionId, atMs }) => note(UNION_ID, person, atMs, cleanText(unionId)),
    profileSeen: (person, { nickname, pictureUrl }, atMs) =>
      note(PROFILE, person, atMs, bounded(nickname, NICKNAME_MAX), pictureUrl && bounded(pictureUrl, PICTURE_URL_MAX)),
    async profileOf({ account, openid }) {
      const sql = `select nickname, picture_url as "pictureUrl" from web_profile where account_id = $1 and openid = $2`;
      return (await ask<SeenProfile & pg.QueryResultRow>(sql, [account, openid]))[0] ?? null;
    },
    async forgetProfile({ account, openid }) {
      await ask('delete from web_profile where account_id = $1 and openid = $2', [account, openid]);
    },
    async knownFromPush({ account, openid }) {
      return (await ask<{ known: boolean }>(KNOWN, [account, openid]))[0]?.known === true;
    },
  };
}

function bounded(text: string, most: number): string {
  return cleanText(text.slice(0, most));
}
