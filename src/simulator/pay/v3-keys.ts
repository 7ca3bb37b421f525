import {
  constants,
  createCipheriv,
  generateKeyPairSync,
  privateDecrypt,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { beijingText, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';

type Signer = { id: string; publicPem: string; privatePem: string };
/** What a version 3 request brings to be believed by. */
export type SignedRequest = { method: string; path: string; authorization: string; body: string };

const scheme = 'WECHATPAY2-SHA256-RSA2048 ';
const clockDifferenceMaxMs = 300_000;

/** WeChat Pay's side of version 3: the key it signs with, the key it seals with, and the check of what merchants sign. */
export class V3Keys {
  readonly apiV3Key: string;
  readonly #random: Random;
  readonly #clock: SimulatorClock;
  #signer: Signer | undefined;

  constructor({ random, clock }: { random: Random; clock: SimulatorClock }) {
    this.#random = random;
    this.#clock = clock;
    this.apiV3Key = random.text(32);
  }

  /** Made when somebody first asks for it. */
  get publicKey(): { id: string; pem: string } {
    const { id, publicPem } = this.#keys();
    return { id, pem: publicPem };
  }

  /** Headers that sign a body; `wrong` spoils the signature. */
  signed(body: string, wrong = false): Record<string, string> {
    const { id, privatePem } = this.#keys();
    const timestamp = String(Math.floor(this.#clock.nowMs() / 1000));
    const mark = this.#random.hex(32);
    const text = `${timestamp}\n${mark}\n${body}${wrong ? 'x' : ''}\n`;
    return {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': mark,
      'wechatpay-serial': id,
      'wechatpay-signature': sign('sha256', Buffer.from(text), privatePem).toString('base64'),
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
  }

  /** A notice with its resource sealed. */
  notice(event: { type: string; summary: string; original: string; associated: string }, plain: object): string {
    const nonce = this.#random.text(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(this.apiV3Key), Buffer.from(nonce));
    cipher.setAAD(Buffer.from(event.associated));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return JSON.stringify({
      id: this.#random.hex(32),
      create_time: rfc3339(this.#clock.nowMs()),
      resource_type: 'encrypt-resource',
      event_type: event.type,
      summary: event.summary,
      resource: {
        original_type: event.original,
        algorithm: 'AEAD_AES_256_GCM',
        ciphertext: sealed.toString('base64'),
        nonce,
        associated_data: event.associated,
      },
    });
  }

  /** What is wrong with a request's signature; undefined when the merchant signed it within 5 minutes of now. */
  requestFault(request: SignedRequest, merchant: { mchId: string; certPem: string }): string | undefined {
    const { method, path, authorization, body } = request;
    if (!authorization.startsWith(scheme)) return '签名类型错误';
    const given = new Map(
      [...authorization.slice(scheme.length).matchAll(/(?:^|,)([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value ?? '',
      ]),
    );
    const certificate = new X509Certificate(merchant.certPem);
    if (given.get('mchid') !== merchant.mchId) return '商户号错误';
    if (given.get('serial_no') !== certificate.serialNumber) return '商户证书序列号有误';
    const timestamp = given.get('timestamp') ?? '';
    const nonce = given.get('nonce_str') ?? '';
    const text = `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature = Buffer.from(given.get('signature') ?? '', 'base64');
    if (nonce === '' || !verify('sha256', Buffer.from(text), certificate.publicKey, signature)) return '签名错误';
    const far = Math.abs(this.#clock.nowMs() - Number(timestamp) * 1000) > clockDifferenceMaxMs;
    return far || !/^\d+$/.test(timestamp) ? 'Http头中的签名时间戳已过期' : undefined;
  }

  /** A name that was sealed by our public key, or undefined. */
  openName(sealed: string): string | undefined {
    try {
      const padding = { key: this.#keys().privatePem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
      return privateDecrypt(padding, Buffer.from(sealed, 'base64')).toString('utf8');
    } catch {
      return undefined;
    }
  }

  #keys(): Signer {
    if (this.#signer) return this.#signer;
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#signer = {
      id: `PUB_KEY_ID_01${this.#random.digits(20)}`,
      publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    return this.#signer;
  }
}

export function rfc3339(atMs: number): string {
  return `${beijingText(atMs).replace(' ', 'T')}+08:00`;
}
