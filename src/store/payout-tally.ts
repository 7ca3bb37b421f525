import type pg from 'pg';
import { beijingDay } from '../base/beijing-day.ts';
import type { AccountId, MerchantId } from '../base/ids.ts';
import type { PayoutState } from '../flows/ports/payouts.ts';

/** How long one row of merchant_flow takes in. */
export const FLOW_MS = 600_000;
const SLOTS = 4;

export interface CountedPayout {
  readonly account_id: AccountId;
  readonly activity_id: string;
  readonly merchant_id: MerchantId;
  readonly order_number: string;
  readonly amount_fen: string;
  readonly created_at: Date;
}

const COUNT = `
with counted as (
  insert into payout_tally (account_id, activity_id, day, slot, sent, sent_fen, opened, opened_fen, returned, returned_fen)
  values ($1, $2, $3, $4, $5::bigint, $5::bigint * $8::bigint, $6::bigint, $6::bigint * $8::bigint - $11::bigint, $7::bigint, $7::bigint * $8::bigint + $11::bigint)
  on conflict (account_id, activity_id, day, slot) do update set sent = payout_tally.sent + excluded.sent,
    sent_fen = payout_tally.sent_fen + excluded.sent_fen, opened = payout_tally.opened + excluded.opened,
    opened_fen = payout_tally.opened_fen + excluded.opened_fen, returned = payout_tally.returned + excluded.returned,
    returned_fen = payout_tally.returned_fen + excluded.returned_fen
)
insert into merchant_flow (merchant_id, from_at, slot, sent_fen, returned_fen)
select $9, $10::timestamptz, $4, $5::bigint * $8::bigint, $7::bigint * $8::bigint + $11::bigint where $5::bigint <> 0 or $7::bigint <> 0 or $11::bigint <> 0
on conflict (merchant_id, from_at, slot) do update set sent_fen = merchant_flow.sent_fen + excluded.sent_fen,
  returned_fen = merchant_flow.returned_fen + excluded.returned_fen`;

/**
 * Counts what a payout's new state says: that it was sent, opened or returned. Last in its transaction, which holds
 * the payout: nothing else is locked after these rows.
 */
export async function countPayout(
  client: pg.ClientBase,
  payout: CountedPayout,
  change: {
    readonly from: PayoutState;
    readonly to: PayoutState;
    /** What came back of a packet whose other shares were taken. */
    readonly partBackFen?: number;
    readonly nowMs: number;
  },
): Promise<void> {
  const [from, to] = [reached(change.from), reached(change.to)];
  const gain = to.map((one, place) => one - (from[place] ?? 0));
  if (gain.every((one) => one === 0)) return;
  await client.query(COUNT, [
    payout.account_id,
    payout.activity_id,
    beijingDay(payout.created_at.getTime()),
    slotOf(payout.order_number),
    ...gain,
    payout.amount_fen,
    payout.merchant_id,
    new Date(change.nowMs - (change.nowMs % FLOW_MS)),
    change.partBackFen ?? 0,
  ]);
}

/** Sent, opened, returned: 1 for each that a payout in the state has been through. */
function reached(state: PayoutState): readonly number[] {
  switch (state) {
    case 'sent':
      return [1, 0, 0];
    case 'received':
      return [1, 1, 0];
    case 'returned':
      return [1, 0, 1];
    case 'waiting':
    case 'unknown':
    case 'dead':
    case 'parked':
      return [0, 0, 0];
  }
}

function slotOf(orderNumber: string): number {
  return (orderNumber.codePointAt(orderNumber.length - 1) ?? 0) % SLOTS;
}
