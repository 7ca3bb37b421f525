import type pg from 'pg';
import type { VerificationFile, VerificationFiles } from '../../flows/ports/verification-files.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const FILE = `
  select name, content, created_by as "createdBy", (extract(epoch from created_at) * 1000)::float8 as "createdAtMs"
  from verification_file`;

/** Verification files in Postgres, for every process that answers the domain. */
export function createVerificationFiles(pool: pg.Pool): VerificationFiles {
  return {
    list: async () => (await ask(pool.query<VerificationFile>(`${FILE} order by created_at desc, name`))).rows,
    find: async (name) => (await ask(pool.query<VerificationFile>(`${FILE} where name = $1`, [name]))).rows[0],
    async put({ name, content, createdBy, createdAtMs }, filesMax) {
      const written = await ask(pool.query(PUT, [name, content, createdBy, new Date(createdAtMs), filesMax]));
      return written.rowCount === 1;
    },
    async remove(name) {
      return (await ask(pool.query('delete from verification_file where name = $1', [name]))).rowCount === 1;
    },
  };
}

// Two at once may end one above the bound, which is there against thousands.
const PUT = `
  insert into verification_file (name, content, created_by, created_at)
    select $1, $2, $3, $4 where (select count(*) from verification_file where name <> $1) < $5
    on conflict on constraint verification_file_pk do update
      set content = excluded.content, created_by = excluded.created_by, created_at = excluded.created_at`;

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
