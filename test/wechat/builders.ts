import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { accountId } from '../../src/base/ids.ts';
import type { Account } from '../../src/flows/ports/accounts.ts';

/** An account in safe mode; override what the test is about. */
export function anAccount(overrides: Partial<Account> = {}): Account {
  return {
    id: accountId('main'),
    appId: 'wx2c2769f8efd9abc2',
    appSecret: 'secret-of-the-account',
    token: 'spamtest',
    encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    previousEncodingAesKey: null,
    messageMode: 'safe',
    merchantId: null,
    originalId: null,
    kind: 'service',
    customerMessages: true,
    tokenEndpoint: 'stable',
    welcomeText: '',
    fallbackText: '',
    myAwardsKeyword: '我的红包',
    paysThrough: null,
    retentionDays: null,
    ...overrides,
  };
}

export const FOLLOWER = 'oyORnuP8q7ou2gfYjqLzSIWZf0rs';

/** A text message's XML as WeChat lays it out; `fields` replaces or removes (undefined) elements. */
export function aTextXml(fields: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    ToUserName: '<![CDATA[gh_10f6c3c3ac5a]]>',
    FromUserName: `<![CDATA[${FOLLOWER}]]>`,
    CreateTime: '1409735668',
    MsgType: '<![CDATA[text]]>',
    Content: '<![CDATA[abcdteT]]>',
    MsgId: '6054768590064713728',
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`<${name}>${value}</${name}>`],
  );
  return `<xml>${lines.join('\n')}\n</xml>`;
}

/** WeChat's side of signing, written apart from ours. */
export function wechatSign(...parts: string[]): string {
  return createHash('sha1').update(parts.toSorted().join('')).digest('hex');
}

export interface Delivery {
  readonly query: Record<string, string>;
  readonly body: string;
}

interface DeliveryOptions {
  readonly account: Account;
  readonly xml: string;
  readonly nowMs: number;
  readonly nonce?: string;
  readonly openid?: string;
  /** How `xml` becomes bytes: utf8 unless told. */
  readonly encoding?: BufferEncoding;
}

/** A plain delivery as WeChat posts it. */
export function plainDelivery(options: DeliveryOptions): Delivery {
  const timestamp = String(Math.floor(options.nowMs / 1000));
  const nonce = options.nonce ?? String(Math.floor(Math.random() * 1e9));
  const signature = wechatSign(options.account.token, timestamp, nonce);
  return { query: { signature, timestamp, nonce, openid: options.openid ?? FOLLOWER }, body: options.xml };
}

/** A safe-mode delivery as WeChat posts it; `tamper` changes the padded plaintext before it is encrypted. */
export function sealedDelivery(
  options: DeliveryOptions & { readonly key?: string; readonly appId?: string; tamper?: (content: Buffer) => Buffer },
): Delivery {
  const plain = plainDelivery(options);
  const { timestamp = '', nonce = '' } = plain.query;
  const encrypt = wechatSeal({
    key: options.key ?? options.account.encodingAesKey,
    appId: options.appId ?? options.account.appId,
    message: Buffer.from(options.xml, options.encoding ?? 'utf8'),
    tamper: options.tamper ?? ((content) => content),
  });
  const signature = wechatSign(options.account.token, timestamp, nonce, encrypt);
  return {
    query: { ...plain.query, encrypt_type: 'aes', msg_signature: signature },
    body: `<xml>\n<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<Encrypt><![CDATA[${encrypt}]]></Encrypt>\n</xml>`,
  };
}

function wechatSeal(input: {
  key: string;
  appId: string;
  message: Buffer;
  tamper: (content: Buffer) => Buffer;
}): string {
  const key = Buffer.from(`${input.key}=`, 'base64');
  const { message } = input;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const content = Buffer.concat([randomBytes(16), length, message, Buffer.from(input.appId)]);
  const pad = 32 - (content.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = input.tamper(Buffer.concat([content, Buffer.alloc(pad, pad)]));
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}
