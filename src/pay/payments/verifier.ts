import { createPublicKey } from 'node:crypto';

/** Whether a PEM is an RSA public key, or a certificate with one, that can verify what WeChat Pay signs. */
export function isVerifier(pem: string): boolean {
  // A private key would do too, and has no business here.
  if (!/^\s*-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----/.test(pem)) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
