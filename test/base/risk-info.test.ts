import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { riskInfo } from '../../src/base/risk-info.ts';
import type { RiskItems } from '../../src/base/risk-info.ts';
import vectors from '../vectors/pay.json' with { type: 'json' };

test('the published sample comes out letter for letter', () => {
  const published = vectors.vectors.map((vector) => vector.params.risk_info).filter((value) => value !== undefined);
  assert.deepEqual(published, [
    riskInfo({ postTimeMs: 123_123_412_000, clientVersion: '234134', mobile: '122344545', deviceId: 'IOS' }),
  ]);
});

test('what is not known is left out, and the time is in whole seconds', () => {
  assert.equal(riskInfo({ postTimeMs: 1_795_219_200_999 }), 'posttime%3d1795219200');
  assert.equal(
    riskInfo({ postTimeMs: 0, mobile: '86-13800000000', deviceId: '', clientVersion: '' }),
    'posttime%3d0%26mobile%3d86-13800000000',
  );
});

const refused: readonly (readonly [string, RiskItems])[] = [
  ['a mobile number with a plus', { postTimeMs: 0, mobile: '+8613800000000' }],
  ['a mobile number with letters', { postTimeMs: 0, mobile: 'none' }],
  ['a device that would add an item', { postTimeMs: 0, deviceId: 'a&mobile=1' }],
  ['a version with a line break', { postTimeMs: 0, clientVersion: '8.0\n' }],
  ['half a character', { postTimeMs: 0, clientVersion: '\ud83d' }],
  ['a time before 1970', { postTimeMs: -1 }],
  ['a time that is none', { postTimeMs: Number.NaN }],
  ['more than 128 characters', { postTimeMs: 0, deviceId: 'a'.repeat(128) }],
];
for (const [name, items] of refused) {
  test(`${name} is refused`, () =>
    assert.throws(() => riskInfo(items), { name: 'WrongRequest', code: 'risk-info-invalid' }));
}

test('the longest that fits is taken, one character more is not', () => {
  const used = riskInfo({ postTimeMs: 0, deviceId: 'a' }).length - 1;
  assert.equal(riskInfo({ postTimeMs: 0, deviceId: 'a'.repeat(128 - used) }).length, 128);
  assert.throws(() => riskInfo({ postTimeMs: 0, deviceId: 'a'.repeat(129 - used) }), /this has 129/);
});

test('whatever is taken reads back as it was given', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !/[&=\p{Cc}\p{Cs}]/u.test(value));
  fc.assert(
    fc.property(fc.nat(), text, text, (postTimeMs, deviceId, clientVersion) => {
      const items = { postTimeMs, deviceId, clientVersion, mobile: '86-13800000000' };
      fc.pre(encodeURIComponent(deviceId + clientVersion).length <= 40);
      const read = Object.fromEntries(
        decodeURIComponent(riskInfo(items))
          .split('&')
          .map((item) => item.split('=') as [string, string]),
      );
      assert.equal(read['posttime'], String(Math.floor(postTimeMs / 1000)));
      assert.equal(read['deviceid'] ?? '', deviceId);
      assert.equal(read['clientversion'] ?? '', clientVersion);
    }),
  );
});
