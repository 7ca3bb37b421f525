const hourMs = 3_600_000;

/** What the merchant platform allows and how the service behaves where the official pages leave it open. */
export type PayRules = {
  /** The field tables do not say what String(n) counts; bytes is the stricter reading. */
  lengthsIn: 'bytes' | 'characters';
  /** Scenes switched on for this merchant; without one a packet is 1 to 200 yuan. */
  scenes: readonly string[];
  productOpen: boolean;
  apiSwitchOn: boolean;
  /** Up to ten caller addresses; empty allows all. */
  allowedAddresses: readonly string[];
  /** App ids bound to the merchant that are no official accounts. */
  illegalAppIds: readonly string[];
  /** A provider's sub-merchants, each with the app ids entered for it; none for a merchant that pays for itself. */
  subMerchants: Readonly<Record<string, readonly string[]>>;
  /** Packets that friends share: withdrawn, so only old merchants have them. */
  groupPacketsOpen: boolean;
  /** Whether the query shows a shared packet as RECEIVED from its first share on, or from its last; no page says. */
  groupReceivedFrom: 'first-share' | 'last-share';
  /** The merchant's stocks of coupons, and how many each has. */
  couponStocks: Readonly<Record<string, number>>;
  /** Which of the app ids played are mini programs: they take packets of mini programs and no others. */
  miniAppIds: readonly string[];
  /** What a mini program has to sign when a packet is taken; sources disagree. */
  miniClaim: { signs: 'encoded' | 'raw'; letters: 'lower' | 'upper' };
  /** Sources disagree about a repeat after success. */
  repeatAfterSuccess: 'same-answer' | 'refuse';
  /** The query's answer for an unknown number: today's code, or the old page's sample. */
  notFoundShape: 'not-found' | 'system-error';
  repeatPauseMs: number;
  sendsPerSecondMax: number;
  packetFenMin: number;
  packetFenMax: number;
  scenePacketFenMax: number;
  userPacketsPerDayMax: number;
  userFenPerDayMax: number;
  merchantFenPerDayMax: number;
  /** How long an accepted packet shows SENDING, a PROCESSING one likewise, before the user sees it. */
  sendingForMs: number;
  processingForMs: number;
  /** Unopened for so long, a packet goes back; RFUND_ING lasts this long before REFUND. */
  unclaimedForMs: number;
  refundingForMs: number;
  /** How long a transfer shows CANCELING. */
  takingBackForMs: number;
  /** A refused packet shows SENDING with a reason for so long, then FAILED. */
  refusedForMs: number;
  queryableForMs: number;
};

/** The merchant platform's own defaults: https://pay.weixin.qq.com/doc/v2/merchant/4011974053 */
export function defaultPayRules(): PayRules {
  return {
    lengthsIn: 'bytes',
    scenes: [],
    productOpen: true,
    apiSwitchOn: true,
    allowedAddresses: [],
    illegalAppIds: [],
    subMerchants: {},
    groupPacketsOpen: false,
    groupReceivedFrom: 'last-share',
    couponStocks: {},
    miniAppIds: [],
    miniClaim: { signs: 'encoded', letters: 'lower' },
    repeatAfterSuccess: 'same-answer',
    notFoundShape: 'not-found',
    repeatPauseMs: 1000,
    sendsPerSecondMax: 30,
    packetFenMin: 100,
    packetFenMax: 20_000,
    scenePacketFenMax: 499_900,
    userPacketsPerDayMax: 10,
    userFenPerDayMax: 100_000,
    merchantFenPerDayMax: 100_000_000,
    sendingForMs: 0,
    processingForMs: hourMs / 3,
    unclaimedForMs: 24 * hourMs,
    refundingForMs: 0,
    takingBackForMs: 5000,
    refusedForMs: 24 * hourMs,
    queryableForMs: 30 * 24 * hourMs,
  };
}
