import type pg from 'pg';
import type { IssueKey } from '../../flows/ports/issue-batches.ts';
import type { TrialPacketStore } from '../../flows/ports/trial-packets.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { afterParameters, pageOf } from '../read-models/page-of.ts';

/** Which batches are trials, in Postgres. */
export function createTrialPacketStore(pool: pg.Pool): TrialPacketStore {
  const ask = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    pool.query<Row>(text, [...values]).catch((error: unknown) => {
      throw asOutsideTrouble(error);
    });
  return {
    async note({ account, id, activity }, nowMs) {
      const text = 'insert into trial_packet (account_id, batch_id, activity_id, asked_at) values ($1, $2, $3, $4)';
      await ask(text, [account, id, activity, new Date(nowMs)]);
    },
    async list(account, page) {
      const text = `select account_id as account, batch_id as id, (extract(epoch from asked_at) * 1000)::float8 as "askedAtMs"
        from trial_packet where account_id = $1 and (asked_at, batch_id) < ($2, $3)
        order by asked_at desc, batch_id desc limit $4`;
      const values = [account, ...afterParameters(page.after), page.limit + 1];
      const { rows } = await ask<IssueKey & { askedAtMs: number }>(text, values);
      return pageOf(rows, page, {
        line: ({ account: of, id }) => ({ account: of, id }),
        cursor: (row) => ({ atMs: row.askedAtMs, key: row.id }),
      });
    },
  };
}
