import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import { fen } from '../../base/fen.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { PayeeLinks, UnlinkedPerson, UnlinkedPlace } from '../../flows/ports/payee-links.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { PAYOUT_CHANNEL } from '../draw-write.ts';
import { inTransaction } from '../transaction.ts';
import { payeeLock } from './payee-lock.ts';

type LinkInput = Parameters<PayeeLinks['link']>[0];
type Swept = Awaited<ReturnType<PayeeLinks['sweep']>>;

const PAYEE_OF = `select payee_openid from payee_link where account_id = $1 and openid = $2 and payee_account_id = $3`;
const LOCK = `select pg_advisory_xact_lock(${payeeLock('$1::text', '$2::text')})`;
const INSERT = `insert into payee_link (account_id, openid, payee_account_id, payee_openid, linked_by, linked_at)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;

/**
 * Gives the person's payouts that rest their payee, and makes them due. Nothing of them was ever sent, so that one which
 * rests since another account paid goes to the one that pays now.
 */
const RELEASE = `
with resting as (
  select payout.account_id, payout.order_number from award
  join payout on payout.account_id = award.account_id and payout.award_id = award.id
  where award.account_id = $1 and award.openid = $2 and payout.openid = ''
  order by payout.account_id, payout.order_number for update of payout
)
update payout set payee_account_id = $3, openid = $4, due_at = $5,
  merchant_id = coalesce((select merchant_id from account where id = $3), merchant_id), reason = null, updated_at = $5 from resting
where payout.account_id = resting.account_id and payout.order_number = resting.order_number`;

const WAKE = `select pg_notify('${PAYOUT_CHANNEL}', '')`;

/** Under which openid the paying account ($3) knows the person ($1, $2), as both follower rows say. */
const SAME_PERSON = `
select other.openid from follower as mine
join follower as other on other.account_id = $3 and other.union_id = mine.union_id
where mine.account_id = $1 and mine.openid = $2 and mine.union_id is not null
order by other.seen_at desc, other.openid limit 1`;

const UNLINKED = `
select count(*)::integer as packets, coalesce(sum(payout.amount_fen), 0)::float8 as fen,
  (array_agg(activity.name order by award.created_at desc))[1] as name
from award
join payout on payout.account_id = award.account_id and payout.award_id = award.id
join activity on activity.account_id = award.account_id and activity.id = award.activity_id
where award.account_id = $1 and award.openid = $2 and payout.openid = ''`;

/** The next payouts at rest, each with the payee that a link there is, or else a union id, tells. */
const NEXT = `
select resting.account_id, resting.award_id, resting.payee_account_id, award.openid,
  coalesce(payee_link.payee_openid, known.openid) as payee,
  mine.union_id is null and exists (
    select 1 from follower where account_id = resting.payee_account_id and union_id is not null) as askable
from (
  select payout.account_id, award_id, coalesce(account.pays_through, payee_account_id) as payee_account_id
  from payout join account on account.id = payout.account_id
  where openid = '' and (payout.account_id, award_id) > ($1, $2) order by payout.account_id, award_id limit $3
) as resting
join award on award.account_id = resting.account_id and award.id = resting.award_id
left join payee_link on payee_link.account_id = award.account_id and payee_link.openid = award.openid
  and payee_link.payee_account_id = resting.payee_account_id
left join follower as mine on mine.account_id = award.account_id and mine.openid = award.openid
left join lateral (
  select other.openid from follower as other
  where other.account_id = resting.payee_account_id and other.union_id = mine.union_id
  order by other.seen_at desc, other.openid limit 1
) as known on true
order by resting.account_id, resting.award_id`;

interface NextRow {
  readonly account_id: AccountId;
  readonly award_id: string;
  readonly payee_account_id: AccountId;
  readonly openid: Openid;
  readonly payee: Openid | null;
  readonly askable: boolean;
}

/** Payees in Postgres. The unique keys decide who was first; a lock per person keeps draws from being missed. */
export function createPayeeLinks(pool: pg.Pool): PayeeLinks {
  const readOpenid = async (sql: string, person: PersonKey, payeeAccount: AccountId): Promise<Openid | undefined> => {
    const found = await orTrouble(
      pool.query<{ payee_openid?: Openid; openid?: Openid }>(sql, [person.account, person.openid, payeeAccount]),
    );
    return found.rows[0]?.payee_openid ?? found.rows[0]?.openid;
  };
  return {
    payeeOf: (person, payeeAccount) => readOpenid(PAYEE_OF, person, payeeAccount),
    link: (input) => link(pool, input),
    async linkByUnionId(person, payeeAccount, nowMs) {
      const openid = await readOpenid(SAME_PERSON, person, payeeAccount);
      if (openid === undefined) return undefined;
      const payee = { account: payeeAccount, openid };
      return (await linkIfFree(pool, { person, payee, by: 'union-id', nowMs })) ? openid : undefined;
    },
    async unlinkedAwards(person) {
      const found = await orTrouble(
        pool.query<{ packets: number; fen: number; name: string | null }>(UNLINKED, [person.account, person.openid]),
      );
      const row = found.rows[0];
      return { packets: row?.packets ?? 0, amountFen: fen(row?.fen ?? 0), activityName: row?.name ?? null };
    },
    sweep: (input) => sweep(pool, input),
  };
}

async function sweep(pool: pg.Pool, { after, most, nowMs }: Parameters<PayeeLinks['sweep']>[0]): Promise<Swept> {
  const place = [after?.accountId ?? '', after?.awardId ?? ''];
  const { rows } = await orTrouble(pool.query<NextRow>(NEXT, [...place, most]));
  const unknown = new Map<string, UnlinkedPerson>();
  let linked = 0;
  for (const { account_id: account, openid, payee_account_id: payeeAccount, payee, askable } of rows) {
    const person = { account, openid };
    if (payee === null && askable) unknown.set(`${account} ${openid} ${payeeAccount}`, { ...person, payeeAccount });
    if (payee === null) continue;
    const to = { account: payeeAccount, openid: payee };
    if (await linkIfFree(pool, { person, payee: to, by: 'union-id', nowMs })) linked += 1;
  }
  return { linked, unknown: [...unknown.values()], next: rows.length < most ? null : placeOf(rows.at(-1)) };
}

/** False when either is linked with somebody else. */
async function linkIfFree(pool: pg.Pool, input: LinkInput): Promise<boolean> {
  try {
    await link(pool, input);
    return true;
  } catch (error) {
    if (error instanceof WrongRequest) return false;
    throw error;
  }
}

function placeOf(row: NextRow | undefined): UnlinkedPlace | null {
  return row === undefined ? null : { accountId: row.account_id, awardId: row.award_id };
}

async function link(pool: pg.Pool, { person, payee, by, nowMs }: LinkInput): Promise<void> {
  const pair = [person.account, person.openid, payee.account];
  const now = new Date(nowMs);
  await orTrouble(
    inTransaction(pool, async (client) => {
      await client.query(LOCK, [person.account, person.openid]);
      const inserted = await client.query(INSERT, [...pair, payee.openid, by, now]);
      if (inserted.rowCount === 0) {
        // Read in a statement of its own: whoever was first has committed by now.
        const known = await client.query<{ payee_openid: string }>(PAYEE_OF, pair);
        if (known.rows[0]?.payee_openid !== payee.openid) throw taken();
      }
      const released = await client.query(RELEASE, [...pair, payee.openid, now]);
      if ((released.rowCount ?? 0) > 0) await client.query(WAKE);
    }),
  );
}

function taken(): WrongRequest {
  return new WrongRequest('payee-taken', 'one of the two is linked with somebody else already', { status: 409 });
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WrongRequest) throw error;
    throw asOutsideTrouble(error);
  }
}
