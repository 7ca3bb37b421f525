import type { AccountId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { MiniClaimForm } from './merchants.ts';

/** A packet of a mini program that was sent and not taken yet, with what it is taken with. */
export interface MiniPacket {
  readonly orderNumber: OrderNumber;
  readonly merchantId: MerchantId;
  readonly appId: string;
  readonly amountFen: number;
  readonly packageInfo: string;
  /** About when it goes back, Unix ms. */
  readonly untilMs: number;
  readonly form: MiniClaimForm;
}

/** Where packets of mini programs are found. Throws OutsideTrouble when the database cannot do it now. */
export interface MiniPackets {
  /** Those that the account's person can take at this moment, the oldest first, 20 at most. */
  takable(account: AccountId, openid: Openid, nowMs: number): Promise<readonly MiniPacket[]>;
}
