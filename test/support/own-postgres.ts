import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { quietLogger } from './quiet-logger.ts';

/** Does a script's work with the PostgreSQL that TEST_DATABASE_URL names, or else with one of its own that ends with it. */
export async function withPostgres(work: () => Promise<void>): Promise<void> {
  if (process.env['TEST_DATABASE_URL'] !== undefined) return work();
  const room = mkdtempSync(join(tmpdir(), 'hongbao-script-'));
  // Root's server runs as user postgres, who has to get in.
  chmodSync(room, 0o755);
  try {
    const dataDir = join(room, 'postgres');
    const server = await startEmbeddedPostgres({ dataDir, preferredPort: 0, logger: quietLogger() });
    try {
      process.env['TEST_DATABASE_URL'] = server.url;
      await work();
    } finally {
      delete process.env['TEST_DATABASE_URL'];
      await server.stop();
    }
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}
