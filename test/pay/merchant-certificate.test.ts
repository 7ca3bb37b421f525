import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { openMerchantCertificate } from '../../src/pay/merchant-certificate.ts';
import vector from '../vectors/merchant-certificate.json' with { type: 'json' };

const nowMs = Date.parse('2026-12-01T00:00:00Z');
const p12 = (text: string) => Buffer.from(text, 'base64');
const refusal = (code: string) => ({ name: 'WrongRequest', code });

for (const kind of ['modernP12', 'legacyP12'] as const) {
  test(`a ${kind} opens with the merchant number and gives its own certificate and fitting key`, () => {
    const opened = openMerchantCertificate({ p12: p12(vector[kind]), mchId: vector.mchId }, nowMs);
    assert.equal(opened.certificatePem, vector.certificatePem);
    assert.equal(opened.serial, vector.serial);
    assert.equal(opened.notAfterMs, Date.parse(vector.notAfter));
    assert.ok(new X509Certificate(opened.certificatePem).checkPrivateKey(createPrivateKey(opened.privateKeyPem)));
    createSecureContext({ cert: opened.certificatePem, key: opened.privateKeyPem });
  });

  test(`a ${kind} with another merchant's number says that the password is wrong`, () => {
    const open = () => openMerchantCertificate({ p12: p12(vector[kind]), mchId: '1900000110' }, nowMs);
    assert.throws(open, refusal('certificate-password'));
  });

  test(`a ${kind} cut short says that it is no certificate file`, () => {
    const whole = p12(vector[kind]);
    for (const bytes of [0, 1, 100, whole.length - 1]) {
      const open = () => openMerchantCertificate({ p12: whole.subarray(0, bytes), mchId: vector.mchId }, nowMs);
      assert.throws(open, refusal('certificate-not-p12'), `${bytes} bytes`);
    }
  });
}

test('what is no .p12 at all is told so', () => {
  for (const content of [Buffer.from('hello'), Buffer.from(vector.certificatePem), Buffer.alloc(100_000, 0x30)]) {
    assert.throws(
      () => openMerchantCertificate({ p12: content, mchId: vector.mchId }, nowMs),
      refusal('certificate-not-p12'),
    );
  }
});

test('a PEM pair opens, with text around the blocks as openssl writes it', () => {
  const opened = openMerchantCertificate(
    { certificatePem: `Bag Attributes\n${vector.certificatePem}`, privateKeyPem: vector.privateKeyPem },
    nowMs,
  );
  assert.equal(opened.certificatePem, vector.certificatePem);
});

test('a key of another certificate is refused', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  assert.throws(
    () => openMerchantCertificate({ certificatePem: vector.certificatePem, privateKeyPem: other.toString() }, nowMs),
    refusal('certificate-key-mismatch'),
  );
});

test('a certificate is refused from the moment it runs out', () => {
  const notAfterMs = Date.parse(vector.notAfter);
  openMerchantCertificate(vector, notAfterMs - 1);
  assert.throws(() => openMerchantCertificate(vector, notAfterMs), refusal('certificate-expired'));
});

test('swapped, empty and encrypted PEM files are refused with what is wrong', () => {
  const { certificatePem, privateKeyPem } = vector;
  const open = (source: { certificatePem: string; privateKeyPem: string }) => () =>
    openMerchantCertificate(source, nowMs);
  assert.throws(open({ certificatePem: privateKeyPem, privateKeyPem: certificatePem }), refusal('certificate-not-pem'));
  assert.throws(open({ certificatePem: '', privateKeyPem }), refusal('certificate-not-pem'));
  assert.throws(open({ certificatePem, privateKeyPem: '' }), refusal('certificate-not-pem'));
  const encrypted = createPrivateKey(privateKeyPem)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  assert.throws(open({ certificatePem, privateKeyPem: encrypted }), refusal('certificate-key-encrypted'));
});
