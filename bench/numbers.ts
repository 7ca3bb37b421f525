import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { BeijingDay } from '../src/base/beijing-day.ts';
import { accountId, activityId, openid } from '../src/base/ids.ts';
import type { Logger } from '../src/base/logger.ts';
import type { ActivityPlace } from '../src/flows/ports/console-reads.ts';
import { migrate } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { createFinanceStore } from '../src/store/finance/finance-store.ts';
import { createMerchantBalances } from '../src/store/merchant-balances.ts';
import { readAwards } from '../src/store/read-models/activity-awards.ts';
import { readBookEntries, readBookSums } from '../src/store/read-models/activity-books.ts';
import { readDraws } from '../src/store/read-models/activity-draws.ts';
import { readActivityList } from '../src/store/read-models/activity-list.ts';
import { readActivityNumbers } from '../src/store/read-models/activity-numbers.ts';
import { readMerchantQueues } from '../src/store/read-models/merchant-queue.ts';
import { readOpenPayouts } from '../src/store/read-models/open-payouts.ts';
import { DAILY, PERIOD, SHARES, TICKETS } from '../src/store/read-models/period-numbers.ts';
import { createPersonStories } from '../src/store/read-models/person-story.ts';
import { buildActivity } from '../test/support/builders.ts';
import { inBenchRoom } from './bench-room.ts';
import { LOADED_FROM, loadNumbers } from './number-load.ts';
import { SERVICE_FLAGS } from './service-flags.ts';

// npm run bench:numbers [-- --draws 10000000 --times 60 | --short] [--url postgres://...]: how long each number of the console
// takes with so many draws stored (each within 300 ms at p95), and how much memory exports of up to 1,000,000 of them take.

const LIMIT_MS = 300;
const EXPORTED_MAX = 1_000_000;

const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (fields, event) => console.warn(event, fields),
  error: (fields, event) => console.error(event, fields),
};

const { values } = parseArgs({
  options: {
    draws: { type: 'string' },
    times: { type: 'string', default: '60' },
    short: { type: 'boolean', default: false },
    url: { type: 'string' },
  },
});
const draws = Number(values.draws ?? (values.short ? 200_000 : 10_000_000));
const times = Number(values.times);

interface Measured {
  readonly name: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

async function measure(name: string, work: () => Promise<unknown>, limitMs = LIMIT_MS): Promise<Measured> {
  const tookMs: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const beganMs = performance.now();
    await work();
    tookMs.push(performance.now() - beganMs);
  }
  tookMs.sort((one, other) => one - other);
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0;
  const measured = { name, p50Ms: at(0.5), p95Ms: at(0.95) };
  const verdict = measured.p95Ms <= limitMs ? '' : `  over ${limitMs} ms`;
  console.log(`${name.padEnd(34)} p50 ${measured.p50Ms.toFixed(1)} ms  p95 ${measured.p95Ms.toFixed(1)} ms${verdict}`);
  return measured;
}

async function measureNumbers(pool: pg.Pool, id: string): Promise<readonly Measured[]> {
  const place = { accountId: accountId('main'), id: activityId(id) };
  const month = [LOADED_FROM, '2026-11-30'];
  const ask = (text: string, parameters: readonly unknown[]) => () => pool.query(text, [...parameters]);
  const first = { after: null, limit: 50 };
  const person = { account: place.accountId, openid: openid(`oLoad${'7'.padStart(23, '0')}`) };
  return [
    await measure('one day of an activity', ask(PERIOD, ['main', id, LOADED_FROM, LOADED_FROM])),
    await measure('a month of an activity', ask(PERIOD, ['main', id, ...month])),
    await measure('tickets of all time', ask(TICKETS, ['main', id])),
    await measure('all activities of a month', ask(SHARES, month)),
    await measure('all days of a month', ask(DAILY, month)),
    await measure('list of activities', () => readActivityList(pool, first)),
    await measure('newest draws', () => readDraws(pool, place, first)),
    await measure('story of a person', () => createPersonStories(pool).story(person, first)),
    await measure('people by the openid', () => createPersonStories(pool).search(person.openid)),
    await measure('people by the name', () => createPersonStories(pool).search('王小9')),
    await measure('counters of an activity', () => readActivityNumbers(pool, place)),
    await measure('newest awards', () => readAwards(pool, place, first)),
    ...(await measureMoney(pool, place)),
  ];
}

async function measureMoney(pool: pg.Pool, place: ActivityPlace): Promise<readonly Measured[]> {
  const first = { after: null, limit: 50 };
  const atMs = Date.parse('2026-11-30T16:00:00Z');
  return [
    await measure('newest book entries', () => readBookEntries(pool, place, first)),
    await measure('queues of merchants', () => readMerchantQueues(pool, atMs)),
    await measure('payouts that wait', () => readOpenPayouts(pool, { state: 'waiting', merchantId: null }, first)),
    await measure('balances of merchants', () => createMerchantBalances(pool).all(atMs)),
  ];
}

/** Exact sums over every entry and packet, for whoever does the accounts: no numbers of the dashboard, so without a limit. */
async function measureReports(pool: pg.Pool, place: ActivityPlace): Promise<void> {
  const [from, to] = [LOADED_FROM, '2026-11-30'] as [BeijingDay, BeijingDay];
  await measure('balances of the books', () => readBookSums(pool, place), Infinity);
  await measure('days of merchants, a month', () => createFinanceStore(pool).merchantDays(from, to), Infinity);
  await measure('days of merchants, a day', () => createFinanceStore(pool).merchantDays(to, to), Infinity);
}

async function exportOnce(url: string, activity: string, format: string, day: string): Promise<void> {
  const script = fileURLToPath(new URL('export-child.ts', import.meta.url));
  const args = [script, '--url', url, '--activity', activity, '--format', format, '--day', day];
  const child = spawn(process.execPath, [...SERVICE_FLAGS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += String(chunk)));
  await new Promise((resolve) => child.once('close', resolve));
  const { rows, bytes, seconds, memoryMb } = JSON.parse(printed) as Record<string, number>;
  console.log(
    `export ${format.padEnd(4)} ${rows} rows, ${((bytes ?? 0) / 1e6).toFixed(1)} MB in ${seconds?.toFixed(1)} s, ${memoryMb?.toFixed(0)} MB of memory`,
  );
}

async function run(url: string): Promise<void> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { id } = await buildActivity(client);
  const beganMs = performance.now();
  await loadNumbers(client, id, draws);
  await client.query('vacuum draw, award, payout, book_entry, activity_tally, web_profile');
  await client.end();
  console.log(`loaded ${draws} draws in ${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const measured = await measureNumbers(pool, id);
  await measureReports(pool, { accountId: accountId('main'), id: activityId(id) });
  await pool.end();
  // Draws are spread evenly over the 30 days, so the last of them hold as many as an export is measured with.
  const skipped = draws <= EXPORTED_MAX ? 0 : Math.ceil(30 * (1 - EXPORTED_MAX / draws));
  const day = `2026-11-${String(skipped + 1).padStart(2, '0')}`;
  for (const format of ['csv', 'xlsx']) await exportOnce(url, id, format, day);
  if (measured.some(({ p95Ms }) => p95Ms > LIMIT_MS)) process.exitCode = 1;
}

if (values.url === undefined) {
  await inBenchRoom(async (room) => {
    const postgres = await startEmbeddedPostgres({ dataDir: join(room, 'postgres'), preferredPort: 0, logger });
    try {
      await run(postgres.url);
    } finally {
      await postgres.stop();
    }
  });
} else {
  await run(values.url);
}
