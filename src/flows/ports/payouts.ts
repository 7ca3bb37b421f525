import type { Fen } from '../../base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { Merchant } from './accounts.ts';

/** The business fields of a red packet, frozen before its first send; every resend is identical but for nonce and sign. */
export interface RedPacketRequest {
  readonly orderNumber: OrderNumber;
  readonly appId: string;
  readonly mchId: string;
  readonly openid: Openid;
  readonly amountFen: Fen;
  readonly sendName: string;
  readonly activityName: string;
  readonly wishing: string;
  readonly remark: string;
  readonly clientIp: string;
  /** `PRODUCT_1` .. `PRODUCT_8`, needed below 1 and above 200 yuan; absent otherwise. */
  readonly sceneId: string | null;
}

/** What the rail said. Absent is not success: `paid` only with code, ids and amount present and ours. */
export type SendOutcome =
  | { readonly kind: 'paid'; readonly railNumber: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly code: string; readonly message: string };

export type QueryOutcome =
  | { readonly kind: 'found'; readonly status: RailStatus; readonly reason: string; readonly returnedFen: Fen }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly code: string; readonly message: string };

/** Status of a red packet as WeChat Pay spells it (https://pay.weixin.qq.com/doc/v2/partner/4011983160). */
export type RailStatus = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND';

export interface PayRail {
  /** Sends a red packet. Never throws for what the network or the other side does: that is `unknown`. */
  send(
    merchant: Merchant,
    request: RedPacketRequest,
    signal?: AbortSignal,
  ): Promise<SendOutcome & { readonly raw: string }>;
  query(
    merchant: Merchant,
    packet: Pick<RedPacketRequest, 'orderNumber' | 'appId' | 'amountFen'>,
    signal?: AbortSignal,
  ): Promise<QueryOutcome & { readonly raw: string }>;
}

/**
 * waiting: not sent yet. unknown: a send has no clear answer; only the same number may go again. sent: WeChat has
 * it, the person has not opened it. received / returned / dead: ended. parked: a person must decide.
 */
export type PayoutState = 'waiting' | 'unknown' | 'sent' | 'received' | 'returned' | 'dead' | 'parked';

/** One call to the rail, written before its first byte; `outcome` is null while it has no answer. */
export interface Attempt {
  readonly number: number;
  readonly kind: 'send' | 'query';
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
  readonly outcome: SendOutcome | QueryOutcome | null;
}

/** A payout taken by a worker, with what it needs to act. */
export interface ClaimedPayout {
  readonly accountId: AccountId;
  readonly orderNumber: OrderNumber;
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly merchantId: MerchantId;
  readonly state: PayoutState;
  readonly openid: Openid;
  readonly amountFen: Fen;
  /** Frozen at the first claim. */
  readonly request: RedPacketRequest;
  readonly leaseToken: string;
  readonly createdAtMs: number;
  readonly attempts: readonly Attempt[];
}
