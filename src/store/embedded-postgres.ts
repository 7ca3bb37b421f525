import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../base/logger.ts';
import { takeFolderLock } from './embedded/folder-lock.ts';
import { stopOrphans } from './embedded/orphans.ts';
import { prepareHome } from './embedded/server-home.ts';
import { ensureCluster, launch } from './embedded/server-process.ts';
import type { RunningServer } from './embedded/server-process.ts';

const DATABASE = 'hongbao';
const FAST_SHUTDOWN_MS = 15_000;
const IMMEDIATE_SHUTDOWN_MS = 5000;

/** What starting a PostgreSQL of our own takes. */
export interface EmbeddedPostgresOptions {
  /** Holds everything the server needs; made when missing. */
  readonly dataDir: string;
  /** The first port tried on 127.0.0.1; taken ones move on to the next; 0 takes any. */
  readonly preferredPort: number;
  readonly logger: Logger;
  /** A folder with postgres and initdb to use instead of the npm package's. */
  readonly binDir?: string;
  /** Where the data goes when root's checkout is closed to user postgres: /var/tmp. */
  readonly varTmpDir?: string;
}

/** A PostgreSQL of our own that runs. */
export interface EmbeddedPostgres {
  /** Superuser's connection URL of database `hongbao`, password included: not for logs. */
  readonly url: string;
  readonly port: number;
  /** Where the data is: `dataDir`, or the folder under /var/tmp. */
  readonly dir: string;
  /** Resolves when the server has written everything out and ended. May be called more than once. */
  readonly stop: () => Promise<void>;
  /** Stops the server and deletes its data for good, in `dir` and in `dataDir`. */
  readonly discard: () => Promise<void>;
}

/**
 * Starts a real PostgreSQL in a folder of its own: for the demo and for tests, not for production. Works as root and
 * as an ordinary user, after kill -9, and on a taken port. Throws OutsideTrouble that says what to do: package missing,
 * folder in use by a living process, folder not ours.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = prepareHome({ ...options, varTmpDir: options.varTmpDir ?? '/var/tmp' });
  const releaseLock = takeFolderLock(home.dir);
  try {
    await stopOrphans(home.cluster, options.logger);
    const password = await ensureCluster(home);
    const server = await launch(home, options.preferredPort);
    const stop = stopper(server, releaseLock, options.logger);
    try {
      const url = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${server.port}/${database}`;
      await ensureDatabase(url('postgres'));
      options.logger.info({ port: server.port, dir: home.dir, version: home.major }, 'embedded-postgres-ready');
      const discard = (): Promise<void> => stop().then(() => removeAll([home.dir, resolve(options.dataDir)]));
      return { url: url(DATABASE), port: server.port, dir: home.dir, stop, discard };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    releaseLock();
    throw error;
  }
}

function removeAll(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function stopper(server: RunningServer, releaseLock: () => void, logger: Logger): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  // A process that ends by an uncaught error must not leave its server behind; only kill -9 does.
  const onExit = (): void => void server.child.kill('SIGINT');
  process.once('exit', onExit);
  void server.ended.then(() => {
    process.removeListener('exit', onExit);
    if (stopping === null) logger.error({ port: server.port }, 'embedded-postgres-ended-by-itself');
  });
  return () => {
    stopping ??= stopServer(server).finally(releaseLock);
    return stopping;
  };
}

async function stopServer(server: RunningServer): Promise<void> {
  for (const [signal, limitMs] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
    ['SIGKILL', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) return;
    server.child.kill(signal);
    const waiting = new AbortController();
    await Promise.race([server.ended, sleep(limitMs, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
