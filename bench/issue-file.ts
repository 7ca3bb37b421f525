import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { accountId } from '../src/base/ids.ts';
import type { Logger } from '../src/base/logger.ts';
import { createOperateIssues } from '../src/flows/issues/operate-issues.ts';
import type { OperateIssues } from '../src/flows/issues/operate-issues.ts';
import type { IssueKey } from '../src/flows/ports/issue-batches.ts';
import { activityRuleSchema } from '../src/rules/activity-rule.ts';
import { createActivityStore } from '../src/store/activity-store.ts';
import { createPool, migrate } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { createIssueBatchStore } from '../src/store/issues/issue-batch-store.ts';
import { verifyBooks } from '../src/store/verify-books.ts';
import { buildAccount, NOON_MS, randomId } from '../test/support/builders.ts';
import { inBenchRoom } from './bench-room.ts';
import { expectedOf } from './issue-lines.ts';
import type { FileShape } from './issue-lines.ts';
import { SERVICE_FLAGS } from './service-flags.ts';

// npm run bench:issue [-- --lines 1000000 --faults 1000 --issued 20000 --url postgres://...]: how long a file of so many lines takes
// to be read and how much memory beside the process itself (under 60 s and 200 MB); the reader, and then whoever gives the awards, is killed in the middle.

const SECONDS_MAX = 60;
const MEMORY_MAX_MB = 200;
const DEADLINE_MS = 600_000;
const READER_DEAD_MS = 660_000;
const ANNA = { id: 'anna', name: 'anna', role: 'operator' } as const;
const BERT = { id: 'bert', name: 'bert', role: 'owner' } as const;
const PACKET = { wishing: '感谢支持', activityName: '老客回馈', remark: '名单发放', sceneId: null };
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What of a batch came of one run. */
export interface IssueFigures {
  readonly seconds: number;
  /** What the reading process took at most, and before it read anything. */
  readonly memoryMb: number;
  readonly baseMb: number;
  /** How many lines were in, or had their award, when the process was killed. */
  readonly killedAt: { readonly read: number; readonly issued: number };
}

interface Bench {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly operate: OperateIssues;
  readonly clock: { ms: number };
}

/**
 * Reads a file of `shape` and gives `issued` people their awards, each once without and once with a kill in the middle. The
 * database is migrated and empty. Throws where a line was lost or repeated, or the books differ.
 */
export async function measureIssue(
  url: string,
  { shape, issued }: { readonly shape: FileShape; readonly issued: number },
): Promise<IssueFigures> {
  const pool = createPool({ url, connectionsMax: 4, name: 'hongbao-bench' }, quiet);
  const clock = { ms: NOON_MS };
  const issues = createIssueBatchStore(pool, (stored) => activityRuleSchema.parse(stored));
  const given = { issues, activities: createActivityStore(pool), clock: { nowMs: () => clock.ms } };
  const operate = createOperateIssues({ ...given, luck: { randomId }, logger: quiet });
  const bench = { url, pool, operate, clock };
  try {
    const whole = await readWhole(bench, shape);
    const read = await readKilled(bench, shape);
    return { ...whole, killedAt: { read, issued: await issueKilled(bench, issued) } };
  } finally {
    await pool.end();
  }
}

async function readWhole(bench: Bench, shape: FileShape) {
  const key = await newBatch(bench);
  const figures = await finished(step(bench, key, { step: 'read', shape }));
  await mustBe(bench, key, shape);
  return figures;
}

async function readKilled(bench: Bench, shape: FileShape): Promise<number> {
  const key = await newBatch(bench);
  const child = step(bench, key, { step: 'read', shape });
  const killedAt = await killWhen(bench, { child, count: LINES, of: key.id, least: shape.lines / 3 });
  bench.clock.ms += READER_DEAD_MS;
  await finished(step(bench, key, { step: 'read', shape }));
  await mustBe(bench, key, shape);
  return killedAt;
}

async function issueKilled(bench: Bench, people: number): Promise<number> {
  const { pool, operate, clock } = bench;
  const key = await newBatch(bench);
  await finished(step(bench, key, { step: 'read', shape: { lines: people, faults: 0 } }));
  const { activity, amountFen } = (await operate.show(key)).batch;
  await operate.confirm(ANNA, key, { people, amountFen });
  if ((await operate.show(key)).batch.state === 'asked') await operate.decide(BERT, key, true);
  const child = step(bench, key, { step: 'issue' });
  const killedAt = await killWhen(bench, { child, count: AWARDS, of: activity, least: people / 3 });
  // Where the killed one's clock stood nobody knows: this is later.
  clock.ms += people * 61_000;
  await finished(step(bench, key, { step: 'issue' }));
  const { batch } = await operate.show(key);
  const paid = (await pool.query<Record<string, string>>(PAID, [activity])).rows[0];
  const found = [batch.state, batch.issued, batch.issuedFen, Number(paid?.['awards']), Number(paid?.['fen'])].join();
  const expected = ['finished', people, amountFen, people, amountFen].join();
  if (found !== expected) throw new Error(`the batch came to ${found}, not ${expected}`);
  const { differences } = await verifyBooks(pool);
  if (differences.length > 0) throw new Error(`the books differ: ${JSON.stringify(differences[0])}`);
  return killedAt;
}

const LINES = 'select count(*) as count from issue_line where batch_id = $1';
const AWARDS = 'select count(*) as count from award where activity_id = $1';
const PAID = `select count(*) as awards, sum(payout.amount_fen) as fen from award
  join payout on payout.account_id = award.account_id and payout.award_id = award.id where award.activity_id = $1`;

async function newBatch({ operate }: Bench): Promise<IssueKey> {
  const texts = { name: '老客回馈', note: '', packet: PACKET, defaultAmountFen: null };
  const { batch } = await operate.create(ANNA, { account: accountId('main'), ...texts, linesPerMinute: 12_000 });
  return { account: batch.account, id: batch.id };
}

async function mustBe({ operate }: Bench, key: IssueKey, shape: FileShape): Promise<void> {
  const { lines, faulty, people, amountFen } = (await operate.show(key)).batch;
  const found = JSON.stringify({ lines, faulty, people, amountFen });
  const expected = JSON.stringify(expectedOf(shape));
  if (found !== expected) throw new Error(`the file came to ${found}, not ${expected}`);
}

function step(
  { url, clock }: Bench,
  key: IssueKey,
  wish: { readonly step: 'read' | 'issue'; readonly shape?: FileShape },
): ChildProcess {
  const script = fileURLToPath(new URL('issue-child.ts', import.meta.url));
  const { lines = 0, faults = 0 } = wish.shape ?? {};
  const place = ['--url', url, '--batch', key.id, '--step', wish.step, '--from', String(clock.ms)];
  const args = [script, ...place, '--lines', String(lines), '--faults', String(faults)];
  return spawn(process.execPath, [...SERVICE_FLAGS, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: DEADLINE_MS,
  });
}

async function finished(child: ChildProcess): Promise<Omit<IssueFigures, 'killedAt'>> {
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`a step of the batch ended with ${String(code)}`);
  return JSON.parse(printed) as Omit<IssueFigures, 'killedAt'>;
}

/** Kills a process, as a lost machine would, once it has got so far; returns how far it had got. */
async function killWhen(
  { pool }: Bench,
  wish: { readonly child: ChildProcess; readonly count: string; readonly of: string; readonly least: number },
): Promise<number> {
  const counted = async (): Promise<number> =>
    Number((await pool.query<{ count: string }>(wish.count, [wish.of])).rows[0]?.count);
  while (wish.child.exitCode === null && (await counted()) < wish.least) await sleep(20);
  const gone = new Promise((resolve) => wish.child.once('close', resolve));
  if (wish.child.exitCode !== null) throw new Error('the process was through before it could be killed');
  wish.child.kill('SIGKILL');
  await gone;
  return counted();
}

async function run(url: string): Promise<void> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await buildAccount(client);
  await client.end();
  const shape = { lines: Number(values.lines), faults: Number(values.faults) };
  const { seconds, memoryMb, baseMb, killedAt } = await measureIssue(url, { shape, issued: Number(values.issued) });
  const added = `${(memoryMb - baseMb).toFixed(0)} MB for it, ${memoryMb.toFixed(0)} MB in all`;
  console.log(`${shape.lines} lines with ${shape.faults} faults: ${seconds.toFixed(1)} s, ${added}`);
  console.log(`killed with ${killedAt.read} lines in, read again: every line and every fault is there once`);
  console.log(`killed with ${killedAt.issued} of ${values.issued} awards given: all have one, and the books balance`);
  if (seconds > SECONDS_MAX || memoryMb - baseMb > MEMORY_MAX_MB) process.exitCode = 1;
}

const { values } = parseArgs({
  args: import.meta.main ? process.argv.slice(2) : [],
  options: {
    lines: { type: 'string', default: '1000000' },
    faults: { type: 'string', default: '1000' },
    issued: { type: 'string', default: '20000' },
    url: { type: 'string' },
  },
});

if (import.meta.main) {
  if (values.url !== undefined) await run(values.url);
  else {
    await inBenchRoom(async (room) => {
      const postgres = await startEmbeddedPostgres({
        dataDir: join(room, 'postgres'),
        preferredPort: 0,
        logger: quiet,
      });
      try {
        await run(postgres.url);
      } finally {
        await postgres.stop();
      }
    });
  }
}
