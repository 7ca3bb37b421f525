import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newToken } from '../../src/web/h5/request-token.ts';

test('a token is 32 hex digits, and one made later stands behind it', () => {
  const tokens = [1_795_000_000_000, 1_795_000_000_001, 4_000_000_000_000].map((nowMs) => newToken(nowMs));
  for (const token of tokens) assert.match(token, /^[0-9a-f]{32}$/);
  assert.deepEqual(tokens.toSorted(), tokens);
});

test('two tokens of one millisecond differ', () => {
  const tokens = Array.from({ length: 1000 }, () => newToken(1_795_000_000_000));
  assert.equal(new Set(tokens).size, 1000);
});
