import type { AccountId, Openid } from '../base/ids.ts';
import type { BatchDecision, DecidedDraw, LaneFacts, LiveActivity } from '../flows/ports/draws.ts';
import type { ParticipantFacts } from '../rules/facts.ts';
import type { FactsNeeded } from '../rules/person-facts.ts';
import { invitationsMet } from './account/invitation-draws.ts';
import { PAYEE_UNKNOWN, payeeLock } from './account/payee-lock.ts';
import { addCheckIns, moveCheckIns } from './check-in-marks.ts';
import { copyIn, copyTime } from './copy-in.ts';
import type { CopyIn } from './copy-in.ts';
import { addCodeUses } from './draw-codes.ts';
import { addOrigins } from './draw-origins.ts';
import { ADD_TALLIES, addTallies } from './draw-tally.ts';
import { traceToStore } from './draw-trace.ts';
import { keptStatement } from './kept-statement.ts';
import { jsonLiteral, listLiteral, textListLiteral, textLiteral } from './sql-literal.ts';
import { noteAwards } from './webhooks/note-events.ts';

/** The channel that tells payout workers to look at once. A hint only: they look every second anyway. */
export const PAYOUT_CHANNEL = 'payout_due';

/** Where a batch is written. */
export interface WritePlace {
  readonly account: AccountId;
  readonly activity: LiveActivity;
  readonly needed?: FactsNeeded;
  readonly payoutClass?: 'batch';
  /** Who pays its awards; null where nobody does yet. */
  readonly merchant: string | null;
  /** Whether an endpoint is told of its awards. */
  readonly listened: boolean;
}

/** Statements of one round trip, and the rows that its COPYs take in, in the same order. */
export interface BatchWrites {
  readonly statements: string;
  readonly copies: readonly CopyIn[];
}

/**
 * Returns the statements that write a decided batch set-wise and commit it: draws with their replies, awards, payouts,
 * book entries, people, counters. `erasedRows` are rows under pseudonyms whose counts go on in the person's own row, which
 * then takes their place. In the lock order: message keys (sorted), activity, prizes, persons, payouts.
 */
export function writeDraws(
  lane: WritePlace,
  before: LaneFacts,
  decision: BatchDecision,
  erasedRows: ReadonlyMap<Openid, string> = new Map(),
): BatchWrites {
  const account = textLiteral(lane.account);
  const activity = textLiteral(lane.activity.id);
  const won = decision.draws.filter((draw) => draw.verdict.outcome === 'won');
  const place = { account: lane.account, activity: lane.activity.id };
  const writes: (string | CopyIn)[] = [
    draws(lane, decision.draws),
    ...(won.length === 0 ? [] : awards(lane, won)),
    ...counters(account, activity, before, decision),
    ...addTallies({ ...place, version: lane.activity.version }, before, decision),
    ...replacedPeople(account, activity, decision, erasedRows),
    ...people(lane, before, decision),
    ...moveCheckIns(place, comingBack(decision, erasedRows)),
    ...addCheckIns(place, decision.draws),
    ...addCodeUses(lane.account, lane.activity.id, decision.draws),
    ...invitationsMet(lane.activity, decision.draws),
    ...(lane.needed === undefined
      ? []
      : addOrigins({ ...lane, activity: lane.activity.id, needed: lane.needed }, decision.draws)),
    'commit',
  ];
  return {
    statements: writes.map((write) => (typeof write === 'string' ? write : write.statement)).join(';\n'),
    copies: writes.filter((write) => typeof write !== 'string'),
  };
}

const DRAW_COLUMNS =
  'account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, place, created_at';

function draws({ account, activity }: WritePlace, decided: readonly DecidedDraw[]): CopyIn {
  const sorted = decided.toSorted((left, right) => (left.request.key < right.request.key ? -1 : 1));
  const rows = sorted.map(({ request, verdict, reply, place }) => {
    const won = verdict.outcome === 'won';
    return [
      account,
      request.key,
      activity.id,
      activity.version,
      request.openid,
      verdict.outcome,
      won ? verdict.prizeId : null,
      won ? request.awardId : null,
      verdict.ticket,
      reply,
      traceToStore(verdict),
      place,
      copyTime(request.atMs),
    ];
  });
  return copyIn('draw', DRAW_COLUMNS, rows);
}

const WAKE_WORKERS = keptStatement('draw_wake_workers', [], `select pg_notify('${PAYOUT_CHANNEL}', '')`);
const AWARD_COLUMNS =
  'account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at';
const BOOK_COLUMNS = 'account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at';

function awards(lane: WritePlace, won: readonly DecidedDraw[]): (string | CopyIn)[] {
  const { account, merchant } = lane;
  const activity = lane.activity.id;
  const rows = won.map(({ request, verdict, orderNumber }) => ({
    i: request.awardId,
    p: verdict.outcome === 'won' ? verdict.prizeId : null,
    o: request.openid,
    k: request.key,
    f: verdict.outcome === 'won' ? verdict.amountFen : 0,
    n: orderNumber,
    m: request.atMs,
    at: copyTime(request.atMs),
  }));
  const award = copyIn(
    'award',
    AWARD_COLUMNS,
    rows.map(({ i, p, o, k, f, n, at }) => [
      account,
      i,
      activity,
      p,
      o,
      k,
      f,
      n === null ? 'given' : 'reserved',
      at,
      at,
    ]),
  );
  const paid = rows.filter((row) => row.n !== null);
  const ids = rows.map(({ i }) => i);
  const told = lane.listened ? [noteAwards(textLiteral(account), ids)] : [];
  if (paid.length === 0) return [award, ...told];
  const payee = lane.activity.paysThrough;
  return [
    award,
    ...told,
    ...(payee === null ? [payouts(lane, paid)] : payoutsThrough(textLiteral(payee), lane, paid)),
    copyIn(
      'book_entry',
      BOOK_COLUMNS,
      // A coupon carries no money.
      paid
        .filter(({ f }) => f > 0)
        .map(({ i, f, at }) => [account, activity, merchant, i, 'award', 'reserved', 'budget', f, at]),
    ),
    WAKE_WORKERS.run(),
  ];
}

/** A payout to write: (i award, o chat's openid, f fen, n number, m Unix ms, at the same as text). */
interface PaidRow {
  readonly i: string;
  readonly o: string;
  readonly f: number;
  readonly n: string | null;
  readonly m: number;
  readonly at: string;
}

const PAYOUT_COLUMNS =
  'account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, class, due_at, created_at, updated_at';

function payouts({ account, activity, merchant, payoutClass }: WritePlace, paid: readonly PaidRow[]): CopyIn {
  const rows = paid.map(({ i, o, f, n, at }) => {
    return [account, n, i, activity.id, merchant, o, f, 'waiting', payoutClass ?? 'live', at, at, at];
  });
  return copyIn('payout', PAYOUT_COLUMNS, rows);
}

/**
 * Payouts of an account that pays through another go to the openid the winner is linked with there, and rest without
 * one until there is a link. The lock makes a link that is being written wait for these rows, or these rows see it.
 */
function payoutsThrough(payee: string, lane: WritePlace, paid: readonly PaidRow[]): string[] {
  const account = textLiteral(lane.account);
  const merchant = lane.merchant === null ? 'null' : textLiteral(lane.merchant);
  const items = `jsonb_to_recordset(${jsonLiteral(paid)}) as item (i text, o text, f bigint, n text, m float8)`;
  return [
    `select pg_advisory_xact_lock_shared(${payeeLock(account, 'o')}) from (select distinct o from ${items}) as people`,
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, payee_account_id, openid, amount_fen, state, class, due_at, reason, created_at, updated_at)
      select ${account}, n, i, ${textLiteral(lane.activity.id)}, ${merchant}, ${payee}, coalesce(payee_openid, ''), f, 'waiting', '${lane.payoutClass ?? 'live'}',
        case when payee_openid is not null then to_timestamp(m / 1000.0) end,
        case when payee_openid is null then '${PAYEE_UNKNOWN}' end, to_timestamp(m / 1000.0), to_timestamp(m / 1000.0)
      from ${items} left join payee_link on payee_link.account_id = ${account} and payee_link.openid = item.o
        and payee_link.payee_account_id = ${payee}`,
  ];
}

const COUNTED = keptStatement(
  'draw_counted',
  ['text', 'text', 'bigint', 'bigint', 'bigint'],
  'update activity_counter set spent_fen = $3, draws = $4, wins = $5 where account_id = $1 and activity_id = $2',
);
const PRIZES_DRAWN = keptStatement(
  'draw_prizes_drawn',
  ['text', 'text', 'jsonb'],
  `update prize_counter set drawn = d, spent_fen = f from jsonb_to_recordset($3) as item (p text, d integer, f bigint)
    where account_id = $1 and activity_id = $2 and prize_id = p`,
);
const ADD_TO_DAY = keptStatement(
  'draw_add_to_day',
  ['text', 'text', 'date', 'integer', 'integer', 'bigint', 'bigint'],
  `insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen, won_fen) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + excluded.draws,
      wins = activity_day.wins + excluded.wins, spent_fen = activity_day.spent_fen + excluded.spent_fen,
      won_fen = activity_day.won_fen + excluded.won_fen`,
);

function counters(account: string, activity: string, before: LaneFacts, { activity: after }: BatchDecision): string[] {
  const gain = {
    spent: after.spentFen - before.activity.spentFen,
    draws: after.draws - before.activity.draws,
    wins: after.wins - before.activity.wins,
    won: after.wonTodayFen - before.activity.wonTodayFen,
  };
  // A batch of nothing but refusals leaves the counters alone.
  if (gain.draws === 0) return [];
  const drawn = [...after.drawn]
    .filter(([prize, count]) => count !== (before.activity.drawn.get(prize) ?? 0))
    .map(([prize, count]) => ({ p: prize, d: count, f: after.givenFen.get(prize) ?? 0 }));
  return [
    COUNTED.run(account, activity, after.spentFen, after.draws, after.wins),
    ...(drawn.length === 0 ? [] : [PRIZES_DRAWN.run(account, activity, jsonLiteral(drawn))]),
    ADD_TO_DAY.run(account, activity, `'${after.day}'`, gain.draws, gain.wins, gain.spent, gain.won),
  ];
}

/** The columns of a person's row beside whose it is and in what activity, and what each takes of the facts. */
const PERSON_COLUMNS: readonly (readonly [string, string, (person: ParticipantFacts) => string | number | null])[] = [
  ['draws', 'integer', (person) => person.draws],
  ['day', 'date', (person) => person.day],
  ['draws_that_day', 'integer', (person) => person.drawsToday],
  ['wins', 'integer', (person) => person.wins],
  ['check_in_day', 'date', (person) => person.checkInDay],
  ['streak_days', 'integer', (person) => person.streakDays],
  ['check_ins', 'integer', (person) => person.checkIns],
  ['wins_that_day', 'integer', (person) => person.winsToday],
  ['spent_fen', 'bigint', (person) => person.spentFen],
  ['misses', 'integer', (person) => person.misses],
  ['last_draw_at', 'timestamptz', ({ lastDrawAtMs }) => lastDrawAtMs && copyTime(lastDrawAtMs)],
  ['state', 'jsonb', rememberedOf],
];

const PERSON_NAMES = PERSON_COLUMNS.map(([name]) => name);
const CHANGE_PEOPLE = keptStatement(
  'draw_change_people',
  ['text', 'text', 'text[]', ...PERSON_COLUMNS.map(([, type]) => `${type}[]`)],
  `insert into participant (account_id, activity_id, openid, ${PERSON_NAMES.join(', ')})
    select $1, $2, * from unnest(${['$3', ...PERSON_COLUMNS.map((_, at) => `$${at + 4}`)].join(', ')})
    on conflict (account_id, activity_id, openid) do update set ${PERSON_NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}`,
);

/**
 * Newcomers are taken in by COPY; whoever is known is looked up and changed. The activity's lock is held, so that nobody
 * becomes known in between. Arrays cost half of what rows of JSON do here: 15 us a person in PostgreSQL instead of 24.
 */
function people({ account, activity }: WritePlace, before: LaneFacts, decision: BatchDecision): (string | CopyIn)[] {
  const everyone = [...decision.participants].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const newcomers = everyone.filter(([openid]) => !before.participants.has(openid));
  const known = everyone.filter(([openid]) => before.participants.has(openid));
  const writes: (string | CopyIn)[] = [];
  if (newcomers.length > 0) {
    const rows = newcomers.map(([openid, person]) => [
      account,
      activity.id,
      openid,
      ...PERSON_COLUMNS.map(([, , of]) => of(person)),
    ]);
    writes.push(copyIn('participant', ['account_id, activity_id, openid', ...PERSON_NAMES].join(', '), rows));
  }
  if (known.length > 0) {
    const openids = textListLiteral(known.map(([openid]) => openid));
    const lists = PERSON_COLUMNS.map(([, , of]) => listLiteral(known.map(([, person]) => of(person))));
    writes.push(CHANGE_PEOPLE.run(textLiteral(account), textLiteral(activity.id), openids, ...lists));
  }
  return writes;
}

/** Most mechanics remember nothing. */
function rememberedOf({ state }: ParticipantFacts): string {
  for (const _ in state) return JSON.stringify(state);
  return '{}';
}

/** Has to be there on the connection that a batch is written on. */
export const WRITES_KEPT = [COUNTED, PRIZES_DRAWN, ADD_TO_DAY, WAKE_WORKERS, CHANGE_PEOPLE, ADD_TALLIES];

/** Erased people whose facts this batch goes on with, and the pseudonym of each. */
function comingBack(decision: BatchDecision, erasedRows: ReadonlyMap<Openid, string>): ReadonlyMap<Openid, string> {
  return new Map([...erasedRows].filter(([openid]) => decision.participants.has(openid)));
}

function replacedPeople(
  account: string,
  activity: string,
  decision: BatchDecision,
  erasedRows: ReadonlyMap<Openid, string>,
): string[] {
  const replaced = [...comingBack(decision, erasedRows).values()];
  if (replaced.length === 0) return [];
  return [
    `delete from participant where account_id = ${account} and activity_id = ${activity} and openid = any(${textListLiteral(replaced)})`,
  ];
}
