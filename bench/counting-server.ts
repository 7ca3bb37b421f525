import pg from 'pg';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../src/store/embedded-postgres.ts';

/** Settings of a server that counts statements and their planning. */
const COUNTING = ["shared_preload_libraries = 'pg_stat_statements'", 'pg_stat_statements.track_planning = on'];

/** Starts a server with pg_stat_statements: the module is loaded at a start only, so it is started twice. */
export async function startCountingServer(
  place: Parameters<typeof startEmbeddedPostgres>[0],
): Promise<EmbeddedPostgres> {
  const first = await startEmbeddedPostgres(place);
  await withAdmin(first.url, async (admin) => {
    for (const setting of COUNTING) await admin.query(`alter system set ${setting}`);
  });
  await first.stop();
  const server = await startEmbeddedPostgres(place);
  await withAdmin(server.url, (admin) => admin.query('create extension if not exists pg_stat_statements'));
  return server;
}

async function withAdmin(url: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
