import type pg from 'pg';
import type { Openid } from '../../base/ids.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { DueInvitation, InvitationStanding, InvitationStore } from '../../flows/ports/invitations.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { inTransaction } from '../transaction.ts';

const NEW_CODE = `insert into invitation_code (account_id, activity_id, openid, code, created_at)
  values ($1, $2, $3, $4, $5) on conflict do nothing`;
const CODE = `select code from invitation_code where account_id = $1 and activity_id = $2 and openid = $3`;
const INVITER = `select openid from invitation_code where account_id = $1 and activity_id = $2 and code = $3`;
// Whoever invited somebody has a code, so of two who invite each other one comes after the other.
const LOCK_PEOPLE = `select 1 from invitation_code where account_id = $1 and activity_id = $2 and openid = any($3::text[])
  order by openid for update`;

/** $3 the invitee, $4 the invitee's pseudonym, $5 the inviter, $6 the inviter's pseudonym. */
const BEGIN = `insert into invitation (account_id, activity_id, invitee_openid, inviter_openid, id, counts, state, opened_at, due_at)
  select $1, $2, $3, $5, $7, $8, case when $8 = 'opened' then 'met' else 'opened' end, $9,
    case when $8 = 'opened' then $9::timestamptz end
  where not exists (select 1 from participant where account_id = $1 and activity_id = $2 and openid in ($3, $4))
    and not exists (select 1 from invitation where account_id = $1 and activity_id = $2 and invitee_openid = $4)
    and not exists (select 1 from invitation where account_id = $1 and activity_id = $2
      and invitee_openid in ($5, $6) and inviter_openid in ($3, $4))
    and not exists (select 1 from follower as me join follower as other on other.account_id = me.account_id
        and other.union_id = me.union_id and other.openid <> me.openid
      where me.account_id = $1 and me.openid = $3 and me.union_id is not null and (other.openid = $5
        or exists (select 1 from participant where account_id = $1 and activity_id = $2 and openid = other.openid)
        or exists (select 1 from invitation where account_id = $1 and activity_id = $2 and invitee_openid = other.openid)))
  on conflict do nothing`;
const LOOK_AGAIN = `update invitation set state = 'met', due_at = $4
  where account_id = $1 and activity_id = $2 and invitee_openid = $3 and state = 'unproven'`;
const FOLLOWED = `update invitation set state = 'met', due_at = $3
  where account_id = $1 and invitee_openid = $2
    and (state = 'unproven' or ($4 and state = 'opened' and counts = 'first-follow'))`;

const CLAIM = `with due as materialized (
  select account_id, activity_id, invitee_openid from invitation
  where state in ('met', 'accepted') and due_at <= $1 order by due_at limit $3 for update skip locked
)
update invitation set due_at = $2, tries = tries + 1 from due
where invitation.account_id = due.account_id and invitation.activity_id = due.activity_id
  and invitation.invitee_openid = due.invitee_openid
returning invitation.account_id as account, invitation.activity_id as activity, id, inviter_openid as inviter,
  invitation.invitee_openid as invitee, state, tries`;

const STATE = `select state from invitation where account_id = $1 and activity_id = $2 and invitee_openid = $3 for update`;
const COUNTED = `select count(*)::integer as counted from invitation
  where account_id = $1 and activity_id = $2 and inviter_openid in ($3, $4) and state in ('accepted', 'drawn')`;
const ACCEPT = `update invitation set state = $4, accepted_at = $5, due_at = case when $4 = 'accepted' then due_at end
  where account_id = $1 and activity_id = $2 and invitee_openid = $3 and state = 'met'`;
const REST = `update invitation set state = $4, due_at = null, reason = $5, tries = 0
  where account_id = $1 and activity_id = $2 and invitee_openid = $3 and state in ('met', 'accepted')`;
const PUT_BACK = `update invitation set due_at = $4, reason = $5
  where account_id = $1 and activity_id = $2 and invitee_openid = $3 and state in ('met', 'accepted')`;
const STANDING = `select count(*) filter (where state in ('accepted', 'drawn'))::integer as accepted,
    count(*) filter (where state in ('opened', 'unproven', 'met'))::integer as waiting
  from invitation where account_id = $1 and activity_id = $2 and inviter_openid in ($3, $4)`;

const CODE_TRIES = 3;

/** Invitations in Postgres. Who was erased and comes back counts as known, by the pseudonym. */
export function createInvitationStore(pool: pg.Pool, pseudonyms: Pseudonyms): InvitationStore {
  const run = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    orTrouble(pool.query<Row>(text, [...values]));
  return {
    async codeOf({ account, activity, openid }, fresh, nowMs) {
      const here = [account, activity, openid];
      for (let tries = 0; tries < CODE_TRIES; tries += 1) {
        const known = (await run<{ code: string }>(CODE, here)).rows[0];
        if (known !== undefined) return known.code;
        await run(NEW_CODE, [...here, fresh, new Date(nowMs)]);
      }
      throw new RangeError('the same random code was made for two people');
    },
    opened: (input) => orTrouble(inTransaction(pool, (client) => begin(client, input, pseudonyms))),
    async followed({ account, openid }, { first, nowMs }) {
      await run(FOLLOWED, [account, openid, new Date(nowMs), first]);
    },
    async claim({ nowMs, leaseMs, most }) {
      return (await run<DueInvitation>(CLAIM, [new Date(nowMs), new Date(nowMs + leaseMs), most])).rows;
    },
    accept: (invitation, limit) =>
      orTrouble(inTransaction(pool, (client) => accept(client, { invitation, ...limit, pseudonyms }))),
    async rest(invitation, at, reason) {
      await run(REST, [...keyOf(invitation), at, reason]);
    },
    async putBack(invitation, dueAtMs, reason) {
      await run(PUT_BACK, [...keyOf(invitation), new Date(dueAtMs), reason]);
    },
    async standing({ account, activity, openid }) {
      const names = [openid, pseudonyms.of({ account, openid })];
      const found = await run<InvitationStanding & pg.QueryResultRow>(STANDING, [account, activity, ...names]);
      return found.rows[0] ?? { accepted: 0, waiting: 0 };
    },
  };
}

async function begin(
  client: pg.PoolClient,
  { person, code, id, counts, nowMs }: Parameters<InvitationStore['opened']>[0],
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { account, activity, openid } = person;
  const found = await client.query<{ openid: Openid }>(INVITER, [account, activity, code]);
  const inviter = found.rows[0]?.openid;
  if (inviter === undefined || inviter === openid) return false;
  await client.query(LOCK_PEOPLE, [account, activity, [inviter, openid]]);
  const names = [...bothNames(person, pseudonyms), ...bothNames({ account, openid: inviter }, pseudonyms)];
  const now = new Date(nowMs);
  const begun = await client.query(BEGIN, [account, activity, ...names, id, counts, now]);
  if (begun.rowCount === 1) return true;
  await client.query(LOOK_AGAIN, [account, activity, openid, now]);
  return false;
}

async function accept(
  client: pg.PoolClient,
  {
    invitation,
    most,
    nowMs,
    pseudonyms,
  }: { invitation: DueInvitation; most: number; nowMs: number; pseudonyms: Pseudonyms },
): Promise<'accepted' | 'over' | 'void'> {
  const { account, activity, inviter } = invitation;
  await client.query(LOCK_PEOPLE, [account, activity, [inviter]]);
  const found = await client.query<{ state: string }>(STATE, keyOf(invitation));
  const state = found.rows[0]?.state;
  if (state === 'accepted' || state === 'over') return state;
  if (state !== 'met') return 'void';
  const names = bothNames({ account, openid: inviter }, pseudonyms);
  const counted = await client.query<{ counted: number }>(COUNTED, [account, activity, ...names]);
  const next = (counted.rows[0]?.counted ?? 0) < most ? 'accepted' : 'over';
  await client.query(ACCEPT, [...keyOf(invitation), next, new Date(nowMs)]);
  return next;
}

function keyOf({ account, activity, invitee }: DueInvitation): string[] {
  return [account, activity, invitee];
}

function bothNames({ account, openid }: PersonKey, pseudonyms: Pseudonyms): string[] {
  return [openid, pseudonyms.of({ account, openid })];
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
