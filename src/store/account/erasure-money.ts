import type pg from 'pg';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { hashOf } from '../payout-request.ts';
import { OPEN_STATES } from './erasure-waits.ts';
import { payeeLock } from './payee-lock.ts';

/** What one step of an erasure came to; `nothing`: there was nothing of this kind left to do. */
export type StepEnd = 'nothing' | 'done' | 'waiting';

// A few ms each: answers about these payouts, and nobody else, wait so long.
const DRAWS_PER_STEP = 200;

// Without a name, each is planned for the table as it is.
const NEXT_DRAWS = `select request_key, award_id from draw where account_id = $1 and openid = $2
  order by created_at limit ${DRAWS_PER_STEP}`;
// In the order everyone locks them, payouts before awards. What the last holder wrote is read in the next statement.
const LOCK_PAYOUTS = `select order_number from payout where account_id = $1 and award_id = any($2::text[])
  order by order_number for update`;
const PAYOUTS = `select order_number as n, coalesce(payee_account_id, account_id) as account, openid as o,
    state in ${OPEN_STATES} as open
  from payout where account_id = $1 and award_id = any($2::text[]) order by order_number`;

const both = (column: string): string => `replace(replace(${column}, item.o, item.x), $2, $3)`;

const NEW_REQUEST = `(${both('payout.request::text')})::jsonb`;
/** A request that was not what its hash says stays so, and verify-books goes on telling. */
const RENAME_PAYOUTS = `
with item as (select * from jsonb_to_recordset($4) as item (n text, o text, x text)),
renamed as (
  update payout set openid = item.x, reason = ${both('payout.reason')}, request = ${NEW_REQUEST},
    request_hash = case when request_hash = ${hashOf('payout.request')} then ${hashOf(NEW_REQUEST)} else request_hash end
  from item where payout.account_id = $1 and payout.order_number = item.n
)
update payout_attempt as attempt set outcome = (${both('attempt.outcome::text')})::jsonb,
  raw_answer = ${both('attempt.raw_answer')}
from item where attempt.account_id = $1 and attempt.order_number = item.n`;
const RENAME_AWARDS = `update award set openid = $3, request_key = replace(request_key, $2, $3)
  where account_id = $1 and request_key = any($4::text[])`;
const RENAME_DRAWS = `update draw set openid = $3, request_key = replace(request_key, $2, $3),
    reply = replace(reply, $2, $3), trace = replace(trace::text, $2, $3)::json
  where account_id = $1 and request_key = any($4::text[])`;

/**
 * Puts the next draws of a person, with the awards, payouts and answers that followed from them, under the pseudonym:
 * all of an award in one transaction, so that the books agree after each. Payouts that went to the person's openid
 * under another account get the pseudonym of that one.
 */
export async function renameDraws(client: pg.PoolClient, person: PersonKey, pseudonyms: Pseudonyms): Promise<StepEnd> {
  const { account, openid } = person;
  const found = await client.query<{ request_key: string; award_id: string | null }>(NEXT_DRAWS, [account, openid]);
  if (found.rows.length === 0) return 'nothing';
  const names = [account, openid, pseudonyms.of(person)];
  const awards = found.rows.flatMap((row) => row.award_id ?? []);
  if ((await renamePayouts(client, { place: account, awards, names, pseudonyms })) === 'waiting') return 'waiting';
  const keys = found.rows.map((row) => row.request_key);
  await client.query(RENAME_AWARDS, [...names, keys]);
  await client.query(RENAME_DRAWS, [...names, keys]);
  return 'done';
}

async function renamePayouts(
  client: pg.PoolClient,
  given: {
    /** Whose awards they are. */
    readonly place: AccountId;
    readonly awards: readonly string[];
    /** The erased person's account, openid and pseudonym. */
    readonly names: readonly string[];
    readonly pseudonyms: Pseudonyms;
    /** Only those that went to the erased person. */
    readonly toThem?: boolean;
  },
): Promise<StepEnd> {
  const { place, awards, names, pseudonyms, toThem = false } = given;
  const [, openid, pseudonym] = names;
  if (awards.length === 0) return 'nothing';
  await client.query(LOCK_PAYOUTS, [place, awards]);
  const found = await client.query<{ n: string; account: AccountId; o: Openid; open: boolean }>(PAYOUTS, [
    place,
    awards,
  ]);
  const theirs = found.rows.filter((row) => !toThem || row.o === openid);
  if (theirs.some((row) => row.open)) return 'waiting';
  const items = theirs
    .filter((row) => !row.o.startsWith('x:'))
    .map(({ n, account, o }) => ({ n, o, x: o === '' ? '' : pseudonyms.of({ account, openid: o }) }));
  await client.query(RENAME_PAYOUTS, [place, openid, pseudonym, JSON.stringify(items)]);
  return 'done';
}

const NEXT_LINK = `select account_id as account, openid from payee_link
  where account_id in (select id from account) and payee_account_id = $1 and payee_openid = $2 limit 1`;
const LOCK_LINK = `select pg_advisory_xact_lock(${payeeLock('$1::text', '$2::text')})`;
const LINKED_AWARDS = `select id from award where account_id = $1 and openid = $2`;
const END_LINK = `delete from payee_link where account_id = $1 and openid = $2`;

/**
 * Ends the next link by which somebody of another account is paid under this person's openid, and puts what was paid
 * so under the pseudonym. In one transaction, because the books compare payouts with the link; draws of the linked
 * person wait meanwhile.
 */
export async function endLinkToThem(
  client: pg.PoolClient,
  person: PersonKey,
  pseudonyms: Pseudonyms,
): Promise<StepEnd> {
  const names = [person.account, person.openid, pseudonyms.of(person)];
  const link = (await client.query<PersonKey>(NEXT_LINK, names.slice(0, 2))).rows[0];
  if (link === undefined) return 'nothing';
  const linked = [link.account, link.openid];
  await client.query(LOCK_LINK, linked);
  const awards = (await client.query<{ id: string }>(LINKED_AWARDS, linked)).rows.map((row) => row.id);
  const end = await renamePayouts(client, { place: link.account, awards, names, pseudonyms, toThem: true });
  if (end === 'waiting') return 'waiting';
  await client.query(END_LINK, linked);
  return 'done';
}

/** Ends the link by which the person's own awards are paid under another account. */
export async function endOwnLink(client: pg.PoolClient, person: PersonKey): Promise<void> {
  const own = [person.account, person.openid];
  await client.query(LOCK_LINK, own);
  await client.query(END_LINK, own);
}
