import { DataSource } from 'typeorm';
import pg from 'pg';
import { migrations } from '../../migrations/list.ts';
import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

// Any fixed number will do as long as nothing else in the database uses it as an advisory lock.
const MIGRATION_LOCK = 482_003_117;

/** Bounds every connection carries, so that a stalled process cannot hold a lock the others wait for. */
const BOUNDS = [
  '-c lock_timeout=2500',
  '-c idle_in_transaction_session_timeout=2000',
  '-c statement_timeout=20000',
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
].join(' ');

/** What a pool of the hot path or of the console takes. */
export interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
}

/** Opens a TypeORM data source for console reads and writes; entities are named in the list given. */
export function createDataSource(
  options: DatabaseOptions,
  entities: readonly import('typeorm').EntitySchema[],
): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.name,
    poolSize: options.connectionsMax,
    synchronize: false,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    migrations,
    entities: [...entities],
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    connectTimeoutMS: 4000,
    extra: { options: BOUNDS, keepAlive: true },
  });
}

/** Opens a plain pool for set-based SQL. A connection that dies is logged and replaced, never an uncaught error. */
export function createPool(options: DatabaseOptions, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.connectionsMax,
    connectionTimeoutMillis: 4000,
    keepAlive: true,
    options: BOUNDS,
  });
  const lost = (error: Error) => {
    // A pool has ended before the last of its connections has: a server that stops right then takes nothing from anybody.
    if (!pool.ending) logger.warn({ error: error.message, pool: options.name }, 'database-connection-lost');
  };
  pool.on('error', lost);
  // The pool listens only while a connection is idle: one that dies in someone's hands, between two statements, would
  // otherwise be an uncaught error and end the process.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** Returns the names of the migrations that this build has and the database has not. */
export async function pendingMigrations(url: string): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    const table = await client.query<{ present: boolean }>(`select to_regclass('migration') is not null as present`);
    const done = table.rows[0]?.present
      ? (await client.query<{ name: string }>('select name from migration')).rows
      : [];
    const names = new Set(done.map((row) => row.name));
    return migrations.map((migration) => migration.name).filter((name) => !names.has(name));
  });
}

/**
 * Applies what is pending and returns the names applied. Several processes may call it at once: TypeORM's runner has
 * no lock of its own, so an advisory lock lets one work while the others wait and then find nothing to do.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    await client.query('set lock_timeout = 0; set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const source = createDataSource({ url, connectionsMax: 1, name: 'hongbao-migrate' }, []);
    await source.initialize();
    try {
      return (await source.runMigrations()).map((migration) => migration.name);
    } finally {
      await source.destroy();
    }
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 4000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new OutsideTrouble('database-unreachable', `PostgreSQL cannot be reached: ${reason(cause)}`, { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function reason(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map((error) => String(error.message ?? error)).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
