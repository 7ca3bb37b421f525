import type pg from 'pg';
import { beijingDay } from '../../base/beijing-day.ts';
import { assert } from '../../base/errors.ts';
import type { Erasure, ErasureState, ErasureStore } from '../../flows/ports/erasures.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { inTransaction } from '../transaction.ts';
import { renameInvitations } from './erasure-invitations.ts';
import { renameCodeUses } from './erasure-codes.ts';
import { endLinkToThem, endOwnLink, renameDraws } from './erasure-money.ts';
import { foldCounts, forgetPerson, renameListings, renameMentions, renameVisits } from './erasure-people.ts';
import { STILL_NEEDED } from './erasure-waits.ts';

// A payout takes minutes to days to end.
const LOOK_AGAIN_MS = 3_600_000;
// Longer than a step takes: whoever died leaves the rest to the next one.
const TAKEN_MS = 120_000;

const BEGIN = `insert into erasure as known (account_id, pseudonym, openid, reason, requested_by, requested_at, due_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (account_id, pseudonym) do update set openid = excluded.openid, finished_at = null,
    requested_at = greatest(known.requested_at, excluded.requested_at),
    due_at = coalesce(known.due_at, excluded.due_at),
    reason = case when known.finished_at is null then known.reason else excluded.reason end,
    requested_by = case when known.finished_at is null then known.requested_by else excluded.requested_by end`;
const LOCK = `select finished_at, requested_at from erasure where account_id = $1 and pseudonym = $2 for update`;
const DUE_AGAIN = `update erasure set due_at = $3 where account_id = $1 and pseudonym = $2`;
const FINISH = `update erasure set openid = null, due_at = null, finished_at = $3 where account_id = $1 and pseudonym = $2`;
// Days that are over count for nothing.
const FORGET_DAYS = `delete from payout_person_day where account_id = $1 and merchant_id in (select id from merchant)
  and openid = $2`;
const TAKE_DUE = `update erasure set due_at = $2 where (account_id, pseudonym) in (
    select account_id, pseudonym from erasure where finished_at is null and due_at <= $1
    order by due_at limit $3 for update skip locked)
  returning account_id as account, openid`;
const FIND = `select reason, requested_by as "requestedBy",
    case when finished_at is null then 'waiting' else 'finished' end as state,
    (extract(epoch from requested_at) * 1000)::float8 as "requestedAtMs",
    (extract(epoch from finished_at) * 1000)::float8 as "finishedAtMs"
  from erasure where account_id = $1 and pseudonym = $2`;

/** Erasures in Postgres. */
export function createErasureStore(pool: pg.Pool, pseudonyms: Pseudonyms): ErasureStore {
  return {
    begin: (person, { reason, requestedBy, nowMs }) =>
      orTrouble(
        inTransaction(pool, async (client) => {
          const now = new Date(nowMs);
          const due = new Date(nowMs + TAKEN_MS);
          const { account, openid } = person;
          await client.query(BEGIN, [account, pseudonyms.of(person), openid, reason, requestedBy, now, due]);
          await forgetPerson(client, person, null);
        }),
      ),
    advance: (person, nowMs) =>
      orTrouble(inTransaction(pool, (client) => advance(client, { person, pseudonyms, nowMs }))),
    async takeDue(nowMs, most) {
      const values = [new Date(nowMs), new Date(nowMs + TAKEN_MS), most];
      return (await orTrouble(pool.query<PersonKey>(TAKE_DUE, values))).rows;
    },
    async find(person) {
      const found = await orTrouble(pool.query<Erasure>(FIND, [person.account, pseudonyms.of(person)]));
      return found.rows[0] ?? null;
    },
  };
}

interface Step {
  readonly person: PersonKey;
  readonly pseudonyms: Pseudonyms;
  readonly nowMs: number;
}

/** Holds the erasure's row, so that two who go on with it take turns. */
async function advance(client: pg.PoolClient, step: Step): Promise<ErasureState | 'more'> {
  const { person, pseudonyms, nowMs } = step;
  const row = [person.account, pseudonyms.of(person)];
  const found = await client.query<{ finished_at: Date | null; requested_at: Date }>(LOCK, row);
  const erasure = found.rows[0];
  assert(erasure !== undefined, 'an erasure goes on after it was begun');
  if (erasure.finished_at !== null) return 'finished';
  const day = beijingDay(nowMs);
  const needed = await client.query<{ needed: boolean }>(STILL_NEEDED, [person.account, person.openid, day]);
  const end = needed.rows[0]?.needed === true ? 'waiting' : await renameNext(client, step);
  if (end === 'nothing') {
    await finish(client, step, erasure.requested_at);
    return 'finished';
  }
  await client.query(DUE_AGAIN, [...row, new Date(nowMs + (end === 'waiting' ? LOOK_AGAIN_MS : TAKEN_MS))]);
  return end === 'waiting' ? 'waiting' : 'more';
}

/** Does the first thing there is to do. */
async function renameNext(
  client: pg.PoolClient,
  { person, pseudonyms }: Step,
): Promise<'nothing' | 'done' | 'waiting'> {
  const names = [person.account, person.openid, pseudonyms.of(person)];
  const steps = [
    () => renameDraws(client, person, pseudonyms),
    () => endLinkToThem(client, person, pseudonyms),
    () => renameVisits(client, names),
    () => renameListings(client, names),
    () => renameCodeUses(client, names),
    () => renameInvitations(client, names),
    () => foldCounts(client, names),
  ];
  for (const step of steps) {
    const end = await step();
    if (end !== 'nothing') return end;
  }
  return 'nothing';
}

async function finish(client: pg.PoolClient, { person, pseudonyms, nowMs }: Step, requestedAt: Date): Promise<void> {
  const { account, openid } = person;
  const pseudonym = pseudonyms.of(person);
  await endOwnLink(client, person);
  // An event that was on its way when the erasure began.
  await forgetPerson(client, person, requestedAt);
  await client.query(FORGET_DAYS, [account, openid]);
  await renameMentions(client, openid, pseudonym);
  await client.query(FINISH, [account, pseudonym, new Date(nowMs)]);
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
