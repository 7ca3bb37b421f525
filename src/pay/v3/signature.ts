import { createPublicKey, sign, verify, X509Certificate } from 'node:crypto';

/** Older than this, or further ahead, a signature is not believed (the official SDKs' bound). */
const AGE_MAX_MS = 5 * 60_000;
const SCHEME = 'WECHATPAY2-SHA256-RSA2048';

/** A request to be signed. The body is empty for GET; `pathAndQuery` is as it goes over the wire. */
export interface RequestToSign {
  readonly method: 'GET' | 'POST';
  readonly pathAndQuery: string;
  readonly body: string;
  readonly nowMs: number;
  /** Fresh for every request. */
  readonly nonce: string;
}

/** With what a merchant signs: its number, its certificate and the key of it, both PEM. */
export interface SigningMerchant {
  readonly mchId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * Returns the `Authorization` header of a version 3 request (https://pay.weixin.qq.com/doc/v3/merchant/4012365336).
 * Throws what the certificate or key throws when it cannot be read.
 */
export function authorization(request: RequestToSign, merchant: SigningMerchant): string {
  const { method, pathAndQuery, body, nowMs, nonce } = request;
  const seconds = String(Math.floor(nowMs / 1000));
  const text = `${method}\n${pathAndQuery}\n${seconds}\n${nonce}\n${body}\n`;
  const signature = sign('sha256', Buffer.from(text), merchant.privateKeyPem).toString('base64');
  const serial = new X509Certificate(merchant.certificatePem).serialNumber;
  const fields = { mchid: merchant.mchId, nonce_str: nonce, timestamp: seconds, serial_no: serial, signature };
  const written = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  return `${SCHEME} ${written.join(',')}`;
}

/** An answer or notice with what its signature covers. */
export interface SignedMessage {
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** PEM of WeChat Pay's public keys and platform certificates, by their ids and serial numbers. */
  readonly verifiers: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/**
 * Returns null for a message signed by one of the verifiers within 5 minutes of now, else what is wrong
 * (https://pay.weixin.qq.com/doc/v3/merchant/4013053249). `wrong` covers a key that is not known as well.
 */
export function signatureFault({ headers, body, verifiers, nowMs }: SignedMessage): 'wrong' | 'too-old' | null {
  const seconds = headers['wechatpay-timestamp'] ?? '';
  const serial = headers['wechatpay-serial'] ?? '';
  const pem = Object.hasOwn(verifiers, serial) ? verifiers[serial] : undefined;
  if (pem === undefined) return 'wrong';
  const head = Buffer.from(`${seconds}\n${headers['wechatpay-nonce'] ?? ''}\n`);
  const signature = Buffer.from(headers['wechatpay-signature'] ?? '', 'base64');
  const text = Buffer.concat([head, body, Buffer.from('\n')]);
  if (!verify('sha256', text, createPublicKey(pem), signature)) return 'wrong';
  return Math.abs(nowMs - Number(seconds) * 1000) <= AGE_MAX_MS ? null : 'too-old';
}
