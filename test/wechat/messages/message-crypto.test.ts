import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decryptMessage,
  encryptMessage,
  messageKey,
  Undecryptable,
} from '../../../src/wechat/messages/message-crypto.ts';

const key = messageKey('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG');
const appId = 'wx2c2769f8efd9abc2';

/** Encrypts bytes as they are, padding and all. */
function encryptRaw(content: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', key.secret, key.iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(content), cipher.final()]).toString('base64');
}

function refuses(ciphertext: string, reason: RegExp): void {
  assert.throws(
    () => decryptMessage({ key, ciphertext }),
    (error) => error instanceof Undecryptable && reason.test(error.message),
  );
}

test('every padding from 1 to 32 comes back, and an aligned message gets a whole block', () => {
  const lengths = new Set<number>();
  for (let bytes = 0; bytes < 64; bytes += 1) {
    const message = 'x'.repeat(bytes);
    const ciphertext = encryptMessage({ key, appId, message });
    const sealedBytes = Buffer.from(ciphertext, 'base64').length;
    assert.equal(sealedBytes % 32, 0);
    lengths.add(sealedBytes - (20 + bytes + appId.length));
    assert.deepEqual(decryptMessage({ key, ciphertext }), { message, appId });
  }
  assert.deepEqual(
    [...lengths].sort((a, b) => a - b),
    Array.from({ length: 32 }, (_, index) => index + 1),
  );
});

test('any text comes back whole, and the same text never gives the same ciphertext', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const message = text.toWellFormed();
      const ciphertext = encryptMessage({ key, appId, message });
      assert.deepEqual(decryptMessage({ key, ciphertext }), { message, appId });
      assert.notEqual(encryptMessage({ key, appId, message }), ciphertext);
    }),
    { numRuns: 200 },
  );
});

test('any damaged ciphertext is refused or decodes, but never crashes otherwise', () => {
  const whole = Buffer.from(encryptMessage({ key, appId, message: 'hello' }), 'base64');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      try {
        decryptMessage({ key, ciphertext: damaged.toString('base64') });
      } catch (error) {
        assert.ok(error instanceof Undecryptable);
      }
    }),
  );
});

test('what is not base64 or not whole 32-byte blocks is refused', () => {
  refuses('', /whole blocks/);
  refuses('no base64 here!!', /base64/);
  refuses('AAAA\nAAAA', /base64/);
  refuses(Buffer.alloc(48).toString('base64'), /whole blocks/);
  refuses(Buffer.alloc(31).toString('base64'), /whole blocks/);
});

test('a padding byte outside 1-32 or uneven padding is refused', () => {
  refuses(encryptRaw(Buffer.alloc(64, 0)), /outside/);
  refuses(encryptRaw(Buffer.alloc(64, 33)), /outside/);
  const uneven = Buffer.alloc(64, 8);
  uneven[60] = 7;
  refuses(encryptRaw(uneven), /uneven/);
});

test('a length that runs past the end is refused', () => {
  refuses(encryptRaw(Buffer.alloc(32, 32)), /too short/);
  const content = Buffer.alloc(32, 1);
  content.writeUInt32BE(0xffff_ffff, 16);
  refuses(encryptRaw(content), /past the end/);
});

test('a key is 43 letters and digits, whatever its two spare bits say', () => {
  assert.equal(messageKey('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG').secret.symmetricKeySize, 32);
  for (const wrong of ['', 'short', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}=`]) {
    assert.throws(() => messageKey(wrong), RangeError);
  }
});
