import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

/** A merchant's certificate as WeChat Pay hands it out: a p12 whose password is the merchant number, and the PEM pair. */
export function makeMerchantP12(mchId: string): { p12: Buffer; certificatePem: string; privateKeyPem: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = '0a1b2c3d';
  certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z');
  certificate.validity.notAfter = new Date('2031-01-01T00:00:00Z');
  certificate.setSubject([{ name: 'commonName', value: mchId }]);
  certificate.setIssuer([{ name: 'commonName', value: 'Test CA' }]);
  certificate.sign(key, forge.md.sha256.create());
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, [certificate], mchId, { algorithm: '3des' });
  return {
    p12: Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary'),
    certificatePem: forge.pki.certificateToPem(certificate),
    privateKeyPem,
  };
}
