import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SERVICE_FLAGS } from '../../bench/service-flags.ts';
import { LOADED_FROM, loadNumbers } from '../../bench/number-load.ts';
import { MERCHANT_DAYS } from '../../src/store/finance/finance-store.ts';
import { DAILY, PERIOD, SHARES, TICKETS } from '../../src/store/read-models/period-numbers.ts';
import { buildActivity } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const DRAWS = 60_000;
const MEMORY_MAX_MB = 200;
let database: TestDatabase;
let activity: BuiltActivity;

before(async () => {
  database = await freshDatabase();
  activity = await buildActivity(database.client);
  // Others beside it, so that reading all rows is never the shorter way.
  for (let others = 0; others < 20; others += 1) {
    await loadNumbers(database.client, (await buildActivity(database.client)).id, 0);
  }
  await loadNumbers(database.client, activity.id, DRAWS);
});
after(() => database.close());

async function planOf(text: string, values: readonly unknown[]): Promise<string> {
  const found = await database.client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values]);
  return found.rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('numbers with many draws stored', () => {
  test('are read by keys from counts alone: neither draws, awards nor payouts are looked at', async () => {
    const here = ['main', activity.id];
    const month = [LOADED_FROM, '2026-11-30'];
    for (const [text, values] of [
      [PERIOD, [...here, LOADED_FROM, LOADED_FROM]],
      [PERIOD, [...here, ...month]],
      [TICKETS, here],
      [SHARES, month],
      [DAILY, month],
    ] as const) {
      const plan = await planOf(text, values);
      assert.match(plan, /activity_tally_pk/);
      // Activities and the few packets that operators sent to themselves are looked through.
      assert.doesNotMatch(plan, /Seq Scan on (?!activity\b|trial_packet\b)/);
      assert.doesNotMatch(plan, / on (draw|award|payout|participant)\b/);
    }
  });

  test('of merchants by day are ranges of indexes, whatever was sent before', async () => {
    const days = [new Date('2026-11-10T00:00:00+08:00'), new Date('2026-11-11T00:00:00+08:00')];
    const plan = await planOf(MERCHANT_DAYS, days);
    assert.match(plan, /payout_by_send/);
    assert.match(plan, /book_entry_returned/);
    assert.doesNotMatch(plan, /Seq Scan on (?!merchant\b)/);
    const { rows } = await database.client.query(MERCHANT_DAYS, days);
    assert.deepEqual(rows, [
      { merchantId: 'main', day: '2026-11-10', sent: 198, sentFen: 19_800, returned: 0, returnedFen: 0 },
    ]);
  });

  test('leave as files with no more memory than a batch takes', async () => {
    for (const format of ['csv', 'xlsx']) {
      const result = await exportDraws(format);
      assert.equal(result.rows, DRAWS);
      assert.ok(result.memoryMb < MEMORY_MAX_MB, `${format} took ${result.memoryMb} MB`);
    }
  });
});

async function exportDraws(format: string): Promise<{ readonly rows: number; readonly memoryMb: number }> {
  const script = fileURLToPath(new URL('../../bench/export-child.ts', import.meta.url));
  const args = [script, '--url', database.url, '--activity', activity.id, '--format', format];
  const child = spawn(process.execPath, [...SERVICE_FLAGS, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  assert.equal(code, 0);
  return JSON.parse(printed) as { rows: number; memoryMb: number };
}
