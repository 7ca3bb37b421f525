import assert from 'node:assert/strict';
import {
  constants,
  createCipheriv,
  generateKeyPairSync,
  privateDecrypt,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { before, describe, test } from 'node:test';
import { openSealed, sealName } from '../../../src/pay/v3/sealed.ts';
import { authorization, signatureFault } from '../../../src/pay/v3/signature.ts';
import { makeCertificates } from '../../../src/simulator/tls/certificates.ts';
import vectors from '../../vectors/pay-v3.json' with { type: 'json' };

const NOW_MS = 1_764_000_000_000;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
before(async () => {
  certificates = await makeCertificates('1900000109');
});

describe('a request of version 3', () => {
  const request = {
    method: 'POST',
    pathAndQuery: '/v3/x?y=1',
    body: '{"a":"你"}',
    nowMs: NOW_MS,
    nonce: 'n0',
  } as const;
  const merchant = () => ({
    mchId: '1900000109',
    certificatePem: certificates.merchant.certPem,
    privateKeyPem: certificates.merchant.keyPem,
  });
  const fieldsOf = (header: string) =>
    Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));

  test('is signed over method, address, time, nonce and body, and names merchant and certificate', () => {
    const header = authorization(request, merchant());
    const fields = fieldsOf(header);
    assert.match(header, /^WECHATPAY2-SHA256-RSA2048 mchid="1900000109",/);
    assert.equal(fields['serial_no'], new X509Certificate(certificates.merchant.certPem).serialNumber);
    const text = `POST\n/v3/x?y=1\n1764000000\nn0\n{"a":"你"}\n`;
    const signature = Buffer.from(fields['signature'] ?? '', 'base64');
    assert.ok(verify('sha256', Buffer.from(text), certificates.merchant.certPem, signature));
  });

  test('without a body keeps the last line end', () => {
    const fields = fieldsOf(authorization({ ...request, method: 'GET', body: '' }, merchant()));
    const signature = Buffer.from(fields['signature'] ?? '', 'base64');
    const text = 'GET\n/v3/x?y=1\n1764000000\nn0\n\n';
    assert.ok(verify('sha256', Buffer.from(text), certificates.merchant.certPem, signature));
  });
});

describe('an answer of version 3', () => {
  const body = Buffer.from('{"state":"SUCCESS"}');
  const signed = (changes: Record<string, string> = {}, seconds = NOW_MS / 1000) => {
    const signature = sign('sha256', Buffer.from(`${seconds}\nn1\n${body.toString()}\n`), privateKey);
    return {
      'wechatpay-timestamp': String(seconds),
      'wechatpay-nonce': 'n1',
      'wechatpay-serial': 'PUB_KEY_ID_1',
      'wechatpay-signature': signature.toString('base64'),
      ...changes,
    };
  };
  const fault = (headers: Record<string, string>, verifiers: Record<string, string> = { PUB_KEY_ID_1: publicPem }) =>
    signatureFault({ headers, body, verifiers, nowMs: NOW_MS });

  test('is believed when a known key signed it', () => assert.equal(fault(signed()), null));
  test('is believed by a platform certificate as well', () => {
    const { certPem, keyPem } = certificates.merchant;
    const signature = sign('sha256', Buffer.from(`${NOW_MS / 1000}\nn1\n${body.toString()}\n`), keyPem);
    const headers = signed({ 'wechatpay-serial': '5F', 'wechatpay-signature': signature.toString('base64') });
    assert.equal(fault(headers, { '5F': certPem }), null);
  });
  test('is wrong when anything it covers was changed, or its key is not known', () => {
    assert.equal(fault(signed({ 'wechatpay-nonce': 'n2' })), 'wrong');
    assert.equal(fault(signed({ 'wechatpay-timestamp': String(NOW_MS / 1000 + 1) })), 'wrong');
    assert.equal(fault(signed({ 'wechatpay-serial': 'PUB_KEY_ID_2' })), 'wrong');
    assert.equal(fault(signed({ 'wechatpay-serial': 'constructor' })), 'wrong');
    assert.equal(fault({}), 'wrong');
  });
  test('is too old beyond five minutes either way', () => {
    assert.equal(fault(signed({}, NOW_MS / 1000 - 300)), null);
    assert.equal(fault(signed({}, NOW_MS / 1000 - 301)), 'too-old');
    assert.equal(fault(signed({}, NOW_MS / 1000 + 301)), 'too-old');
  });
});

describe('what is sealed', () => {
  for (const { id, source, key, nonce, associatedData, ciphertext, plain } of vectors.sealed) {
    test(`opens as published: ${id}, ${source}`, () => {
      assert.equal(openSealed({ ciphertext, nonce, associatedData }, key), plain);
    });
  }
  test('does not open once anything was changed', () => {
    const key = 'k'.repeat(32);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from('012345678901'));
    const bytes = Buffer.concat([cipher.update('plain'), cipher.final(), cipher.getAuthTag()]);
    const sealed = { ciphertext: bytes.toString('base64'), nonce: '012345678901', associatedData: '' };
    assert.equal(openSealed(sealed, key), 'plain');
    assert.throws(() => openSealed({ ...sealed, associatedData: 'x' }, key));
    assert.throws(() => openSealed({ ...sealed, ciphertext: '' }, key));
    assert.throws(() => openSealed(sealed, 'j'.repeat(32)));
  });
  test('as a name opens by the private key only, padded by OAEP with SHA-1', () => {
    const sealed = Buffer.from(sealName('张三', publicPem), 'base64');
    const padding = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    assert.equal(privateDecrypt(padding, sealed).toString(), '张三');
    assert.notEqual(sealName('张三', publicPem), sealed.toString('base64'));
  });
});
