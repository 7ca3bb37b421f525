import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { done, failed } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { loadConfig } from './config.ts';
import type { Config, Environment } from './config.ts';
import { askAfterRestore } from './flows/ask-after-restore.ts';
import { createLogger } from './logging.ts';
import { createAccountDirectory } from './store/account-store.ts';
import { applyConfiguredAccount } from './store/configured-account.ts';
import { createPool, pendingMigrations } from './store/database.ts';
import { DatabaseClock } from './store/database-clock.ts';
import { openInstallation } from './store/installation-store.ts';
import { unknownNumbers } from './store/read-models/unknown-numbers.ts';
import { createNoticeKeyStore } from './store/payments/notice-key-store.ts';
import { createSecretBox } from './store/sealed-secret.ts';
import { openPayouts, startPayoutWorker, systemLuck } from './wiring-payouts.ts';

// 100,000 unsettled numbers at 29 queries a second take an hour.
const PATIENCE_MS = 4 * 3_600_000;

/**
 * Runs after a restored backup, with the same environment as the service; see docs/restore.md. Ends with exit code 1
 * when something was not asked, or when a file of order numbers names some that this database does not know.
 */
export async function runAfterRestore(
  words: readonly string[],
  env: Environment,
  say: (line: string) => void,
): Promise<Outcome> {
  if (words.length > 1) return failed('after-restore takes at most one file with order numbers');
  const loaded = loadConfig(env);
  if ('faults' in loaded) return failed(...loaded.faults);
  const { config } = loaded;
  const text = words[0] === undefined ? '' : readFileSync(words[0], 'utf8');
  if ((await pendingMigrations(config.databaseUrl)).length > 0)
    return failed('The database is behind this version: run npm run cli -- migrate');
  const pool = createPool({ url: config.databaseUrl, connectionsMax: 10, name: 'hongbao-cli' }, createLogger('warn'));
  try {
    return await askAndCompare({ pool, config, text, say });
  } finally {
    await pool.end();
  }
}

async function askAndCompare(given: {
  readonly pool: pg.Pool;
  readonly config: Config;
  readonly text: string;
  readonly say: (line: string) => void;
}): Promise<Outcome> {
  const { pool, config, text, say } = given;
  const logger = createLogger('warn');
  const clock = new DatabaseClock({ pool, logger });
  await clock.start();
  const box = createSecretBox(config.secretsKey);
  const { orderPrefix } = await openInstallation({ pool, box, luck: systemLuck, nowMs: clock.nowMs() });
  // The backup may hold a certificate or a key from before they were renewed.
  const { account, merchant } = config;
  await applyConfiguredAccount({ pool, box, logger, account, merchant, nowMs: clock.nowMs() });
  const payouts = openPayouts(pool, config.publicUrl);
  const accounts = createAccountDirectory({ pool, box, logger });
  const noticeKeys = createNoticeKeyStore(pool, box);
  const onProgress = (unasked: number, all: number): void => say(`${unasked} of ${all} numbers still to ask`);
  const asked = await askAfterRestore({
    payouts,
    clock,
    logger,
    patienceMs: PATIENCE_MS,
    // This command asks; sending is for the service, once it is started.
    startAsking: () => startPayoutWorker({ config, payouts, clock, accounts, logger, noticeKeys }),
    onProgress,
  });
  clock.stop();
  const unknown = await unknownNumbers(pool, text, orderPrefix);
  const lines = [
    `${asked.payouts - asked.unasked} of ${asked.payouts} unsettled numbers were asked about and booked.`,
    ...unknown.map((number) => `UNKNOWN HERE ${number}`),
  ];
  const faults = [
    ...(asked.resumed ? [] : ['Sending stays stopped: some numbers brought no answer. Run after-restore again.']),
    ...(unknown.length === 0
      ? []
      : [`${unknown.length} numbers are not in this database: their awards are lost, see docs/restore.md.`]),
  ];
  return faults.length === 0 ? done(...lines, 'Sending goes on.') : { code: 1, lines, faults };
}
