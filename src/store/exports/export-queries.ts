import type { ExportColumn, ExportSubject } from '../../flows/ports/exports.ts';

/** One kind of file: its columns in their order, and the query whose columns they are. */
export interface ExportQuery {
  readonly columns: readonly ExportColumn[];
  /** Takes account and activity and, for all but people, the period: its beginning, and its end, which is excluded. */
  readonly text: string;
}

const text = (name: string): ExportColumn => ({ name, holds: 'text' });
const number = (name: string): ExportColumn => ({ name, holds: 'number' });
const money = (name: string): ExportColumn => ({ name, holds: 'money' });
const time = (name: string): ExportColumn => ({ name, holds: 'time' });

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const NICKNAME = (openid: string): string =>
  `(select nickname from web_profile where web_profile.account_id = $1 and web_profile.openid = ${openid})`;
const PRIZE = (prizeId: string, version: string): string =>
  `(select jsonb_path_query_first(rule, '$.prizes[*] ? (@.id == $id)', jsonb_build_object('id', ${prizeId})) ->> 'name' from rule_version
    where rule_version.account_id = $1 and rule_version.activity_id = $2 and rule_version.version = ${version})`;

/** What each file holds. Every query reads its activity in the order of an index. */
export const EXPORT_QUERIES: Readonly<Record<ExportSubject, ExportQuery>> = {
  draws: {
    columns: [
      time('at'),
      text('openid'),
      text('nickname'),
      text('outcome'),
      text('why'),
      text('prize'),
      money('amount'),
      number('ticket'),
      number('version'),
      text('award'),
      text('request'),
    ],
    text: `select ${ms('draw.created_at')}, draw.openid, ${NICKNAME('draw.openid')}, outcome, trace ->> 'why', ${PRIZE('draw.prize_id', 'draw.rule_version')},
        award.amount_fen::float8, ticket::float8, rule_version, draw.award_id, draw.request_key
      from draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
      where draw.account_id = $1 and draw.activity_id = $2 and draw.created_at >= $3 and draw.created_at < $4
      order by draw.created_at desc`,
  },
  awards: {
    columns: [
      time('at'),
      text('openid'),
      text('nickname'),
      text('prize'),
      money('amount'),
      text('state'),
      text('award'),
      text('order'),
      text('payout-state'),
    ],
    text: `select ${ms('award.created_at')}, award.openid, ${NICKNAME('award.openid')}, ${PRIZE('award.prize_id', '(select rule_version from draw where draw.account_id = $1 and draw.request_key = award.request_key)')},
        award.amount_fen::float8, award.state, award.id, paid.order_number, paid.state
      from award left join lateral (select order_number, state from payout where payout.account_id = award.account_id
        and payout.award_id = award.id order by series desc limit 1) as paid on true
      where award.account_id = $1 and award.activity_id = $2 and award.created_at >= $3 and award.created_at < $4
      order by award.created_at desc`,
  },
  payouts: {
    columns: [
      time('at'),
      text('order'),
      text('rail-number'),
      text('openid'),
      money('amount'),
      text('state'),
      text('reason'),
      time('first-sent'),
      time('updated'),
      text('merchant'),
      text('award'),
    ],
    text: `select ${ms('payout.created_at')}, payout.order_number, rail_number, payout.openid, payout.amount_fen::float8, payout.state, payout.reason,
        ${ms('first_sent_at')}, ${ms('payout.updated_at')}, merchant_id, payout.award_id
      from award join payout on payout.account_id = award.account_id and payout.award_id = award.id
      where award.account_id = $1 and award.activity_id = $2 and award.created_at >= $3 and award.created_at < $4
      order by award.created_at desc, series`,
  },
  people: {
    columns: [
      text('openid'),
      text('nickname'),
      number('draws'),
      number('wins'),
      money('amount'),
      time('last-draw'),
      number('check-ins'),
      text('following'),
    ],
    text: `select openid, ${NICKNAME('participant.openid')}, draws, wins, spent_fen::float8, ${ms('last_draw_at')}, check_ins,
        (select case when following then 'yes' else 'no' end from follower where follower.account_id = $1 and follower.openid = participant.openid)
      from participant where account_id = $1 and activity_id = $2 order by openid`,
  },
};
