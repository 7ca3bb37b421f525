import type { BeijingDay } from '../../base/beijing-day.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { ExportCell, ExportColumn } from './exports.ts';

/** A packet as our books have it. */
export interface BookedPacket {
  readonly orderNumber: string;
  readonly railNumber: string | null;
  readonly amountFen: number;
  /** Whether its money left the merchant, and whether it came back. */
  readonly paid: boolean;
  readonly returned: boolean;
  /** When the call was made that paid it, Unix ms; null while none was. */
  readonly sentAtMs: number | null;
}

/** What left a merchant and came back on one Beijing day, by our books; fen. */
export interface MerchantDay {
  readonly merchantId: MerchantId;
  readonly day: BeijingDay;
  readonly sent: number;
  readonly sentFen: number;
  readonly returned: number;
  readonly returnedFen: number;
}

/** What finance asks of the books. Each throws OutsideTrouble when the database is away. */
export interface FinanceStore {
  readonly personColumns: readonly ExportColumn[];
  /** Who received how much in a calendar month of Beijing, some thousand rows at a time. */
  personMonth(month: string): AsyncGenerator<readonly (readonly ExportCell[])[], void, undefined>;
  /** Days with neither are left out; the newest first. */
  merchantDays(from: BeijingDay, to: BeijingDay): Promise<readonly MerchantDay[]>;
  /** A merchant's packets that were sent in a range of time, `most` at most. */
  packetsSent(
    merchant: MerchantId,
    range: { readonly fromMs: number; readonly untilMs: number; readonly most: number },
  ): Promise<readonly BookedPacket[]>;
  /** A merchant's packets by their numbers, whenever they were sent. */
  packetsByNumber(merchant: MerchantId, numbers: readonly string[]): Promise<readonly BookedPacket[]>;
}
