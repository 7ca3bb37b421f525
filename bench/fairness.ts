import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../src/store/database.ts';
import { copyIn, copyTime, runCopying } from '../src/store/copy-in.ts';
import { traceToStore } from '../src/store/draw-trace.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { createSecretBox } from '../src/store/sealed-secret.ts';
import { createFairSeeds } from '../src/store/fairness/fair-seeds.ts';
import { createPseudonyms } from '../src/store/account/pseudonyms.ts';
import { createActivityStore } from '../src/store/activity-store.ts';
import { createActivityDirectory } from '../src/store/activity-directory.ts';
import { createFairRecords } from '../src/store/fairness/fair-records.ts';
import { decideInOrder } from '../src/flows/draw-batcher.ts';
import type { DrawRequest, LiveActivity } from '../src/flows/ports/draws.ts';
import type { ActivityId, AwardId, Openid, RequestKey } from '../src/base/ids.ts';
import { beijingDay } from '../src/base/beijing-day.ts';
import { fen } from '../src/base/fen.ts';
import type { ActivityFacts, ParticipantFacts } from '../src/rules/facts.ts';
import { activityRuleSchema } from '../src/rules/activity-rule.ts';
import { verifyDraws } from '../src/flows/fairness/verify-draws.ts';
import { writeRecord } from '../src/flows/fairness/write-record.ts';
import { buildAccount } from '../test/support/builders.ts';
import { freshDatabase } from '../test/support/database.ts';
import type { TestDatabase } from '../test/support/database.ts';
import { wallClock } from '../test/support/draws.ts';
import { loadVerifier } from '../test/support/fair-record.ts';
import { lotteryRule } from '../test/support/live-activity.ts';
import { quietLogger } from '../test/support/quiet-logger.ts';
import { inBenchRoom } from './bench-room.ts';

// node bench/fairness.ts [--draws 1000000] [--changes 40]: what it takes to decide a million draws again from the database and
// from the published record, and whether single changes of a record are found. On a PostgreSQL of its own.

const { values } = parseArgs({
  options: { draws: { type: 'string', default: '1000000' }, changes: { type: 'string', default: '0' } },
});
const DRAWS = Number(values.draws);
const CHANGES = Number(values.changes);
const CHUNK = 10_000;
const key = Buffer.alloc(32, 7);
const pseudonyms = createPseudonyms(key);
const seeds = createFairSeeds(createSecretBox(key), pseudonyms);
const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
const log = quietLogger();
const STOCK = Math.max(10, Math.round(DRAWS / 40));
const rule = activityRuleSchema.parse(
  lotteryRule({
    mechanic: { kind: 'lottery', blankTickets: 800, gone: 'redraw' },
    prizes: [
      {
        id: 'lucky',
        name: '红包',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 400,
        meanFen: 200,
        tickets: 50,
        stock: STOCK,
      },
      { id: 'small', name: '红包', kind: 'red-packet', amountFen: 100, tickets: 150, stock: STOCK },
    ],
    limits: { drawsPerPerson: 10, drawsPerPersonPerDay: 5, budgetFenPerDay: 1_000_000_000 },
    budgetFen: 290 * STOCK,
  }),
);

async function main(postgresUrl: string): Promise<void> {
  const database = await freshDatabase(postgresUrl);
  const pool = createPool({ url: database.url, connectionsMax: 2, name: 'bench-fairness' }, log);
  try {
    const activity = await publish(pool, (await buildAccount(database.client)).id);
    await timed(`${DRAWS} draws made`, () => makeDraws(database, activity));
    const records = createFairRecords(pool);
    const verified = await timed('decided again from the database', () =>
      verifyDraws({ records, seeds, parseRule }, activity.slug),
    );
    console.log(`  ${verified?.draws} draws, ${verified?.refused} refused, ${verified?.faultsInAll} differ`);
    const lines: string[] = [];
    await timed('record written', async () => {
      for await (const text of writeRecord({ records, seeds, parseRule }, activity.slug))
        lines.push(...text.split('\n').filter((line) => line !== ''));
    });
    const verify = await loadVerifier();
    const { draws, faults } = await timed('record checked by docs/verify-draws.mjs', () => verify(lines));
    console.log(
      `  ${draws} draws, ${faults.length} differ; ${lines.reduce((sum, line) => sum + line.length, 0)} characters`,
    );
    await changes(lines, verify);
  } finally {
    await pool.end();
    await database.close();
  }
}

async function publish(
  pool: ReturnType<typeof createPool>,
  accountId: LiveActivity['accountId'],
): Promise<LiveActivity> {
  const place = { accountId, id: 'f'.repeat(32) as ActivityId, nowMs: Date.now() };
  const store = createActivityStore(pool, seeds);
  await store.create({ ...place, slug: 'million', name: '一百万次', draft: {} });
  await store.publish({ ...place, operatorId: 'bench' }, () => rule);
  const found = await createActivityDirectory({ pool, clock: wallClock, logger: log, parseRule, seeds }).bySlug(
    'million',
  );
  if (found === undefined) throw new Error('the activity is not published');
  return found;
}

/** Decides draws in memory and stores what the verification reads. Each person draws about three times. */
async function makeDraws({ client }: TestDatabase, activity: LiveActivity): Promise<void> {
  let facts: ActivityFacts = {
    state: 'open',
    spentFen: fen(0),
    draws: 0,
    wins: 0,
    day: beijingDay(0),
    winsToday: 0,
    wonTodayFen: fen(0),
    drawn: new Map(),
    givenFen: new Map(),
  };
  const people = new Map<Openid, ParticipantFacts>();
  const startMs = Date.now();
  for (let from = 0; from < DRAWS; from += CHUNK) {
    const atMs = startMs + from;
    const day = beijingDay(atMs);
    const requests = Array.from({ length: Math.min(CHUNK, DRAWS - from) }, (_, index): DrawRequest => {
      const id = createHash('md5')
        .update(String(from + index))
        .digest('hex');
      const openid = `o${createHash('md5')
        .update(String((from + index) % Math.ceil(DRAWS / 3)))
        .digest('hex')
        .slice(0, 27)}` as Openid;
      return { key: `m:${id}` as RequestKey, openid, atMs, day, luck: null, awardId: id as AwardId, render: () => '' };
    });
    if (facts.day !== day) facts = { ...facts, day, winsToday: 0, wonTodayFen: fen(0) };
    const decided = decideInOrder(activity, { activity: facts, participants: people }, requests, 'b');
    facts = decided.activity;
    for (const [openid, person] of decided.participants) people.set(openid, person);
    const at = copyTime(atMs);
    const head = [activity.accountId];
    const rows = decided.draws.map(({ request, verdict, place }) => [
      ...head,
      request.key,
      activity.id,
      activity.version,
      request.openid,
      verdict.outcome,
      verdict.outcome === 'won' ? verdict.prizeId : null,
      verdict.outcome === 'won' ? request.awardId : null,
      verdict.ticket,
      '',
      traceToStore(verdict),
      place,
      at,
    ]);
    const awards = decided.draws.flatMap(({ request, verdict }) =>
      verdict.outcome === 'won'
        ? [
            [
              ...head,
              request.awardId,
              activity.id,
              verdict.prizeId,
              request.openid,
              request.key,
              verdict.amountFen,
              'reserved',
              at,
              at,
            ],
          ]
        : [],
    );
    const copies = [
      copyIn(
        'draw',
        'account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, place, created_at',
        rows,
      ),
      copyIn(
        'award',
        'account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at',
        awards,
      ),
    ];
    await runCopying(client as never, { statements: copies.map(({ statement }) => statement).join(';'), copies });
  }
  await client.query('update activity_counter set draws = $2 where activity_id = $1', [activity.id, facts.draws]);
}

/** Changes one thing of the record at a time, at places spread over it, with hashes made anew. */
async function changes(lines: readonly string[], verify: Awaited<ReturnType<typeof loadVerifier>>): Promise<void> {
  const kinds: readonly ((line: Record<string, unknown>) => Record<string, unknown>)[] = [
    (line) => ({ ...line, ticket: Number(line['ticket']) + 1 }),
    (line) =>
      line['prize'] === null
        ? { ...line, prize: 'small', fen: 100, why: null }
        : { ...line, prize: null, fen: 0, why: 'blank' },
    (line) => ({ ...line, stockBefore: Number(line['stockBefore']) + 1 }),
    (line) => ({ ...line, person: '0'.repeat(32) }),
    (line) => ({ ...line, place: Number(line['place']) + 1 }),
  ];
  let named = 0;
  for (let index = 0; index < CHANGES; index += 1) {
    const at = 1 + ((index * 7919) % (lines.length - 2));
    const changed = kinds[index % kinds.length]?.(JSON.parse(lines[at] ?? '') as Record<string, unknown>) ?? {};
    const { faults } = await verify(chained(lines.with(at, JSON.stringify(changed))));
    if (faults[0]?.place === at) named += 1;
    else console.log(`  NOT named: ${JSON.stringify(changed)}, ${JSON.stringify(faults[0])}`);
  }
  if (CHANGES > 0) console.log(`${named} of ${CHANGES} single changes of ${lines.length - 2} draws were named`);
}

/** The same lines with hashes that fit: what somebody would do who changed one. */
function chained(lines: readonly string[]): readonly string[] {
  let before = '';
  return lines.map((text) => {
    const { chain: _, ...line } = JSON.parse(text) as Record<string, unknown>;
    const body = JSON.stringify(line);
    before = createHash('sha256').update(`${before}\n${body}`).digest('hex').slice(0, 32);
    return `${body.slice(0, -1)},"chain":"${before}"}`;
  });
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const [beganMs, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${what}: ${((performance.now() - beganMs) / 1000).toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU in Node)`,
  );
  return result;
}

await inBenchRoom(async (room) => {
  const postgres = await startEmbeddedPostgres({ dataDir: join(room, 'postgres'), preferredPort: 0, logger: log });
  try {
    await main(postgres.url);
  } finally {
    await postgres.stop();
  }
});
