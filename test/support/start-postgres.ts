import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { quietLogger } from './quiet-logger.ts';

// A process of its own that starts a server and then waits to be killed: node start-postgres.ts <folder> <in place of /var/tmp>
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  varTmpDir: process.argv[3] ?? '',
  preferredPort: 0,
  logger: quietLogger(),
});
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.once('end', () => void server.stop().then(() => process.exit(0)));
