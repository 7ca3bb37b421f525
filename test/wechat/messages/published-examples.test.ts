import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sealReply } from '../../../src/wechat/messages/envelope.ts';
import { answerUrlCheck, openEnvelope } from '../../../src/wechat/messages/envelope.ts';
import { decryptMessage, encryptMessage, messageKey } from '../../../src/wechat/messages/message-crypto.ts';
import { isSignedBy, sign } from '../../../src/wechat/messages/signature.ts';
import { anAccount } from '../builders.ts';

interface EncryptedExample {
  readonly id: string;
  readonly token: string;
  readonly encodingAESKey: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly encrypt: string;
  readonly msgSignature: string;
  readonly randomAscii: string;
  readonly msg: string;
  readonly appid: string;
  readonly direction: 'inbound' | 'reply' | 'echostr';
  readonly padBytes: number;
  readonly cipherBytes: number;
  readonly plainSignatureInUrl?: string;
}
interface SignedExample {
  readonly id: string;
  readonly token: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly echostr?: string;
}
const examples = JSON.parse(readFileSync(new URL('../../vectors/official-account.json', import.meta.url), 'utf8')) as {
  encrypted: EncryptedExample[];
  plainSignatures: SignedExample[];
};

const accountOf = (example: EncryptedExample) =>
  anAccount({ appId: example.appid, token: example.token, encodingAesKey: example.encodingAESKey });

for (const example of examples.encrypted) {
  describe(`published example ${example.id}`, () => {
    const key = messageKey(example.encodingAESKey);

    test('decrypts to the published text and receiver', () => {
      const opened = decryptMessage({ key, ciphertext: example.encrypt });
      assert.deepEqual(opened, { message: example.msg, appId: example.appid });
    });

    test('encrypts to the published ciphertext byte for byte', () => {
      const random = Buffer.from(example.randomAscii, 'ascii');
      assert.equal(encryptMessage({ key, appId: example.appid, message: example.msg, random }), example.encrypt);
    });

    test('is signed as published', () => {
      const parts = [example.token, example.timestamp, example.nonce, example.encrypt];
      assert.equal(sign(parts), example.msgSignature);
      if (example.plainSignatureInUrl === undefined) return;
      assert.equal(sign(parts.slice(0, 3)), example.plainSignatureInUrl);
    });

    test('has the published length and padding', () => {
      assert.equal(Buffer.from(example.encrypt, 'base64').length, example.cipherBytes);
      const content = 20 + Buffer.byteLength(example.msg) + example.appid.length;
      assert.equal(example.cipherBytes - content, example.padBytes);
    });

    test('goes through the whole envelope', () => {
      const opened = openEnvelope({
        account: accountOf(example),
        query: {
          timestamp: example.timestamp,
          nonce: example.nonce,
          encrypt_type: 'aes',
          msg_signature: example.msgSignature,
        },
        body: Buffer.from(`<xml><Encrypt><![CDATA[${example.encrypt}]]></Encrypt></xml>`),
        nowMs: Number(example.timestamp) * 1000,
      });
      assert.equal(opened.xml, example.msg);
      assert.equal(opened.keyUsed, example.encodingAESKey);
    });

    test('comes out of a sealed reply with its ciphertext and signature', () => {
      const xml = sealReply({
        account: accountOf(example),
        keyUsed: example.encodingAESKey,
        replyXml: example.msg,
        nowMs: Number(example.timestamp) * 1000,
        nonce: example.nonce,
        random: Buffer.from(example.randomAscii, 'ascii'),
      });
      assert.ok(xml.includes(`<Encrypt><![CDATA[${example.encrypt}]]></Encrypt>`));
      assert.ok(xml.includes(`<MsgSignature><![CDATA[${example.msgSignature}]]></MsgSignature>`));
      assert.ok(xml.includes(`<TimeStamp>${example.timestamp}</TimeStamp>`));
      assert.ok(xml.includes(`<Nonce><![CDATA[${example.nonce}]]></Nonce>`));
    });
  });
}

for (const example of examples.plainSignatures) {
  test(`published signature ${example.id} is reproduced and accepted`, () => {
    const parts = [example.nonce, example.token, example.timestamp];
    assert.equal(sign(parts), example.signature);
    assert.ok(isSignedBy(example.signature, parts));
    assert.ok(!isSignedBy(example.signature.slice(0, -1), parts));
    assert.ok(!isSignedBy(example.signature.toUpperCase(), parts));
  });
}

test('the published URL check is answered with its echo', () => {
  const example = examples.plainSignatures.find((candidate) => candidate.echostr !== undefined);
  assert.ok(example?.echostr);
  const { token, timestamp, nonce, signature, echostr } = example;
  const nowMs = Number(timestamp) * 1000;
  assert.equal(
    answerUrlCheck({ account: anAccount({ token }), query: { signature, timestamp, nonce, echostr }, nowMs }),
    echostr,
  );
});
