import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { playInMemory } from './play-many.ts';
import { openRealDatabase } from './real-store.ts';
import type { SeedTask } from './simulate-worker.ts';
import { playSeed } from './world.ts';
import type { RunResult } from './world.ts';

// node test/simulation/simulate.ts --seeds 1000            many seeds in memory
// node test/simulation/simulate.ts --seed 17               one seed alone; its history when it breaks a law
// node test/simulation/simulate.ts --seeds 10 --real       on Postgres (TEST_DATABASE_URL names a server)
// node test/simulation/simulate.ts --seeds 200 --bug 'late paid dropped'

const USAGE = `usage: simulate.ts [--seeds N] [--from N] [--seed S] [--history] [--real] [--threads N] [--bug NAME]
bugs: ${Object.keys(PLANTED_BUGS).join(', ')}`;
// What a real database is asked for in one seed, so that it does not take minutes.
const REAL_WINS_MAX = 24;
const SHOWN_MAX = 20;

interface Wanted {
  readonly seeds: readonly string[];
  readonly history: boolean;
  readonly alone: boolean;
  readonly real: boolean;
  readonly threads: number;
  readonly bug: PlantedBug | null;
}

/** Reads the command line; null when it makes no sense. */
function wanted(words: readonly string[]): Wanted | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { seeds: text, from: text, seed: text, threads: text, bug: text, real: flag, history: flag };
  const { values } = parseArgs({ args: [...words], options, strict: true });
  const [count, from, threads] = [values.seeds ?? '100', values.from ?? '1', values.threads ?? '0'].map(Number);
  const bug = values.bug ?? null;
  if (bug !== null && !isBug(bug)) return null;
  if (!isWhole(count) || !isWhole(from) || !isWhole(threads) || (values.real && bug !== null)) return null;
  const many = Array.from({ length: count }, (_, index) => String(from + index));
  const { seed, real, history } = values;
  const seeds = seed === undefined ? many : [seed];
  return { seeds, alone: seed !== undefined, real, history, bug, threads: threads || availableParallelism() };
}

/** A word that is no option makes no sense either. */
function readOrNull(words: readonly string[]): Wanted | null {
  try {
    return wanted(words);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function isWhole(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function isBug(name: string): name is PlantedBug {
  return Object.hasOwn(PLANTED_BUGS, name);
}

async function* play({ seeds, alone, real, threads, bug }: Wanted): AsyncGenerator<RunResult> {
  if (real) return yield* playReal(seeds, alone);
  if (!alone) return yield* playInThreads(seeds, threads, bug);
  for (const seed of seeds) yield await playInMemory(seed, { bug, keep: true });
}

async function* playReal(seeds: readonly string[], keep: boolean): AsyncGenerator<RunResult> {
  const database = await openRealDatabase();
  try {
    for (const seed of seeds)
      yield await playSeed({ seed, keep, winsMax: REAL_WINS_MAX, openStore: (time) => database.store(time) });
  } finally {
    await database.close();
  }
}

/** Hands one seed after another to threads, so that none waits for the others. */
async function* playInThreads(
  seeds: readonly string[],
  threads: number,
  bug: PlantedBug | null,
): AsyncGenerator<RunResult> {
  const results: RunResult[] = [];
  let open = 0;
  let arrived: () => void = () => undefined;
  const left = [...seeds];
  const failures: Error[] = [];
  const feed = (worker: Worker): void => {
    const seed = left.shift();
    if (seed === undefined) return void worker.terminate();
    open += 1;
    worker.postMessage({ seed, bug } satisfies SeedTask);
  };
  for (let index = 0; index < Math.min(threads, seeds.length); index += 1) {
    const worker = new Worker(new URL('simulate-worker.ts', import.meta.url));
    worker.on('message', (result: RunResult) => {
      open -= 1;
      results.push(result);
      feed(worker);
      arrived();
    });
    worker.on('error', (error: Error) => {
      failures.push(error);
      arrived();
    });
    feed(worker);
  }
  while (open > 0 || results.length > 0) {
    if (failures[0] !== undefined) throw failures[0];
    const result = results.shift();
    if (result !== undefined) yield result;
    else await new Promise<void>((resolve) => (arrived = resolve));
  }
}

async function main(words: readonly string[]): Promise<number> {
  const task = readOrNull(words);
  if (task === null) {
    console.error(USAGE);
    return 2;
  }
  const totals = { seeds: 0, payouts: 0, faults: 0, violations: 0 };
  for await (const result of play(task)) {
    totals.seeds += 1;
    totals.payouts += result.payouts;
    totals.faults += result.faults;
    totals.violations += result.violations.length;
    show(result, task);
  }
  const { seeds, payouts, faults, violations } = totals;
  console.log(`seeds ${seeds} payouts ${payouts} faults ${faults} violations ${violations}`);
  return violations === 0 ? 0 : 1;
}

function show({ seed, violations, lines, digest }: RunResult, { history, alone }: Wanted): void {
  if (alone && (history || violations.length > 0)) for (const line of lines) console.log(line);
  if (alone) console.log(`seed ${seed} history ${digest}`);
  for (const { law, what } of violations.slice(0, SHOWN_MAX)) console.log(`seed ${seed} breaks "${law}": ${what}`);
}

process.exitCode = await main(process.argv.slice(2));
