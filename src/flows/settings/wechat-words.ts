import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

/** What WeChat's refusals and silences are answered with, by the code of the trouble. */
const STATUS: Readonly<Record<string, number>> = {
  'wechat-configuration': 409,
  'wechat-quota': 429,
  'wechat-refused': 502,
  'wechat-busy': 503,
  'wechat-too-slow': 504,
  'wechat-unreachable': 502,
  'wechat-garbled': 502,
  'access-token-busy': 503,
  'access-token-not-accepted': 502,
};

/** WeChat answered, and did nothing. */
const REFUSALS: ReadonlySet<string> = new Set([
  'wechat-configuration',
  'wechat-quota',
  'wechat-refused',
  'wechat-said-no',
]);

/**
 * Runs a call that an operator waits for and throws what WeChat said as WrongRequest in words that say what to do, such
 * as that the account has no right to an API. Trouble of our own passes as it is.
 */
export async function inOperatorWords<Result>(logger: Logger, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const status = error instanceof OutsideTrouble ? STATUS[error.code] : undefined;
    if (!(error instanceof OutsideTrouble) || status === undefined) throw error;
    logger.warn({ code: error.code, error: error.message }, 'operator-told-of-wechat');
    throw new WrongRequest(error.code, error.message, { status, cause: error });
  }
}

/** Whether an error of `inOperatorWords` proves that nothing was done. */
export function wasRefused(error: unknown): boolean {
  return error instanceof WrongRequest && (REFUSALS.has(error.code) || error.code === 'arguments-wrong');
}
