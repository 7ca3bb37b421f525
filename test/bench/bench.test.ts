import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

const room = mkdtempSync(join(tmpdir(), 'hongbao-bench-test-'));
after(() => rmSync(room, { recursive: true, force: true }));

/** Runs the benchmark in a process of its own and returns its exit code and what it printed. */
async function runBench(...flags: string[]): Promise<{ readonly code: number | null; readonly printed: string }> {
  const script = new URL('../../bench/draws.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, printed };
}

describe('the benchmark', () => {
  test('finds the batcher more than five times as fast as one TypeORM transaction a draw, and faster than one call a draw', async () => {
    const output = join(room, 'results.json');
    const { code, printed } = await runBench('--part', 'a', '--rounds', '1', '--seconds', '0.2', '--output', output);
    assert.equal(code, 0, printed);
    for (const word of ['fsync=on', 'synchronous_commit=on', 'cores', 'kernel', 'PostgreSQL 1', 'WAL B/draw']) {
      assert.ok(printed.includes(word), `${word} is missing in\n${printed}`);
    }
    const results = JSON.parse(readFileSync(output, 'utf8')) as {
      readonly ratios: readonly { readonly concurrent: number; readonly beside: string; readonly ratio: number }[];
      readonly series: readonly { readonly way: string; readonly rounds: readonly Record<string, number | null>[] }[];
    };
    assert.deepEqual(
      results.ratios.map(({ concurrent, beside }) => `${concurrent} ${beside}`),
      [50, 200].flatMap((concurrent) => [`${concurrent} TypeORM transaction`, `${concurrent} one call a draw`]),
    );
    for (const { concurrent, beside, ratio } of results.ratios) {
      assert.ok(
        ratio > (beside === 'one call a draw' ? 1 : 5),
        `${ratio} at ${concurrent} concurrent, beside ${beside}`,
      );
      assert.ok(printed.includes(`ratio at ${concurrent} concurrent, beside ${beside}: ${ratio}`));
    }
    assert.equal(results.series.length, 6);
    for (const { way, rounds } of results.series) {
      assert.equal(rounds.length, 1);
      for (const [name, value] of rounds.flatMap((round) => Object.entries(round))) {
        assert.ok(typeof value === 'number' && value > 0, `${name} of the ${way} is ${value}`);
      }
    }
  });

  test('says what an option takes', async () => {
    const { code, printed } = await runBench('--rounds', 'many');
    assert.equal(code, 1);
    assert.match(printed, /--rounds takes 1 to 100/);
    assert.match(
      (await runBench('--part', 'a,z')).printed,
      /--part takes some of a, b, c, d, e, f, g, h, i, overload, profile/,
    );
  });
});
