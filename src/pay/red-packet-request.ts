import { isIPv4 } from 'node:net';
import { WrongRequest } from '../base/errors.ts';
import { findPacketAmountFault, PACKET_FEN_MAX, PAY_SCENES, PLAIN_FEN } from '../base/pay-amount.ts';
import { payTextFault } from '../base/pay-text.ts';
import { cdata } from '../base/xml.ts';
import type { GroupPacketRequest, PacketRequest, RedPacketRequest } from '../flows/ports/payouts.ts';
import { signFields } from './sign.ts';
import type { PayFields } from './sign.ts';

/** A field that WeChat Pay would refuse, by its name in the request, and why. */
export interface RequestFault {
  readonly path: string;
  readonly message: string;
}

/** What a call is signed with. `nonce` is fresh for every call, 1-32 letters and digits. */
export interface SigningMaterial {
  readonly apiKey: string;
  readonly nonce: string;
}

type Faults = readonly RequestFault[];

const ORDER_NUMBER = { allowed: /^[0-9A-Za-z]{1,28}$/, wanted: '1-28 letters and digits' };
const APP_ID = { allowed: /^[0-9A-Za-z_-]{1,32}$/, wanted: '1-32 letters and digits' };
const MERCHANT = { allowed: /^[0-9]{1,32}$/, wanted: '1-32 digits' };
const OPENID = { allowed: /^[0-9A-Za-z_-]{1,32}$/, wanted: '1-32 letters, digits, _ or -' };
const RISK_INFO = {
  allowed: /^(?=.{1,128}$)(?:[0-9A-Za-z._~!*'()+-]|%[0-9A-Fa-f]{2})+$/,
  wanted: '1-128 characters, URL-encoded once,',
};
// What the merchant's own platform allows beyond this was judged when the activity was published; WeChat judges again.
const ANY_MERCHANT = { amountMinFen: 1, amountMaxFen: PACKET_FEN_MAX, scenes: PAY_SCENES };
const SHARES = { min: 3, max: 20 } as const;

/**
 * Returns every fault WeChat Pay would find in a red packet, none when it may be sent. Lengths count UTF-8 bytes,
 * the stricter reading of the page's `String(n)` (https://pay.weixin.qq.com/doc/v2/merchant/4011974053).
 */
export function redPacketFaults(request: PacketRequest): Faults {
  return [
    ...pattern('orderNumber', request.orderNumber, ORDER_NUMBER),
    ...pattern('appId', request.appId, APP_ID),
    ...pattern('mchId', request.mchId, MERCHANT),
    ...pattern('openid', request.openid, OPENID),
    ...text('sendName', request.sendName, 32),
    ...text('activityName', request.activityName, 32),
    ...text('wishing', request.wishing, 128),
    ...text('remark', request.remark, 256),
    ...('clientIp' in request && !isIPv4(request.clientIp)
      ? [{ path: 'clientIp', message: 'a dotted IPv4 address is needed' }]
      : []),
    ...(request.rail === 'group-packet' ? groupAmount(request) : amount(request)),
    ...provider(request),
    ...optional('consumeMchId', request.consumeMchId, MERCHANT),
    ...('riskInfo' in request ? optional('riskInfo', request.riskInfo, RISK_INFO) : []),
  ];
}

/**
 * Writes the body of sendredpack, or of its sisters for group packets and mini programs, signed. Throws WrongRequest
 * `red-packet-invalid` naming every faulty field.
 */
export function sendRedPacketXml(request: PacketRequest, material: SigningMaterial): string {
  refuse([...redPacketFaults(request), ...materialFaults(material)]);
  return signedXml(
    {
      ...ofItsKind(request),
      act_name: request.activityName,
      consume_mch_id: request.consumeMchId ?? '',
      mch_billno: request.orderNumber,
      mch_id: request.mchId,
      msgappid: request.msgAppId ?? '',
      nonce_str: material.nonce,
      re_openid: request.openid,
      remark: request.remark,
      scene_id: request.sceneId ?? '',
      send_name: request.sendName,
      sub_mch_id: request.subMchId ?? '',
      total_amount: String(request.amountFen),
      wishing: request.wishing,
      wxappid: request.appId,
    },
    material.apiKey,
  );
}

/**
 * The fields that the three differ by (https://pay.weixin.qq.com/doc/v2/partner/4011941282 for mini programs): only a
 * plain packet names the calling machine, a group's is split by WeChat Pay alone.
 */
function ofItsKind(request: PacketRequest): PayFields {
  if (request.rail === 'mini-packet') return { notify_way: 'MINI_PROGRAM_JSAPI', total_num: '1' };
  const risk = { risk_info: request.riskInfo ?? '' };
  if (request.rail === 'group-packet') return { ...risk, amt_type: 'ALL_RAND', total_num: String(request.shares) };
  return { ...risk, client_ip: request.clientIp, total_num: '1' };
}

/**
 * Writes the body of gethbinfo, signed; the account's id is called `appid` here
 * (https://pay.weixin.qq.com/doc/v2/partner/4011983160). Throws WrongRequest as `sendRedPacketXml` does.
 */
export function queryRedPacketXml(
  query: Pick<RedPacketRequest, 'orderNumber' | 'appId' | 'mchId'>,
  material: SigningMaterial,
): string {
  refuse([
    ...pattern('orderNumber', query.orderNumber, ORDER_NUMBER),
    ...pattern('appId', query.appId, APP_ID),
    ...pattern('mchId', query.mchId, MERCHANT),
    ...materialFaults(material),
  ]);
  return signedXml(
    {
      appid: query.appId,
      bill_type: 'MCHT',
      mch_billno: query.orderNumber,
      mch_id: query.mchId,
      nonce_str: material.nonce,
    },
    material.apiKey,
  );
}

/** An empty field is left out of both the signature and the XML. */
export function signedXml(fields: PayFields, apiKey: string): string {
  const signed = { ...fields, sign: signFields(fields, apiKey) };
  const elements = Object.entries(signed)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<${name}>${/^\d+$/.test(value) ? value : cdata(value)}</${name}>`);
  return `<xml>${elements.join('')}</xml>`;
}

function refuse(faults: Faults): void {
  if (faults.length === 0) return;
  const list = faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  throw new WrongRequest('red-packet-invalid', `the red packet cannot be sent: ${list}`, { faults });
}

function materialFaults({ apiKey, nonce }: SigningMaterial): Faults {
  return [
    ...pattern('apiKey', apiKey, { allowed: /^[\x21-\x7e]{32}$/, wanted: 'exactly 32 visible ASCII characters' }),
    ...pattern('nonce', nonce, { allowed: /^[0-9A-Za-z]{1,32}$/, wanted: '1-32 letters and digits' }),
  ];
}

function amount(request: Exclude<PacketRequest, GroupPacketRequest>): Faults {
  const fault = findPacketAmountFault(request, ANY_MERCHANT);
  return fault === null ? [] : [{ path: fault.field, message: fault.message }];
}

/** What each of a group gets on average must be what one packet may be, and each of them gets a yuan at least. */
function groupAmount({ amountFen, shares, sceneId }: GroupPacketRequest): Faults {
  if (!Number.isSafeInteger(shares) || shares < SHARES.min || shares > SHARES.max)
    return [{ path: 'shares', message: `a whole number from ${SHARES.min} to ${SHARES.max} is needed` }];
  const least = { amountFen: Math.floor(amountFen / shares), sceneId };
  const fault = findPacketAmountFault(least, ANY_MERCHANT);
  if (fault !== null) return [{ path: fault.field, message: `of a share: ${fault.message}` }];
  if (amountFen < shares * PLAIN_FEN.min)
    return [{ path: 'amountFen', message: `${shares} shares are ${shares} yuan at least` }];
  return amountFen <= PACKET_FEN_MAX ? [] : [{ path: 'amountFen', message: `at most ${PACKET_FEN_MAX} fen together` }];
}

/**
 * In provider mode both fields are required, outside of it neither may be sent: "only provider mode fills msgappid"
 * (https://github.com/yansongda/pay/issues/184, https://github.com/binarywang/WxJava/issues/804).
 */
function provider({ subMchId, msgAppId }: PacketRequest): Faults {
  const [isProvider, isReached] = [(subMchId ?? null) !== null, (msgAppId ?? null) !== null];
  if (isProvider && !isReached) return [{ path: 'msgAppId', message: 'is needed where a sub-merchant is given' }];
  if (isReached && !isProvider) return [{ path: 'msgAppId', message: 'is for a sub-merchant only, and none is given' }];
  return [...optional('subMchId', subMchId, MERCHANT), ...optional('msgAppId', msgAppId, APP_ID)];
}

interface Pattern {
  readonly allowed: RegExp;
  readonly wanted: string;
}

function pattern(path: string, value: string, { allowed, wanted }: Pattern): Faults {
  return allowed.test(value) ? [] : [{ path, message: `${wanted} are needed` }];
}

/** A request frozen by a version that did not know the field lacks it altogether. */
function optional(path: string, value: string | null | undefined, wanted: Pattern): Faults {
  return value === null || value === undefined ? [] : pattern(path, value, wanted);
}

function text(path: string, value: string, bytesMax: number): Faults {
  const message = payTextFault(value, bytesMax);
  return message === null ? [] : [{ path, message }];
}
