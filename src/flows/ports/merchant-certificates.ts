import type { MerchantId } from '../../base/ids.ts';

/** A merchant's certificate and its key, as they are presented to WeChat Pay. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Unix ms. */
  readonly notAfterMs: number;
}

/** Until when the certificate in use lives. */
export interface MerchantCertificateLife {
  readonly merchantId: MerchantId;
  /** Unix ms. */
  readonly notAfterMs: number;
}

/** The certificates merchants use. Both throw OutsideTrouble when the database cannot do it now. */
export interface MerchantCertificates {
  /** Of every merchant whose certificate can be read. */
  lives(): Promise<readonly MerchantCertificateLife[]>;
  /** Puts another certificate in use. False when it is in use already; throws WrongRequest `merchant-not-found`. */
  replace(merchant: MerchantId, pair: CertificatePair, nowMs: number): Promise<boolean>;
}
