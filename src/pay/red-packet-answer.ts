import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import { readXml, xmlText } from '../base/xml.ts';
import type { XmlElement, XmlValue } from '../base/xml.ts';
import type { PacketRequest, QueryOutcome, RailStatus, RefusalCode, SendOutcome } from '../flows/ports/payouts.ts';
import type { TransferRefusal } from '../flows/ports/transfers.ts';
import { groupStanding } from './group-shares.ts';

/** A query's own ids: what the answer must echo. A group packet says so, and how many shares it has. */
export type QueriedPacket = Pick<PacketRequest, 'orderNumber' | 'mchId' | 'amountFen'> & {
  readonly rail?: string;
  readonly shares?: number;
};

type Told = Exclude<RefusalCode, TransferRefusal | 'REQUEST_INVALID' | 'RAIL_NOT_SET_UP'>;
type Unknown = { readonly kind: 'unknown'; readonly code: string; readonly message: string };

/**
 * The codes that say clearly "this call paid nothing". SYSTEMERROR and PROCESSING are not among them, nor is any code
 * that is not here: those are unknown. https://pay.weixin.qq.com/doc/v2/merchant/4011974053
 */
const REFUSALS: Readonly<Record<Told, true>> = {
  SEND_FAILED: true,
  NOTENOUGH: true,
  SENDNUM_LIMIT: true,
  RCVDAMOUNT_LIMIT: true,
  SENDAMOUNT_LIMIT: true,
  FREQ_LIMIT: true,
  SECOND_OVER_LIMITED: true,
  'DAY_ OVER_LIMITED': true,
  DAY_OVER_LIMITED: true,
  MONEY_LIMIT: true,
  NO_AUTH: true,
  NO_COMPETENCE: true,
  OPENID_ERROR: true,
  ILLEGAL_APPID: true,
  MSGAPPID_ERROR: true,
  ACCEPTMODE_ERROR: true,
  FATAL_ERROR: true,
  CA_ERROR: true,
  SIGN_ERROR: true,
  XML_ERROR: true,
  PARAM_ERROR: true,
  API_METHOD_CLOSED: true,
  PAYER_ACCOUNT_ABNORMAL: true,
};
const STATUSES: readonly RailStatus[] = ['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'];
// Success carries err_code SUCCESS today, 0 in old samples; anything else beside SUCCESS contradicts it.
const NO_ERROR = new Set(['', '0', 'SUCCESS']);
// A field that comes twice, or with children, can be read in two ways: what stands beside it proves nothing.
const CODES = ['return_code', 'result_code', 'err_code', 'status'];
const ECHOED = ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount'];
const JUDGED = [...CODES, ...ECHOED, 'sub_mch_id', 'send_listid', 'refund_amount', 'package', 'hb_type', 'total_num'];
// A query string, URL-encoded or not; the phone hands it on as it is.
const PACKAGE = /^[!-~]{1,1024}$/;
const NOT_FOUND_TEXT = '指定单号数据不存在';

/**
 * Reads the answer of sendredpack or of one of its sisters. `paid` needs both codes SUCCESS and order number, merchant, account, person and
 * amount all echoed and ours, because answers carry no signature, and for a mini program what the person takes the
 * packet with; `refused` needs a code of the table. All else, be it unparsable, partial, foreign or new, is `unknown`: the
 * packet may have been paid.
 */
export function readSendAnswer(body: string, request: PacketRequest): SendOutcome {
  const answer = parse(body);
  if ('kind' in answer) return answer;
  const get = getter(answer.root);
  const foreign = foreignField(get, {
    mch_billno: request.orderNumber,
    mch_id: request.mchId,
    wxappid: request.appId,
    re_openid: request.openid,
    total_amount: String(request.amountFen),
    // No page promises its echo, so it is compared only where it was sent.
    ...(request.subMchId ? { sub_mch_id: request.subMchId } : {}),
  });
  if (foreign !== null) return unknown('answer-not-ours', `${foreign} is not what was sent`);
  const code = get('err_code') ?? '';
  const message = get('err_code_des') ?? get('return_msg') ?? '';
  if (get('return_code') !== 'SUCCESS') return unknown(communicationFault(get, code), message);
  if (get('result_code') === 'FAIL') {
    return isRefusal(code)
      ? { kind: 'refused', code, message }
      : unknown(code === '' ? 'no-error-code' : code, message);
  }
  if (get('result_code') !== 'SUCCESS') return unknown('no-result-code', message);
  if (!NO_ERROR.has(code)) return unknown(code, `success and ${code} in one answer`);
  const missing = ECHOED.find((name) => !get(name));
  if (missing !== undefined) return unknown('answer-partial', `success without ${missing}`);
  const railNumber = get('send_listid') ?? '';
  if (!/^[0-9A-Za-z]{1,64}$/.test(railNumber)) return unknown('answer-partial', 'success without send_listid');
  if (request.rail !== 'mini-packet') return { kind: 'paid', railNumber };
  const packageInfo = get('package') ?? '';
  // The same request brings it again: without it nobody could take the packet.
  return PACKAGE.test(packageInfo)
    ? { kind: 'paid', railNumber, packageInfo }
    : unknown('answer-partial', 'success without package');
}

/**
 * Reads the answer of gethbinfo. `found` needs both codes SUCCESS, order number, merchant and amount echoed and ours
 * and a known status; `not-found` is either of the two shapes WeChat Pay uses. All else is `unknown`.
 */
export function readQueryAnswer(body: string, packet: QueriedPacket): QueryOutcome {
  const answer = parse(body);
  if ('kind' in answer) return answer;
  const get = getter(answer.root);
  const foreign = foreignField(get, {
    mch_billno: packet.orderNumber,
    mch_id: packet.mchId,
    total_amount: String(packet.amountFen),
    ...(packet.rail === 'group-packet' ? { hb_type: 'GROUP' } : {}),
    ...(packet.shares === undefined ? {} : { total_num: String(packet.shares) }),
  });
  if (foreign !== null) return unknown('answer-not-ours', `${foreign} is not what was asked for`);
  const code = get('err_code') ?? '';
  const message = get('err_code_des') ?? get('return_msg') ?? '';
  if (isNotFound(get)) return { kind: 'not-found' };
  if (get('return_code') !== 'SUCCESS') return unknown(code === '' ? 'return-code-fail' : code, message);
  if (get('result_code') === 'FAIL') return unknown(code === '' ? 'no-error-code' : code, message);
  if (get('result_code') !== 'SUCCESS') return unknown('no-result-code', message);
  if (!NO_ERROR.has(code)) return unknown(code, `success and ${code} in one answer`);
  const missing = ['mch_billno', 'mch_id', 'total_amount', 'status'].find((name) => !get(name));
  if (missing !== undefined) return unknown('answer-partial', `success without ${missing}`);
  return found(answer.root, get, packet);
}

function found(root: XmlElement, get: (name: string) => string | undefined, packet: QueriedPacket): QueryOutcome {
  const status = STATUSES.find((item) => item === get('status'));
  if (status === undefined) return unknown('status-unknown', get('status') ?? '');
  const refund = get('refund_amount') ?? '';
  if (packet.rail === 'group-packet') return foundGroup(root, { status, refund, reason: get('reason') ?? '' }, packet);
  // One packet for one person: it comes back whole or not at all.
  const whole = String(packet.amountFen);
  if (refund !== '' && refund !== whole && !(refund === '0' && status !== 'REFUND'))
    return unknown('answer-not-ours', `refund_amount ${refund} of ${whole}`);
  const returnedFen: Fen = status === 'REFUND' ? packet.amountFen : fen(0);
  return { kind: 'found', status, reason: get('reason') ?? '', returnedFen, openedAtMs: openedAt(root) };
}

/** A packet shared by several: what each took is listed, and the rest comes back. */
function foundGroup(
  root: XmlElement,
  told: { readonly status: RailStatus; readonly refund: string; readonly reason: string },
  { amountFen }: QueriedPacket,
): QueryOutcome {
  const { status, refund, reason } = told;
  const taken = receipts(root).map((receipt) => xmlText(receipt, 'amount') ?? '');
  const amounts = [...taken, ...(refund === '' ? [] : [refund])];
  if (amounts.some((amount) => !/^\d{1,9}$/.test(amount)))
    return unknown('answer-partial', 'an amount of a share, or of what came back, is no number of fen');
  const takenFen = taken.length === 0 ? null : taken.reduce((sum, amount) => sum + Number(amount), 0);
  const standing = groupStanding({ status, amountFen, takenFen, refundFen: refund === '' ? null : Number(refund) });
  if ('fault' in standing) return unknown('answer-not-ours', standing.fault);
  return { kind: 'found', ...standing, reason, openedAtMs: openedAt(root) };
}

/** Two shapes are in the wild: the code NOT_FOUND, and the page's old sample, which gives SYSTEMERROR and this text. */
function isNotFound(get: (name: string) => string | undefined): boolean {
  const code = get('err_code');
  if (code === 'NOT_FOUND') return get('result_code') === 'FAIL' || get('return_code') === 'FAIL';
  const text = `${get('err_code_des') ?? ''}${get('return_msg') ?? ''}`;
  return get('return_code') === 'FAIL' && code === 'SYSTEMERROR' && text.includes(NOT_FOUND_TEXT);
}

/** `hblist` is absent, empty, or holds one or more `hbinfo`, in every state; times are Beijing wall-clock. */
function openedAt(root: XmlElement): number | null {
  for (const receipt of receipts(root)) {
    const time = xmlText(receipt, 'rcv_time') ?? '';
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(time)) continue;
    const atMs = Date.parse(`${time.replace(' ', 'T')}+08:00`);
    if (!Number.isNaN(atMs)) return atMs;
  }
  return null;
}

function receipts(root: XmlElement): readonly XmlElement[] {
  return items(root['hblist'])
    .flatMap((list) => (typeof list === 'string' ? [] : items((list as XmlElement)['hbinfo'])))
    .filter((receipt): receipt is XmlElement => typeof receipt !== 'string');
}

function items(value: XmlValue | undefined): readonly XmlValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly XmlValue[]) : [value];
}

function parse(body: string): { readonly root: XmlElement } | Unknown {
  let root: XmlElement;
  try {
    root = readXml(body);
  } catch (error) {
    return unknown('answer-unreadable', error instanceof Error ? error.message : String(error));
  }
  const mixed = JUDGED.find((name) => Object.hasOwn(root, name) && xmlText(root, name) === undefined);
  return mixed === undefined ? { root } : unknown('answer-partial', `${mixed} is not one text`);
}

function getter(root: XmlElement): (name: string) => string | undefined {
  return (name) => xmlText(root, name)?.trim();
}

/** Returns the first field that is echoed but not ours. An absent one is fine here: only success needs them all. */
function foreignField(
  get: (name: string) => string | undefined,
  ours: Readonly<Record<string, string>>,
): string | null {
  for (const [name, value] of Object.entries(ours)) {
    const echoed = get(name);
    if (echoed !== undefined && echoed !== '' && echoed !== value) return name;
  }
  return null;
}

/** A wrong signature may come as return_code FAIL with nothing but its text; to know it stops the queue, no more. */
function communicationFault(get: (name: string) => string | undefined, code: string): string {
  if (code !== '') return code;
  return get('return_msg')?.includes('签名错误') === true ? 'SIGN_ERROR' : 'return-code-fail';
}

/** Whether a code says clearly that this call paid nothing. */
export function isRefusal(code: string): code is Told {
  return Object.hasOwn(REFUSALS, code);
}

function unknown(code: string, message: string): Unknown {
  return { kind: 'unknown', code, message };
}
