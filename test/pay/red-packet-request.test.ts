import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WrongRequest } from '../../src/base/errors.ts';
import { fen } from '../../src/base/fen.ts';
import { openid } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import { readXml, xmlText } from '../../src/base/xml.ts';
import type { RedPacketRequest } from '../../src/flows/ports/payouts.ts';
import { queryRedPacketXml, redPacketFaults, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import { signFields } from '../../src/pay/sign.ts';
import { redPacket } from '../support/red-packets.ts';
import vectors from '../vectors/pay.json' with { type: 'json' };

const signing = { apiKey: '192006250b4c09247ec02edce69f6a2d', nonce: '50780e0cca98c8c8e814883e5caa672e' };

function fieldsOf(xml: string): Record<string, string> {
  const root = readXml(xml);
  return Object.fromEntries(Object.keys(root).map((name) => [name, xmlText(root, name) ?? '(not text)']));
}

test('a red packet carries exactly the fields of the page, total_num 1 and no sign_type', () => {
  const fields = fieldsOf(sendRedPacketXml(redPacket(), signing));
  const expected: Record<string, string> = {
    act_name: '新年活动',
    client_ip: '127.0.0.1',
    mch_billno: 'test0000000000000000000001',
    mch_id: '1900000109',
    nonce_str: signing.nonce,
    re_openid: 'oTest0000000000000000000001',
    remark: '抽奖红包',
    send_name: '红包商户',
    total_amount: '100',
    total_num: '1',
    wishing: '恭喜发财',
    wxappid: 'wx0000000000000001',
  };
  assert.deepEqual(fields, { ...expected, sign: signFields(expected, signing.apiKey) });
});

const PUBLISHED_RISK_INFO = 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS';
const provided = { subMchId: '1900000110', msgAppId: 'wx0000000000000002' };

test('a provider names sub-merchant, app id and fund-authorising merchant, all of them signed', () => {
  const request = redPacket({ ...provided, consumeMchId: '1222000096', riskInfo: PUBLISHED_RISK_INFO });
  const { sign, ...fields } = fieldsOf(sendRedPacketXml(request, signing));
  assert.equal(fields['sub_mch_id'], '1900000110');
  assert.equal(fields['msgappid'], 'wx0000000000000002');
  assert.equal(fields['consume_mch_id'], '1222000096');
  assert.equal(sign, signFields(fields, signing.apiKey));
});

test('risk_info is sent and signed letter for letter as it was built', () => {
  const { sign, ...fields } = fieldsOf(sendRedPacketXml(redPacket({ riskInfo: PUBLISHED_RISK_INFO }), signing));
  assert.equal(fields['risk_info'], PUBLISHED_RISK_INFO);
  assert.equal(sign, signFields(fields, signing.apiKey));
});

test('the published request comes out with its published signature, but for the sign_type we never send', () => {
  const vector = vectors.vectors.find(({ id }) => id === 'S3');
  assert.ok(vector?.params.risk_info !== undefined);
  const { sign_type: never, ...params } = vector.params;
  const xml = sendRedPacketXml(
    redPacket({
      orderNumber: params.mch_billno as OrderNumber,
      appId: params.wxappid,
      mchId: params.mch_id,
      openid: openid(params.re_openid),
      amountFen: fen(Number(params.total_amount)),
      sendName: params.send_name,
      activityName: params.act_name,
      wishing: params.wishing,
      remark: params.remark,
      clientIp: params.client_ip,
      sceneId: params.scene_id,
      riskInfo: params.risk_info,
    }),
    { apiKey: vectors.key, nonce: params.nonce_str },
  );
  const { sign, ...fields } = fieldsOf(xml);
  assert.deepEqual(fields, params);
  assert.equal(signFields({ ...fields, sign_type: never }, vectors.key), vector.sign);
  assert.equal(sign, signFields(params, vectors.key));
});

test('a request frozen before these fields existed is sent as it was', () => {
  const { subMchId, msgAppId, consumeMchId, riskInfo, ...old } = redPacket();
  assert.deepEqual([subMchId, msgAppId, consumeMchId, riskInfo], [null, null, null, null]);
  assert.equal(sendRedPacketXml(old as RedPacketRequest, signing), sendRedPacketXml(redPacket(), signing));
});

test('a query names the account `appid` and asks for bill_type MCHT', () => {
  const fields = fieldsOf(queryRedPacketXml(redPacket(), signing));
  const expected: Record<string, string> = {
    appid: 'wx0000000000000001',
    bill_type: 'MCHT',
    mch_billno: 'test0000000000000000000001',
    mch_id: '1900000109',
    nonce_str: signing.nonce,
  };
  assert.deepEqual(fields, { ...expected, sign: signFields(expected, signing.apiKey) });
});

test('what the other side reads out of the XML is what was signed, whatever the texts hold', () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const marked = fc.constantFrom(']]>', '&amp;', '<a>', '&<>"\'', '😀', '</xml>', '<![CDATA[', '12');
  const wild = fc.oneof(
    texts,
    fc.tuple(texts, marked, texts).map((parts) => parts.join('')),
    marked,
  );
  let sent = 0;
  fc.assert(
    fc.property(wild, wild, fc.integer({ min: 100, max: 20_000 }), (wishing, remark, amount) => {
      const request = redPacket({ wishing, remark, amountFen: fen(amount) });
      fc.pre(redPacketFaults(request).length === 0);
      sent += 1;
      const { sign, ...fields } = fieldsOf(sendRedPacketXml(request, signing));
      assert.equal(fields['wishing'], wishing);
      assert.equal(fields['remark'], remark);
      assert.equal(sign, signFields(fields, signing.apiKey));
    }),
    { numRuns: 500 },
  );
  assert.ok(sent >= 400, `only ${sent} requests were good enough to be sent`);
});

const faulty: readonly (readonly [string, string, Partial<RedPacketRequest>])[] = [
  ['an order number with a dash', 'orderNumber', { orderNumber: 'test-1' as OrderNumber }],
  ['an order number of 29', 'orderNumber', { orderNumber: 'a'.repeat(29) as OrderNumber }],
  ['an empty order number', 'orderNumber', { orderNumber: '' as OrderNumber }],
  ['a merchant number with letters', 'mchId', { mchId: 'main' }],
  ['no account', 'appId', { appId: '' }],
  ['an openid of 33', 'openid', { openid: openid('o'.repeat(33)) }],
  ['a sender of 33 bytes', 'sendName', { sendName: '红'.repeat(11) }],
  ['no sender', 'sendName', { sendName: '' }],
  ['an activity name of 33 bytes', 'activityName', { activityName: '新'.repeat(11) }],
  ['a wish of 129 bytes', 'wishing', { wishing: '喜'.repeat(43) }],
  ['a remark of 257 bytes', 'remark', { remark: `${'注'.repeat(85)}ab` }],
  ['a space at the end', 'remark', { remark: '抽奖 ' }],
  ['a line break', 'wishing', { wishing: '恭喜\n发财' }],
  ['a NUL', 'wishing', { wishing: '恭喜\u0000发财' }],
  ['half a character', 'wishing', { wishing: '恭喜\ud83d' }],
  ['99 fen without a scene', 'sceneId', { amountFen: fen(99) }],
  ['20001 fen without a scene', 'sceneId', { amountFen: fen(20_001) }],
  ['0 fen', 'amountFen', { amountFen: fen(0), sceneId: 'PRODUCT_2' }],
  ['more than 4999 yuan', 'amountFen', { amountFen: fen(499_901), sceneId: 'PRODUCT_2' }],
  ['half a fen', 'amountFen', { amountFen: 100.5 as ReturnType<typeof fen> }],
  ['a scene that does not exist', 'sceneId', { sceneId: 'PRODUCT_9' }],
  ['an IPv6 address', 'clientIp', { clientIp: '::1' }],
  ['no address', 'clientIp', { clientIp: '' }],
  ['an order number with a line break behind', 'orderNumber', { orderNumber: 'test1\n' as OrderNumber }],
  ['a sub-merchant without an app id', 'msgAppId', { subMchId: '1900000110' }],
  ['an app id to reach people by without a sub-merchant', 'msgAppId', { msgAppId: 'wx0000000000000002' }],
  ['a sub-merchant with letters', 'subMchId', { ...provided, subMchId: 'shop' }],
  ['an empty sub-merchant', 'subMchId', { ...provided, subMchId: '' }],
  ['an app id of 33', 'msgAppId', { ...provided, msgAppId: 'w'.repeat(33) }],
  ['a fund-authorising merchant of 33 digits', 'consumeMchId', { consumeMchId: '1'.repeat(33) }],
  ['an empty fund-authorising merchant', 'consumeMchId', { consumeMchId: '' }],
  ['a risk_info that is not encoded', 'riskInfo', { riskInfo: 'posttime=1' }],
  ['a risk_info of 129', 'riskInfo', { riskInfo: 'a'.repeat(129) }],
  ['a risk_info cut within an escape', 'riskInfo', { riskInfo: 'posttime%3' }],
  ['an empty risk_info', 'riskInfo', { riskInfo: '' }],
];
for (const [name, path, change] of faulty) {
  test(`${name} is refused before sending, by its field's name`, () => {
    assert.deepEqual(
      redPacketFaults(redPacket(change)).map((fault) => fault.path),
      [path],
    );
    assert.throws(() => sendRedPacketXml(redPacket(change), signing), {
      name: 'WrongRequest',
      code: 'red-packet-invalid',
    });
  });
}

test('texts of exactly the longest length and amounts at the edges may be sent', () => {
  const longest = { sendName: `${'红'.repeat(10)}ab`, wishing: `${'喜'.repeat(42)}ab`, remark: `${'注'.repeat(85)}a` };
  assert.deepEqual(redPacketFaults(redPacket({ ...longest, amountFen: fen(20_000) })), []);
  assert.deepEqual(redPacketFaults(redPacket({ amountFen: fen(1), sceneId: 'PRODUCT_2' })), []);
  assert.deepEqual(redPacketFaults(redPacket({ amountFen: fen(499_900), sceneId: 'PRODUCT_8' })), []);
});

test('a wrong key is named as faulty and not shown', () => {
  assert.throws(
    () => queryRedPacketXml(redPacket(), { ...signing, apiKey: 'secret-but-short' }),
    (error) => error instanceof WrongRequest && /apiKey/.test(error.message) && !error.message.includes('secret'),
  );
});
