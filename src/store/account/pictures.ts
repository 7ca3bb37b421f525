import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Picture, PictureKind, Pictures } from '../../flows/ports/pictures.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const SHOWN = `hash, kind, width, height, length(content) as bytes, created_by as "createdBy",
  (extract(epoch from created_at) * 1000)::float8 as "createdAtMs"`;

/** Pictures in Postgres, for every process that answers the pages. */
export function createPictures(pool: pg.Pool): Pictures {
  return {
    list: async (account) => {
      const text = `select ${SHOWN} from picture where account_id = $1 order by created_at desc, hash`;
      return (await ask(pool.query<Picture>(text, [account]))).rows;
    },
    find: async (account, hash) => {
      const text = 'select kind, content from picture where account_id = $1 and hash = $2';
      return (await ask(pool.query<{ kind: PictureKind; content: Buffer }>(text, [account, hash]))).rows[0];
    },
    async keep({ account, kind, width, height, content, createdBy, createdAtMs }, most) {
      const hash = createHash('sha256').update(content).digest('hex');
      const values = [account, hash, kind, width, height, Buffer.from(content), createdBy, new Date(createdAtMs), most];
      await ask(pool.query(KEEP, values));
      const text = `select ${SHOWN} from picture where account_id = $1 and hash = $2`;
      return (await ask(pool.query<Picture>(text, [account, hash]))).rows[0];
    },
    async remove(account, hash) {
      const text = 'delete from picture where account_id = $1 and hash = $2';
      return (await ask(pool.query(text, [account, hash]))).rowCount === 1;
    },
  };
}

// Two at once may end one above the bound, which is there against thousands.
const KEEP = `
  insert into picture (account_id, hash, kind, width, height, content, created_by, created_at)
    select $1, $2, $3, $4, $5, $6, $7, $8 where (select count(*) from picture where account_id = $1) < $9
    on conflict on constraint picture_pk do nothing`;

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
