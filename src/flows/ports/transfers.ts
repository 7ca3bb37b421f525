import type { Fen } from '../../base/fen.ts';
import type { AccountId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';

/**
 * The business fields of a transfer that the person collects (https://pay.weixin.qq.com/doc/v3/merchant/4012716434),
 * frozen as those of a red packet are.
 */
export interface TransferRequest {
  readonly rail: 'transfer';
  readonly orderNumber: OrderNumber;
  readonly appId: string;
  readonly mchId: string;
  readonly openid: Openid;
  readonly amountFen: Fen;
  /** What scene 1000 has to report, at most 32 characters each: the activity, and what the reward is for. */
  readonly activityName: string;
  readonly reward: string;
  /** Shown to the person, at most 32 characters. */
  readonly remark: string;
  readonly look: 'CONFIRM_PAGE' | 'RED_PACKET';
  /** Where WeChat Pay tells how it ended; null where nobody can be told. */
  readonly notifyUrl: string | null;
  /** The person's real name, needed from 2000 yuan on; sealed when it is sent. */
  readonly userName: string | null;
}

/** Status of a transfer as WeChat Pay spells it; its TRANSFERING is theirs. */
export type TransferState =
  'ACCEPTED' | 'PROCESSING' | 'WAIT_USER_CONFIRM' | 'TRANSFERING' | 'SUCCESS' | 'FAIL' | 'CANCELING' | 'CANCELLED';

/** Codes that only transfers are refused with. */
export type TransferRefusal =
  | 'INVALID_REQUEST'
  | 'NOT_ENOUGH'
  | 'FREQUENCY_LIMIT_EXCEED'
  | 'FREQUENCY_LIMITED'
  | 'FREQUENCY_LIMIT'
  | 'RATELIMIT_EXCEEDED'
  | 'ALREADY_EXISTS'
  | 'USER_ERROR';

/** A transfer as a notice names it. */
export interface TransferNamed {
  readonly merchantId: MerchantId;
  readonly orderNumber: OrderNumber;
  /** Among which accounts it is looked for. */
  readonly accounts: readonly AccountId[];
}
