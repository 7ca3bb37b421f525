import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, AlarmKind } from '../../src/flows/ports/alarms.ts';
import { alarmText } from '../../src/notify/alarm-text.ts';
import { NOON_MS } from '../support/builders.ts';

const stopped: Alarm = {
  id: 1,
  kind: 'merchant-stopped',
  subject: 'main',
  message: 'NOTENOUGH 帐号余额不足',
  raisedAtMs: NOON_MS,
};

test('a person reads what happened, to what, what to do, and when in Beijing', () => {
  const lines = alarmText(stopped).split('\n');
  assert.equal(lines[0], '【红包告警】商户已停止发红包（merchant-stopped）');
  assert.equal(lines[1], '商户：main');
  assert.equal(lines[2], '情况：NOTENOUGH 帐号余额不足');
  assert.match(lines[3] ?? '', /^处理：.*恢复该商户/);
  assert.equal(lines[4], '时间：2026-11-21 12:00:00（北京时间）');
});

test('every kind has its own words, and an alarm without a subject is about the whole installation', () => {
  const kinds: readonly AlarmKind[] = [
    'merchant-stopped',
    'sending-stopped',
    'certificate-expires',
    'contradiction',
    'books-differ',
  ];
  const texts = kinds.map((kind) => alarmText({ ...stopped, kind, subject: '' }));
  assert.equal(new Set(texts.map((text) => text.split('\n')[0])).size, kinds.length);
  assert.ok(texts.every((text) => text.includes('：整个系统\n')));
});

test('no message is longer than the 2048 bytes WeCom takes, and none is cut inside a character', () => {
  for (const message of ['红'.repeat(5000), '🧧'.repeat(5000), 'x'.repeat(100_000), `${'x'.repeat(1700)}🧧🧧🧧`]) {
    const text = alarmText({ ...stopped, message, subject: '单'.repeat(500) });
    assert.ok(Buffer.byteLength(text) <= 2048, `${Buffer.byteLength(text)} bytes`);
    assert.ok(text.isWellFormed() && !text.includes('\ufffd'));
    assert.match(text, /…\n处理：/);
    assert.match(text, /北京时间）$/);
  }
});

test('a message from outside can mention nobody and breaks nothing', () => {
  const text = alarmText({
    ...stopped,
    subject: '<@all>',
    message: '<at user_id="all"></at>\u0000\u001b[31m\ud800<@all>',
  });
  assert.ok(!text.includes('<'));
  // oxlint-disable-next-line no-control-regex -- exactly these control characters must be gone
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
  assert.ok(text.isWellFormed());
});
