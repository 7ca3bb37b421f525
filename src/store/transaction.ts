import type pg from 'pg';
import { markActed, noteActed } from './acting-request.ts';

/**
 * Runs work in one transaction on one connection: commits what it did, or rolls everything back and throws what it
 * threw. A connection whose rollback fails is thrown away. Under an idempotency key the commit says so, too.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await markActed(client);
    await client.query('commit');
    noteActed();
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
