import { loadCertificate, loadConfig } from './config.ts';
import { createLogger } from './logging.ts';
import { pendingMigrations } from './store/database.ts';
import { startService } from './wiring.ts';

/** Longer than the 25 s the service takes to drain: only a bug gets here. */
const STOP_LIMIT_MS = 28_000;

// Production start: configuration -> database -> service; SIGTERM stops it in reverse order.
const loaded = loadConfig(process.env);
if ('faults' in loaded) {
  fail([`Hongbao cannot start; ${loaded.faults.length} to put right:`, ...loaded.faults.map((fault) => `  ${fault}`)]);
}
const { config } = loaded;
const logger = createLogger(config.logLevel);
if (config.testHostsAllowed) logger.warn({ hosts: { ...config.hosts, payCaPem: undefined } }, 'test-hosts-allowed');
if (config.account.messageMode === 'plain') {
  logger.warn(
    { advice: 'set WECHAT_MESSAGE_MODE=safe here and on the WeChat admin page' },
    'plain-mode-signature-does-not-cover-the-body',
  );
}
const pending = await pendingMigrations(config.databaseUrl).catch((error: Error) =>
  fail([`DATABASE_URL: ${error.message}`]),
);
if (pending.length > 0) {
  fail([`The database is behind by ${pending.length} migrations (${pending.join(', ')}): run npm run cli -- migrate`]);
}
const service = await startService(config, logger, {
  readCertificate: () => loadCertificate(process.env, Date.now()),
}).catch((error: Error) => fail([error.message]));
logger.info({ port: service.port, publicUrl: config.publicUrl, role: config.role }, 'ready');

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    service.stop().then(
      () => process.exit(0),
      (error: Error) => {
        logger.error({ error: error.message }, 'stop-failed');
        process.exit(1);
      },
    );
  });
}

function fail(lines: readonly string[]): never {
  console.error(lines.join('\n'));
  process.exit(1);
}
