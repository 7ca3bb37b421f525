import type pg from 'pg';
import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { PayoutRules } from '../flows/ports/merchant-queue.ts';
import type { PayoutKey, PayoutStore } from '../flows/ports/payouts.ts';
import { clearAlarm, raiseAlarm } from './alarm-store.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { PAYOUT_CHANNEL } from './draw-write.ts';
import { lockQueue, writePace } from './merchant-pace.ts';
import { beginAttempt } from './payout-begin.ts';
import { claimPayouts } from './payout-claim.ts';
import { stopMerchant } from './payout-queue-effects.ts';
import { recordAnswer } from './payout-record.ts';
import { inTransaction } from './transaction.ts';

const RELEASE = `update payout set lease_token = null, lease_until = null, next_call = coalesce($5, next_call),
    due_at = case when due_at is null then null else greatest(due_at, $4) end
  where account_id = $1 and order_number = $2 and lease_token = $3`;
const RESUME = `update merchant set state = 'open', stopped_reason = null, stopped_at = null, updated_at = $2
  where id = $1 and state = 'stopped'`;
const NO_AUTH_ENDS = `update merchant_pace set no_auth = '[]' where merchant_id = $1`;
const STOP_SENDING = `update installation set sending_stopped_at = $2, sending_stopped_reason = $1 where sending_stopped_at is null`;
const RESUME_SENDING = `update installation set sending_stopped_at = null, sending_stopped_reason = null where sending_stopped_at is not null`;
const WAKE = `select pg_notify('${PAYOUT_CHANNEL}', '')`;
// The leases of a restored backup belong to nobody any more.
// One that knows no payee yet asks first as well, once it has one.
const ASK_ALL = `update payout set ask_from = $1, due_at = case when openid <> '' then $1::timestamptz end, next_call = 'query', updated_at = $1,
    lease_token = null, lease_until = null
  where state in ('waiting', 'unknown', 'sent', 'parked') and (first_sent_at is null or first_sent_at > $2)`;
const ASK_TOO_OLD = `update payout set next_call = 'query', updated_at = $1
  where state in ('waiting', 'unknown', 'sent') and next_call = 'send' and due_at <= $1 and first_sent_at < $2
    and (lease_until is null or lease_until <= $1)`;
const UNASKED = `select count(*)::int as unasked from payout
  where ask_from is not null and due_at is not null and amount_fen > 0 and state in ('waiting', 'unknown', 'sent', 'parked') and not exists (
    select 1 from payout_attempt as a where a.account_id = payout.account_id and a.order_number = payout.order_number
      and a.kind = 'query' and a.started_at >= payout.ask_from and a.outcome ->> 'kind' in ('found', 'not-found'))`;
const PARKED = `select state, first_sent_at from payout where account_id = $1 and order_number = $2 for update`;
const ASK_NOW = `update payout set ask_from = $4, due_at = $4, next_call = 'query', updated_at = $4
  where account_id = any($1) and order_number = $2 and merchant_id = $3 and first_sent_at > $5
    and state in ('waiting', 'unknown', 'sent', 'parked')`;
const CANCEL = `update payout set cancel_at = coalesce(cancel_at, $3), ask_from = $3, due_at = $3, next_call = 'query', updated_at = $3
  where account_id = $1 and order_number = $2 and request ->> 'rail' = 'transfer' and first_sent_at > $4
    and state in ('waiting', 'unknown', 'sent', 'parked')`;
// The machine decides on the claim whether this is a send or a query; a send is likelier, and has the narrower pace.
const RETRY = `update payout set retry_at = $3, due_at = $3, next_call = 'send', updated_at = $3
  where account_id = $1 and order_number = $2`;

/**
 * The payouts in Postgres: their rows are the queue, and the state machine judges them. Locks are taken in the order
 * activity, payout, award, merchant; a claim holds the merchant's pace and skips payouts that others hold. Failures
 * that may pass are thrown as OutsideTrouble.
 */
export function createPayoutStore({
  pool,
  rules,
  notifyBase = null,
}: {
  readonly pool: pg.Pool;
  readonly rules: PayoutRules;
  /** What the address for notices of transfers begins with, `https://`; the merchant's id follows. */
  readonly notifyBase?: string | null;
}): PayoutStore {
  return {
    claim: (input) => orTrouble(claimPayouts(pool, rules.planCalls, { ...input, notifyBase })),
    takeTurn: ({ merchantId, call, nowMs }) =>
      orTrouble(
        inTransaction(pool, async (client) => {
          const { callAtMs, pace } = rules.anotherTurn(await lockQueue(client, merchantId), call, nowMs);
          await writePace(client, merchantId, pace);
          return callAtMs;
        }),
      ),
    beginAttempt: (input) => orTrouble(beginAttempt(pool, input)),
    recordAnswer: (answer) => orTrouble(recordAnswer(pool, rules, answer)),
    async release(payout, notBeforeMs, call) {
      const key = [payout.accountId, payout.orderNumber, payout.leaseToken];
      await orTrouble(pool.query(RELEASE, [...key, new Date(notBeforeMs), call ?? null]));
    },
    stopMerchant: (merchant, reason, nowMs) =>
      orTrouble(inTransaction(pool, (client) => stopMerchant(client, merchant, reason, nowMs))),
    resumeMerchant: (merchant, nowMs) => orTrouble(inTransaction(pool, (client) => resume(client, merchant, nowMs))),
    stopSending: (reason, nowMs) => orTrouble(inTransaction(pool, (client) => stopSending(client, reason, nowMs))),
    resumeSending: (nowMs) => orTrouble(inTransaction(pool, (client) => resumeSending(client, nowMs))),
    retryParked: (payout, nowMs) =>
      orTrouble(inTransaction(pool, (client) => retryParked(client, rules.resendWithinMs, payout, nowMs))),
    async askNow({ accounts, orderNumber, merchantId }, nowMs) {
      const values = [accounts, orderNumber, merchantId, new Date(nowMs), new Date(nowMs - rules.queryWithinMs)];
      return wakeIfAny(pool, await orTrouble(pool.query(ASK_NOW, values)));
    },
    async cancelTransfer({ accountId, orderNumber }, nowMs) {
      const values = [accountId, orderNumber, new Date(nowMs), new Date(nowMs - rules.queryWithinMs)];
      if (await wakeIfAny(pool, await orTrouble(pool.query(CANCEL, values)))) return;
      const message = 'only a transfer that was sent and has not ended can be taken back';
      throw new WrongRequest('payout-not-cancellable', message, { status: 409 });
    },
    async askAllFirst(nowMs) {
      const asked = await orTrouble(pool.query(ASK_ALL, [new Date(nowMs), new Date(nowMs - rules.queryWithinMs)]));
      await orTrouble(pool.query(WAKE));
      return asked.rowCount ?? 0;
    },
    async askTooOld(nowMs) {
      const firstSent = new Date(nowMs - rules.resendWithinMs);
      const asked = await orTrouble(pool.query(ASK_TOO_OLD, [new Date(nowMs), firstSent]));
      return asked.rowCount ?? 0;
    },
    async unasked() {
      const found = await orTrouble(pool.query<{ unasked: number }>(UNASKED));
      return found.rows[0]?.unasked ?? 0;
    },
  };
}

async function wakeIfAny(pool: pg.Pool, changed: { readonly rowCount: number | null }): Promise<boolean> {
  if (changed.rowCount !== 1) return false;
  await orTrouble(pool.query(WAKE));
  return true;
}

async function resume(client: pg.PoolClient, merchant: MerchantId, nowMs: number): Promise<boolean> {
  const now = new Date(nowMs);
  // The pace before the merchant, as an answer that stops a merchant locks them.
  await client.query(NO_AUTH_ENDS, [merchant]);
  const opened = await client.query(RESUME, [merchant, now]);
  if (opened.rowCount === 0) return false;
  await clearAlarm(client, { kind: 'merchant-stopped', subject: merchant }, nowMs);
  await client.query(WAKE);
  return true;
}

async function stopSending(client: pg.PoolClient, reason: string, nowMs: number): Promise<void> {
  const stopped = await client.query(STOP_SENDING, [reason, new Date(nowMs)]);
  if (stopped.rowCount === 0) return;
  await raiseAlarm(client, { kind: 'sending-stopped', subject: '', message: reason }, nowMs);
}

async function resumeSending(client: pg.PoolClient, nowMs: number): Promise<boolean> {
  const resumed = await client.query(RESUME_SENDING);
  if (resumed.rowCount === 0) return false;
  await clearAlarm(client, { kind: 'sending-stopped', subject: '' }, nowMs);
  await client.query(WAKE);
  return true;
}

async function retryParked(
  client: pg.PoolClient,
  resendWithinMs: number,
  { accountId, orderNumber }: PayoutKey,
  nowMs: number,
): Promise<void> {
  const found = await client.query<{ state: string; first_sent_at: Date | null }>(PARKED, [accountId, orderNumber]);
  const payout = found.rows[0];
  if (payout?.state !== 'parked') {
    const message = `only a parked payout can be sent again; this one is ${payout?.state ?? 'not known'}`;
    throw new WrongRequest('payout-not-parked', message, { status: 409 });
  }
  if (payout.first_sent_at !== null && payout.first_sent_at.getTime() + resendWithinMs < nowMs) {
    const message =
      'this number was first sent more than three days ago and cannot be sent again: wait until it is proved dead, then issue a new number';
    throw new WrongRequest('payout-too-old', message, { status: 409 });
  }
  await client.query(RETRY, [accountId, orderNumber, new Date(nowMs)]);
  await client.query(WAKE);
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WrongRequest || error instanceof OutsideTrouble) throw error;
    throw asOutsideTrouble(error);
  }
}
