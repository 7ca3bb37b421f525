import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** The padding block is 32 bytes, twice the cipher's own, so OpenSSL's padding must stay off in both directions. */
const paddingBlockBytes = 32;

/** What an account and WeChat share for message encryption. `encodingAesKey` has 43 characters. */
export type EnvelopeKeys = { appId: string; token: string; encodingAesKey: string };

/** Lower-case SHA-1 over the sorted parts: `signature` with token, time, nonce; `msg_signature` with the text too. */
export function sortedSha1(...parts: readonly string[]): string {
  return createHash('sha1').update(parts.toSorted(byBytes).join('')).digest('hex');
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

/**
 * Encrypts one message: 16 bytes of luck, length, text, app id, padded to 32, AES-256-CBC, base64.
 * https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
 */
export function encryptMessage(text: string, luck: Buffer, keys: Omit<EnvelopeKeys, 'token'>): string {
  const message = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const full = Buffer.concat([luck, length, message, Buffer.from(keys.appId, 'utf8')]);
  const padBytes = paddingBlockBytes - (full.length % paddingBlockBytes);
  return encryptPadded(Buffer.concat([full, Buffer.alloc(padBytes, padBytes)]), keys.encodingAesKey);
}

/** AES-256-CBC with the start taken from the key, base64. The bytes must be whole blocks already. */
export function encryptPadded(padded: Buffer, encodingAesKey: string): string {
  const key = aesKey(encodingAesKey);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

/** Opens one message and says whose it is. Throws a plain Error that names the first thing wrong with it. */
export function decryptMessage(encrypted: string, encodingAesKey: string): { text: string; appId: string } {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted)) throw new Error('Encrypt is not base64');
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % paddingBlockBytes !== 0) {
    throw new Error(`${bytes.length} encrypted bytes are not whole blocks of 32`);
  }
  const key = aesKey(encodingAesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const full = withoutPadding(Buffer.concat([decipher.update(bytes), decipher.final()]));
  if (full.length < 20) throw new Error('the encrypted text is shorter than its head');
  const messageEnd = 20 + full.readUInt32BE(16);
  if (messageEnd > full.length) throw new Error('the length inside the encrypted text is too large');
  return { text: full.toString('utf8', 20, messageEnd), appId: full.toString('utf8', messageEnd) };
}

function withoutPadding(padded: Buffer): Buffer {
  const padBytes = padded.at(-1) ?? 0;
  const pad = padded.subarray(padded.length - padBytes);
  if (padBytes < 1 || padBytes > paddingBlockBytes || pad.some((byte) => byte !== padBytes)) {
    throw new Error('the padding of the encrypted text is wrong');
  }
  return padded.subarray(0, padded.length - padBytes);
}

function aesKey(encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  if (encodingAesKey.length !== 43 || key.length !== 32) throw new Error('an EncodingAESKey has 43 characters');
  return key;
}
