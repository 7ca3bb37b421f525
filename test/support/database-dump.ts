import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/** A database as it was at one moment. */
export interface DatabaseDump {
  /** What made it. */
  readonly by: 'pg_dump' | 'template';
  /** Puts the database back to that moment, whoever is connected; what was written since is gone. */
  restore(): Promise<void>;
  /** Throws the dump away. */
  discard(): Promise<void>;
}

const run = promisify(execFile);
const DUMP_LIMIT_MS = 60_000;

/**
 * Dumps a database while others work on it: by pg_dump where the server's own version of it is installed. Without it
 * the database is copied inside the server, for which everyone's connection is cut for a moment; what the copy holds is
 * the same, everything that was committed.
 */
export async function dumpDatabase(url: string): Promise<DatabaseDump> {
  const name = new URL(url).pathname.slice(1);
  const adminUrl = new URL(url);
  adminUrl.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: adminUrl.href });
  await admin.connect();
  const version = await admin.query<{ major: string }>(
    `select current_setting('server_version_num')::integer / 10000 as major`,
  );
  const folder = `/usr/lib/postgresql/${version.rows[0]?.major}/bin`;
  const dump = { admin, name, url };
  return existsSync(`${folder}/pg_dump`) ? dumpByProgram({ ...dump, folder }) : copyInServer(dump);
}

interface Dumped {
  readonly admin: pg.Client;
  readonly name: string;
  readonly url: string;
}

async function dumpByProgram({
  admin,
  name,
  url,
  folder,
}: Dumped & { readonly folder: string }): Promise<DatabaseDump> {
  const room = mkdtempSync(join(tmpdir(), 'hongbao-dump-'));
  const file = join(room, 'dump');
  await run(`${folder}/pg_dump`, ['--format=custom', `--file=${file}`, url], { timeout: DUMP_LIMIT_MS });
  return {
    by: 'pg_dump',
    async restore() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.query(`create database ${name} template template0`);
      await run(`${folder}/pg_restore`, ['--exit-on-error', `--dbname=${url}`, file], { timeout: DUMP_LIMIT_MS });
    },
    async discard() {
      rmSync(room, { recursive: true, force: true });
      await admin.end();
    },
  };
}

async function copyInServer({ admin, name }: Dumped): Promise<DatabaseDump> {
  const copy = `${name}_dump`;
  await admin.query(`alter database ${name} with allow_connections false`);
  await admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
  await admin.query(`create database ${copy} template ${name}`);
  await admin.query(`alter database ${name} with allow_connections true`);
  return {
    by: 'template',
    async restore() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.query(`create database ${name} template ${copy}`);
    },
    async discard() {
      await admin.query(`drop database ${copy} with (force)`);
      await admin.end();
    },
  };
}
