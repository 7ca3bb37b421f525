import type pg from 'pg';
import type { IssueKey } from '../../flows/ports/issue-batches.ts';
import type { TrialPacketStore } from '../../flows/ports/trial-packets.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

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
    async list(account, most) {
      const text = `select account_id as account, batch_id as id from trial_packet where account_id = $1
        order by asked_at desc, batch_id limit $2`;
      return (await ask<IssueKey & pg.QueryResultRow>(text, [account, most])).rows;
    },
  };
}
