import { createCipheriv, createSecretKey, hash, randomInt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { PushAccount } from './load-plan.ts';

// Signs, seals and writes what WeChat delivers, by code of its own: it costs the load process 10 us (plain) to 20 us.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html

const START = randomInt(1_000_000_000);
let sent = 0;

/** Returns the bytes of the HTTP request that delivers a new text message of a follower at random. */
export function pushMessage(account: PushAccount, safe: boolean, followers: number): Buffer {
  sent += 1;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = `${START}${sent}`;
  const sender = follower(randomInt(followers));
  const xml = `<xml><ToUserName><![CDATA[${account.originalId}]]></ToUserName><FromUserName><![CDATA[${sender}]]></FromUserName><CreateTime>${timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${account.word}]]></Content><MsgId>${String(START * 1000 + sent).padStart(17, '2')}</MsgId></xml>`;
  const signature = sign(account.token, timestamp, nonce);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${sender}`;
  if (!safe) return request(`${account.path}?${query}`, xml);
  const sealed = seal(account, xml);
  const body = `<xml><ToUserName><![CDATA[${account.originalId}]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`;
  const messageSignature = sign(account.token, timestamp, nonce, sealed);
  return request(`${account.path}?${query}&encrypt_type=aes&msg_signature=${messageSignature}`, body);
}

/** Openids follow no order, and neither do these. `stored-draws.ts` makes the same in SQL. */
function follower(number: number): string {
  return `o${hash('md5', String(number)).slice(0, 27)}`;
}

function request(path: string, body: string): Buffer {
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: ${length}\r\n\r\n${body}`,
  );
}

function sign(...parts: readonly string[]): string {
  return hash('sha1', parts.toSorted().join(''));
}

const keys = new Map<string, { readonly secret: KeyObject; readonly iv: Buffer }>();

/** A key in bytes would cost 15 us more each time. */
function keyOf(encodingAesKey: string): { readonly secret: KeyObject; readonly iv: Buffer } {
  const known = keys.get(encodingAesKey);
  if (known !== undefined) return known;
  const bytes = Buffer.from(`${encodingAesKey}=`, 'base64');
  const key = { secret: createSecretKey(bytes), iv: bytes.subarray(0, 16) };
  keys.set(encodingAesKey, key);
  return key;
}

function seal({ encodingAesKey, appId }: PushAccount, xml: string): string {
  const { secret, iv } = keyOf(encodingAesKey);
  const message = Buffer.from(xml);
  // Sixteen bytes that should be random, and here need only differ.
  const head = Buffer.from(
    String(START * 1e6 + sent)
      .padStart(16, '0')
      .slice(-16)
      .padEnd(20),
  );
  head.writeUInt32BE(message.length, 16);
  const plain = Buffer.concat([head, message, Buffer.from(appId)]);
  const padding = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', secret, iv).setAutoPadding(false);
  return (
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)]), undefined, 'base64') + cipher.final('base64')
  );
}
