import type { Account, MessageMode } from '../account.ts';
import { encryptMessage, sortedSha1 } from '../wire/envelope.ts';
import { writeXml, type XmlPairs } from '../wire/xml.ts';

/** One push as it goes over the wire, and the plain XML that is in it. */
export type PushEnvelope = { query: string; body: string; plainXml: string };

/** `lines`: every element on a line of its own, as captured in 2023; `sample`: the first one behind `<xml>`. */
export type PushLayout = 'lines' | 'sample';

export type PushContents = {
  account: Account;
  mode: MessageMode;
  /** Whom the address names as the sender. */
  openid: string;
  pairs: XmlPairs;
  timestamp: string;
  nonce: string;
  /** 16 bytes in front of the encrypted text. */
  luck: Buffer;
  layout?: PushLayout | undefined;
  /** How long the padding is to be, 1 to 32: blank lines are put in until it is. */
  padBytes?: number | undefined;
};

const headBytes = 20;
const blockBytes = 32;

/**
 * Signs and, if the mode asks for it, encrypts a push. Order of the query as in the official sample.
 * https://developers.weixin.qq.com/doc/subscription/guide/dev/push/
 */
export function sealPush(contents: PushContents): PushEnvelope {
  const { account, mode, pairs, timestamp, nonce, luck, layout } = contents;
  const query = plainQuery(contents);
  const plainXml = stretched(laidOut(pairs, layout), contents);
  if (mode === 'plain') return { query, body: plainXml, plainXml };
  const encrypted = encryptMessage(plainXml, luck, account);
  const messageSignature = sortedSha1(account.token, timestamp, nonce, encrypted);
  const outer: XmlPairs = mode === 'safe' ? [['ToUserName', account.originalId]] : pairs;
  return {
    query: `${query}&encrypt_type=aes&msg_signature=${messageSignature}`,
    body: laidOut([...outer, ['Encrypt', encrypted]], layout),
    plainXml,
  };
}

/** The signed query of a plain push. */
export function plainQuery({ account, openid, timestamp, nonce }: Omit<PushContents, 'pairs'>): string {
  const signature = sortedSha1(account.token, timestamp, nonce);
  return `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
}

function laidOut(pairs: XmlPairs, layout: PushLayout = 'lines'): string {
  const lines = writeXml(pairs);
  return layout === 'lines' ? lines : lines.replace('<xml>\n', '<xml>');
}

function stretched(xml: string, { account, padBytes }: PushContents): string {
  if (padBytes === undefined) return xml;
  const bytes = headBytes + Buffer.byteLength(xml) + Buffer.byteLength(account.appId);
  const missing = (((blockBytes - padBytes - bytes) % blockBytes) + blockBytes) % blockBytes;
  return xml.replace('<xml>', `<xml>${'\n'.repeat(missing)}`);
}
