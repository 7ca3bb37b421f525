import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logLevelOf, readRefusal, troubleOf } from '../../../src/wechat/api-refusal.ts';
import { ERROR_TABLE, errorRow } from '../../../src/wechat/api/error-table.ts';
import type { ApiAction } from '../../../src/wechat/api/error-table.ts';

const refusal = (errcode: number, errmsg = 'x', path = '/cgi-bin/x') =>
  readRefusal({ path, errcode, errmsg, secrets: [] });

/** As published or reported, number by number. */
const EXPECTED: Readonly<Partial<Record<ApiAction, readonly number[]>>> = {
  'retry-if-repeatable': [-1],
  'new-token-once': [40001, 40014, 42001],
  'stop-and-alarm': [40002, 40013, 40125, 41002, 41004, 40164, 61004, 45035, 40243, 48004],
  'ask-administrator': [89501, 89503, 89506, 89507],
  drop: [40003, 43004, 43019, 48002, 50002, 50005, 49003],
  'wait-for-person': [45015, 45047],
  'spend-grant': [43101],
  'renew-media': [40004, 40005, 40006, 40007, 40008, 40009, 40010, 40011, 40012, 40118, 40121, 40137],
  'restart-authorization': [40029, 40163, 41008, 40030, 42002, 42003, 42007, 50001],
  'our-bug': [41001, 40033, 40035, 40038, 47001, 9001001, 43001, 43002, 43003, 44002, 45067, 76003],
  fix: [40037, 47003, 44004, 45002, 45008, 45056, 45057, 45058, 45059, 45157, 45158, 45159, 40032, 63002],
  'wait-a-minute': [45011, 45066],
  'wait-a-day': [45009, 48006],
  'sent-before': [45065],
  'no-menu': [46002, 46003],
  'feature-off': [48001, 48008],
};

test('every number has its action', () => {
  for (const [action, codes] of Object.entries(EXPECTED)) {
    for (const code of codes) assert.equal(errorRow(refusal(code)).action, action, String(code));
  }
  for (let code = 61450; code <= 61457; code += 1) assert.equal(errorRow(refusal(code)).action, 'fix');
  for (let code = 65301; code <= 65320; code += 1) assert.equal(errorRow(refusal(code)).action, 'fix');
  assert.ok([...ERROR_TABLE.values()].every(({ action, meaning }) => action !== 'unknown' && meaning !== ''));
});

test('a number that is not listed is unknown, whatever its text says', () => {
  for (const code of [1, 99999, 40000, -2]) {
    const told = refusal(code, 'access_token expired, invalid credential rid: 6aac0063-7ed08fb9-1250f724');
    assert.equal(errorRow(told).action, 'unknown');
    assert.equal(logLevelOf(told), 'warn');
    assert.equal(troubleOf(told, { id: 'main' }).code, 'wechat-refused');
    assert.equal(told.rid, '6aac0063-7ed08fb9-1250f724');
  }
});

test('an invalid credential is the secret where a token is asked for, and the token elsewhere', () => {
  assert.equal(errorRow(refusal(40001, 'x', '/cgi-bin/stable_token')).action, 'stop-and-alarm');
  assert.equal(errorRow(refusal(40001, 'x', '/cgi-bin/token')).action, 'stop-and-alarm');
  assert.equal(errorRow(refusal(40001)).action, 'new-token-once');
});

// overtrue/laravel-wechat#367, binarywang/WxJava#439, #495, #3199, JeffreySu/WeiXinMPSDK PR#2166
test('IP whitelist: the alarm names the address that WeChat saw', () => {
  const cases = [
    ['invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 6aac0063-7ed08fb9-1250f724', '(1.2.3.4)'],
    ['invalid ip 2001:db8::7, not in whitelist', '(2001:db8::7)'],
    ['not in whitelist rid: 6aac0063-7ed08fb9-1250f724', 'allow list'],
  ] as const;
  for (const code of [40164, 61004, 45035]) {
    for (const [errmsg, expected] of cases) {
      const trouble = troubleOf(refusal(code, errmsg), { id: 'main' });
      assert.equal(trouble.code, 'wechat-configuration');
      assert.ok(trouble.message.endsWith(expected), trouble.message);
    }
  }
  assert.match(troubleOf(refusal(89503, 'ip 10.0.0.9 wants confirmation'), { id: 'main' }).message, /\(10\.0\.0\.9\)$/);
});
