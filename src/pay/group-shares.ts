import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { RailStatus } from '../flows/ports/payouts.ts';

/** What the query tells of a group packet beside its status; null where it tells nothing. */
export interface GroupTold {
  readonly status: RailStatus;
  readonly amountFen: Fen;
  /** What the shares listed as taken come to. */
  readonly takenFen: number | null;
  readonly refundFen: number | null;
}

/** What it means for the whole packet: an end only once every fen is accounted for. */
export type GroupStanding =
  { readonly status: RailStatus; readonly returnedFen: Fen; readonly deliveredFen?: Fen } | { readonly fault: string };

/**
 * Judges a group packet, of which friends take their shares one by one and the rest comes back after a day: RECEIVED may
 * speak of the first share as well as of the last, so it ends the packet only where the shares listed come to all of it;
 * until then it counts as sent. REFUND tells by its own amount, or by the list, what came back.
 */
export function groupStanding({ status, amountFen, takenFen, refundFen }: GroupTold): GroupStanding {
  const open = { status, returnedFen: fen(0) };
  if ((takenFen ?? 0) > amountFen) return { fault: `shares of ${takenFen} fen were taken of ${amountFen}` };
  if ((refundFen ?? 0) > amountFen) return { fault: `refund_amount ${refundFen} of ${amountFen}` };
  if (status === 'RECEIVED') {
    if ((refundFen ?? 0) > 0) return ended(amountFen, takenFen, refundFen ?? 0);
    return takenFen === amountFen ? open : { ...open, status: 'SENT' };
  }
  if (status !== 'REFUND') return open;
  const backFen = refundFen ?? (takenFen === null ? null : amountFen - takenFen);
  if (backFen === null) return { fault: 'REFUND without refund_amount and without the shares taken' };
  if (backFen === 0) return { fault: 'REFUND of nothing' };
  return ended(amountFen, takenFen, backFen);
}

function ended(amountFen: Fen, takenFen: number | null, backFen: number): GroupStanding {
  if (takenFen !== null && takenFen + backFen !== amountFen)
    return { fault: `${takenFen} fen taken and ${backFen} returned of ${amountFen}` };
  const returned = { status: 'REFUND', returnedFen: fen(backFen) } as const;
  return backFen === amountFen ? returned : { ...returned, deliveredFen: fen(amountFen - backFen) };
}
