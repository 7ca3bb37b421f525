import type { RefusalCode } from './ports/payouts.ts';

/**
 * What a clear refusal leads to; the number always stays the same.
 * again-soon: too fast, send again a little later. next-day: a daily limit of the person, send again after Beijing
 * midnight. stop-merchant: nothing of this merchant can be paid until someone acts; send again when it is resumed.
 * credentials: as stop-merchant once a query of another number was not understood either; otherwise as park.
 * risk: as stop-merchant when it met several people at once, which no risk of a single person explains; otherwise as
 * park. prove: the number is dead or the request differs from the first one: ask before believing either.
 * park: sending the same again cannot help; a person must decide.
 */
export type RefusalPolicy = 'again-soon' | 'next-day' | 'stop-merchant' | 'credentials' | 'risk' | 'prove' | 'park';

/** NO_AUTH at so many people within a minute and without a success between speaks of the merchant, not of them. */
export const PEOPLE_REFUSED_TO_STOP = 5;
export const PEOPLE_REFUSED_WITHIN_MS = 60_000;

/** Long enough for another system that shares the merchant to have gone by, short enough not to be felt. */
export const SLOW_FOR_MS = 60_000;

/**
 * One line per code of the official tables (https://pay.weixin.qq.com/doc/v2/merchant/4011974053,
 * https://pay.weixin.qq.com/doc/v3/merchant/4012716434). What no table of a transfer says clearly is asked about first.
 */
export const REFUSAL_POLICY: Readonly<Record<RefusalCode, RefusalPolicy>> = {
  FREQ_LIMIT: 'again-soon',
  SECOND_OVER_LIMITED: 'again-soon',
  SENDNUM_LIMIT: 'next-day',
  RCVDAMOUNT_LIMIT: 'next-day',
  'DAY_ OVER_LIMITED': 'next-day',
  DAY_OVER_LIMITED: 'next-day',
  NOTENOUGH: 'stop-merchant',
  SENDAMOUNT_LIMIT: 'stop-merchant',
  API_METHOD_CLOSED: 'stop-merchant',
  PAYER_ACCOUNT_ABNORMAL: 'stop-merchant',
  CA_ERROR: 'credentials',
  SIGN_ERROR: 'credentials',
  SEND_FAILED: 'prove',
  FATAL_ERROR: 'prove',
  MONEY_LIMIT: 'park',
  NO_AUTH: 'risk',
  NO_COMPETENCE: 'park',
  OPENID_ERROR: 'park',
  ILLEGAL_APPID: 'park',
  MSGAPPID_ERROR: 'park',
  ACCEPTMODE_ERROR: 'park',
  XML_ERROR: 'park',
  PARAM_ERROR: 'park',
  INVALID_REQUEST: 'park',
  NOT_ENOUGH: 'stop-merchant',
  FREQUENCY_LIMIT_EXCEED: 'again-soon',
  FREQUENCY_LIMITED: 'again-soon',
  FREQUENCY_LIMIT: 'again-soon',
  RATELIMIT_EXCEEDED: 'again-soon',
  ALREADY_EXISTS: 'prove',
  USER_ERROR: 'stop-merchant',
  REQUEST_INVALID: 'park',
  RAIL_NOT_SET_UP: 'stop-merchant',
};

/** When a payout acts, all in ms. Lists grow; the last entry of an `After` list repeats, an `At` list ends. */
export interface PayoutTimes {
  /** After the n-th send in a row without a clear answer, counted from the answer or, without one, from the send. */
  readonly resendAfterMs: readonly number[];
  /** No number is sent again later than this after its first send: WeChat keeps re-entry open for about 3 days. */
  readonly resendWithinMs: number;
  /** After the n-th rate limit in a row. */
  readonly rateLimitedAfterMs: readonly number[];
  /** How long after Beijing midnight a person's daily limit is tried again. */
  readonly nextDayAfterMs: number;
  /** Queries of a packet that WeChat holds but has not sent, counted from the first sign of it. */
  readonly watchAtMs: readonly number[];
  /** Queries of a paid packet, counted from the first proof of payment. */
  readonly settleAtMs: readonly number[];
  /** While a packet is on its way back. */
  readonly returningAfterMs: number;
  /** After the n-th query in a row that brought nothing. */
  readonly queryAgainAfterMs: readonly number[];
  /** No query later than this after the first send: WeChat answers for 30 days. */
  readonly queryWithinMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The times payouts run by. Cost of settling, in queries per packet: 1 when it is opened within a minute, 4 within
 * two hours, 6 or 7 when it is never opened and comes back after 24 h, 15 at the very most.
 */
export const PAYOUT_TIMES: PayoutTimes = {
  resendAfterMs: [2 * SECOND, 10 * SECOND, MINUTE, 5 * MINUTE],
  resendWithinMs: 72 * HOUR,
  rateLimitedAfterMs: [5 * SECOND, 15 * SECOND, MINUTE, 3 * MINUTE, 5 * MINUTE],
  nextDayAfterMs: MINUTE,
  watchAtMs: [
    20 * MINUTE,
    40 * MINUTE,
    80 * MINUTE,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR + 10 * MINUTE,
    26 * HOUR,
    30 * HOUR,
    36 * HOUR,
    48 * HOUR,
    72 * HOUR,
    5 * DAY,
    7 * DAY,
  ],
  settleAtMs: [
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    8 * HOUR,
    24 * HOUR + 10 * MINUTE,
    25 * HOUR,
    28 * HOUR,
    36 * HOUR,
    48 * HOUR,
    72 * HOUR,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    28 * DAY,
  ],
  returningAfterMs: 10 * MINUTE,
  queryAgainAfterMs: [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR],
  queryWithinMs: 29 * DAY,
};

/** Sends that only ask for what the person confirms a transfer with; in vain so often, it is left to run out. */
export const PACKAGE_SENDS_MAX = 8;

/**
 * The times of transfers. The person waits in front of the page for one that WeChat Pay is still working on; how it
 * ends is told by a notice as a rule, and these queries are for where none comes.
 */
export const TRANSFER_TIMES: PayoutTimes = {
  ...PAYOUT_TIMES,
  watchAtMs: [2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, ...PAYOUT_TIMES.watchAtMs],
  returningAfterMs: MINUTE,
};

/** The policy of a code that the rail may have told of a send it did not clearly refuse; undefined for other words. */
export function policyOf(code: string): RefusalPolicy | undefined {
  return Object.hasOwn(REFUSAL_POLICY, code) ? REFUSAL_POLICY[code as RefusalCode] : undefined;
}
