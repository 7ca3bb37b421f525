import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { arrivalFigures } from '../../bench/arrivals.ts';
import type { PayoutResults } from '../../bench/payout-report.ts';

const room = mkdtempSync(join(tmpdir(), 'hongbao-bench-test-'));
after(() => rmSync(room, { recursive: true, force: true }));

/** Runs the benchmark in a process of its own and returns its exit code and what it printed. */
async function runBench(...flags: string[]): Promise<{ readonly code: number | null; readonly printed: string }> {
  const script = new URL('../../bench/payouts.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, printed };
}

describe('the benchmark of payouts', () => {
  test('sees three processes keep one merchant’s pace together, and says what a payout costs', async () => {
    const output = join(room, 'results.json');
    const { code, printed } = await runBench('--short', '--only', 'limited', '--output', output);
    assert.equal(code, 0, printed);
    for (const word of ['fsync=on', 'synchronous_commit=on', 'DB ms', 'most in 1 s']) {
      assert.ok(printed.includes(word), `${word} is missing in\n${printed}`);
    }
    const { runs } = JSON.parse(readFileSync(output, 'utf8')) as PayoutResults;
    assert.equal(runs.length, 1);
    const [run] = runs;
    assert.ok(run);
    assert.equal(run.processes, 3);
    assert.equal(run.refusedAsTooFast, 0);
    assert.ok(run.sends.mostInASecond <= 30, `${run.sends.mostInASecond} arrived within a second`);
    // 1000 / 34.5 = 29; a machine that is busy with other tests loses many turns, and never gains one.
    assert.ok(run.sends.perSecond > 10 && run.sends.perSecond < 29.2, `${run.sends.perSecond} a second`);
    assert.ok(run.databaseMsPerPayout > 0);
  });

  test('counts the most arrivals of any second, wherever it begins', () => {
    const times = [0, 10, 500, 999, 1000, 1005, 2500];
    const { mostInASecond, wholeSeconds, count, perSecond } = arrivalFigures(times);
    assert.equal(mostInASecond, 5);
    assert.deepEqual(wholeSeconds, { fewest: 2, most: 4 });
    assert.equal(count, 7);
    assert.equal(perSecond, 2.4);
    assert.equal(arrivalFigures([]).mostInASecond, 0);
  });

  test('says what an option takes', async () => {
    const { code, printed } = await runBench('--only', 'both');
    assert.equal(code, 1);
    assert.match(printed, /--only takes lifted or limited/);
  });
});
