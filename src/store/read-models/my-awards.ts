import type pg from 'pg';
import { beijingDay } from '../../base/beijing-day.ts';
import { fen } from '../../base/fen.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { AwardProgress, CollectAward, MyAward } from '../../flows/ports/pages.ts';
import type { RequestRail } from '../../flows/ports/payouts.ts';

interface Row {
  readonly activity_name: string;
  readonly prize_name: string | null;
  readonly prize_id: string;
  readonly amount_fen: string;
  readonly state: string;
  readonly payout_state: string | null;
  readonly due_at: Date | null;
  /** Nobody knows yet under which openid the winner is paid. */
  readonly payee_unknown: boolean | null;
  /** The merchant, or all sending, is stopped. */
  readonly stopped: boolean;
  readonly created_at: Date;
  readonly voucher: string | null;
  /** Of a transfer that is sent: what its winner collects it with, null where nothing brought that yet. */
  readonly transfer: { readonly mchId: string; readonly appId: string; readonly package: string | null } | null;
  readonly first_sent_at: Date | null;
  readonly rail: RequestRail | null;
}

/** The latest awards of the person, and of whoever this person is in accounts that pay through this one. */
const LATEST = `
  select latest.* from (
    select $1::text as account_id, $2::text as openid
    union all
    select payee_link.account_id, payee_link.openid from account join payee_link on payee_link.account_id = account.id
    where account.pays_through = $1 and payee_account_id = $1 and payee_openid = $2
  ) as person cross join lateral (
    select * from award where award.account_id = person.account_id and award.openid = person.openid
    order by award.created_at desc limit $3
  ) as latest
  order by latest.created_at desc limit $3`;

/** Reads a person's awards under one account, newest first, each with the state its payout is truly in. */
export async function readMyAwards(
  pool: pg.Pool,
  input: { readonly account: AccountId; readonly openid: Openid; readonly most: number; readonly nowMs: number },
): Promise<readonly MyAward[]> {
  const found = await pool.query<Row>({
    name: 'my-awards',
    text: `select activity.name as activity_name, award.prize_id, award.amount_fen, award.state, award.created_at,
        jsonb_path_query_first(rule_version.rule, '$.prizes[*] ? (@.id == $id)',
          jsonb_build_object('id', award.prize_id)) ->> 'name' as prize_name,
        payout.state as payout_state, payout.due_at, payout.payee_unknown, payout.stopped, payout.transfer, payout.first_sent_at, payout.rail,
        (select code_use.code from code_use join code_pool on code_pool.account_id = code_use.account_id
            and code_pool.id = code_use.pool_id and purpose = 'voucher'
          where code_use.account_id = award.account_id and code_use.award_id = award.id) as voucher
      from (${LATEST}) as award
      join activity on activity.account_id = award.account_id and activity.id = award.activity_id
      join draw on draw.account_id = award.account_id and draw.request_key = award.request_key
      join rule_version on rule_version.account_id = award.account_id and rule_version.activity_id = award.activity_id
        and rule_version.version = draw.rule_version
      left join lateral (
        select payout.state, payout.openid = '' as payee_unknown, greatest(payout.due_at, merchant_pace.sends_from) as due_at,
          merchant.state = 'stopped' or installation.sending_stopped_at is not null as stopped, payout.first_sent_at, payout.request ->> 'rail' as rail,
          case when payout.state = 'sent' and payout.request ->> 'rail' = 'transfer' then jsonb_build_object(
            'mchId', payout.request ->> 'mchId', 'appId', payout.request ->> 'appId', 'package',
            (select a.outcome ->> 'packageInfo' from payout_attempt as a where a.account_id = payout.account_id
              and a.order_number = payout.order_number and a.outcome ? 'packageInfo' order by a.attempt desc limit 1)
          ) end as transfer
        from payout join merchant on merchant.id = payout.merchant_id
        left join merchant_pace on merchant_pace.merchant_id = payout.merchant_id
        left join installation on true
        where payout.account_id = award.account_id and payout.award_id = award.id
        order by payout.series desc limit 1) payout on true
      order by award.created_at desc`,
    values: [input.account, input.openid, input.most],
  });
  return found.rows.map((row) => {
    const progress = progressOf(row, input.nowMs);
    const collect = collectOf(row);
    return {
      activityName: row.activity_name,
      prizeName: row.prize_name ?? row.prize_id,
      ...(row.voucher === null ? {} : { voucher: row.voucher }),
      amountFen: fen(Number(row.amount_fen)),
      progress,
      ...(collect === null ? {} : { collect }),
      waitsUntilMs: progress === 'waits' && row.due_at !== null ? row.due_at.getTime() : null,
      wonAtMs: row.created_at.getTime(),
    };
  });
}

/** A transfer closes about a day after it was made. */
const COLLECTABLE_MS = 24 * 3_600_000;

function collectOf({ transfer, first_sent_at }: Row): CollectAward | null {
  const packageInfo = transfer?.package ?? null;
  if (transfer === null || packageInfo === null || first_sent_at === null) return null;
  const { mchId, appId } = transfer;
  return { mchId, appId, packageInfo, untilMs: first_sent_at.getTime() + COLLECTABLE_MS };
}

function progressOf(row: Row, nowMs: number): AwardProgress {
  if (row.state === 'given') return 'given';
  switch (row.payout_state) {
    case 'received':
      return row.rail === 'coupon' ? 'coupon' : 'opened';
    case 'sent':
      if (row.rail === 'mini-packet') return 'in-mini-program';
      if (row.transfer === null) return 'sent';
      return row.transfer.package === null ? 'checking' : 'collect';
    case 'returned':
      return 'returned';
    case 'parked':
    case 'dead':
      return 'looked-at';
    case 'unknown':
      return 'checking';
    case 'waiting':
      if (row.payee_unknown === true) return 'link-needed';
      if (row.stopped) return 'paused';
      // A payout put off to another day waits for a daily limit, its person's or the merchant's.
      return row.due_at !== null && beijingDay(row.due_at.getTime()) > beijingDay(nowMs) ? 'waits' : 'preparing';
    default:
      return 'preparing';
  }
}
