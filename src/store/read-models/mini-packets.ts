import type pg from 'pg';
import type { MiniPacket, MiniPackets } from '../../flows/ports/mini-packets.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

/** Unopened for so long, a packet goes back. */
const TAKABLE_MS = 24 * 3_600_000;

// By the index over a person's awards: the account is the mini program itself, and the openid the one under its app id.
const TAKABLE = `
select payout.order_number as "orderNumber", payout.merchant_id as "merchantId", payout.request ->> 'appId' as "appId",
  payout.amount_fen::float8 as "amountFen", brought.package as "packageInfo", merchant.mini_claim as form,
  (extract(epoch from payout.first_sent_at) * 1000)::float8 + ${TAKABLE_MS} as "untilMs"
from payout join merchant on merchant.id = payout.merchant_id
cross join lateral (select a.outcome ->> 'packageInfo' as package from payout_attempt as a
  where a.account_id = payout.account_id and a.order_number = payout.order_number and a.outcome ? 'packageInfo'
  order by a.attempt desc limit 1) as brought
where payout.account_id = $1 and payout.award_id in (select award.id from award
    where award.account_id = $1 and award.openid = $2 and award.state = 'sent' order by award.created_at desc limit 200)
  and payout.openid = $2 and payout.state = 'sent' and payout.request ->> 'rail' = 'mini-packet'
  and payout.first_sent_at > $3
order by payout.created_at limit 20`;

/** Packets of mini programs in Postgres. */
export function createMiniPackets(pool: pg.Pool): MiniPackets {
  return {
    async takable(account, openid, nowMs) {
      const values = [account, openid, new Date(nowMs - TAKABLE_MS)];
      const found = await pool.query<MiniPacket>(TAKABLE, values).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return found.rows;
    },
  };
}
