import type pg from 'pg';
import type { DrawOrigins } from '../../flows/ports/draw-origins.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

// Account by account, down the index by time. Skipping what another process removes, so that none waits.
const FORGET = `
delete from draw_origin where ctid = any(array(
  select old.row from account cross join lateral (select ctid as row from draw_origin
    where account_id = account.id and drawn_at < $1 order by drawn_at limit $2 for update skip locked) as old limit $2))`;

/** Where draws came from in Postgres, as far as it is forgotten. */
export function createForgottenOrigins(pool: pg.Pool): DrawOrigins {
  return {
    async forgetBefore(beforeMs, most) {
      const gone = await pool.query(FORGET, [new Date(beforeMs), most]).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return gone.rowCount ?? 0;
    },
  };
}
