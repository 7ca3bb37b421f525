import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

// npm run mutate: changes the rules in thousands of small ways and counts how many of them a test notices. What was found
// about files that have not changed since is kept in .data/mutation, so that only the first run takes an hour or more.
// Left out are tables of words, and what is decided once when a file is loaded, which no single test can be held to.
// It ends with exit code 0 only if the share is reached.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REACH_PERCENT = 85;
/** Forecasts, replays and readable differences have long tests of their own, which would be run for every rule. */
const PARTS = ['rules', 'forecast'] as const;

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** Mutants that a test noticed, and all that one could have. */
interface Score {
  readonly noticed: number;
  readonly all: number;
}

const NOTICED: readonly string[] = ['Killed', 'Timeout'];
const UNNOTICED: readonly string[] = ['Survived', 'NoCoverage'];

function play(part: string): Score {
  const stryker = join(ROOT, 'node_modules/.bin/stryker');
  const env = { ...process.env, FORECAST_RULES: '40' };
  const run = spawnSync(stryker, ['run', `test/mutation/${part}.json`], { cwd: ROOT, env, stdio: 'inherit' });
  if (run.status !== 0) throw new Error(`the mutants of ${part} could not be played: exit code ${run.status}`);
  const report = JSON.parse(readFileSync(join(ROOT, `.data/mutation/${part}-report.json`), 'utf8')) as Report;
  const statuses = Object.values(report.files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (of: readonly string[]): number => statuses.filter((status) => of.includes(status)).length;
  const noticed = count(NOTICED);
  return { noticed, all: noticed + count(UNNOTICED) };
}

const percentOf = ({ noticed, all }: Score): number => (all === 0 ? 0 : (100 * noticed) / all);

mkdirSync(join(ROOT, '.data/mutation'), { recursive: true });
const scores = PARTS.map(play);
scores.forEach((score, index) => {
  console.log(`${PARTS[index]}: ${score.noticed} of ${score.all} mutants noticed, ${percentOf(score).toFixed(1)} %`);
});
const whole = scores.reduce((sum, score) => ({ noticed: sum.noticed + score.noticed, all: sum.all + score.all }));
console.log(`src/rules: ${whole.noticed} of ${whole.all} mutants noticed, ${percentOf(whole).toFixed(1)} %`);
process.exitCode = percentOf(whole) >= REACH_PERCENT ? 0 : 1;
