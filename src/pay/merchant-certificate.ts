import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { WrongRequest } from '../base/errors.ts';
import { openPkcs12 } from './pkcs12.ts';

/** A merchant's certificate as it is downloaded: the `.p12`, whose password is the merchant number, or a PEM pair. */
export type CertificateSource =
  | { readonly p12: Buffer; readonly mchId: string }
  | { readonly certificatePem: string; readonly privateKeyPem: string };

/** A certificate and its key, found to belong together and to be valid. The key is PKCS#8, unencrypted. */
export interface MerchantCertificate {
  /** The merchant's own certificate first, then the chain as far as it was given. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly notAfterMs: number;
  /** Upper-case hex, as the merchant platform shows it. */
  readonly serial: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Opens a merchant certificate, the legacy RC2 `.p12` that OpenSSL 3 refuses included, and checks that the key fits
 * and that it has not run out at `nowMs`. Throws WrongRequest: `certificate-not-p12`, `certificate-password`,
 * `certificate-not-pem`, `certificate-key-encrypted`, `certificate-key-mismatch`, `certificate-expired`.
 */
export function openMerchantCertificate(source: CertificateSource, nowMs: number): MerchantCertificate {
  const { certificates, key } = 'p12' in source ? openPkcs12(source.p12, source.mchId) : readPemPair(source);
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined) {
    throw new WrongRequest(
      'certificate-key-mismatch',
      'the private key does not fit the certificate: take both from the same download',
    );
  }
  const notAfterMs = Date.parse(own.validTo);
  if (!(notAfterMs > nowMs)) {
    throw new WrongRequest(
      'certificate-expired',
      `the merchant certificate ran out at ${new Date(notAfterMs).toISOString()}: download a new one`,
    );
  }
  const chain = certificates.filter((certificate) => certificate !== own && !selfIssued(certificate));
  return {
    certificatePem: [own, ...chain].map((certificate) => certificate.toString()).join(''),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    notAfterMs,
    serial: own.serialNumber,
  };
}

/** A root is known to the other side or worthless to it. */
function selfIssued(certificate: X509Certificate): boolean {
  return certificate.issuer === certificate.subject;
}

function readPemPair(source: { certificatePem: string; privateKeyPem: string }): {
  certificates: X509Certificate[];
  key: KeyObject;
} {
  const blocks = source.certificatePem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw notPem('the certificate is no PEM file: it has no BEGIN CERTIFICATE block');
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type:.*ENCRYPTED/.test(source.privateKeyPem)) {
    throw new WrongRequest(
      'certificate-key-encrypted',
      'the private key is encrypted: give apiclient_key.pem as downloaded, without a passphrase',
    );
  }
  try {
    return {
      certificates: blocks.map((block) => new X509Certificate(block)),
      key: createPrivateKey(source.privateKeyPem),
    };
  } catch (cause) {
    throw notPem('the certificate or its key cannot be read as PEM', cause);
  }
}

function notPem(message: string, cause?: unknown): WrongRequest {
  return new WrongRequest('certificate-not-pem', message, { cause });
}
