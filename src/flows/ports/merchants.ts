import type { MerchantId } from '../../base/ids.ts';
import type { MerchantLimits } from './accounts.ts';
import type { Rail } from './payouts.ts';

/** What operators may change of a merchant; who it is and its secrets come from the configuration. */
export interface MerchantSettings extends MerchantLimits {
  /** The sub-merchant that pays, when the merchant is a service provider. */
  readonly subMchId: string | null;
  /** The app id through which the person is reached, in service-provider mode only. */
  readonly msgAppId: string | null;
  /** The fund-authorising merchant of the older provider mode. */
  readonly consumeMchId: string | null;
  /** Whether what we know of the person's risk goes along with each packet. */
  readonly riskInfo: boolean;
  /** By which rail awards go whose activity does not say. */
  readonly rail: Rail;
  /** Whether transfers up to 200 yuan look like a red packet to the person. */
  readonly transferRedPacketLook: boolean;
  /** Whether WeChat Pay still lets it send packets that friends share; it gives that to nobody new. */
  readonly groupPackets: boolean;
  /** The official accounts and mini programs that its platform shows as bound to it; nothing is checked while both are empty. */
  readonly appIds: readonly string[];
  readonly miniAppIds: readonly string[];
  readonly miniClaim: MiniClaimForm;
}

/**
 * What is signed when a packet is taken in a mini program: the package as it is or URL-encoded, in capitals or not. The
 * page does not say (https://pay.weixin.qq.com/doc/v2/partner/4011941288), and both are reported to be the only one.
 */
export type MiniClaimForm = 'encoded-lower' | 'encoded-upper' | 'raw-lower' | 'raw-upper';

/** A merchant as operators see it: nothing secret. */
export interface MerchantView {
  readonly id: MerchantId;
  readonly mchId: string;
  readonly sendName: string;
  readonly state: 'open' | 'stopped';
  readonly stoppedReason: string | null;
  readonly stoppedAtMs: number | null;
  readonly limits: MerchantLimits;
  readonly subMchId: string | null;
  readonly msgAppId: string | null;
  readonly consumeMchId: string | null;
  readonly riskInfo: boolean;
  readonly rail: Rail;
  readonly transferRedPacketLook: boolean;
  readonly groupPackets: boolean;
  readonly appIds: readonly string[];
  readonly miniAppIds: readonly string[];
  readonly miniClaim: MiniClaimForm;
  /** When its certificate ends, Unix ms; null while nobody has looked at it. */
  readonly certificateNotAfterMs: number | null;
}

/** The general stop: why and since when nothing is sent for any merchant. */
export interface SendingStop {
  readonly reason: string;
  readonly sinceMs: number;
}

/** Merchants and the general stop as operators see them. Throws OutsideTrouble when the database cannot do it now. */
export interface MerchantStore {
  /** By their ids. */
  list(): Promise<readonly MerchantView[]>;
  find(id: MerchantId): Promise<MerchantView | undefined>;
  /**
   * Locks a merchant and puts in force the settings that `decide` makes of those there are (it throws to refuse).
   * Throws WrongRequest `merchant-not-found` (404). A packet whose request is frozen keeps what it was frozen with.
   */
  change(id: MerchantId, nowMs: number, decide: (before: MerchantSettings) => MerchantSettings): Promise<MerchantView>;
  /** Null while sending goes on. */
  sendingStop(): Promise<SendingStop | null>;
}
