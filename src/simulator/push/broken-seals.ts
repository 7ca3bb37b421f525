import { encryptMessage, encryptPadded, sortedSha1 } from '../wire/envelope.ts';
import { writeXml } from '../wire/xml.ts';
import { plainQuery, type PushContents, type PushEnvelope } from './push-envelope.ts';

export const brokenSeals = [
  'padding-out-of-range',
  'uneven-padding',
  'no-padding',
  'length-past-the-end',
  'half-a-block',
  'not-base64',
  'nothing-sealed',
  'another-ciphertext',
] as const;

export type BrokenSeal = (typeof brokenSeals)[number];

const blockBytes = 32;
const lengthAt = 16;

/** A push in a rightly signed safe-mode envelope that holds something no WeChat would have encrypted. */
export function sealBroken(contents: PushContents, flaw: BrokenSeal): PushEnvelope {
  const { account, timestamp, nonce } = contents;
  const encrypted = ciphertext(contents, flaw);
  const signed = flaw === 'another-ciphertext' ? encryptMessage('<xml></xml>', contents.luck, account) : encrypted;
  const messageSignature = sortedSha1(account.token, timestamp, nonce, signed);
  const body = writeXml([
    ['ToUserName', account.originalId],
    ['Encrypt', encrypted],
  ]);
  return { query: `${plainQuery(contents)}&encrypt_type=aes&msg_signature=${messageSignature}`, body, plainXml: body };
}

function ciphertext(contents: PushContents, flaw: BrokenSeal): string {
  const { account, luck } = contents;
  const sealed = (bytes: Buffer): string => encryptPadded(bytes, account.encodingAesKey);
  const whole = padded(contents);
  switch (flaw) {
    case 'padding-out-of-range':
      return sealed(Buffer.alloc(3 * blockBytes, 'a'));
    case 'uneven-padding':
      // Of a padding of at least two bytes all but the last are wrong.
      return sealed(Buffer.concat([whole.subarray(0, -2), Buffer.from([0, 2])]));
    case 'no-padding':
      return sealed(Buffer.concat([whole, Buffer.alloc(blockBytes)]));
    case 'length-past-the-end':
      whole.writeUInt32BE(0xffff_fff0, lengthAt);
      return sealed(whole);
    case 'half-a-block':
      return sealed(whole.subarray(0, -blockBytes / 2));
    case 'not-base64':
      return `${sealed(whole).slice(0, -4)}!!!!`;
    case 'nothing-sealed':
      return '';
    case 'another-ciphertext':
      return encryptMessage(writeXml(contents.pairs), luck, account);
  }
}

function padded({ account, pairs, luck }: PushContents): Buffer {
  const [message, appId] = [Buffer.from(writeXml(pairs)), Buffer.from(account.appId)];
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const content = Buffer.concat([luck, length, message, appId]);
  const pad = blockBytes - (content.length % blockBytes);
  return Buffer.concat([content, Buffer.alloc(pad, pad)]);
}
