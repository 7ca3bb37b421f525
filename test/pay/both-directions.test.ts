import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { riskInfo } from '../../src/base/risk-info.ts';
import { fen } from '../../src/base/fen.ts';
import { openid } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import { readXml as ourReadXml, xmlText } from '../../src/base/xml.ts';
import type { RedPacketRequest } from '../../src/flows/ports/payouts.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { queryRedPacketXml, redPacketFaults, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import { signFields } from '../../src/pay/sign.ts';
import { success, writePayAnswer } from '../../src/simulator/pay/pay-answer.ts';
import { defaultPayRules } from '../../src/simulator/pay/pay-rules.ts';
import { payV2Sign } from '../../src/simulator/pay/pay-sign.ts';
import { checkQueryFields, checkSendFields } from '../../src/simulator/pay/request-checks.ts';
import { Random } from '../../src/simulator/random.ts';
import { flatFields, readXml as theirReadXml, writeXml } from '../../src/simulator/wire/xml.ts';
import { redPacket } from '../support/red-packets.ts';
import vectors from '../vectors/pay.json' with { type: 'json' };

// Ours and the simulator's are two implementations that share no line; here each must understand the other.

const apiKey = vectors.key;
const published: readonly Readonly<Record<string, string>>[] = vectors.vectors.map(({ params }) =>
  Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined)),
);
const fieldName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,11}$/);
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.toWellFormed()),
  fc.constantFrom('', ' ', '=', '&', '&key=', 'a=1&b=2', ']]>', '恭喜发财', '😀', '%3d'),
);
const anyFields = fc.oneof(
  fc.dictionary(fieldName, anyText, { noNullPrototype: true, maxKeys: 12 }),
  fc.constantFrom(...published),
);

test('whatever the fields, either side finds the signature the other made', () => {
  fc.assert(
    fc.property(anyFields, fc.stringMatching(/^[0-9a-zA-Z]{32}$/), (fields, key) => {
      const ours = signFields(fields, key);
      assert.match(ours, /^[0-9A-F]{32}$/);
      assert.equal(ours, payV2Sign(Object.entries(fields), key));
      assert.equal(ours, signFields(Object.fromEntries(Object.entries({ ...fields, sign: ours }).toReversed()), key));
    }),
    { numRuns: 500 },
  );
});

test('a signature changes with every field that is changed, added or left out', () => {
  fc.assert(
    fc.property(anyFields, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), (fields, more) => {
      const sign = signFields(fields, apiKey);
      for (const [name, value] of Object.entries(fields).filter(([key, text]) => key !== 'sign' && text !== '')) {
        assert.notEqual(payV2Sign(Object.entries({ ...fields, [name]: value + more }), apiKey), sign);
        assert.notEqual(payV2Sign(Object.entries({ ...fields, [name]: '' }), apiKey), sign);
      }
      assert.notEqual(payV2Sign(Object.entries({ ...fields, zz_more: more }), apiKey), sign);
    }),
  );
});

/** Texts that people write, up to so many characters; those that are too long or odd are filtered by the checks. */
const wish = (maxLength: number) =>
  fc
    .array(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constantFrom(']]>', '&amp;', '<a>', '</xml>', '"')),
      {
        minLength: 1,
        maxLength,
      },
    )
    .map((parts) => parts.join(''));
const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const known = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const risk = fc
  .record({
    postTimeMs: fc.nat(),
    mobile: fc.constantFrom('', '86-13800000000', '122344545'),
    deviceId: fc.constantFrom('', 'IOS', '00:1A:2B:3C:4D:5E', '我的手机'),
    clientVersion: fc.constantFrom('', '234134', '8.0.50'),
  })
  .filter((items) => Object.values(items).join('').length < 60)
  .map((items) => (encodeURIComponent(items.deviceId).length > 30 ? riskInfo({ postTimeMs: 0 }) : riskInfo(items)));
const anyPacket: fc.Arbitrary<RedPacketRequest> = fc
  .record({
    orderNumber: fc.stringMatching(/^[0-9A-Za-z]{1,28}$/).map((text) => text as OrderNumber),
    openid: fc.stringMatching(/^[0-9A-Za-z_-]{1,32}$/).map((text) => openid(text)),
    amountFen: fc.oneof(fc.integer({ min: 100, max: 20_000 }), fc.integer({ min: 1, max: 499_900 })).map(fen),
    sceneId: known(fc.constantFrom('PRODUCT_1', 'PRODUCT_2', 'PRODUCT_8')),
    sendName: wish(2),
    activityName: wish(2),
    wishing: wish(5),
    remark: wish(8),
    clientIp: fc.ipV4(),
    provider: known(fc.record({ subMchId: digits(1, 32), msgAppId: fc.stringMatching(/^wx[0-9a-f]{16}$/) })),
    consumeMchId: known(digits(1, 32)),
    riskInfo: known(risk),
  })
  .map(({ provider, ...fields }) => redPacket({ ...fields, ...(provider ?? { subMchId: null, msgAppId: null }) }));
const anyNonce = fc.stringMatching(/^[0-9a-zA-Z]{1,32}$/);

/** What each field of a request must arrive as. */
function expected(request: RedPacketRequest, nonce: string): Record<string, string> {
  const all: Record<string, string | null> = {
    act_name: request.activityName,
    client_ip: request.clientIp,
    consume_mch_id: request.consumeMchId,
    mch_billno: request.orderNumber,
    mch_id: request.mchId,
    msgappid: request.msgAppId,
    nonce_str: nonce,
    re_openid: request.openid,
    remark: request.remark,
    risk_info: request.riskInfo,
    scene_id: request.sceneId,
    send_name: request.sendName,
    sub_mch_id: request.subMchId,
    total_amount: String(request.amountFen),
    total_num: '1',
    wishing: request.wishing,
    wxappid: request.appId,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}

test('every packet we send arrives as it was meant, signed so that the other side finds the same, and is taken', () => {
  let [taken, provided, risky] = [0, 0, 0];
  fc.assert(
    fc.property(anyPacket, anyNonce, (request, nonce) => {
      fc.pre(redPacketFaults(request).length === 0);
      const fields = flatFields(theirReadXml(sendRedPacketXml(request, { apiKey, nonce })));
      assert.equal(fields.get('sign'), payV2Sign(fields, apiKey));
      const { sign, ...arrived } = Object.fromEntries(fields);
      assert.ok(sign);
      assert.deepEqual(arrived, expected(request, nonce));
      const subMerchants = request.subMchId === null ? {} : { [request.subMchId]: [request.msgAppId ?? ''] };
      checkSendFields(fields, { ...defaultPayRules(), scenes: ['PRODUCT_1', 'PRODUCT_2', 'PRODUCT_8'], subMerchants });
      taken += 1;
      provided += request.subMchId === null ? 0 : 1;
      risky += request.riskInfo === null ? 0 : 1;
    }),
    { numRuns: 600 },
  );
  assert.ok(
    taken >= 300 && provided >= 50 && risky >= 50,
    `${taken} taken, ${provided} provided, ${risky} with risk_info`,
  );
});

test('every query we ask arrives as it was meant, and is taken', () => {
  fc.assert(
    fc.property(anyPacket, anyNonce, (request, nonce) => {
      const fields = flatFields(theirReadXml(queryRedPacketXml(request, { apiKey, nonce })));
      assert.equal(fields.get('sign'), payV2Sign(fields, apiKey));
      checkQueryFields(fields, defaultPayRules());
      assert.equal(fields.get('mch_billno'), request.orderNumber);
    }),
  );
});

test('a clean text is refused exactly when it has more bytes than the page allows', () => {
  fc.assert(
    fc.property(wish(12), fc.constantFrom('wishing', 'remark', 'sendName', 'activityName'), (value, name) => {
      const request = redPacket({ [name]: value });
      fc.pre(!/[\p{Cc}]/u.test(value) && value === value.trim());
      const tooLong = Buffer.byteLength(value) > { wishing: 128, remark: 256, sendName: 32, activityName: 32 }[name];
      assert.equal(redPacketFaults(request).length, tooLong || value === '' ? 1 : 0);
    }),
  );
});

/** Texts as answers carry them; spaces at the ends are no part of any code or number. */
const answerText = anyText.map((text) => text.replace(/[^\P{Cc}]|[\uFFFE\uFFFF]/gu, '').trim());

/** `_` and names that every object has are reserved by our parser, which refuses or sets them apart; no field has one. */
const answerName = fieldName.filter((name) => name !== '_' && !(name in {}));

test('what the other side writes is read back as it was written, in any order and with fields we do not know', () => {
  fc.assert(
    fc.property(fc.dictionary(answerName, answerText, { noNullPrototype: true }), (fields) => {
      const root = ourReadXml(writeXml(Object.entries(fields)));
      assert.deepEqual(Object.fromEntries(Object.keys(root).map((name) => [name, xmlText(root, name)])), fields);
    }),
  );
});

test('a success of the other side is paid, and a found packet is found, however it is written', () => {
  fc.assert(
    fc.property(anyPacket, fc.string(), digits(31, 31), answerText, (request, seed, listId, words) => {
      const ids = { mch_billno: request.orderNumber, mch_id: request.mchId, total_amount: request.amountFen };
      const sent = { ...ids, wxappid: request.appId, re_openid: request.openid, send_listid: listId };
      const random = new Random(seed);
      assert.deepEqual(readSendAnswer(writePayAnswer(success('发放成功', sent), random), request), {
        kind: 'paid',
        railNumber: listId,
      });
      const stored = { ...ids, status: 'SENDING', reason: words, wishing: request.wishing, remark: request.remark };
      const found = readQueryAnswer(writePayAnswer(success('OK', stored), random), request);
      assert.equal(found.kind === 'found' && found.status, 'SENDING');
      assert.equal(found.kind === 'found' && found.reason, words);
    }),
    { numRuns: 300 },
  );
});

test('the published fields survive both ways, and keep their published signatures', () => {
  for (const [index, fields] of published.entries()) {
    const theirs = flatFields(theirReadXml(writeXml(Object.entries(fields))));
    const ours = ourReadXml(writeXml([...theirs]));
    const back = Object.fromEntries(Object.keys(ours).map((name) => [name, xmlText(ours, name) ?? '']));
    assert.deepEqual(back, fields);
    assert.equal(signFields(back, apiKey), vectors.vectors[index]?.sign);
    assert.equal(payV2Sign(theirs, apiKey), vectors.vectors[index]?.sign);
  }
});
