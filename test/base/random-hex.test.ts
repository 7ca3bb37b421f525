import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomHex } from '../../src/base/random-hex.ts';

test('random hex is as long as asked for and never the same twice, over many fillings of its pool', () => {
  const seen = new Set(Array.from({ length: 20_000 }, () => randomHex(16)));
  assert.equal(seen.size, 20_000);
  for (const hex of seen) assert.match(hex, /^[0-9a-f]{32}$/);
  const zeros = [...seen].join('').match(/0/g)?.length ?? 0;
  // A sixteenth of 640,000 digits, within ten standard deviations.
  assert.ok(Math.abs(zeros - 40_000) < 2000, `${zeros} zeros`);
});

test('pieces of other lengths fit together', () => {
  for (let bytes = 1; bytes <= 64; bytes += 1) assert.equal(randomHex(bytes).length, bytes * 2);
  for (const wrong of [0, 65, 1.5, Number.NaN]) assert.throws(() => randomHex(wrong), RangeError);
});
