import type pg from 'pg';
import { assert, OutsideTrouble } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { AccountId, Openid, PrizeId, RequestKey } from '../base/ids.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type {
  BatchDecision,
  DecidedDraw,
  DrawRequest,
  DrawResult,
  DrawStore,
  LaneFacts,
  LiveActivity,
} from '../flows/ports/draws.ts';
import type { Pseudonyms } from '../flows/ports/pseudonyms.ts';
import type { ActivityFacts, ParticipantFacts } from '../rules/facts.ts';
import type { CodesNeeded, LaneCodes } from '../rules/codes-in-batch.ts';
import type { FactsNeeded } from '../rules/person-facts.ts';
import { carryOn, namesWithPseudonyms, plainNames } from './account/erased-names.ts';
import type { StoredNames } from './account/erased-names.ts';
import { personFactsStatement, readPersonFacts } from './account/person-facts.ts';
import type { FactsAsked } from './account/person-facts.ts';
import { runCopying } from './copy-in.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { codeStatements, readCodes } from './draw-codes.ts';
import type { CodesAsked } from './draw-codes.ts';
import { originsStatement, readOrigins } from './draw-origins.ts';
import type { OriginsAsked } from './draw-origins.ts';
import { writeDraws, WRITES_KEPT } from './draw-write.ts';
import { hasLostItsPlans, keptStatement, KeptStatements } from './kept-statement.ts';
import { someoneListens } from './webhooks/note-events.ts';
import { textListLiteral, textLiteral } from './sql-literal.ts';

interface Lane {
  readonly account: AccountId;
  readonly activity: LiveActivity;
  readonly erased: Erased | null;
  readonly needed?: FactsNeeded;
  readonly codes?: CodesNeeded | null;
  readonly payoutClass?: 'batch';
}

interface OpenedBatch {
  readonly facts: LaneFacts;
  readonly answered: ReadonlyMap<RequestKey, { readonly reply: string; readonly won: boolean }>;
  /** Rows of erased people, whose facts whoever draws again goes on with. */
  readonly erasedRows: ReadonlyMap<Openid, string>;
  /** Who pays the awards; null where nobody does yet. */
  readonly merchant: string | null;
  /** Whether an endpoint is told of the account's awards. */
  readonly listened: boolean;
}

/** Who was erased: nobody is looked for under a pseudonym before an account's first erasure. */
interface Erased {
  readonly pseudonyms: Pseudonyms;
  readonly accounts: Set<AccountId>;
}

const LOCK = keptStatement(
  'draw_lock',
  ['text', 'text'],
  'select open, paused, spent_fen, draws, wins from activity_counter where account_id = $1 and activity_id = $2 for update',
);
const PRIZES = keptStatement(
  'draw_prizes',
  ['text', 'text'],
  'select prize_id, drawn, spent_fen from prize_counter where account_id = $1 and activity_id = $2',
);
const TODAY = keptStatement(
  'draw_today',
  ['text', 'text', 'date', 'text'],
  `select wins, won_fen, exists (select 1 from erasure where account_id = $1) as erasures,
      (select merchant_id from account where id = $4) as merchant, exists (${someoneListens('$1')}) as listened
    from (values (1)) as one left join activity_day on account_id = $1 and activity_id = $2 and day = $3`,
);
const PEOPLE = keptStatement(
  'draw_people',
  ['text', 'text', 'text[]'],
  `select found.* from unnest($3) as wanted (person) cross join lateral
    (select openid, draws, day::text, draws_that_day, wins, check_in_day::text, streak_days, check_ins,
        wins_that_day, spent_fen, misses, extract(epoch from last_draw_at) * 1000 as last_draw_at_ms, state
      from participant where account_id = $1 and activity_id = $2 and openid = person offset 0) as found`,
);

const KEPT = new KeptStatements([LOCK, PRIZES, TODAY, PEOPLE, ...WRITES_KEPT]);

type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * The draws in Postgres. A batch is two round trips, each a list of statements sent as one simple query: begin, lock
 * and load; write and commit. Each statement after the lock has a snapshot of its own (READ COMMITTED), so what is
 * decided on is what the last holder of the lock committed. Given `pseudonyms`, somebody erased who draws again goes on
 * with the counts they had.
 */
export function createDrawStore(pool: pg.Pool, pseudonyms?: Pseudonyms): DrawStore {
  const erased = pseudonyms === undefined ? null : { pseudonyms, accounts: new Set<AccountId>() };
  return {
    runBatch: (lane, requests, decide) => runBatch(pool, { ...lane, erased }, requests, decide),
    async storedReply(account, key) {
      const found = await pool
        // Without a name, so that it is planned for the table as it is: a plan kept from when the table was empty may
        // take another index that begins with the account.
        .query<{ reply: string }>('select reply from draw where account_id = $1 and request_key = $2', [account, key])
        .catch((error: unknown) => {
          throw asOutsideTrouble(error);
        });
      return found.rows[0]?.reply;
    },
  };
}

async function runBatch(
  pool: pg.Pool,
  lane: Lane,
  requests: readonly DrawRequest[],
  decide: (facts: LaneFacts, fresh: readonly DrawRequest[]) => BatchDecision,
): Promise<readonly DrawResult[]> {
  let client: pg.PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await pool.connect();
    await KEPT.prepareOn(client);
    const { facts, answered, erasedRows, merchant, listened } = await openBatch(client, lane, requests);
    const fresh = requests.filter((request) => !answered.has(request.key));
    if (fresh.length === 0) {
      await client.query('rollback');
      return requests.map((request) => resultOf(request, answered, undefined));
    }
    const decision = decide(facts, fresh);
    await runCopying(client, writeDraws({ ...lane, merchant, listened }, facts, decision, erasedRows));
    const byKey = new Map(decision.draws.map((draw) => [draw.request.key, draw]));
    return requests.map((request) => resultOf(request, answered, byKey.get(request.key)));
  } catch (error) {
    // After any failure the connection's state is not known for sure: one rollback, and if that fails it is thrown away.
    await client?.query('rollback').catch((failure: Error) => (broken = failure));
    if (!hasLostItsPlans(error)) throw asOutsideTrouble(error);
    broken = error as Error;
    throw new OutsideTrouble('database-trouble', 'the connection has lost its statements', { cause: error });
  } finally {
    client?.release(broken);
  }
}

function resultOf(request: DrawRequest, answered: OpenedBatch['answered'], draw: DecidedDraw | undefined): DrawResult {
  const before = answered.get(request.key);
  if (before !== undefined) return { key: request.key, ...before, fresh: false };
  assert(draw !== undefined, 'every new request of a batch is decided');
  return { key: request.key, reply: draw.reply, won: draw.verdict.outcome === 'won', fresh: true };
}

async function openBatch(client: pg.PoolClient, lane: Lane, requests: readonly DrawRequest[]): Promise<OpenedBatch> {
  const { account, erased } = lane;
  const [first] = requests;
  assert(first !== undefined, 'a batch has at least one draw');
  const { day, atMs } = first;
  const every = (): StoredNames =>
    erased === null ? plainNames(requests) : namesWithPseudonyms(requests, account, erased.pseudonyms);
  const names = erased?.accounts.has(account) === true ? every() : plainNames(requests);
  const origins = originsAsked(lane);
  const [, counter, prizes, today, ...rest] = await ask(client, openingStatements({ lane, day, names, requests }));
  assert(counter && prizes && today, 'a batch opens with six answers');
  const facts = {
    activity: activityFacts(counter, prizes, today, day),
    origins: origins && readOrigins(rest[0] ?? [], origins.needed),
  };
  const written = {
    merchant: (today[0]?.['merchant'] ?? null) as string | null,
    listened: today[0]?.['listened'] === true,
  };
  const codes = { needed: lane.codes ?? null, answers: rest.splice(rest.length - codesRead(lane, requests).length) };
  const found = origins === null ? rest : rest.slice(1);
  if (erased === null || erased.accounts.has(account) || today[0]?.['erasures'] !== true)
    return {
      ...opened({ ...facts, codes: codesOf(codes, names) }, factsAsked(lane, names, atMs), names, found),
      ...written,
    };
  // The account's first erasure as far as this process knows: the lock is held, so this looks at the same rows again.
  erased.accounts.add(account);
  const all = every();
  const again = await ask(client, lookups(lane, all, atMs));
  return { ...opened({ ...facts, codes: codesOf(codes, all) }, factsAsked(lane, all, atMs), all, again), ...written };
}

function codesOf(
  { needed, answers }: { readonly needed: CodesNeeded | null; readonly answers: readonly Rows[] },
  { people }: StoredNames,
): LaneCodes | null {
  return needed && readCodes(answers, needed, people);
}

async function ask(client: pg.PoolClient, statements: string): Promise<Rows[]> {
  const answers = (await client.query(statements)) as unknown as readonly { rows: Rows }[];
  return answers.map((answer) => answer.rows);
}

function opened(
  facts: Pick<LaneFacts, 'activity' | 'origins' | 'codes'>,
  asked: FactsAsked | null,
  names: StoredNames,
  [answered, people, found = []]: readonly Rows[],
): Omit<OpenedBatch, 'merchant' | 'listened'> {
  assert(answered && people, 'a batch opens with six answers');
  const erasedRows = people.flatMap(({ openid: name }) => {
    const openid = names.people.get(String(name));
    return openid === undefined || openid === name ? [] : [[openid, String(name)] as const];
  });
  return {
    facts: {
      ...facts,
      participants: participantFacts(people, names),
      people: asked && readPersonFacts(found, asked),
    },
    answered: new Map(answered.map((row) => answerOf(row, names))),
    erasedRows: new Map(erasedRows),
  };
}

function answerOf(
  row: Rows[number],
  names: StoredNames,
): readonly [RequestKey, { readonly reply: string; readonly won: boolean }] {
  const key = names.keys.get(String(row['request_key']));
  const person = String(row['openid']);
  assert(key !== undefined, 'an answer belongs to a request of the batch');
  const reply = String(row['reply']).replaceAll(person, names.people.get(person) ?? person);
  return [key, { reply, won: row['won'] === true }];
}

/** What a batch is opened with. */
interface Opening {
  readonly lane: Lane;
  readonly day: BeijingDay;
  readonly names: StoredNames;
  readonly requests: readonly DrawRequest[];
}

/** Erasures are looked for after the lock, which an erasure takes before it touches the people of an activity. */
function openingStatements({ lane, day, names, requests }: Opening): string {
  const atMs = requests[0]?.atMs ?? 0;
  const origins = originsAsked(lane);
  const account = textLiteral(lane.account);
  const activity = textLiteral(lane.activity.id);
  return `begin;
    ${LOCK.run(account, activity)};
    ${PRIZES.run(account, activity)};
    ${TODAY.run(account, activity, `'${day}'`, textLiteral(lane.activity.paysThrough ?? lane.account))};
    ${origins === null ? '' : `${originsStatement(origins, requests, atMs)};`}
    ${lookups(lane, names, atMs)}
    ${codesRead(lane, requests)
      .map((statement) => `${statement};`)
      .join('\n')}`;
}

/**
 * Messages and people are looked up one by one inside the server: `offset 0` keeps the planner from turning that into
 * one search over a list, for which it reads every draw of the account until the tables have statistics. Of messages no
 * plan is kept: in a table of three draws any of its indexes is as good, and another one would be gone through whole later.
 */
function lookups(lane: Lane, names: StoredNames, atMs: number): string {
  const asked = factsAsked(lane, names, atMs);
  const account = textLiteral(lane.account);
  return `select found.* from unnest(${textListLiteral([...names.keys.keys()])}) as wanted (key) cross join lateral
      (select request_key, openid, reply, outcome = 'won' as won from draw where account_id = ${account} and request_key = key offset 0) as found;
    ${PEOPLE.run(account, textLiteral(lane.activity.id), textListLiteral([...names.people.keys()]))};
    ${asked === null ? '' : `${personFactsStatement(asked)};`}`;
}

/** Null where the rule has no condition that looks at anything stored. */
function factsAsked({ account, activity, needed }: Lane, { people }: StoredNames, atMs: number): FactsAsked | null {
  if (needed === undefined || needed.kinds.size === 0) return null;
  return { account, activity: activity.id, people, needed, atMs };
}

/** Nothing where the rule has no codes. */
function codesRead({ account, activity, codes }: Lane, requests: readonly DrawRequest[]): readonly string[] {
  if (codes === undefined || codes === null) return [];
  const asked: CodesAsked = { account, activity: activity.id, needed: codes };
  return codeStatements(asked, requests);
}

/** Null where the rule counts by no origin. */
function originsAsked({ account, activity, needed }: Lane): OriginsAsked | null {
  return needed === undefined || needed.origins.size === 0 ? null : { account, activity: activity.id, needed };
}

function activityFacts(counter: Rows, prizes: Rows, today: Rows, day: BeijingDay): ActivityFacts {
  const row = counter[0];
  if (row === undefined) throw new OutsideTrouble('activity-not-published', 'the activity has no counters yet');
  return {
    state: row['open'] === true ? 'open' : row['paused'] === true ? 'paused' : 'stopped',
    spentFen: fen(Number(row['spent_fen'])),
    draws: Number(row['draws']),
    wins: Number(row['wins']),
    day,
    winsToday: Number(today[0]?.['wins'] ?? 0),
    wonTodayFen: fen(Number(today[0]?.['won_fen'] ?? 0)),
    drawn: new Map(prizes.map((prize) => [prize['prize_id'] as PrizeId, Number(prize['drawn'])])),
    givenFen: new Map(prizes.map((prize) => [prize['prize_id'] as PrizeId, fen(Number(prize['spent_fen']))])),
  };
}

function participantFacts(rows: Rows, names: StoredNames): ReadonlyMap<Openid, ParticipantFacts> {
  const facts = new Map<Openid, ParticipantFacts>();
  for (const row of rows) {
    const openid = names.people.get(String(row['openid']));
    assert(openid !== undefined, 'a participant found is one that was asked for');
    const before = facts.get(openid);
    facts.set(openid, before === undefined ? factsOf(row) : carryOn(before, factsOf(row)));
  }
  return facts;
}

function factsOf(row: Rows[number]): ParticipantFacts {
  return {
    draws: Number(row['draws']),
    day: row['day'] as BeijingDay | null,
    drawsToday: Number(row['draws_that_day']),
    wins: Number(row['wins']),
    winsToday: Number(row['wins_that_day']),
    spentFen: fen(Number(row['spent_fen'])),
    misses: Number(row['misses']),
    lastDrawAtMs: row['last_draw_at_ms'] === null ? null : Math.round(Number(row['last_draw_at_ms'])),
    checkInDay: row['check_in_day'] as BeijingDay | null,
    streakDays: Number(row['streak_days']),
    checkIns: Number(row['check_ins']),
    state: row['state'] as ParticipantFacts['state'],
  };
}
