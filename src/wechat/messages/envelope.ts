import { randomInt } from 'node:crypto';
import { OurBug, WrongRequest } from '../../base/errors.ts';
import { cdata, xmlText } from '../../base/xml.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type { CallbackQuery } from '../../flows/ports/messages.ts';
import { decryptMessage, encryptMessage, messageKey, Undecryptable } from './message-crypto.ts';
import type { MessageKey } from './message-crypto.ts';
import { readMessageXml } from './message-fields.ts';
import { isSignedBy, sign } from './signature.ts';

/** How far a delivery's timestamp may lie from our clock. WeChat names no limit; this covers its retries and skew. */
export const DELIVERY_AGE_MAX_MS = 5 * 60_000;

/** A delivery with its signature, age and receiver checked. */
export interface OpenEnvelope {
  /** The message's XML: decrypted, or the body itself when it came plain. */
  readonly xml: string;
  readonly encrypted: boolean;
  /** The EncodingAESKey that fitted, null for a plain message; the reply must use the same one. */
  readonly keyUsed: string | null;
  readonly timestamp: string;
  readonly nonce: string;
  /** The signature that was checked. */
  readonly signature: string;
}

/**
 * Checks WeChat's GET check of the callback address and returns the echo, which is plain even in safe mode.
 * Throws WrongRequest `bad-signature`, `stale-timestamp` or `query-malformed`.
 */
export function answerUrlCheck(input: { account: Account; query: CallbackQuery; nowMs: number }): string {
  const echo = single(input.query, 'echostr');
  if (!/^[\x21-\x7E]{1,256}$/.test(echo)) throw new WrongRequest('query-malformed', 'echostr is missing or malformed');
  checkSignature(input, 'signature', []);
  return echo;
}

/**
 * Opens a delivery by the account's mode. Safe mode takes encrypted bodies only, whatever the query string says: a
 * plain signature does not cover the body, so one seen triple would let anyone post any message. Throws WrongRequest:
 * `bad-signature`, `stale-timestamp`, `plain-refused`, `wrong-appid`, `undecryptable` (403), `query-malformed`,
 * `xml-malformed` (400).
 */
export function openEnvelope(input: {
  account: Account;
  query: CallbackQuery;
  body: Uint8Array;
  nowMs: number;
}): OpenEnvelope {
  const body = Buffer.from(input.body.buffer, input.body.byteOffset, input.body.byteLength).toString('utf8');
  const encryption = optional(input.query, 'encrypt_type') ?? 'raw';
  if (encryption === 'aes') return openSealed(input, body);
  if (encryption !== 'raw') throw new WrongRequest('query-malformed', 'encrypt_type is neither aes nor raw');
  if (input.account.messageMode === 'safe') {
    throw new WrongRequest('plain-refused', 'this account takes encrypted messages only', { status: 403 });
  }
  const checked = checkSignature(input, 'signature', []);
  return { xml: body, encrypted: false, keyUsed: null, ...checked };
}

/** Seals a reply in a fresh envelope, under the key the message came with. `nonce` and `random` are for examples. */
export function sealReply(input: {
  account: Account;
  keyUsed: string;
  replyXml: string;
  nowMs: number;
  nonce?: string;
  random?: Uint8Array;
}): string {
  const encrypted = encryptMessage({
    key: messageKey(input.keyUsed),
    appId: input.account.appId,
    message: input.replyXml,
    ...(input.random === undefined ? {} : { random: input.random }),
  });
  const timestamp = String(Math.floor(input.nowMs / 1000));
  const nonce = input.nonce ?? String(randomInt(100_000_000, 1_000_000_000));
  const signature = sign([input.account.token, timestamp, nonce, encrypted]);
  return [
    '<xml>',
    `<Encrypt>${cdata(encrypted)}</Encrypt>`,
    `<MsgSignature>${cdata(signature)}</MsgSignature>`,
    `<TimeStamp>${timestamp}</TimeStamp>`,
    `<Nonce>${cdata(nonce)}</Nonce>`,
    '</xml>',
  ].join('\n');
}

function openSealed(input: { account: Account; query: CallbackQuery; nowMs: number }, body: string): OpenEnvelope {
  const ciphertext = xmlText(readMessageXml(body), 'Encrypt') ?? '';
  if (ciphertext === '') throw new WrongRequest('xml-malformed', 'the body has no Encrypt element');
  const checked = checkSignature(input, 'msg_signature', [ciphertext]);
  const keys = [input.account.encodingAesKey, input.account.previousEncodingAesKey ?? ''].filter((key) => key !== '');
  let forAnother = false;
  for (const keyUsed of keys) {
    const opened = tryKey(keyUsed, ciphertext);
    if (opened === undefined) continue;
    if (opened.appId === input.account.appId) return { xml: opened.message, encrypted: true, keyUsed, ...checked };
    // One in billions decrypts to something under the wrong key too, so the other key still has its turn.
    forAnother = true;
  }
  if (forAnother) throw new WrongRequest('wrong-appid', 'the message is meant for another app id', { status: 403 });
  throw new WrongRequest('undecryptable', 'the message does not decrypt under this account’s key', { status: 403 });
}

function tryKey(encodingAesKey: string, ciphertext: string): { message: string; appId: string } | undefined {
  let key: MessageKey;
  try {
    key = messageKey(encodingAesKey);
  } catch (cause) {
    throw new OurBug('an account with a malformed EncodingAESKey got past its door', { cause });
  }
  try {
    return decryptMessage({ key, ciphertext });
  } catch (error) {
    if (error instanceof Undecryptable) return undefined;
    throw error;
  }
}

function checkSignature(
  input: { account: Account; query: CallbackQuery; nowMs: number },
  name: 'signature' | 'msg_signature',
  more: readonly string[],
): { timestamp: string; nonce: string; signature: string } {
  const timestamp = single(input.query, 'timestamp');
  const nonce = single(input.query, 'nonce');
  const signature = single(input.query, name);
  // The signed text has no separators, so digits could be moved between timestamp and nonce and still be signed;
  // a timestamp of exactly ten digits leaves no second reading near the present.
  if (!/^\d{10}$/.test(timestamp)) throw new WrongRequest('query-malformed', 'timestamp is not ten digits');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(nonce)) throw new WrongRequest('query-malformed', 'nonce is missing or malformed');
  if (!isSignedBy(signature, [input.account.token, timestamp, nonce, ...more])) {
    throw new WrongRequest('bad-signature', 'the signature does not fit', { status: 403 });
  }
  if (Math.abs(input.nowMs - Number(timestamp) * 1000) > DELIVERY_AGE_MAX_MS) {
    throw new WrongRequest('stale-timestamp', 'the timestamp is more than 5 minutes from our clock', { status: 403 });
  }
  return { timestamp, nonce, signature };
}

function single(query: CallbackQuery, name: string): string {
  return optional(query, name) ?? '';
}

function optional(query: CallbackQuery, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new WrongRequest('query-malformed', `${name} occurs more than once`);
}
