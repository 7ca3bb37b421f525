import pg from 'pg';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../src/store/embedded-postgres.ts';

type Place = Parameters<typeof startEmbeddedPostgres>[0];

/** Starts a server with settings, some of which are read at a start only: so it is started twice. */
export async function startServerWith(place: Place, settings: readonly string[]): Promise<EmbeddedPostgres> {
  const fresh = await startEmbeddedPostgres(place);
  await ask(
    fresh.url,
    settings.map((setting) => `alter system set ${setting}`),
  );
  await fresh.stop();
  return startEmbeddedPostgres(place);
}

/** Starts a server that counts statements and their planning by pg_stat_statements. */
export async function startCountingServer(place: Place): Promise<EmbeddedPostgres> {
  const module = "shared_preload_libraries = 'pg_stat_statements'";
  const server = await startServerWith(place, [module, 'pg_stat_statements.track_planning = on']);
  await ask(server.url, ['create extension if not exists pg_stat_statements']);
  return server;
}

async function ask(url: string, statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
