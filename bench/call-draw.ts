import type pg from 'pg';
import type { MerchantId } from '../src/base/ids.ts';
import { orderNumber } from '../src/base/order-number.ts';
import type { DrawRequest, DrawResult, LiveActivity } from '../src/flows/ports/draws.ts';

export interface CallDrawOptions {
  readonly pool: pg.Pool;
  readonly merchant: MerchantId;
  readonly orderPrefix: string;
}

/**
 * One draw as a function of the database, which decides by itself: a lottery of one prize without conditions and limits,
 * which is all that the benchmark's activity has. The same tables and rows as the other ways.
 */
const FUNCTION = `
create or replace function bench_draw(
  the_account text, the_activity text, the_openid text, the_key text, the_version integer, the_day date, the_time timestamptz,
  the_ticket bigint, the_prize text, prize_tickets bigint, prize_fen bigint, the_award text, the_number text,
  the_merchant text, reply_won text, reply_lost text, out answer text, out won boolean, out fresh boolean
) language plpgsql as $$
declare
  counter activity_counter%rowtype;
  fen bigint;
begin
  select * into strict counter from activity_counter as c
    where c.account_id = the_account and c.activity_id = the_activity for update;
  select d.reply, d.outcome = 'won' into answer, won from draw as d
    where d.account_id = the_account and d.request_key = the_key;
  fresh := not found;
  if not fresh then return; end if;
  select the_ticket < prize_tickets and counter.open and p.drawn < p.stock and counter.spent_fen + prize_fen <= counter.budget_fen
    into strict won from prize_counter as p
    where p.account_id = the_account and p.activity_id = the_activity and p.prize_id = the_prize;
  fen := case when won then prize_fen else 0 end;
  answer := case when won then reply_won else reply_lost end;
  insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
    values (the_account, the_key, the_activity, the_version, the_openid, case when won then 'won' else 'lost' end,
      case when won then the_prize end, case when won then the_award end, the_ticket, answer,
      json_build_object('why', case when won then null else 'blank' end, 'steps', json_build_array(
        json_build_object('check', 'ticket', 'passed', won, 'seen', the_ticket, 'limit', case when won then the_prize else 'blank' end))), the_time);
  update activity_counter set draws = draws + 1, wins = wins + won::int, spent_fen = spent_fen + fen
    where account_id = the_account and activity_id = the_activity;
  insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen, won_fen)
    values (the_account, the_activity, the_day, 1, won::int, fen, fen)
    on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + 1,
      wins = activity_day.wins + excluded.wins, spent_fen = activity_day.spent_fen + excluded.spent_fen,
      won_fen = activity_day.won_fen + excluded.won_fen;
  insert into participant as p (account_id, activity_id, openid, draws, day, draws_that_day, wins, wins_that_day, spent_fen,
      misses, last_draw_at, streak_days, check_ins)
    values (the_account, the_activity, the_openid, 1, the_day, 1, won::int, won::int, fen, 1 - won::int, the_time, 0, 0)
    on conflict (account_id, activity_id, openid) do update set draws = p.draws + 1, day = excluded.day,
      draws_that_day = case when p.day = excluded.day then p.draws_that_day else 0 end + 1, wins = p.wins + excluded.wins,
      wins_that_day = case when p.day = excluded.day then p.wins_that_day else 0 end + excluded.wins,
      spent_fen = p.spent_fen + excluded.spent_fen, misses = case when won then 0 else p.misses + 1 end,
      last_draw_at = excluded.last_draw_at;
  if not won then return; end if;
  update prize_counter set drawn = drawn + 1, spent_fen = spent_fen + fen
    where account_id = the_account and activity_id = the_activity and prize_id = the_prize;
  insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
    values (the_account, the_award, the_activity, the_prize, the_openid, the_key, fen, 'reserved', the_time, the_time);
  insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, created_at, updated_at)
    values (the_account, the_number, the_award, the_activity, the_merchant, the_openid, fen, 'waiting', the_time, the_time, the_time);
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
    values (the_account, the_activity, the_merchant, the_award, 'award', 'reserved', 'budget', fen, the_time);
end $$`;

const CALL = {
  name: 'bench-draw',
  text: `select * from bench_draw($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
};

/** Makes the function and returns what draws by it: one database call a draw, and no engine in front of it. */
export async function createCallDraw(
  options: CallDrawOptions,
): Promise<(activity: LiveActivity, request: DrawRequest) => Promise<DrawResult>> {
  const { pool, merchant, orderPrefix } = options;
  await pool.query(FUNCTION);
  return async (activity, request) => {
    const [prize] = activity.rule.prizes;
    if (prize?.kind !== 'red-packet') throw new TypeError('the benchmark draws for one fixed red packet');
    const { texts } = activity.rule;
    const won = { outcome: 'won' } as Parameters<DrawRequest['render']>[1];
    const { rows } = await pool.query<{ answer: string; won: boolean; fresh: boolean }>({
      ...CALL,
      values: [
        activity.accountId,
        activity.id,
        request.openid,
        request.key,
        activity.version,
        request.day,
        new Date(request.atMs),
        request.luck?.tickets[0] ?? 0,
        prize.id,
        prize.tickets,
        prize.amountFen,
        request.awardId,
        orderNumber(request.awardId, orderPrefix),
        merchant,
        request.render(texts.win, won),
        request.render(texts.lose, won),
      ],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('the function answers each draw with one row');
    return { key: request.key, reply: row.answer, won: row.won, fresh: row.fresh };
  };
}
