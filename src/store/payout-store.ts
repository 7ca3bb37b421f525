import type pg from 'pg';
import type { PayoutMachine, PayoutStore } from '../flows/ports/payouts.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { PAYOUT_CHANNEL } from './draw-write.ts';
import { beginAttempt } from './payout-begin.ts';
import { claimPayouts } from './payout-claim.ts';
import { recordAnswer } from './payout-record.ts';

const RELEASE = `update payout set lease_token = null, lease_until = null,
    due_at = case when due_at is null then null else greatest(due_at, $4) end
  where account_id = $1 and order_number = $2 and lease_token = $3`;
const STOP = `update merchant set state = 'stopped', stopped_reason = $2, updated_at = $3 where id = $1 and state = 'open'`;
const RESUME = `with opened as (
    update merchant set state = 'open', stopped_reason = null, updated_at = $2 where id = $1 and state = 'stopped' returning 1
  )
  select pg_notify('${PAYOUT_CHANNEL}', '') from opened`;

/**
 * The payouts in Postgres: their rows are the queue, and the state machine judges them. Locks are taken in the order
 * payout, award, merchant, after anything the house's lock order names before payouts. Failures that may pass are
 * thrown as OutsideTrouble.
 */
export function createPayoutStore(options: { readonly pool: pg.Pool; readonly machine: PayoutMachine }): PayoutStore {
  const { pool, machine } = options;
  return {
    claim: (input) => orTrouble(claimPayouts(pool, input)),
    beginAttempt: (input) => orTrouble(beginAttempt(pool, input)),
    recordAnswer: (answer) => orTrouble(recordAnswer(pool, machine, answer)),
    async release(payout, notBeforeMs) {
      const key = [payout.accountId, payout.orderNumber, payout.leaseToken];
      await orTrouble(pool.query(RELEASE, [...key, new Date(notBeforeMs)]));
    },
    async stopMerchant(merchant, reason, nowMs) {
      await orTrouble(pool.query(STOP, [merchant, reason, new Date(nowMs)]));
    },
    async resumeMerchant(merchant, nowMs) {
      await orTrouble(pool.query(RESUME, [merchant, new Date(nowMs)]));
    },
  };
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
