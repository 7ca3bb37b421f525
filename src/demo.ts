import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { OutsideTrouble } from './base/errors.ts';
import type { Logger } from './base/logger.ts';
import { playScript } from './demo-script.ts';
import { startDemo } from './demo-service.ts';
import { createLogger } from './logging.ts';

// npm run demo: everything on this machine, nothing else needed. `-- --script` plays one follower and ends.
const ROOT = new URL('..', import.meta.url).pathname;
const WEB_DIR = join(ROOT, 'dist/web');
const startedAtMs = performance.now();
const scripted = process.argv.includes('--script');

try {
  await buildPages();
  const logger = quiet(createLogger(process.env['LOG_LEVEL'] ?? 'warn'));
  const dataDir = join(ROOT, '.data', scripted ? `script-${process.pid}` : 'demo');
  const demo = await startDemo({ dataDir, webDir: WEB_DIR, logger, keep: !scripted });
  stopOnSignals(() => demo.stop());
  const readyMs = Math.round(performance.now() - startedAtMs);
  if (scripted) {
    try {
      process.exitCode = await playScript(demo, (line) => console.log(line));
    } finally {
      await demo.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  } else {
    console.log(`
Hongbao demo, ready after ${(readyMs / 1000).toFixed(1)} s (Ctrl-C stops it)

  Playground     ${demo.playgroundUrl}
  Activity page  ${demo.activityUrl}
  Console        ${demo.consoleUrl}

The console link works once, within 15 minutes; \`npm run demo\` prints a new one at each start.
WeChat and WeChat Pay are simulated on this machine; no money moves. Redis is replaced by this process's own memory.
`);
  }
} catch (error) {
  console.error(error instanceof OutsideTrouble ? `The demo cannot start: ${error.message}` : error);
  process.exitCode = 1;
}

/** Vite is needed for the first start only, so it is loaded here and not by the service. */
async function buildPages(): Promise<void> {
  const { buildWeb } = await import('./web/build.ts');
  await buildWeb();
}

/** The embedded server's folder is worth a line even when nothing else is logged. */
function quiet(logger: Logger): Logger {
  return {
    ...logger,
    debug: (fields, event) => logger.debug(fields, event),
    warn: (fields, event) => logger.warn(fields, event),
    error: (fields, event) => logger.error(fields, event),
    info: (fields, event) => {
      if (event === 'embedded-postgres-ready')
        console.log(`PostgreSQL ${String(fields['version'])} in ${String(fields['dir'])}`);
      logger.info(fields, event);
    },
  };
}

function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
