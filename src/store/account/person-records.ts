import type pg from 'pg';
import type { PersonRecord, PersonRecords } from '../../flows/ports/people.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const FIND = `select
  (select jsonb_build_object('following', following, 'firstFollowedAtMs', ${ms('first_followed_at')},
      'followedAtMs', ${ms('followed_at')}, 'leftAtMs', ${ms('left_at')}, 'scene', scene, 'seenAtMs', ${ms('seen_at')})
    from follower where account_id = $1 and openid = $2) as follower,
  (select nickname from web_profile where account_id = $1 and openid = $2) as nickname
  from account where id = $1`;

/** Followers and profiles in Postgres, for operators. */
export function createPersonRecords(pool: pg.Pool): PersonRecords {
  return {
    async find({ account, openid }) {
      const found = await pool.query<PersonRecord>(FIND, [account, openid]).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return found.rows[0] ?? null;
    },
  };
}
