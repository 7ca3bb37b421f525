import { isIPv4 } from 'node:net';
import { WrongRequest } from '../base/errors.ts';
import { cdata } from '../base/xml.ts';
import type { RedPacketRequest } from '../flows/ports/payouts.ts';
import { signFields } from './sign.ts';
import type { PayFields } from './sign.ts';

/** A field that sendredpack would refuse, by its name in `RedPacketRequest`, and why. */
export interface RequestFault {
  readonly path: string;
  readonly message: string;
}

/** What a call is signed with. `nonce` is fresh for every call, 1-32 letters and digits. */
export interface SigningMaterial {
  readonly apiKey: string;
  readonly nonce: string;
}

// Without a scene 1 to 200 yuan; with one at most 4999 yuan, the most that could ever be asked for.
// https://pay.weixin.qq.com/doc/v2/merchant/4011974053
const PLAIN_FEN = { min: 100, max: 20_000 } as const;
const AMOUNT_MAX_FEN = 499_900;

/**
 * Returns every fault WeChat Pay would find in a red packet, none when it may be sent. Lengths count UTF-8 bytes,
 * the stricter reading of the page's `String(n)`.
 */
export function redPacketFaults(request: RedPacketRequest): readonly RequestFault[] {
  return [
    ...pattern('orderNumber', request.orderNumber, /^[0-9A-Za-z]{1,28}$/, '1-28 letters and digits'),
    ...pattern('appId', request.appId, /^[0-9A-Za-z_-]{1,32}$/, '1-32 letters and digits'),
    ...pattern('mchId', request.mchId, /^[0-9]{1,32}$/, '1-32 digits'),
    ...pattern('openid', request.openid, /^[0-9A-Za-z_-]{1,32}$/, '1-32 letters, digits, _ or -'),
    ...text('sendName', request.sendName, 32),
    ...text('activityName', request.activityName, 32),
    ...text('wishing', request.wishing, 128),
    ...text('remark', request.remark, 256),
    ...(isIPv4(request.clientIp) ? [] : [{ path: 'clientIp', message: 'a dotted IPv4 address is needed' }]),
    ...amount(request),
  ];
}

/** Writes the body of sendredpack, signed. Throws WrongRequest `red-packet-invalid` naming every faulty field. */
export function sendRedPacketXml(request: RedPacketRequest, material: SigningMaterial): string {
  refuse([...redPacketFaults(request), ...materialFaults(material)]);
  return signedXml(
    {
      act_name: request.activityName,
      client_ip: request.clientIp,
      mch_billno: request.orderNumber,
      mch_id: request.mchId,
      nonce_str: material.nonce,
      re_openid: request.openid,
      remark: request.remark,
      // An empty field is left out of both the signature and the XML.
      scene_id: request.sceneId ?? '',
      send_name: request.sendName,
      total_amount: String(request.amountFen),
      total_num: '1',
      wishing: request.wishing,
      wxappid: request.appId,
    },
    material.apiKey,
  );
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
    ...pattern('orderNumber', query.orderNumber, /^[0-9A-Za-z]{1,28}$/, '1-28 letters and digits'),
    ...pattern('appId', query.appId, /^[0-9A-Za-z_-]{1,32}$/, '1-32 letters and digits'),
    ...pattern('mchId', query.mchId, /^[0-9]{1,32}$/, '1-32 digits'),
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

function signedXml(fields: PayFields, apiKey: string): string {
  const signed = { ...fields, sign: signFields(fields, apiKey) };
  const elements = Object.entries(signed)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<${name}>${/^\d+$/.test(value) ? value : cdata(value)}</${name}>`);
  return `<xml>${elements.join('')}</xml>`;
}

function refuse(faults: readonly RequestFault[]): void {
  if (faults.length === 0) return;
  const list = faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  throw new WrongRequest('red-packet-invalid', `the red packet cannot be sent: ${list}`, { faults });
}

function materialFaults({ apiKey, nonce }: SigningMaterial): readonly RequestFault[] {
  return [
    ...pattern('apiKey', apiKey, /^[\x21-\x7e]{32}$/, 'exactly 32 visible ASCII characters'),
    ...pattern('nonce', nonce, /^[0-9A-Za-z]{1,32}$/, '1-32 letters and digits'),
  ];
}

function amount({ amountFen, sceneId }: RedPacketRequest): readonly RequestFault[] {
  const fault = (path: string, message: string) => [{ path, message }];
  if (sceneId !== null && !/^PRODUCT_[1-8]$/.test(sceneId)) return fault('sceneId', 'PRODUCT_1 to PRODUCT_8 or none');
  if (!Number.isSafeInteger(amountFen) || amountFen < 1 || amountFen > AMOUNT_MAX_FEN)
    return fault('amountFen', `a whole number of fen from 1 to ${AMOUNT_MAX_FEN} is needed`);
  const plain = amountFen >= PLAIN_FEN.min && amountFen <= PLAIN_FEN.max;
  return plain || sceneId !== null ? [] : fault('sceneId', 'below 1 and above 200 yuan a scene is needed');
}

function pattern(path: string, value: string, allowed: RegExp, wanted: string): readonly RequestFault[] {
  return allowed.test(value) ? [] : [{ path, message: `${wanted} are needed` }];
}

/**
 * What is signed must be what the other side reads out of the XML: control characters are dropped or rewritten by
 * XML, lone surrogates by UTF-8, and spaces at the ends are reported to end in SIGN_ERROR.
 */
function text(path: string, value: string, bytesMax: number): readonly RequestFault[] {
  const fault = (message: string) => [{ path, message }];
  if (value === '') return fault('text is needed');
  if (/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value)) return fault('a control character or half a character is in it');
  if (value !== value.trim()) return fault('no spaces at either end');
  const bytes = Buffer.byteLength(value, 'utf8');
  return bytes <= bytesMax ? [] : fault(`at most ${bytesMax} bytes of UTF-8; this has ${bytes}`);
}
