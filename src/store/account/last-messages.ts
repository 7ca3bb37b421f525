import type pg from 'pg';
import type { LastMessages } from '../../flows/ports/last-messages.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const LAST = `select (extract(epoch from created_at) * 1000)::float8 as at from draw
  where account_id = $1 and openid = $2 and request_key like 'm:%' order by created_at desc limit 1`;

/** When people last wrote, in Postgres. */
export function createLastMessages(pool: pg.Pool): LastMessages {
  return {
    async lastMessageAtMs({ account, openid }) {
      try {
        const found = await pool.query<{ at: number }>(LAST, [account, openid]);
        return found.rows[0]?.at ?? null;
      } catch (error) {
        throw asOutsideTrouble(error);
      }
    },
  };
}
