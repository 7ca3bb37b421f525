import { isIPv4 } from 'node:net';
import { Refused } from './pay-answer.ts';
import type { PayRules } from './pay-rules.ts';

export type Fields = ReadonlyMap<string, string>;
type FieldRule = { name: string; lengthMax: number; form?: (value: string) => boolean; optional?: true };

const number: FieldRule = { name: 'mch_billno', lengthMax: 28, form: (value) => /^[0-9A-Za-z]+$/.test(value) };
const nonce: FieldRule = { name: 'nonce_str', lengthMax: 32 };
const merchant: FieldRule = { name: 'mch_id', lengthMax: 32 };

/** Of which of the three packet pages a request is. */
export type PacketKind = 'plain' | 'group' | 'mini';

/** https://pay.weixin.qq.com/doc/v2/merchant/4011974053 */
const commonFields: readonly FieldRule[] = [
  nonce,
  number,
  merchant,
  { name: 'wxappid', lengthMax: 32 },
  { name: 'send_name', lengthMax: 32 },
  { name: 're_openid', lengthMax: 32 },
  { name: 'total_amount', lengthMax: 10, form: (value) => /^[1-9][0-9]*$/.test(value) },
  { name: 'wishing', lengthMax: 128 },
  { name: 'act_name', lengthMax: 32 },
  { name: 'remark', lengthMax: 256 },
  { name: 'scene_id', lengthMax: 32, form: (value) => /^PRODUCT_[1-8]$/.test(value), optional: true },
  { name: 'consume_mch_id', lengthMax: 32, form: isNumber, optional: true },
  { name: 'sub_mch_id', lengthMax: 32, form: isNumber, optional: true },
  { name: 'msgappid', lengthMax: 32, optional: true },
];

const one: FieldRule = { name: 'total_num', lengthMax: 2, form: (value) => value === '1' };
const risk: FieldRule = { name: 'risk_info', lengthMax: 128, form: isRiskInfo, optional: true };

/** Mini programs: https://pay.weixin.qq.com/doc/v2/partner/4011941282 */
const sendFields: Readonly<Record<PacketKind, readonly FieldRule[]>> = {
  plain: [...commonFields, one, { name: 'client_ip', lengthMax: 15, form: isIPv4 }, risk],
  group: [
    ...commonFields,
    {
      name: 'total_num',
      lengthMax: 2,
      form: (value) => /^[0-9]+$/.test(value) && Number(value) >= 3 && Number(value) <= 20,
    },
    { name: 'amt_type', lengthMax: 32, form: (value) => value === 'ALL_RAND' },
    risk,
  ],
  mini: [...commonFields, one, { name: 'notify_way', lengthMax: 256, form: (value) => value === 'MINI_PROGRAM_JSAPI' }],
};
/** Fields of one page that another refuses. */
const foreignFields: Readonly<Record<PacketKind, readonly string[]>> = {
  plain: ['amt_type', 'notify_way'],
  group: ['client_ip', 'notify_way', 'min_value', 'max_value'],
  mini: ['client_ip', 'amt_type'],
};

/** https://pay.weixin.qq.com/doc/v2/partner/4011983160 */
const queryFields: readonly FieldRule[] = [
  nonce,
  number,
  merchant,
  { name: 'appid', lengthMax: 32 },
  { name: 'bill_type', lengthMax: 32, form: (value) => value === 'MCHT' },
];

/** Required fields, lengths and forms of a packet's page; throws Refused PARAM_ERROR for the first fault. */
export function checkSendFields(fields: Fields, rules: PayRules, kind: PacketKind = 'plain'): void {
  for (const rule of sendFields[kind]) checkField(fields, rule, rules);
  const foreign = foreignFields[kind].find((name) => fields.has(name));
  if (foreign !== undefined) throw new Refused('PARAM_ERROR', `${foreign}字段不支持`);
  checkProvider(fields, rules);
  const scene = fields.get('scene_id');
  if (scene && !rules.scenes.includes(scene)) {
    throw new Refused('PARAM_ERROR', '使用场景未开通，请前往商户平台-产品中心-产品设置开通');
  }
}

/** A provider names the sub-merchant that pays and the app id that reaches the person; anyone else names neither. */
function checkProvider(fields: Fields, { subMerchants }: PayRules): void {
  const [subMerchant, appId] = [fields.get('sub_mch_id') ?? '', fields.get('msgappid') ?? ''];
  if (subMerchant === '' && appId === '') return;
  if (Object.keys(subMerchants).length === 0) {
    const name = subMerchant === '' ? 'msgappid' : 'sub_mch_id';
    throw new Refused('PARAM_ERROR', `参数错误:授理模式/资金受理才需要填入${name}`);
  }
  if (subMerchant === '') throw new Refused('PARAM_ERROR', '参数错误:授理模式下sub_mch_id字段必填,并且最长32字符.');
  if (appId === '') throw new Refused('PARAM_ERROR', '参数错误:授理模式下msgappid字段必填,并且最长32字符.');
  const appIds = Object.hasOwn(subMerchants, subMerchant) ? subMerchants[subMerchant] : undefined;
  if (appIds === undefined) throw new Refused('ACCEPTMODE_ERROR');
  if (!appIds.includes(appId)) throw new Refused('MSGAPPID_ERROR');
}

/** The same for gethbinfo. */
export function checkQueryFields(fields: Fields, rules: PayRules): void {
  for (const rule of queryFields) checkField(fields, rule, rules);
}

function checkField(fields: Fields, { name, lengthMax, form, optional }: FieldRule, { lengthsIn }: PayRules): void {
  const value = fields.get(name) ?? '';
  if (value === '' && optional) return;
  if (value === '') throw new Refused('PARAM_ERROR', `${name}字段必填`);
  const length = lengthsIn === 'bytes' ? Buffer.byteLength(value) : Array.from(value).length;
  if (length > lengthMax) throw new Refused('PARAM_ERROR', `${name}字段必填，并且少于${lengthMax}个字符`);
  if (form && !form(value)) throw new Refused('PARAM_ERROR', `${name}字段不合法`);
}

function isNumber(value: string): boolean {
  return /^[0-9]+$/.test(value);
}

/** k=v items joined with `&`, the whole encoded once; time is the one that every sender knows. */
function isRiskInfo(value: string): boolean {
  if (!/^(?:[0-9A-Za-z._~!*'()+-]|%[0-9A-Fa-f]{2})+$/.test(value)) return false;
  const names = ['posttime', 'mobile', 'deviceid', 'clientversion'];
  const items = new URLSearchParams(new URLSearchParams(`a=${value}`).get('a') ?? '');
  return /^[0-9]+$/.test(items.get('posttime') ?? '') && [...items.keys()].every((name) => names.includes(name));
}
