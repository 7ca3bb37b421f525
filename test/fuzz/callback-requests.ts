import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Account } from '../../src/flows/ports/accounts.ts';
import { damaged, documents, mutations } from './xml-bodies.ts';
import type { Mutation } from './xml-bodies.ts';

/** A request to the callback: a raw query string and raw bytes. */
export interface CallbackRequest {
  readonly query: string;
  readonly body: Buffer;
  /** The ciphertext that WeChat sealed for it, null for a plain one: nothing else can be signed. */
  readonly sealed: string | null;
}

/** Whether a request carries a signature of the account that covers what the account's mode asks for, and is fresh. */
export function isGenuine(account: Account, nowSeconds: number, request: CallbackRequest): boolean {
  const query = new URLSearchParams(request.query);
  const [timestamp, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
  if (Math.abs(Number(timestamp) - nowSeconds) > 301) return false;
  if (query.get('encrypt_type') !== 'aes') {
    return account.messageMode !== 'safe' && sha1(account.token, timestamp, nonce) === query.get('signature');
  }
  if (request.sealed === null) return false;
  return sha1(account.token, timestamp, nonce, request.sealed) === query.get('msg_signature');
}

/** WeChat's side written apart from ours, so that one mistake cannot agree with itself. */
export function sha1(...parts: readonly string[]): string {
  return createHash('sha1').update(parts.toSorted().join('')).digest('hex');
}

const MESSAGE_FIELDS = ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'Content', 'MsgId', 'Event', 'EventKey'];
const VALUES = [
  'gh_10f6c3c3ac5a',
  'oFollower',
  '1409735668',
  'text',
  'event',
  '抽奖',
  '18446744073709551615',
  'subscribe',
  '',
];

/** A message that is right in most fields. */
const messages = fc
  .tuple(fc.constantFrom('text', 'image', 'event', 'location', 'hologram'), fc.constantFrom(...VALUES), fc.nat(9999))
  .map(
    ([type, content, number]) =>
      `<xml>\n<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<FromUserName><![CDATA[oFollower]]></FromUserName>\n` +
      `<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[${type}]]></MsgType>\n` +
      `<Content><![CDATA[${content}]]></Content>\n<MediaId>m</MediaId>\n<MsgId>${number}</MsgId>\n` +
      `<Event><![CDATA[${content}]]></Event>\n<EventKey><![CDATA[qrscene_${number}]]></EventKey>\n</xml>`,
  );

const inner = fc.oneof(
  { weight: 3, arbitrary: messages },
  { weight: 1, arbitrary: documents },
  { weight: 3, arbitrary: fc.tuple(messages, mutations).map(([text, damage]) => damaged(text, damage)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(messages, fc.constantFrom(...MESSAGE_FIELDS), fc.constantFrom('<a>1</a>', '', '\u0000'))
      .map(([text, name, content]) =>
        text.replace(new RegExp(`<${name}>[^]*</${name}>`), `<${name}>${content}</${name}>`),
      ),
  },
);

/** Null as a rule, a value once in `times`. */
function once<Value>(times: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

const plan = fc.record({
  inner,
  form: fc.constantFrom('plain', 'sealed', 'sealed', 'both'),
  nonce: fc.noBias(fc.nat(2 ** 30)),
  offSeconds: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -900, max: 900 }) },
  ),
  /** Bytes of the padded plaintext that are changed before it is encrypted. */
  tamper: once(6, fc.tuple(fc.noBias(fc.nat(9999)), fc.integer({ min: 1, max: 255 }))),
  bodyDamage: once(5, mutations),
  byteFlip: once(5, fc.tuple(fc.noBias(fc.nat(9999)), fc.noBias(fc.nat(7)))),
  queryDamage: once(5, mutations),
  queryOdd: once(
    9,
    fc.constantFrom(
      '&signature=x',
      '&encrypt_type=raw',
      '&encrypt_type=aes',
      '&openid=a&openid=b',
      '&%',
      '&=&&',
      '&nonce[]=1',
      '&__proto__=1',
    ),
  ),
});
type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;

/** Requests that are genuine, nearly genuine, or genuine before they were damaged. */
export function requestsFor(account: Account, nowSeconds: number): fc.Arbitrary<CallbackRequest> {
  return plan.map((given) => build(account, nowSeconds, given));
}

function build(account: Account, nowSeconds: number, given: Plan): CallbackRequest {
  const timestamp = String(nowSeconds + given.offSeconds);
  const nonce = String(given.nonce);
  const query = `signature=${sha1(account.token, timestamp, nonce)}&timestamp=${timestamp}&nonce=${nonce}&openid=oFollower`;
  if (given.form === 'plain') return { ...spoiled(query, given.inner, given), sealed: null };
  const encrypted = seal(account, given);
  const signature = sha1(account.token, timestamp, nonce, encrypted);
  const outside =
    given.form === 'both' ? given.inner.replace(/<\/xml>\s*$/, '') : '<xml>\n<ToUserName>gh_1</ToUserName>';
  const body = `${outside}\n<Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>`;
  return { ...spoiled(`${query}&encrypt_type=aes&msg_signature=${signature}`, body, given), sealed: encrypted };
}

function seal(account: Account, { inner: text, tamper }: Plan): string {
  const message = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const content = Buffer.concat([Buffer.alloc(16, 'r'), length, message, Buffer.from(account.appId)]);
  const pad = 32 - (content.length % 32);
  const padded = Buffer.concat([content, Buffer.alloc(pad, pad)]);
  if (tamper !== null) {
    const at = Math.floor((tamper[0] / 10_000) * padded.length);
    padded[at] = (padded[at] ?? 0) ^ tamper[1];
  }
  const key = Buffer.from(`${account.encodingAesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

function spoiled(query: string, body: string, given: Plan): Omit<CallbackRequest, 'sealed'> {
  const { bodyDamage, byteFlip, queryDamage, queryOdd } = given;
  const maybe = (text: string, damage: Mutation | null): string => (damage === null ? text : damaged(text, damage));
  const bytes = Buffer.from(maybe(body, bodyDamage));
  if (byteFlip !== null && bytes.length > 0) {
    const at = Math.floor((byteFlip[0] / 10_000) * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << byteFlip[1]);
  }
  // Only what may stand in a request line; everything else goes percent-encoded, as a client would send it.
  const raw = maybe(query, queryDamage).replaceAll(/[^\x21-\x7E]|#/gu, (sign) =>
    encodeURIComponent(sign.toWellFormed()),
  );
  return { query: raw + (queryOdd ?? ''), body: bytes };
}
