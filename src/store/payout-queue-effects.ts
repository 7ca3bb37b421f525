import type pg from 'pg';
import { beijingDay } from '../base/beijing-day.ts';
import type { AccountId, MerchantId, Openid } from '../base/ids.ts';
import type { PayoutStep, QueryOutcome, SendOutcome } from '../flows/ports/payouts.ts';
import type { PersonRefused } from '../flows/ports/merchant-queue.ts';
import { raiseAlarm } from './alarm-store.ts';

/** The payout an answer is about, as its row says. */
export interface AnsweredPayout {
  readonly account_id: AccountId;
  readonly payee_account_id: AccountId | null;
  readonly order_number: string;
  readonly merchant_id: MerchantId;
  readonly openid: Openid;
}

const STOP = `update merchant set state = 'stopped', stopped_reason = $2, stopped_at = $3, updated_at = $3
  where id = $1 and state = 'open'`;
const SLOW = `update merchant_pace set slow_until = $2 where merchant_id = $1`;
const FULL = `insert into payout_person_day (account_id, merchant_id, openid, day, packets, amount_fen, full_by_answer)
  values ($1, $2, $3, $4, 0, 0, true)
  on conflict (account_id, merchant_id, openid, day) do update set full_by_answer = true`;
const NO_AUTH = `select no_auth from merchant_pace where merchant_id = $1 for update`;
const NO_AUTH_IS = `update merchant_pace set no_auth = $2 where merchant_id = $1`;
const NO_AUTH_ENDS = `update merchant_pace set no_auth = '[]' where merchant_id = $1 and no_auth <> '[]'`;

/** Stops a merchant and raises its alarm; the first reason stays. */
export async function stopMerchant(
  client: pg.ClientBase,
  merchant: MerchantId,
  reason: string,
  nowMs: number,
): Promise<void> {
  const stopped = await client.query(STOP, [merchant, reason, new Date(nowMs)]);
  if (stopped.rowCount === 0) return;
  await raiseAlarm(client, { kind: 'merchant-stopped', subject: merchant, message: reason }, nowMs);
}

/**
 * Notes with NO_AUTH how many people of the merchant it met within a minute; a success in between starts anew. The
 * answer becomes evidence with that number, so that judging it again later comes to the same.
 */
export async function notePeopleRefused<Outcome extends SendOutcome | QueryOutcome>(
  client: pg.ClientBase,
  payout: AnsweredPayout,
  outcome: Outcome,
  times: { readonly nowMs: number; readonly withinMs: number },
): Promise<Outcome> {
  if (outcome.kind === 'paid') await client.query(NO_AUTH_ENDS, [payout.merchant_id]);
  if (outcome.kind !== 'refused' || outcome.code !== 'NO_AUTH') return outcome;
  const found = await client.query<{ no_auth: readonly PersonRefused[] }>(NO_AUTH, [payout.merchant_id]);
  const others = (found.rows[0]?.no_auth ?? []).filter(
    ({ openid, atMs }) => openid !== payout.openid && atMs > times.nowMs - times.withinMs,
  );
  const people = [...others, { openid: payout.openid, atMs: times.nowMs }].slice(-PEOPLE_KEPT);
  await client.query(NO_AUTH_IS, [payout.merchant_id, JSON.stringify(people)]);
  return { ...outcome, peopleRefused: people.length };
}

// More than are ever needed to stop a merchant.
const PEOPLE_KEPT = 20;

/** Writes what a step means beyond its own payout: a stopped or slowed merchant, a person's full day, an alarm. */
export async function writeQueueEffects(
  client: pg.ClientBase,
  payout: AnsweredPayout,
  step: PayoutStep,
  { nowMs, slowForMs }: { readonly nowMs: number; readonly slowForMs: number },
): Promise<void> {
  for (const action of step.actions) {
    if (action.kind === 'stop-merchant') await stopMerchant(client, payout.merchant_id, action.reason, nowMs);
    if (action.kind === 'slow-merchant') await client.query(SLOW, [payout.merchant_id, new Date(nowMs + slowForMs)]);
    if (action.kind === 'person-full')
      await client.query(FULL, [
        payout.payee_account_id ?? payout.account_id,
        payout.merchant_id,
        payout.openid,
        beijingDay(nowMs),
      ]);
    if (action.kind === 'contradiction')
      await raiseAlarm(client, { kind: 'contradiction', subject: payout.order_number, message: action.message }, nowMs);
  }
}
