import { WrongRequest } from './errors.ts';

/** What is known of the action that won: when it happened, and of the phone as far as it is known. */
export interface RiskItems {
  /** When the person acted, Unix ms. */
  readonly postTimeMs: number;
  /** Digits, with the country code and a dash before them where it is known (`86-13800000000`), no plus. */
  readonly mobile?: string | undefined;
  /** The device's own number or MAC address. */
  readonly deviceId?: string | undefined;
  readonly clientVersion?: string | undefined;
}

// String(128) of the page; an encoded value is ASCII, so characters are bytes.
const CHARACTERS_MAX = 128;

/**
 * Builds sendredpack's risk_info: the items that are not empty joined as k=v with `&`, then the whole URL-encoded
 * once. It is signed exactly so, and the page's sample escapes in lower case, so this does
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). Throws WrongRequest `risk-info-invalid` for an item that
 * would read as another one, or for more than 128 characters.
 */
export function riskInfo(items: RiskItems): string {
  const { postTimeMs, mobile = '', deviceId = '', clientVersion = '' } = items;
  if (!Number.isSafeInteger(postTimeMs) || postTimeMs < 0) throw invalid('postTimeMs', 'Unix milliseconds are needed');
  if (!/^(?:(?:[0-9]{1,4}-)?[0-9]{4,15})?$/.test(mobile))
    throw invalid('mobile', 'digits are needed, as 86-13800000000');
  for (const [path, value] of Object.entries({ deviceId, clientVersion })) {
    if (/[&=\p{Cc}\p{Cs}]/u.test(value)) throw invalid(path, 'no &, =, control characters or half characters');
  }
  const posttime = String(Math.floor(postTimeMs / 1000));
  const joined = Object.entries({ posttime, clientversion: clientVersion, mobile, deviceid: deviceId })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const encoded = encodeURIComponent(joined).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  if (encoded.length > CHARACTERS_MAX)
    throw invalid('riskInfo', `at most ${CHARACTERS_MAX} characters encoded; this has ${encoded.length}`);
  return encoded;
}

function invalid(path: string, message: string): WrongRequest {
  return new WrongRequest('risk-info-invalid', `${path}: ${message}`, { faults: [{ path, message }] });
}
