import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen } from '../../src/base/fen.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { redPacket } from '../support/red-packets.ts';

const request = redPacket();
const paidFields = {
  return_code: 'SUCCESS',
  return_msg: '发放成功',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: '发放成功',
  mch_billno: request.orderNumber,
  mch_id: request.mchId,
  wxappid: request.appId,
  re_openid: request.openid,
  total_amount: '100',
  send_listid: '1000041701202611213000123456789',
};
const foundFields = {
  return_code: 'SUCCESS',
  return_msg: 'OK',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: 'OK',
  mch_billno: request.orderNumber,
  mch_id: request.mchId,
  detail_id: '1000041701202611213000123456789',
  status: 'SENT',
  send_type: 'API',
  hb_type: 'NORMAL',
  total_num: '1',
  total_amount: '100',
  send_time: '2026-11-21 12:00:00',
};
const NOT_THERE = '指定单号数据不存在';

function xml(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, value]) =>
    value.startsWith('<') ? `<${name}>${value}</${name}>` : `<${name}><![CDATA[${value}]]></${name}>`,
  );
  return `<xml>${elements.join('\n')}</xml>`;
}
const failure = (code: string, changes: Readonly<Record<string, string>> = {}) =>
  xml({
    return_code: 'SUCCESS',
    return_msg: '原因',
    result_code: 'FAIL',
    err_code: code,
    err_code_des: '原因',
    mch_billno: request.orderNumber,
    ...changes,
  });
const without = (fields: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
const sendCode = (body: string) => {
  const outcome = readSendAnswer(body, request);
  return outcome.kind === 'paid' ? 'paid' : `${outcome.kind} ${outcome.code}`;
};
const query = (body: string) => readQueryAnswer(body, request);

test('success with everything echoed and ours is paid, whatever order and extra fields it comes with', () => {
  assert.deepEqual(readSendAnswer(xml(paidFields), request), { kind: 'paid', railNumber: paidFields.send_listid });
  const shuffled = Object.fromEntries(Object.entries({ ...paidFields, new_field: '1' }).toReversed());
  assert.equal(sendCode(xml(shuffled)), 'paid');
  assert.equal(sendCode(xml({ ...paidFields, err_code: '0' })), 'paid');
  assert.equal(sendCode(xml(without(paidFields, 'err_code'))), 'paid');
});

const echoed = ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount'] as const;
for (const name of echoed) {
  test(`success without ${name}, with an empty one, a foreign one or two of them is not paid`, () => {
    assert.equal(sendCode(xml(without(paidFields, name))), 'unknown answer-partial');
    assert.equal(sendCode(xml({ ...paidFields, [name]: '' })), 'unknown answer-partial');
    assert.equal(sendCode(xml({ ...paidFields, [name]: '200' })), 'unknown answer-not-ours');
    const twice = xml(paidFields).replace('</xml>', `<${name}>1</${name}></xml>`);
    assert.equal(sendCode(twice), 'unknown answer-partial');
  });
}

test('a sub-merchant that is echoed must be the one that was sent', () => {
  const provided = redPacket({ subMchId: '1900000110', msgAppId: 'wx0000000000000002' });
  const read = (changes: Readonly<Record<string, string>>) => {
    const outcome = readSendAnswer(xml({ ...paidFields, ...changes }), provided);
    return outcome.kind === 'paid' ? 'paid' : `${outcome.kind} ${outcome.code}`;
  };
  assert.equal(read({}), 'paid');
  assert.equal(read({ sub_mch_id: '1900000110' }), 'paid');
  assert.equal(read({ sub_mch_id: '1900000111' }), 'unknown answer-not-ours');
});

test('a refusal or a status that comes with a field twice proves nothing', () => {
  const doubled = (body: string, name: string) => body.replace('</xml>', `<${name}>1</${name}></xml>`);
  for (const name of ['return_code', 'result_code', 'err_code', 'mch_billno'])
    assert.equal(sendCode(doubled(failure('NOTENOUGH'), name)), 'unknown answer-partial', name);
  for (const name of ['return_code', 'result_code', 'err_code', 'mch_billno', 'mch_id', 'total_amount', 'status'])
    assert.equal(query(doubled(xml(foundFields), name)).kind, 'unknown', name);
  const refunded = xml({ ...foundFields, status: 'REFUND', refund_amount: '100' });
  assert.equal(query(doubled(refunded, 'refund_amount')).kind, 'unknown');
  assert.equal(query(doubled(failure('NOT_FOUND'), 'mch_billno')).kind, 'unknown');
});

test('success without the packet number is not paid', () => {
  assert.equal(sendCode(xml(without(paidFields, 'send_listid'))), 'unknown answer-partial');
});

test('success beside an error code is a contradiction, so unknown', () => {
  assert.equal(sendCode(xml({ ...paidFields, err_code: 'PROCESSING' })), 'unknown PROCESSING');
  assert.equal(sendCode(xml({ ...paidFields, err_code: 'NOTENOUGH' })), 'unknown NOTENOUGH');
});

const garbage: readonly (readonly [string, string])[] = [
  ['', 'answer-unreadable'],
  ['<xml>', 'answer-unreadable'],
  ['<html><body>502</body></html>', 'return-code-fail'],
  ['{"return_code":"SUCCESS"}', 'answer-unreadable'],
  ['<!DOCTYPE xml [<!ENTITY a "b">]><xml></xml>', 'answer-unreadable'],
  ['<xml></xml>', 'return-code-fail'],
  ['<xml>SUCCESS</xml>', 'return-code-fail'],
  ['<xml><return_code>FAIL</return_code><return_msg>签名错误</return_msg></xml>', 'SIGN_ERROR'],
  ['<xml><return_code>FAIL</return_code><return_msg>系统繁忙</return_msg></xml>', 'return-code-fail'],
  ['<xml><return_code>SUCCESS</return_code></xml>', 'no-result-code'],
  ['<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code></xml>', 'no-error-code'],
];
for (const [body, code] of garbage) {
  test(`an answer of ${JSON.stringify(body)} is unknown to both calls`, () => {
    const sent = readSendAnswer(body, request);
    const found = query(body);
    assert.equal(sent.kind, 'unknown');
    assert.equal(found.kind, 'unknown');
    if (body !== '') assert.equal(sendCode(body), `unknown ${code}`);
  });
}

test('no cut of a good answer is paid or found unless it still says everything', () => {
  const paid = xml(paidFields);
  const found = xml(foundFields);
  for (let length = 0; length < paid.length; length += 1)
    assert.equal(readSendAnswer(paid.slice(0, length), request).kind, 'unknown');
  for (let length = 0; length < found.length; length += 1) assert.equal(query(found.slice(0, length)).kind, 'unknown');
});

test('no text at all makes either reader throw', () => {
  const names = fc.constantFrom(...Object.keys(paidFields), 'status', 'hblist', 'refund_amount', '__proto__');
  const bodies = fc.dictionary(names, fc.string({ maxLength: 12 }), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.oneof(fc.string(), bodies.map(xml)), (body) => {
      assert.notEqual(readSendAnswer(body, request).kind, 'paid');
      assert.notEqual(query(body).kind, 'found');
    }),
  );
});

for (const status of ['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'] as const) {
  test(`a query that shows ${status} is found; only REFUND gives money back`, () => {
    assert.deepEqual(query(xml({ ...foundFields, status, reason: '' })), {
      kind: 'found',
      status,
      reason: '',
      returnedFen: fen(status === 'REFUND' ? 100 : 0),
      openedAtMs: null,
    });
  });
}

test('a status nobody knows is unknown', () => {
  const outcome = query(xml({ ...foundFields, status: 'REFUNDED' }));
  assert.deepEqual(outcome, { kind: 'unknown', code: 'status-unknown', message: 'REFUNDED' });
});

test('a reason longer than the page allows is kept whole', () => {
  const reason = '该用户今日领取红包个数超过你在微信支付商户平台配置的上限，请调整限额'.repeat(2);
  const outcome = query(xml({ ...foundFields, status: 'SENDING', reason }));
  assert.equal(outcome.kind === 'found' && outcome.reason, reason);
});

const receipt = (time: string) =>
  `<hbinfo><openid>${request.openid}</openid><amount>100</amount>${time && `<rcv_time>${time}</rcv_time>`}</hbinfo>`;
const openings: readonly (readonly [string, string | null, number | null])[] = [
  ['none', null, null],
  ['an empty', '<!---->', null],
  ['a list of one', receipt('2026-11-21 12:00:05'), Date.parse('2026-11-21T04:00:05Z')],
  ['a list of two', `${receipt('')}${receipt('2026-11-21 12:00:05')}`, Date.parse('2026-11-21T04:00:05Z')],
  ['a list of one without its time', receipt(''), null],
  ['a list with an odd time', receipt('2026-13-41 12:00:05'), null],
];
for (const [name, list, openedAtMs] of openings) {
  test(`RECEIVED with ${name} hblist is found`, () => {
    const fields = { ...foundFields, status: 'RECEIVED', ...(list === null ? {} : { hblist: list }) };
    const outcome = query(xml(fields));
    assert.deepEqual(outcome, { kind: 'found', status: 'RECEIVED', reason: '', returnedFen: fen(0), openedAtMs });
  });
}

for (const name of ['mch_billno', 'mch_id', 'total_amount', 'status'] as const) {
  test(`a query's success without ${name} is not found`, () => {
    assert.equal(query(xml(without(foundFields, name))).kind, 'unknown');
    if (name === 'status') return;
    const foreign = query(xml({ ...foundFields, [name]: '77' }));
    assert.equal(foreign.kind === 'unknown' && foreign.code, 'answer-not-ours');
  });
}

test('a refund of another amount is unknown: one packet comes back whole', () => {
  const refunded = (amount: string) => query(xml({ ...foundFields, status: 'REFUND', refund_amount: amount })).kind;
  assert.deepEqual(['100', '', '40', '0', '-100'].map(refunded), ['found', 'found', 'unknown', 'unknown', 'unknown']);
});

test('an unknown number shows in two shapes, and both are not-found', () => {
  const today = failure('NOT_FOUND', { err_code_des: NOT_THERE, mch_id: request.mchId });
  const sample = xml({ return_code: 'FAIL', return_msg: NOT_THERE, err_code: 'SYSTEMERROR', err_code_des: NOT_THERE });
  assert.deepEqual(query(today), { kind: 'not-found' });
  assert.deepEqual(query(sample), { kind: 'not-found' });
});

test('what only resembles not-found is unknown', () => {
  assert.equal(query(failure('SYSTEMERROR', { err_code_des: '系统繁忙' })).kind, 'unknown');
  assert.equal(query(xml({ return_code: 'FAIL', return_msg: NOT_THERE })).kind, 'unknown');
  assert.equal(query(failure('NOT_FOUND', { mch_billno: 'another1' })).kind, 'unknown');
  assert.equal(query(xml({ ...foundFields, err_code: 'NOT_FOUND' })).kind, 'unknown');
});

for (const code of ['CA_ERROR', 'SIGN_ERROR', 'NO_AUTH', 'FREQ_LIMIT', 'XML_ERROR', 'PARAM_ERROR', 'SYSTEMERROR']) {
  test(`${code} on a query says nothing about the packet`, () => {
    const outcome = query(failure(code));
    assert.equal(outcome.kind === 'unknown' && outcome.code, code);
  });
}
