import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefusalCode, SendOutcome } from '../../src/flows/ports/payouts.ts';
import type { TransferRefusal } from '../../src/flows/ports/transfers.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { redPacket } from '../support/red-packets.ts';

// The table of https://pay.weixin.qq.com/doc/v2/merchant/4011974053 and of its older copies, row by row, with the texts
// WeChat Pay gives; the compiler says when a code of ours has no row here.
type Told = Exclude<RefusalCode, TransferRefusal | 'REQUEST_INVALID' | 'RAIL_NOT_SET_UP'>;
const refused = {
  SEND_FAILED: '红包发放失败,请更换单号再重试',
  NOTENOUGH: '帐号余额不足，请到商户平台充值后再重试',
  SENDNUM_LIMIT: '该用户今日领取红包个数超过限制',
  RCVDAMOUNT_LIMIT: '该用户今日领取红包总金额超过限制',
  SENDAMOUNT_LIMIT: '您的商户号今日发放金额超过限制',
  FREQ_LIMIT: '超过频率限制,请稍后再试',
  SECOND_OVER_LIMITED: '企业红包的按分钟发放受限',
  'DAY_ OVER_LIMITED': '企业红包的按天日发放受限',
  DAY_OVER_LIMITED: '企业红包的按天日发放受限',
  MONEY_LIMIT: '红包金额发放限制',
  NO_AUTH: '发放失败，此请求可能存在风险，已被微信拦截',
  NO_COMPETENCE: '商户没有企业付款权限',
  OPENID_ERROR: 'openid和appid不匹配',
  ILLEGAL_APPID: '非法appid，请确认是否为公众号的appid，不能为APP的appid',
  MSGAPPID_ERROR: '触达消息给用户appid有误',
  ACCEPTMODE_ERROR: '主、子商户号关系校验失败',
  FATAL_ERROR: '更换了openid，但商户单号未更新',
  CA_ERROR: 'CA证书出错，请登录微信支付商户平台下载证书',
  SIGN_ERROR: '签名错误',
  XML_ERROR: '请求的xml格式错误，或者post的数据为空',
  PARAM_ERROR: '参数错误:商户号和wxappid不匹配',
  API_METHOD_CLOSED: '你的商户号API发放方式已关闭，请联系管理员在商户平台开启',
  PAYER_ACCOUNT_ABNORMAL: '商户账户付款受限',
} satisfies Record<Told, string>;

const unclear = {
  SYSTEMERROR: '请求已受理，请稍后使用原单号查询发放结果',
  PROCESSING: '请求已受理，请稍后使用原单号查询发放结果',
  // A word of the query, which on a send proves nothing.
  NOT_FOUND: '指定单号数据不存在',
  // Codes of other payout calls: SEND_FAILED means the opposite there, so none of them is borrowed.
  AMOUNT_LIMIT: '付款金额超出限制',
  NAME_MISMATCH: '姓名校验出错',
  V2_ACCOUNT_SIMPLE_BAN: '无法给未实名用户付款',
  SEND_MONEY_LIMIT: '已达到今日商户付款额度上限',
  // Numbers once existed.
  '268458547': '系统繁忙',
  '0': '',
  BRAND_NEW_CODE: '新的错误码',
  // Near misses of codes that are known.
  notenough: '帐号余额不足',
  'NOTENOUGH,SYSTEMERROR': '帐号余额不足',
  SUCCESS: '发放成功',
  // Names every object has.
  toString: 'x',
  ['__proto__']: 'x',
  constructor: 'x',
} satisfies Record<string, string>;

const request = redPacket();
const element = ([name, value]: [string, string]) => `<${name}><![CDATA[${value}]]></${name}>`;

/** As the live service answers a failure: the fields are echoed as a rule, SYSTEMERROR may leave them all out. */
function failure(code: string, text: string, changes: Readonly<Record<string, string>> = {}): string {
  const fields = {
    return_code: 'SUCCESS',
    return_msg: text,
    result_code: 'FAIL',
    err_code: code,
    err_code_des: text,
    mch_billno: request.orderNumber,
    mch_id: request.mchId,
    wxappid: request.appId,
    re_openid: request.openid,
    total_amount: String(request.amountFen),
    ...changes,
  };
  return `<xml>${Object.entries(fields).map(element).join('\n')}</xml>`;
}
const nothingEchoed = { mch_billno: '', mch_id: '', wxappid: '', re_openid: '', total_amount: '' };
const send = (body: string): SendOutcome => readSendAnswer(body, request);
const codeOf = (outcome: SendOutcome) => (outcome.kind === 'paid' ? 'paid' : `${outcome.kind} ${outcome.code}`);

for (const [code, text] of Object.entries(refused)) {
  test(`${code} is refused, with or without echo, and only where it came through and is about this packet`, () => {
    assert.deepEqual(send(failure(code, text)), { kind: 'refused', code, message: text });
    assert.equal(codeOf(send(failure(code, text, nothingEchoed))), `refused ${code}`);
    assert.equal(codeOf(send(failure(code, text, { mch_billno: 'another1' }))), 'unknown answer-not-ours');
    assert.equal(codeOf(send(failure(code, text, { re_openid: 'oSomeoneElse' }))), 'unknown answer-not-ours');
    assert.equal(codeOf(send(failure(code, text, { return_code: 'FAIL' }))), `unknown ${code}`);
    assert.equal(codeOf(send(failure(code, text, { result_code: '' }))), 'unknown no-result-code');
    assert.equal(codeOf(send(failure(code, text, { result_code: 'SUCCESS' }))), `unknown ${code}`);
  });
}

for (const [code, text] of Object.entries(unclear)) {
  test(`${code} on a send is unknown, never refused, whatever its text says`, () => {
    for (const words of [text, refused.NOTENOUGH, refused.SEND_FAILED, '']) {
      assert.deepEqual(send(failure(code, words)), { kind: 'unknown', code, message: words });
      assert.equal(codeOf(send(failure(code, words, nothingEchoed))), `unknown ${code}`);
    }
  });
}

test('no cut of a refusal is refused unless it is whole', () => {
  const whole = failure('NOTENOUGH', refused.NOTENOUGH);
  for (let length = 0; length < whole.length; length += 1) assert.equal(send(whole.slice(0, length)).kind, 'unknown');
});

test('our own word for a request never sent is not believed from outside', () => {
  assert.equal(codeOf(send(failure('REQUEST_INVALID', ''))), 'unknown REQUEST_INVALID');
});

test('a code of the table on a query says nothing about the packet', () => {
  for (const [code, text] of Object.entries({ ...refused, ...unclear })) {
    const outcome = readQueryAnswer(failure(code, text), request);
    assert.equal(outcome.kind, code === 'NOT_FOUND' ? 'not-found' : 'unknown', code);
  }
});
