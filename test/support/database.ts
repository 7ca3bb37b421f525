import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '../../src/store/database.ts';

/** A database of one test file's own, migrated, empty, on a real PostgreSQL. */
export interface TestDatabase {
  readonly url: string;
  readonly client: pg.Client;
  close(): Promise<void>;
}

const TEMPLATE_LOCK = 90_210;

/**
 * Clones a fresh database from a template migrated once per server and schema. The server is named by
 * TEST_DATABASE_URL, which `npm test` sets, unless another is given. Throws with that sentence when it is missing.
 */
export async function freshDatabase(
  adminUrl: string | undefined = process.env['TEST_DATABASE_URL'],
): Promise<TestDatabase> {
  if (adminUrl === undefined) throw new Error('TEST_DATABASE_URL is not set: run tests by `npm test [files]`');
  const template = await ensureTemplate(adminUrl);
  const name = `t_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, (admin) => admin.query(`create database ${name} template ${template}`));
  const url = withDatabase(adminUrl, name);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return {
    url,
    client,
    close: async () => {
      await client.end();
      await administer(adminUrl, (admin) => admin.query(`drop database ${name} with (force)`));
    },
  };
}

async function ensureTemplate(adminUrl: string): Promise<string> {
  const template = `template_${schemaHash()}`;
  await administer(adminUrl, async (admin) => {
    // Cloning needs the template to have no connections, so everyone waits here while the first one makes it.
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (found.rowCount === 1) return;
    const making = `${template}_making`;
    await admin.query(`drop database if exists ${making} with (force)`);
    await admin.query(`create database ${making}`);
    await migrate(withDatabase(adminUrl, making));
    await admin.query(`alter database ${making} rename to ${template}`);
  });
  return template;
}

async function administer<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function schemaHash(): string {
  const folder = new URL('../../migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 12);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
