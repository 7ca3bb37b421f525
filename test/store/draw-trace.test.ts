import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Verdict } from '../../src/rules/facts.ts';
import { readTrace, traceToStore } from '../../src/store/draw-trace.ts';
import type { StoredTrace } from '../../src/store/draw-trace.ts';

const STEPS = [
  { check: 'stopped', passed: true, seen: 'open', limit: 'open' },
  { check: 'day-limit', passed: false, seen: 3, limit: null },
] as const;
const REFUSED: Verdict = { outcome: 'refused', why: 'day-limit', ticket: null, text: '明天再来', trace: STEPS };

describe('the trace of a draw', () => {
  test('comes back as it was written', () => {
    const stored = JSON.parse(traceToStore(REFUSED)) as StoredTrace;
    assert.deepEqual(readTrace(stored), { why: 'day-limit', steps: STEPS });
  });

  test('takes half the bytes of its steps by name', () => {
    assert.ok(traceToStore(REFUSED).length < JSON.stringify({ why: 'day-limit', steps: STEPS }).length * 0.6);
  });

  test('of before, with steps by name or with nothing at all, is still read', () => {
    assert.deepEqual(readTrace({ why: null, steps: STEPS }), { why: null, steps: STEPS });
    assert.deepEqual(readTrace({}), { why: null, steps: [] });
  });
});
