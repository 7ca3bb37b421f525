import type pg from 'pg';
import type { Openid } from '../../base/ids.ts';
import { readTrace } from '../draw-trace.ts';
import type { DrawTrace, StoredTrace } from '../draw-trace.ts';

/** One draw of a person with its why, and the award, payout, calls and book entries that followed from it. */
export interface PersonDraw {
  readonly requestKey: string;
  readonly activity: string;
  readonly ruleVersion: number;
  readonly outcome: 'won' | 'lost' | 'refused';
  readonly prizeId: string | null;
  readonly ticket: number | null;
  /** The mechanic and prizes of the rule version it was decided by. */
  readonly rule: unknown;
  readonly trace: DrawTrace;
  readonly reply: string;
  readonly atMs: number;
  /** Null unless the draw won; so are all below. */
  readonly awardState: string | null;
  readonly amountFen: number | null;
  readonly orderNumber: string | null;
  readonly payoutState: string | null;
  readonly payoutReason: string | null;
  readonly attempts: readonly unknown[] | null;
  readonly books: readonly unknown[] | null;
}

/** What the service did for one person, newest draws first. */
export interface PersonTimeline {
  readonly draws: readonly PersonDraw[];
}

/** Reads the last `most` draws of a person over all accounts of an appid, with everything that followed from them. */
export async function readPersonTimeline(pool: pg.Pool, openid: Openid, most = 20): Promise<PersonTimeline> {
  const found = await pool.query<Omit<PersonDraw, 'trace'> & { readonly trace: StoredTrace }>(
    `select draw.request_key as "requestKey", activity.name as activity, draw.rule_version as "ruleVersion", draw.outcome,
        draw.prize_id as "prizeId", draw.ticket::int, draw.trace,
        (select jsonb_build_object('mechanic', rule -> 'mechanic', 'prizes', rule -> 'prizes') from rule_version
           where account_id = draw.account_id and activity_id = draw.activity_id and version = draw.rule_version) as rule,
        draw.reply, (extract(epoch from draw.created_at) * 1000)::float8 as "atMs",
        award.state as "awardState", award.amount_fen::int as "amountFen",
        payout.order_number as "orderNumber", payout.state as "payoutState", payout.reason as "payoutReason",
        (select jsonb_agg(jsonb_build_object('number', attempt, 'kind', kind, 'outcome', outcome) order by attempt)
           from payout_attempt where (account_id, order_number) = (payout.account_id, payout.order_number)) as attempts,
        (select jsonb_agg(jsonb_build_object('kind', kind, 'debit', debit, 'credit', credit, 'amountFen', amount_fen) order by id)
           from book_entry where account_id = draw.account_id and award_id = draw.award_id) as books
      from draw
      join activity on activity.account_id = draw.account_id and activity.id = draw.activity_id
      left join award on award.account_id = draw.account_id and award.id = draw.award_id
      left join lateral (
        select * from payout where payout.account_id = award.account_id and payout.award_id = award.id
        order by series desc limit 1
      ) as payout on true
      where draw.account_id in (select id from account) and draw.openid = $1
      order by draw.created_at desc
      limit $2`,
    [openid, most],
  );
  return { draws: found.rows.map(({ trace, ...row }) => ({ ...row, trace: readTrace(trace) })) };
}
