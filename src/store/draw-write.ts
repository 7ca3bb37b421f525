import type { AccountId, Openid } from '../base/ids.ts';
import type { BatchDecision, DecidedDraw, LaneFacts, LiveActivity } from '../flows/ports/draws.ts';
import type { ParticipantFacts } from '../rules/facts.ts';
import type { FactsNeeded } from '../rules/person-facts.ts';
import { invitationsMet } from './account/invitation-draws.ts';
import { PAYEE_UNKNOWN, payeeLock } from './account/payee-lock.ts';
import { addCheckIns, moveCheckIns } from './check-in-marks.ts';
import { addCodeUses } from './draw-codes.ts';
import { addOrigins } from './draw-origins.ts';
import { addTallies } from './draw-tally.ts';
import { jsonLiteral, textListLiteral, textLiteral } from './sql-literal.ts';

/** The channel that tells payout workers to look at once. A hint only: they look every second anyway. */
export const PAYOUT_CHANNEL = 'payout_due';

/**
 * Returns the statements that write a decided batch set-wise and commit it: draws with their replies, awards, payouts,
 * book entries, people, counters. `erasedRows` are rows under pseudonyms whose counts go on in the person's own row, which
 * then takes their place. In the lock order: message keys (sorted), activity, prizes, persons, payouts.
 */
export function writeDraws(
  lane: {
    readonly account: AccountId;
    readonly activity: LiveActivity;
    readonly needed?: FactsNeeded;
    readonly payoutClass?: 'batch';
  },
  before: LaneFacts,
  decision: BatchDecision,
  erasedRows: ReadonlyMap<Openid, string> = new Map(),
): string {
  const account = textLiteral(lane.account);
  const activity = textLiteral(lane.activity.id);
  const won = decision.draws.filter((draw) => draw.verdict.outcome === 'won');
  const place = { account: lane.account, activity: lane.activity.id };
  return [
    draws(account, activity, lane.activity.version, decision.draws),
    ...(won.length === 0 ? [] : awards(lane, won)),
    ...counters(account, activity, before, decision),
    ...addTallies({ ...place, version: lane.activity.version }, before, decision),
    ...replacedPeople(account, activity, decision, erasedRows),
    people(account, activity, decision),
    ...moveCheckIns(place, comingBack(decision, erasedRows)),
    ...addCheckIns(place, decision.draws),
    ...addCodeUses(lane.account, lane.activity.id, decision.draws),
    ...invitationsMet(lane.activity, decision.draws),
    ...(lane.needed === undefined
      ? []
      : addOrigins({ ...lane, activity: lane.activity.id, needed: lane.needed }, decision.draws)),
    'commit',
  ].join(';\n');
}

function draws(account: string, activity: string, version: number, decided: readonly DecidedDraw[]): string {
  const rows = decided
    .map(({ request, verdict, reply }) => ({
      k: request.key,
      o: request.openid,
      v: verdict.outcome,
      p: verdict.outcome === 'won' ? verdict.prizeId : null,
      a: verdict.outcome === 'won' ? request.awardId : null,
      t: verdict.ticket,
      r: reply,
      x: { why: verdict.outcome === 'won' ? null : verdict.why, steps: verdict.trace },
      m: request.atMs,
    }))
    .sort((left, right) => (left.k < right.k ? -1 : 1));
  return `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
    select ${account}, k, ${activity}, ${version}, o, v, p, a, t, r, x, to_timestamp(m / 1000.0)
    from jsonb_to_recordset(${jsonLiteral(rows)}) as item (k text, o text, v text, p text, a text, t bigint, r text, x jsonb, m float8)`;
}

function awards(lane: Parameters<typeof writeDraws>[0], won: readonly DecidedDraw[]): string[] {
  const account = textLiteral(lane.account);
  const activity = textLiteral(lane.activity.id);
  const rows = won.map(({ request, verdict, orderNumber }) => ({
    i: request.awardId,
    p: verdict.outcome === 'won' ? verdict.prizeId : null,
    o: request.openid,
    k: request.key,
    f: verdict.outcome === 'won' ? verdict.amountFen : 0,
    n: orderNumber,
    m: request.atMs,
  }));
  const award = `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
    select ${account}, i, ${activity}, p, o, k, f, case when n is null then 'given' else 'reserved' end, to_timestamp(m / 1000.0), to_timestamp(m / 1000.0)
    from jsonb_to_recordset(${jsonLiteral(rows)}) as item (i text, p text, o text, k text, f bigint, n text, m float8)`;
  const paid = rows.filter((row) => row.n !== null);
  if (paid.length === 0) return [award];
  const items = `jsonb_to_recordset(${jsonLiteral(paid)}) as item (i text, o text, f bigint, n text, m float8)`;
  const payee = lane.activity.paysThrough;
  const merchant = `(select merchant_id from account where id = ${payee === null ? account : textLiteral(payee)})`;
  const place: PayoutSource = { account, activity, merchant, items, payoutClass: lane.payoutClass ?? 'live' };
  return [
    award,
    ...(payee === null ? [payouts(place)] : payoutsThrough(textLiteral(payee), place)),
    `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
      select ${account}, ${activity}, ${merchant}, i, 'award', 'reserved', 'budget', f, to_timestamp(m / 1000.0) from ${items}`,
    `select pg_notify('${PAYOUT_CHANNEL}', '')`,
  ];
}

/** Literals and row sources of one batch's payouts; a row of `items` is (i award, o chat's openid, f fen, n number, m ms). */
interface PayoutSource {
  readonly account: string;
  readonly activity: string;
  readonly merchant: string;
  readonly items: string;
  readonly payoutClass: 'live' | 'batch';
}

function payouts({ account, activity, merchant, items, payoutClass }: PayoutSource): string {
  return `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, class, due_at, created_at, updated_at)
      select ${account}, n, i, ${activity}, ${merchant}, o, f, 'waiting', '${payoutClass}', to_timestamp(m / 1000.0), to_timestamp(m / 1000.0), to_timestamp(m / 1000.0) from ${items}`;
}

/**
 * Payouts of an account that pays through another go to the openid the winner is linked with there, and rest without
 * one until there is a link. The lock makes a link that is being written wait for these rows, or these rows see it.
 */
function payoutsThrough(payee: string, { account, activity, merchant, items, payoutClass }: PayoutSource): string[] {
  return [
    `select pg_advisory_xact_lock_shared(${payeeLock(account, 'o')}) from (select distinct o from ${items}) as people`,
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, payee_account_id, openid, amount_fen, state, class, due_at, reason, created_at, updated_at)
      select ${account}, n, i, ${activity}, ${merchant}, ${payee}, coalesce(payee_openid, ''), f, 'waiting', '${payoutClass}',
        case when payee_openid is not null then to_timestamp(m / 1000.0) end,
        case when payee_openid is null then '${PAYEE_UNKNOWN}' end, to_timestamp(m / 1000.0), to_timestamp(m / 1000.0)
      from ${items} left join payee_link on payee_link.account_id = ${account} and payee_link.openid = item.o
        and payee_link.payee_account_id = ${payee}`,
  ];
}

function counters(account: string, activity: string, before: LaneFacts, { activity: after }: BatchDecision): string[] {
  const here = `account_id = ${account} and activity_id = ${activity}`;
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
    `update activity_counter set spent_fen = ${after.spentFen}, draws = ${after.draws}, wins = ${after.wins} where ${here}`,
    ...(drawn.length === 0
      ? []
      : [
          `update prize_counter set drawn = d, spent_fen = f from jsonb_to_recordset(${jsonLiteral(drawn)}) as item (p text, d integer, f bigint) where ${here} and prize_id = p`,
        ]),
    `insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen, won_fen)
      values (${account}, ${activity}, '${after.day}', ${gain.draws}, ${gain.wins}, ${gain.spent}, ${gain.won})
      on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + excluded.draws,
        wins = activity_day.wins + excluded.wins, spent_fen = activity_day.spent_fen + excluded.spent_fen, won_fen = activity_day.won_fen + excluded.won_fen`,
  ];
}

function people(account: string, activity: string, decision: BatchDecision): string {
  const rows = [...decision.participants].map(([openid, person]) => ({
    o: openid,
    d: person.draws,
    y: person.day,
    t: person.drawsToday,
    w: person.wins,
    c: person.checkInDay,
    s: person.streakDays,
    n: person.checkIns,
    g: person.winsToday,
    f: person.spentFen,
    i: person.misses,
    m: person.lastDrawAtMs,
    ...rememberedOf(person),
  }));
  if (rows.length === 0) return 'select 1';
  return `insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, check_in_day, streak_days, check_ins,
      wins_that_day, spent_fen, misses, last_draw_at, state)
    select ${account}, ${activity}, o, d, y, t, w, c, s, n, g, f, i, to_timestamp(m / 1000.0), coalesce(x, '{}')
    from jsonb_to_recordset(${jsonLiteral(rows)}) as item (o text, d integer, y date, t integer, w integer, c date, s integer, n integer,
      g integer, f bigint, i integer, m float8, x jsonb)
    order by o
    on conflict (account_id, activity_id, openid) do update set draws = excluded.draws, day = excluded.day,
      draws_that_day = excluded.draws_that_day, wins = excluded.wins, check_in_day = excluded.check_in_day,
      streak_days = excluded.streak_days, check_ins = excluded.check_ins, wins_that_day = excluded.wins_that_day,
      spent_fen = excluded.spent_fen, misses = excluded.misses, last_draw_at = excluded.last_draw_at, state = excluded.state`;
}

/** Most mechanics remember nothing, and nothing is not sent. */
function rememberedOf({ state }: ParticipantFacts): { readonly x?: ParticipantFacts['state'] } {
  for (const _ in state) return { x: state };
  return {};
}

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
