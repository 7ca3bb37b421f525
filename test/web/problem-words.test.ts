import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { en } from '../../src/web/console/words/words-en.ts';
import { zh } from '../../src/web/console/words/words-zh.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const ROOMS = ['flows', 'http', 'store'];
/** Refusals are written so everywhere, the second by a short name for answers of 409. */
const REFUSAL = /(?:new WrongRequest|conflict)\(\s*'([a-z][a-z-]+)'/g;

/** What only people's pages, WeChat's own calls, WeChat Pay's notices and other programs are refused with. */
const ELSEWHERE = new Set([
  'answer-wrong',
  'follow-needed',
  'invitations-off',
  'no-follow-code',
  'page-not-ours',
  'session-needed',
  'oauth-code-invalid',
  'oauth-code-used',
  'oauth-state-used',
  'return-path-refused',
  'snapshot-user',
  'state-malformed',
  'url-malformed',
  'way-unknown',
  'wrong-account',
  'no-fairness',
  'record-not-yet',
  'payee-link-invalid',
  'payee-link-over',
  'payee-taken',
  'app-not-found',
  'payment-contradicts',
  'bad-signature',
  'stale-timestamp',
  'replayed',
  'idempotency-key-busy',
  'idempotency-key-invalid',
  'idempotency-key-missing',
  'idempotency-key-reused',
  'idempotency-answer-lost',
  'token-missing',
  'token-malformed',
  'token-invalid',
  // A command adds merchants.
  'merchant-number-differs',
  'merchant-number-taken',
  // Nobody draws in a preview, and its refusal stays inside.
  'preview',
  // Nothing of ours sends such a body.
  'body-cut',
  'body-encoded',
  'body-not-json',
  'json-malformed',
  'xml-malformed',
  'message-malformed',
]);

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

test('every refusal that the console can meet is said in Chinese and in English', () => {
  const codes = ROOMS.flatMap((room) => filesBelow(join(SOURCES, room))).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(REFUSAL)].map((found) => found[1] ?? ''),
  );
  assert.ok(codes.length > 100, `only ${codes.length} were found`);
  const unsaid = [...new Set(codes)].filter(
    (code) => !ELSEWHERE.has(code) && (zh.problems[code] === undefined || en.problems[code] === undefined),
  );
  assert.deepEqual(unsaid.toSorted(), []);
});
