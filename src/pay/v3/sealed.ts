import { constants, createDecipheriv, createPublicKey, publicEncrypt } from 'node:crypto';

const TAG_BYTES = 16;

/** The resource of a version 3 notice as it travels. */
export interface SealedResource {
  /** Base64; its last 16 bytes are the tag. */
  readonly ciphertext: string;
  readonly nonce: string;
  /** May be empty. */
  readonly associatedData: string;
}

/**
 * Opens AEAD_AES_256_GCM by the 32-byte APIv3 key (https://pay.weixin.qq.com/doc/v3/merchant/4012071382). Throws when
 * the key is another one or anything was changed.
 */
export function openSealed(sealed: SealedResource, apiV3Key: string): string {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const nonce = Buffer.from(sealed.nonce, 'utf8');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key, 'utf8'), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(sealed.associatedData, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}

/**
 * Seals a person's name for WeChat Pay: RSA-OAEP with SHA-1 by its public key or platform certificate, PEM, base64
 * (https://pay.weixin.qq.com/doc/v3/merchant/4013053257). The header Wechatpay-Serial must name that key.
 */
export function sealName(name: string, verifierPem: string): string {
  const key = createPublicKey(verifierPem);
  const padding = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return publicEncrypt(padding, Buffer.from(name, 'utf8')).toString('base64');
}
