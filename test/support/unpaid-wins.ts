import type pg from 'pg';
import { beijingDay, beijingHour } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import { awardId } from '../../src/base/ids.ts';
import type { MerchantId } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { NOON_MS, randomId, somebody } from './builders.ts';
import type { BuiltActivity, BuiltWin } from './builders.ts';

/** How a number ended. `reopened` says that the returned money went back into the activity's budget. */
export interface UnpaidEnd {
  readonly state: 'dead' | 'returned' | 'parked' | 'received' | 'sent';
  readonly reopened?: boolean;
  /** When the proof was answered; the win was two hours earlier. */
  readonly atMs?: number;
  /** What the send was refused with. */
  readonly code?: string;
}

const STATUS = { dead: 'FAILED', returned: 'REFUND', received: 'RECEIVED', sent: 'SENT', parked: null } as const;
const AWARD = {
  dead: 'parked',
  returned: 'returned',
  received: 'received',
  sent: 'sent',
  parked: 'parked',
} as const;
const BEFORE_MS = 7_200_000;

/** Writes many wins at once whose number has been sent and asked about, with draws, counters and books that agree. */
export async function buildEndedWins(
  client: pg.ClientBase,
  activity: BuiltActivity,
  count: number,
  end: UnpaidEnd,
): Promise<readonly BuiltWin[]> {
  const prize = activity.rule.prizes.find((item) => item.kind === 'red-packet');
  if (prize?.kind !== 'red-packet') throw new Error('the rule has no red packet to win');
  const wins = Array.from({ length: count }, (): BuiltWin => {
    const award = awardId(randomId());
    const place = { accountId: activity.account.id, activityId: activity.id };
    const number = orderNumber(award, 'test');
    return { ...place, awardId: award, orderNumber: number, openid: somebody(), amountFen: fen(prize.amountFen) };
  });
  const atMs = end.atMs ?? NOON_MS;
  const wonAt = new Date(atMs - BEFORE_MS);
  const rows = JSON.stringify(wins.map((win) => ({ a: win.awardId, n: win.orderNumber, o: win.openid })));
  const place = [activity.account.id, activity.id, prize.id, prize.amountFen, wonAt, rows];
  for (const statement of WIN) await client.query(statement, place);
  await countWins(client, activity, { prizeId: prize.id, amountFen: prize.amountFen, count, wonAtMs: wonAt.getTime() });
  const reason = end.state === 'dead' ? 'FAILED' : end.state === 'parked' ? 'PARAM_ERROR' : null;
  await client.query(PAYOUT, [
    activity.account.id,
    activity.id,
    activity.account.merchant.id,
    prize.amountFen,
    end.state,
    reason,
    wonAt,
    new Date(atMs),
    rows,
    end.state === 'sent' ? new Date(atMs + 60_000) : null,
  ]);
  await client.query(ATTEMPTS, [
    activity.account.id,
    rows,
    wonAt,
    new Date(atMs),
    JSON.stringify(sendOutcome(end)),
    end.state === 'parked' ? null : JSON.stringify(queryOutcome(end, prize.amountFen)),
  ]);
  await client.query('update award set state = $3, updated_at = $4 where account_id = $1 and id = any($2)', [
    activity.account.id,
    wins.map((win) => win.awardId),
    AWARD[end.state],
    new Date(atMs),
  ]);
  await book(client, activity.account.merchant.id, wins, { end, atMs });
  return wins;
}

function sendOutcome({ state, code }: UnpaidEnd): object {
  if (code !== undefined || state === 'dead' || state === 'parked')
    return { kind: 'refused', code: code ?? 'SEND_FAILED', message: '原因' };
  return { kind: 'paid', railNumber: '1000' };
}

function queryOutcome({ state }: UnpaidEnd, amountFen: number): object {
  const returnedFen = state === 'returned' ? amountFen : 0;
  return { kind: 'found', status: STATUS[state], reason: '', returnedFen, openedAtMs: null };
}

async function book(
  client: pg.ClientBase,
  merchant: MerchantId,
  wins: readonly BuiltWin[],
  { end, atMs }: { readonly end: UnpaidEnd; readonly atMs: number },
): Promise<void> {
  const last: Readonly<Record<UnpaidEnd['state'], readonly (readonly [string, string, string])[]>> = {
    dead: [['failed', 'reserved', 'in-flight']],
    returned: [['returned', 'returned', 'in-flight']],
    received: [['received', 'delivered', 'in-flight']],
    sent: [],
    parked: [],
  };
  const moves: readonly (readonly [string, string, string])[] = [
    ['award', 'reserved', 'budget'],
    ['send', 'in-flight', 'reserved'],
    ...last[end.state],
    ...(end.reopened === true ? ([['reopened', 'budget', 'returned']] as const) : []),
  ];
  for (const move of moves) await client.query(BOOK, [merchant, JSON.stringify(wins), ...move, new Date(atMs)]);
  if (end.reopened !== true) return;
  const first = wins[0];
  if (first === undefined) return;
  const back = [first.accountId, first.activityId, wins.reduce((sum, win) => sum + win.amountFen, 0)];
  await client.query(
    'update activity_counter set spent_fen = spent_fen - $3 where account_id = $1 and activity_id = $2',
    back,
  );
  await client.query(
    `insert into activity_day (account_id, activity_id, day, spent_fen) values ($1, $2, $4, -$3::bigint)
     on conflict (account_id, activity_id, day) do update set spent_fen = activity_day.spent_fen + excluded.spent_fen`,
    [...back, beijingDay(atMs)],
  );
}

async function countWins(
  client: pg.ClientBase,
  activity: BuiltActivity,
  won: { readonly prizeId: string; readonly amountFen: number; readonly count: number; readonly wonAtMs: number },
): Promise<void> {
  const where = [activity.account.id, activity.id];
  const spent = won.amountFen * won.count;
  await client.query(
    `update activity_counter set spent_fen = spent_fen + $3, draws = draws + $4, wins = wins + $4 where account_id = $1 and activity_id = $2`,
    [...where, spent, won.count],
  );
  await client.query(
    'update prize_counter set drawn = drawn + $4, spent_fen = spent_fen + $5 where account_id = $1 and activity_id = $2 and prize_id = $3',
    [...where, won.prizeId, won.count, spent],
  );
  await client.query(
    `insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen, won_fen) values ($1, $2, $3, $4, $4, $5, $5)
     on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + excluded.draws,
       wins = activity_day.wins + excluded.wins, spent_fen = activity_day.spent_fen + excluded.spent_fen,
       won_fen = activity_day.won_fen + excluded.won_fen`,
    [...where, beijingDay(won.wonAtMs), won.count, spent],
  );
  await client.query(
    `insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen) values ($1, $2, 'hour', $3, $4, $5, $5, $6)
     on conflict (account_id, activity_id, kind, day, name) do update set number = activity_tally.number + excluded.number,
       wins = activity_tally.wins + excluded.wins, won_fen = activity_tally.won_fen + excluded.won_fen`,
    [...where, beijingDay(won.wonAtMs), beijingHour(won.wonAtMs), won.count, spent],
  );
}

const WINS = `jsonb_to_recordset($6) as win (a text, n text, o text)`;
const WIN = [
  `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
   select $1, 'm:test:' || a, $2, 1, o, 'won', $3, a, 0, '', '{}', $5 from ${WINS} where $4::bigint > 0`,
  `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
   select $1, a, $2, $3, o, 'm:test:' || a, $4::bigint, 'reserved', $5::timestamptz, $5::timestamptz from ${WINS}`,
  `insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, spent_fen, streak_days, check_ins)
   select $1, $2, o, 1, ($5::timestamptz at time zone 'Asia/Shanghai')::date, 1, 1, $4, 0, 0 from ${WINS}
   where $3::text <> '' and $4::bigint > 0`,
];
const PAYOUT = `
  insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, reason,
    first_sent_at, last_sent_at, created_at, updated_at, due_at, next_call)
  select $1, n, a, $2, $3, o, $4, $5, $6, $7, $7, $7, $8, $10, case when $10::timestamptz is null then 'send' else 'query' end
  from jsonb_to_recordset($9) as win (a text, n text, o text)`;
const ATTEMPTS = `
  insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome, raw_answer)
  select $1, n, attempt, kind, '', at, at, outcome, ''
  from jsonb_to_recordset($2) as win (n text)
  cross join (values (1, 'send', $3::timestamptz, $5::jsonb), (2, 'query', $4::timestamptz, $6::jsonb)) as call (attempt, kind, at, outcome)
  where outcome is not null`;
const BOOK = `
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select "accountId", "activityId", $1, "awardId", $3, $4, $5, "amountFen", $6
  from jsonb_to_recordset($2) as win ("accountId" text, "activityId" text, "awardId" text, "amountFen" bigint)`;
