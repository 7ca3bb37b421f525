import type { Account, MessageMode } from '../account.ts';
import { encryptMessage, sortedSha1 } from '../wire/envelope.ts';
import { writeXml, type XmlPairs } from '../wire/xml.ts';

/** One push as it goes over the wire, and the plain XML that is in it. */
export type PushEnvelope = { query: string; body: string; plainXml: string };

export type PushContents = {
  account: Account;
  mode: MessageMode;
  openid: string;
  pairs: XmlPairs;
  timestamp: string;
  nonce: string;
  /** 16 bytes in front of the encrypted text. */
  luck: Buffer;
};

/**
 * Signs and, if the mode asks for it, encrypts a push. Order of the query as in the official sample.
 * https://developers.weixin.qq.com/doc/subscription/guide/dev/push/
 */
export function sealPush({ account, mode, openid, pairs, timestamp, nonce, luck }: PushContents): PushEnvelope {
  const signature = sortedSha1(account.token, timestamp, nonce);
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
  const plainXml = writeXml(pairs);
  if (mode === 'plain') return { query, body: plainXml, plainXml };
  const encrypted = encryptMessage(plainXml, luck, account);
  const messageSignature = sortedSha1(account.token, timestamp, nonce, encrypted);
  const outer: XmlPairs = mode === 'safe' ? [['ToUserName', account.originalId]] : pairs;
  return {
    query: `${query}&encrypt_type=aes&msg_signature=${messageSignature}`,
    body: writeXml([...outer, ['Encrypt', encrypted]]),
    plainXml,
  };
}
