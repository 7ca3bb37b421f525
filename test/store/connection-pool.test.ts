import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPool } from '../../src/store/database.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
before(async () => {
  database = await freshDatabase();
});
after(() => database.close());

/** A pool with one connection, and what it says of connections that are lost. */
async function openPool() {
  const log = quietLogger();
  const pool = createPool({ url: database.url, connectionsMax: 1, name: 'test-pool' }, log);
  const found = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const lost = () => log.lines.filter(({ event }) => event === 'database-connection-lost').length;
  const end = (pid: number | undefined) => database.client.query('select pg_terminate_backend($1, 2000)', [pid]);
  return { pool, pid: found.rows[0]?.pid, lost, end };
}

test('a connection that the server ends is told of, and replaced', async () => {
  const { pool, pid, lost, end } = await openPool();
  await end(pid);
  const again = await pool.query<{ pid: number }>('select pg_backend_pid() as pid').catch(() => null);
  const other = again ?? (await pool.query<{ pid: number }>('select pg_backend_pid() as pid'));
  assert.notEqual(other.rows[0]?.pid, pid);
  assert.ok(lost() >= 1);
  await pool.end();
});

test('a server that ends the connections of a pool that has ended is no trouble', async () => {
  const { pool, lost } = await openPool();
  const client = await pool.connect();
  const ended = pool.end();
  client.emit('error', new Error('terminating connection due to administrator command'));
  client.release();
  await ended;
  assert.equal(lost(), 0);
});
