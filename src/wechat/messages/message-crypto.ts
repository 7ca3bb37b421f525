import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

// WeChat pads to 32 bytes where AES's block is 16, so OpenSSL's own padding refuses half of all genuine messages.
const PAD_BLOCK_BYTES = 32;
const RANDOM_BYTES = 16;
const HEADER_BYTES = RANDOM_BYTES + 4;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A ciphertext that does not decode under this key; the reason is for the log, not for the sender. */
export class Undecryptable extends Error {
  override readonly name = 'Undecryptable';
}

/** What an EncodingAESKey stands for: the 32 bytes that encrypt, and the first 16 of them. */
export interface MessageKey {
  readonly secret: KeyObject;
  readonly iv: Uint8Array;
}

/** Node takes 15 us to make a cipher of a key in bytes and 2 of one that it knows. */
const known = new Map<string, MessageKey>();
const KNOWN_MAX = 256;

/**
 * Takes the 43 characters of an EncodingAESKey. Throws RangeError for anything else. Its last character carries two spare
 * bits that need not be zero, so the key is never checked by encoding it again.
 */
export function messageKey(encodingAesKey: string): MessageKey {
  const before = known.get(encodingAesKey);
  if (before !== undefined) return before;
  if (!/^[A-Za-z0-9]{43}$/.test(encodingAesKey)) throw new RangeError('an EncodingAESKey is 43 letters and digits');
  const bytes = Buffer.from(`${encodingAesKey}=`, 'base64');
  const key = { secret: createSecretKey(bytes), iv: bytes.subarray(0, 16) };
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(encodingAesKey, key);
  return key;
}

/**
 * Encrypts a reply: AES-256-CBC over 16 random bytes, the message's length in bytes (big-endian), the message and the
 * app id, padded to 32 bytes; returns base64. `random` is only given to reproduce a published example.
 * https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
 */
export function encryptMessage(input: {
  key: MessageKey;
  appId: string;
  message: string;
  random?: Uint8Array;
}): string {
  const message = Buffer.from(input.message, 'utf8');
  const header = Buffer.alloc(HEADER_BYTES);
  header.set(input.random ?? randomBytes(RANDOM_BYTES));
  header.writeUInt32BE(message.length, RANDOM_BYTES);
  const content = Buffer.concat([header, message, Buffer.from(input.appId, 'utf8')]);
  // An already aligned message gets a whole block: without it WeChat refuses the reply.
  const pad = PAD_BLOCK_BYTES - (content.length % PAD_BLOCK_BYTES);
  const cipher = createCipheriv('aes-256-cbc', input.key.secret, input.key.iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(content), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}

/** Decrypts what WeChat sent and returns the message and the app id it was meant for. Throws Undecryptable. */
export function decryptMessage(input: { key: MessageKey; ciphertext: string }): { message: string; appId: string } {
  if (!BASE64.test(input.ciphertext)) throw new Undecryptable('not base64');
  const sealed = Buffer.from(input.ciphertext, 'base64');
  if (sealed.length === 0 || sealed.length % PAD_BLOCK_BYTES !== 0) throw new Undecryptable('not whole blocks');
  const decipher = createDecipheriv('aes-256-cbc', input.key.secret, input.key.iv).setAutoPadding(false);
  const content = withoutPadding(Buffer.concat([decipher.update(sealed), decipher.final()]));
  if (content.length < HEADER_BYTES) throw new Undecryptable('too short for a length');
  const messageEnd = HEADER_BYTES + content.readUInt32BE(RANDOM_BYTES);
  if (messageEnd > content.length) throw new Undecryptable('the length runs past the end');
  return {
    message: content.toString('utf8', HEADER_BYTES, messageEnd),
    appId: content.toString('utf8', messageEnd),
  };
}

function withoutPadding(padded: Buffer): Buffer {
  const pad = padded.at(-1) ?? 0;
  if (pad < 1 || pad > PAD_BLOCK_BYTES) throw new Undecryptable('a padding byte outside 1-32');
  const end = padded.length - pad;
  if (!padded.subarray(end).every((byte) => byte === pad)) throw new Undecryptable('uneven padding');
  return padded.subarray(0, end);
}
