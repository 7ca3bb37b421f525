import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgottenBeforeMs } from '../../src/rules/retention.ts';

const at = (text: string): number => Date.parse(text);

test('somebody is forgotten when so many whole Beijing days lie behind the day they were seen', () => {
  const now = at('2026-11-21T00:00:00+08:00');
  assert.equal(forgottenBeforeMs(now, 30), at('2026-10-22T00:00:00+08:00'));
  const seen = at('2026-10-21T23:59:59.999+08:00');
  assert.ok(seen < forgottenBeforeMs(now, 30));
  assert.ok(!(seen < forgottenBeforeMs(now - 1, 30)), 'a moment before midnight the day is not over');
  assert.ok(!(seen + 1 < forgottenBeforeMs(now, 30)), 'seen a moment later counts for the next day');
});

test('the whole day makes no difference', () => {
  const morning = forgottenBeforeMs(at('2026-11-21T00:00:00+08:00'), 365);
  assert.equal(forgottenBeforeMs(at('2026-11-21T23:59:59.999+08:00'), 365), morning);
  assert.equal(morning, at('2025-11-21T00:00:00+08:00'));
});
