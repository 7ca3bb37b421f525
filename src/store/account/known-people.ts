import type pg from 'pg';
import type { Openid } from '../../base/ids.ts';
import type { KnownPeople, PeopleSource } from '../../flows/ports/erasures.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { OPEN_STATES } from './erasure-waits.ts';

interface Row {
  readonly openid: Openid;
  readonly last_seen_ms: number;
  readonly open: boolean;
}

// From person to person by the index, whatever a person has: one look-up each.
const nextOf = (source: PeopleSource, after: string): string =>
  `select openid from ${source} where account_id = $1 and openid > ${after} order by openid limit 1`;

const LAST_SEEN = `greatest(
  (select max(created_at) from draw where draw.account_id = $1 and draw.openid = looked.openid),
  (select seen_at from follower where follower.account_id = $1 and follower.openid = looked.openid),
  (select seen_at from web_profile where web_profile.account_id = $1 and web_profile.openid = looked.openid),
  (select max(visited_at) from scene_visit where scene_visit.account_id = $1 and scene_visit.openid = looked.openid),
  (select linked_at from payee_link where payee_link.account_id = $1 and payee_link.openid = looked.openid))`;

const people = (source: PeopleSource): string => `
with recursive person as (
  (${nextOf(source, '$2')})
  union all
  select (${nextOf(source, 'person.openid')}) from person where person.openid is not null
),
looked as (select openid from person where openid is not null limit $3)
select openid, (extract(epoch from ${LAST_SEEN}) * 1000)::float8 as last_seen_ms,
  exists (select 1 from award join payout on payout.account_id = award.account_id and payout.award_id = award.id
    where award.account_id = $1 and award.openid = looked.openid and payout.state in ${OPEN_STATES}) as open
from looked order by openid`;

/** Everyone known, in Postgres. */
export function createKnownPeople(pool: pg.Pool): KnownPeople {
  return {
    async notSeenSince({ account, source, after, beforeMs, most }) {
      const values = [account, after, most];
      const { rows } = await pool.query<Row>(people(source), values).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      // Pseudonyms stand among the openids.
      const found = rows.filter((row) => !row.openid.startsWith('x:') && !row.open && row.last_seen_ms < beforeMs);
      return {
        people: found.map((row) => ({ openid: row.openid, lastSeenAtMs: row.last_seen_ms })),
        next: rows.length < most ? null : (rows.at(-1)?.openid ?? null),
      };
    },
  };
}
