import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { fen } from '../../src/base/fen.ts';
import { awardId, merchantId } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import type { RedPacketRequest } from '../../src/flows/ports/payouts.ts';
import { openMerchantCertificate } from '../../src/pay/merchant-certificate.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { queryRedPacketXml, redPacketFaults, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { payV2Sign } from '../../src/simulator/pay/pay-sign.ts';
import { flatFields, readXml } from '../../src/simulator/wire/xml.ts';
import { payAsAsked } from '../support/pay-answers.ts';
import { redPacket } from '../support/red-packets.ts';
import { startTlsServer } from '../support/tls-server.ts';
import type { TlsServer } from '../support/tls-server.ts';
import vector from '../vectors/merchant-certificate.json' with { type: 'json' };

// What went wrong for others in public, one test each, named after the defect and where it was told: owner/repo#number
// is a thread on GitHub, "community" a page under https://developers.weixin.qq.com/community/develop/doc/.

const signing = { apiKey: '192006250b4c09247ec02edce69f6a2d', nonce: '50780e0cca98c8c8e814883e5caa672e' };
const request = redPacket();
const received = (xml: string) => flatFields(readXml(xml));
const sentFields = (changes: Partial<RedPacketRequest> = {}) => received(sendRedPacketXml(redPacket(changes), signing));
const paths = (changes: Partial<RedPacketRequest>) => redPacketFaults(redPacket(changes)).map((fault) => fault.path);
const codeOf = (outcome: { kind: string; code?: string }) => `${outcome.kind} ${outcome.code ?? ''}`.trim();

const ids = {
  mch_billno: request.orderNumber,
  mch_id: request.mchId,
  wxappid: request.appId,
  re_openid: request.openid,
  total_amount: '100',
};
const paid = {
  return_code: 'SUCCESS',
  return_msg: '发放成功',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: '发放成功',
  ...ids,
  send_listid: '1000041701201702143000036640284',
};
const found = { return_code: 'SUCCESS', result_code: 'SUCCESS', ...ids, status: 'SENT' };

function xml(fields: Readonly<Record<string, string>>): string {
  const content = (value: string) => (value.startsWith('<') ? value : `<![CDATA[${value}]]>`);
  return `<xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${content(value)}</${name}>`)
    .join('\n')}</xml>`;
}
const sendCode = (fields: Readonly<Record<string, string>>) => codeOf(readSendAnswer(xml(fields), request));
const failed = (code: string, text = '') => ({ ...paid, result_code: 'FAIL', err_code: code, err_code_des: text });

describe('requests', () => {
  test('sign_type in the signature of a send (binarywang/WxJava#726, #1034, and of WeCom packets #2693)', () => {
    const fields = sentFields({ sceneId: 'PRODUCT_2' });
    assert.equal(fields.has('sign_type'), false);
    assert.equal(fields.get('sign'), payV2Sign(fields, signing.apiKey));
    assert.equal(fields.get('sign')?.length, 32);
  });

  test('sign_type in the signature of a query (binarywang/WxJava#1127, binarywang/WxJava#1008)', () => {
    const fields = received(queryRedPacketXml(request, signing));
    assert.deepEqual(
      [...fields.keys()].toSorted(),
      ['appid', 'bill_type', 'mch_billno', 'mch_id', 'nonce_str', 'sign'].toSorted(),
    );
    assert.equal(fields.get('sign'), payV2Sign(fields, signing.apiKey));
  });

  test('optional fields added after signing (JeffreySu/WeiXinMPSDK#285)', () => {
    const optional = { sceneId: 'PRODUCT_2', riskInfo: 'posttime%3d1', consumeMchId: '1222000096' };
    for (const change of [...Object.entries(optional).map(([name, value]) => ({ [name]: value })), optional]) {
      const fields = sentFields(change);
      assert.equal(fields.get('sign'), payV2Sign(fields, signing.apiKey), JSON.stringify(change));
      assert.notEqual(fields.get('sign'), sentFields().get('sign'));
    }
  });

  test('empty fields sent and signed (easy-swoole/pay#41)', () => {
    for (const [name, value] of sentFields()) assert.notEqual(value, '', name);
    assert.equal(sentFields().has('scene_id'), false);
  });

  test('a superfluous appid, sub_appid or trade_type (w7corp/easywechat#1063, #1166, yansongda/pay#162)', () => {
    const page = [
      'act_name',
      'client_ip',
      'mch_billno',
      'mch_id',
      'nonce_str',
      're_openid',
      'remark',
      'send_name',
    ].concat(['sign', 'total_amount', 'total_num', 'wishing', 'wxappid']);
    assert.deepEqual([...sentFields().keys()].toSorted(), page.toSorted());
    const provided = { subMchId: '1900000110', msgAppId: 'wx0000000000000002' };
    assert.deepEqual([...sentFields(provided).keys()].toSorted(), [...page, 'msgappid', 'sub_mch_id'].toSorted());
  });

  test('msgappid outside of provider mode (yansongda/pay#184)', () => {
    assert.deepEqual(paths({ msgAppId: 'wx0000000000000001' }), ['msgAppId']);
  });

  test('msgappid missing in provider mode (binarywang/WxJava#804)', () => {
    assert.deepEqual(paths({ subMchId: '1900000110' }), ['msgAppId']);
  });

  test('the library invents the order number, so a send cannot be repeated (JeffreySu/WeiXinMPSDK#281)', () => {
    const again = received(sendRedPacketXml(request, { ...signing, nonce: 'another' }));
    assert.equal(sentFields().get('mch_billno'), request.orderNumber);
    assert.equal(again.get('mch_billno'), request.orderNumber);
  });

  test('a repeat that is not the same request (wechatpy/wechatpy#482, oldsyang/weixin_pay#3)', () => {
    const [first, again] = [sentFields(), received(sendRedPacketXml(request, { ...signing, nonce: 'another' }))];
    const changed = [...first.keys()].filter((name) => first.get(name) !== again.get(name));
    assert.deepEqual(changed.toSorted(), ['nonce_str', 'sign']);
  });

  test('an order number of a second and four digits repeats within a minute at full rate (YClimb/wxpay-sdk)', () => {
    const numbers = Array.from({ length: 1800 }, () => orderNumber(awardId(randomBytes(16).toString('hex')), 'hb'));
    assert.equal(new Set(numbers).size, numbers.length);
    const award = awardId('0123456789abcdef0123456789abcdef');
    assert.equal(orderNumber(award, 'hb'), orderNumber(award, 'hb'));
  });

  test('an order number that is too long or missing goes out all the same (JeffreySu/WeiXinMPSDK#1079)', () => {
    assert.deepEqual(paths({ orderNumber: `123456${'a'.repeat(28)}` as OrderNumber }), ['orderNumber']);
    assert.throws(() => sendRedPacketXml(redPacket({ orderNumber: '' as OrderNumber }), signing), /orderNumber/);
  });

  test('no check of amount, scene and lengths before sending (binarywang/WxJava WxPaySendRedpackRequest)', () => {
    assert.deepEqual(paths({ amountFen: fen(10), wishing: '喜'.repeat(43), clientIp: '::1' }), [
      'wishing',
      'clientIp',
      'sceneId',
    ]);
  });

  test('total_num is taken from somewhere else (ArtisanCloud/PowerWeChat redpack client)', () => {
    assert.equal(sentFields({ amountFen: fen(300) }).get('total_num'), '1');
  });
});

describe('answers', () => {
  test('a reply without signature is thrown away although it paid (WxJava#140, chanxuehong/wechat#220)', () => {
    assert.equal('sign' in paid, false);
    assert.equal(sendCode(paid), 'paid');
  });

  test('a reply that fails a check of its signature is taken for "not paid" (JeffreySu/WeiXinMPSDK#3276)', () => {
    // No reply of these two calls is signed, so a sign proves nothing either way: the echo decides.
    assert.equal(sendCode({ ...paid, sign: '0'.repeat(32) }), 'paid');
    assert.equal(sendCode({ ...paid, total_amount: '1' }), 'unknown answer-not-ours');
  });

  test('a reply whose echo is not ours is believed (befinal/node-tenpay)', () => {
    for (const name of Object.keys(ids)) assert.equal(sendCode({ ...paid, [name]: '7' }), 'unknown answer-not-ours');
  });

  test('the result is judged by return_code alone (binarywang/WxJava#999, YClimb/wxpay-sdk)', () => {
    assert.equal(sendCode(failed('NOTENOUGH')), 'refused NOTENOUGH');
    assert.equal(sendCode({ return_code: 'SUCCESS' }), 'unknown no-result-code');
  });

  test('PROCESSING is reported as a failure (binarywang/weixin-java-pay-demo#52)', () => {
    assert.equal(sendCode(failed('PROCESSING', '请求已受理，请稍后使用原单号查询发放结果')), 'unknown PROCESSING');
  });

  test('SYSTEMERROR, which may leave out every field, is reported as a failure (community 000060c441cfe895f9eb42e4751000)', () => {
    const bare = { return_code: 'SUCCESS', result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: '系统繁忙' };
    assert.equal(sendCode(bare), 'unknown SYSTEMERROR');
  });

  test("a number is taken for a code of the table, as the page's old sample had 268458547", () => {
    assert.equal(sendCode(failed('268458547')), 'unknown 268458547');
    assert.equal(codeOf(readQueryAnswer(xml(failed('268458547')), request)), 'unknown 268458547');
  });

  test('a wrong key comes in two shapes, and only one of them is sure (binarywang/WxJava#1034)', () => {
    assert.equal(sendCode(failed('SIGN_ERROR', '签名错误')), 'refused SIGN_ERROR');
    assert.equal(sendCode({ return_code: 'FAIL', return_msg: '签名错误' }), 'unknown SIGN_ERROR');
  });

  test('SENDING is reported as sent, or as failed (community 000eea2bcdcd10226baa1e6e057000)', () => {
    for (const reason of ['', '该用户今日领取红包个数超过你在微信支付商户平台配置的上限']) {
      const outcome = readQueryAnswer(xml({ ...found, status: 'SENDING', reason }), request);
      assert.equal(outcome.kind === 'found' && outcome.status, 'SENDING');
      assert.equal(outcome.kind === 'found' && outcome.reason, reason);
    }
  });

  test('NOT_FOUND has two shapes, and one was an error nobody expected (community 000060c441cfe895f9eb42e4751000)', () => {
    const text = '指定单号数据不存在';
    const old = {
      return_code: 'FAIL',
      return_msg: text,
      result_code: 'FAIL',
      err_code: 'SYSTEMERROR',
      err_code_des: text,
    };
    for (const fields of [failed('NOT_FOUND', text), old])
      assert.equal(codeOf(readQueryAnswer(xml(fields), request)), 'not-found');
    assert.equal(sendCode(old), 'unknown SYSTEMERROR');
  });

  const opening = (time: string) => `<hbinfo><openid>${request.openid}</openid><rcv_time>${time}</rcv_time></hbinfo>`;
  const openedAt = (hblist: string | null) => {
    const outcome = readQueryAnswer(
      xml({ ...found, status: 'RECEIVED', ...(hblist === null ? {} : { hblist }) }),
      request,
    );
    return outcome.kind === 'found' ? outcome.openedAtMs : codeOf(outcome);
  };

  test('hblist comes out as null although it is there (liyiorg/weixin-popular#129, #113)', () => {
    assert.equal(openedAt(opening('2017-12-06 17:47:26')), Date.parse('2017-12-06T09:47:26Z'));
  });

  test('hblist of one, of many and of none have other shapes (Leonidas-from-XIV/node-xml2js explicitArray)', () => {
    const many = opening('2017-12-06 17:47:26') + opening('2017-12-06 17:50:00');
    assert.equal(openedAt(many), Date.parse('2017-12-06T09:47:26Z'));
    assert.deepEqual([openedAt(null), openedAt(''), openedAt('<!---->')], [null, null, null]);
  });

  test('an element named __proto__ pollutes every object (Leonidas-from-XIV/node-xml2js#721)', () => {
    const evil = '<__proto__><err_code>NOTENOUGH</err_code><polluted>yes</polluted></__proto__>';
    const body = xml(failed('')).replace('</xml>', `${evil}</xml>`);
    assert.equal(codeOf(readSendAnswer(body, request)), 'unknown no-error-code');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  test('entities of a document type reach files and the network (binarywang/WxJava#660, #889)', () => {
    const body = `<!DOCTYPE xml [<!ENTITY file SYSTEM "file:///etc/passwd">]>${xml({ ...paid, return_msg: '<a>&file;</a>' })}`;
    assert.equal(codeOf(readSendAnswer(body, request)), 'unknown answer-unreadable');
  });
});

describe('certificates', () => {
  test('the .p12 of the merchant platform is refused by OpenSSL 3 (nodejs/node#40672, jasl/wx_pay#120)', () => {
    const p12 = Buffer.from(vector.legacyP12, 'base64');
    assert.throws(() => createSecureContext({ pfx: p12, passphrase: vector.mchId }), /unsupported/i);
    const opened = openMerchantCertificate({ p12, mchId: vector.mchId }, Date.parse('2026-12-01T00:00:00Z'));
    createSecureContext({ cert: opened.certificatePem, key: opened.privateKeyPem });
  });

  test('a certificate file damaged on its way is only noticed at the first payout (chanjarster/weixin-java-tools#285)', () => {
    // A build that filters resources as text replaces every byte that is no UTF-8.
    const damaged = Buffer.from(Buffer.from(vector.modernP12, 'base64').toString('utf8'), 'utf8');
    assert.throws(() => openMerchantCertificate({ p12: damaged, mchId: vector.mchId }, 0), {
      code: 'certificate-not-p12',
    });
  });
});

describe('calls', () => {
  let server: TlsServer;
  let rail: WechatPayRail;
  const serialOf = (pem: string) => new X509Certificate(pem).serialNumber;

  before(async () => {
    server = await startTlsServer(payAsAsked);
    rail = new WechatPayRail({ baseUrl: server.url, extraCaPem: server.caPem });
  });
  beforeEach(() => {
    server.answer = payAsAsked;
    server.seen.length = 0;
  });
  after(async () => {
    await rail.close();
    await server.close();
  });

  test('a call is given up after 3 s and was paid all the same (w7corp/easywechat#1016, chanxuehong/wechat#276)', async () => {
    server.answer = (seen, response, socket) => void setTimeout(() => payAsAsked(seen, response, socket), 3300);
    assert.equal((await rail.send(server.merchant, request)).kind, 'paid');
  });

  test('an error page is taken for "not paid" (w7corp/easywechat#1016)', async () => {
    server.answer = (_seen, response) => response.writeHead(500).end(xml(failed('NOTENOUGH')));
    assert.equal(codeOf(await rail.send(server.merchant, request)), 'unknown http-500');
  });

  test('err_code_des is garbled unless it is read as UTF-8, whatever the header says (liyiorg/weixin-popular#30)', async () => {
    const text = '参数错误:re_openid字段必填,并且少于32个字符';
    server.answer = (_seen, response) => {
      response.setHeader('content-type', 'text/plain; charset=iso-8859-1');
      response.end(xml(failed('PARAM_ERROR', text)));
    };
    const outcome = await rail.send(server.merchant, request);
    assert.equal(outcome.kind === 'refused' && outcome.message, text);
    assert.ok(outcome.raw.includes(text));
  });

  test('a client forgets its certificate on some calls (wechatpay-apiv3/wechatpay-php#40, wechatpy/wechatpy#357)', async () => {
    await rail.send(server.merchant, request);
    await rail.query(server.merchant, request);
    await Promise.all(Array.from({ length: 10 }, () => rail.query(server.merchant, request)));
    const serials = new Set(server.seen.map((seen) => seen.serial));
    assert.deepEqual([...serials], [serialOf(server.merchant.certificatePem)]);
  });

  test('a kept connection serves another certificate (wechatpy/wechatpy#406, codeif/Flask-WXPay#8, WxJava#3741)', async () => {
    const other = { ...server.renewed, id: merchantId('other') };
    for (let round = 0; round < 3; round += 1)
      await Promise.all([rail.send(server.merchant, request), rail.send(other, request)]);
    const used = new Map<number, Set<string>>();
    for (const { connection, serial } of server.seen)
      used.set(connection, (used.get(connection) ?? new Set<string>()).add(serial));
    assert.ok([...used.values()].every((serials) => serials.size === 1));
    assert.equal(server.seen.filter((seen) => seen.serial === serialOf(other.certificatePem)).length, 3);
  });

  test('the check of the server is switched off to make it work (w7corp/easywechat#144)', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    const strict = new WechatPayRail({ baseUrl: server.url });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      assert.equal(codeOf(await strict.send(server.merchant, request)), 'unknown not-connected');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      await strict.close();
    }
    assert.equal(server.seen.length, 0);
  });

  test('group packets went to the wrong address; ours go to these two and no other (JeffreySu/WeiXinMPSDK#1588)', async () => {
    await rail.send(server.merchant, request);
    await rail.query(server.merchant, request);
    assert.deepEqual(
      server.seen.map((seen) => seen.path),
      ['/mmpaymkttransfers/sendredpack', '/mmpaymkttransfers/gethbinfo'],
    );
  });
});
