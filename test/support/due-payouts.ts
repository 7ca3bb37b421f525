import type pg from 'pg';
import { beijingDay } from '../../src/base/beijing-day.ts';
import { awardId, openid } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { randomId } from './builders.ts';
import type { BuiltActivity } from './builders.ts';

/** Won draws to write at once. */
export interface DuePayouts {
  /** The people who win, in turns. */
  readonly openids: readonly string[];
  readonly count: number;
  /** When the first of them is due, Unix ms. */
  readonly fromMs: number;
  /** The others follow evenly over so many ms; all at once unless told. */
  readonly overMs?: number;
}

const ROWS = `
  with win as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) as win (award, number, openid, due)
  ),
  drawn as (
    insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
    select $1, 'm:test:' || award, $2, $10, openid, 'won', $7, award, 0, '', '{}', due from win
  ),
  awarded as (
    insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
    select $1, award, $2, $7, openid, 'm:test:' || award, $8, 'reserved', due, due from win
  ),
  queued as (
    insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, created_at, updated_at)
    select $1, number, award, $2, $9, openid, $8, 'waiting', due, due, due from win
  )
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select $1, $2, $9, award, 'award', 'reserved', 'budget', $8, due from win`;

const ACTIVITY = `update activity_counter set spent_fen = spent_fen + $3, draws = draws + $4, wins = wins + $4
  where account_id = $1 and activity_id = $2`;
const PRIZE = `update prize_counter set drawn = drawn + $4, spent_fen = spent_fen + $5
  where account_id = $1 and activity_id = $2 and prize_id = $3`;
const DAY = `insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen) values ($1, $2, $3, $5, $5, $4)
  on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + $5, wins = activity_day.wins + $5,
    spent_fen = activity_day.spent_fen + $4`;
const DAYS_WON = `insert into activity_day (account_id, activity_id, day, won_fen)
  select $1, $2, (due at time zone 'Asia/Shanghai')::date, count(*) * $4::bigint from unnest($3::timestamptz[]) as due group by 3
  on conflict (account_id, activity_id, day) do update set won_fen = activity_day.won_fen + excluded.won_fen`;
const PEOPLE = `
  insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, spent_fen, streak_days, check_ins)
  select $1, $2, openid, count(*), $3, count(*), count(*), count(*) * $5::bigint, 0, 0 from unnest($4::text[]) as openid group by openid
  on conflict (account_id, activity_id, openid) do update set draws = participant.draws + excluded.draws,
    draws_that_day = participant.draws_that_day + excluded.draws, wins = participant.wins + excluded.wins,
    spent_fen = participant.spent_fen + excluded.spent_fen`;

/**
 * Writes won draws set-wise as the draw store leaves them: draws, awards, payouts waiting, books and counters. Returns
 * the order numbers in the order they are due.
 */
export async function writeDuePayouts(
  client: pg.ClientBase,
  activity: BuiltActivity,
  given: DuePayouts,
): Promise<readonly string[]> {
  const { account, id, rule } = activity;
  const prize = rule.prizes.find((item) => item.kind === 'red-packet');
  if (prize === undefined) throw new Error('the rule has no red packet to win');
  const wins = Array.from({ length: given.count }, (_, index) => {
    const award = awardId(randomId());
    const person = openid(given.openids[index % given.openids.length] ?? '');
    const dueMs = given.fromMs + Math.floor(((given.overMs ?? 0) * index) / given.count);
    return { award, number: orderNumber(award, 'test'), person, due: new Date(dueMs) };
  });
  const people = wins.map((win) => win.person);
  const numbers = wins.map((win) => win.number);
  const spentFen = prize.amountFen * wins.length;
  const where = [account.id, id];
  const day = beijingDay(given.fromMs);
  await client.query('begin');
  await client.query(ROWS, [
    ...where,
    wins.map((win) => win.award),
    numbers,
    people,
    wins.map((win) => win.due),
    prize.id,
    prize.amountFen,
    account.merchant.id,
    activity.version,
  ]);
  await client.query(ACTIVITY, [...where, spentFen, wins.length]);
  await client.query(PRIZE, [...where, prize.id, wins.length, spentFen]);
  await client.query(DAY, [...where, day, spentFen, wins.length]);
  await client.query(DAYS_WON, [...where, wins.map((win) => win.due), prize.amountFen]);
  await client.query(PEOPLE, [...where, day, people, prize.amountFen]);
  await client.query('commit');
  return numbers;
}
