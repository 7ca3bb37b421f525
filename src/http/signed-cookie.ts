import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Context } from 'koa';
import { assert } from '../base/errors.ts';

export interface SignedCookiesOptions {
  /** 32 random bytes, the same at every process of the installation. */
  readonly signingKey: Buffer;
  /** True when PUBLIC_URL is https: the cookies then travel by TLS only and carry the `__Host-` prefix. */
  readonly secure: boolean;
  readonly nowMs: () => number;
}

/**
 * Cookies a browser can keep but neither read nor change: HttpOnly, SameSite=Lax, an HMAC-SHA256 over name, content
 * and expiry. What is in them is signed, not secret.
 */
export class SignedCookies {
  readonly #options: SignedCookiesOptions;
  /** Node takes several times as long with a key in bytes. */
  readonly #key: KeyObject;

  constructor(options: SignedCookiesOptions) {
    assert(options.signingKey.length === 32, 'the signing key has 32 bytes');
    this.#options = options;
    this.#key = createSecretKey(options.signingKey);
  }

  /** Returns the content of a cookie that we signed and that has not expired, else undefined. */
  read(ctx: Context, name: string): unknown {
    const [body = '', signature = '', ...rest] = (ctx.cookies.get(this.#fullName(name)) ?? '').split('.');
    if (body === '' || rest.length > 0 || !this.#signed(name, body, signature)) return undefined;
    const { content, untilMs } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as {
      content: unknown;
      untilMs: number;
    };
    return untilMs > this.#options.nowMs() ? content : undefined;
  }

  /** Sets a cookie for so many ms. `content` is anything JSON can hold, small: a browser keeps 4096 bytes. */
  write(ctx: Context, cookie: { readonly name: string; readonly content: unknown; readonly lifetimeMs: number }): void {
    const untilMs = this.#options.nowMs() + cookie.lifetimeMs;
    const body = Buffer.from(JSON.stringify({ content: cookie.content, untilMs })).toString('base64url');
    const { secure } = this.#options;
    const parts = [
      `${this.#fullName(cookie.name)}=${body}.${this.#signature(cookie.name, body)}`,
      'Path=/',
      `Max-Age=${Math.ceil(cookie.lifetimeMs / 1000)}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(secure ? ['Secure'] : []),
    ];
    // Koa's own setter refuses Secure behind a proxy that it was not told of; what the service is reached by is known.
    ctx.append('Set-Cookie', parts.join('; '));
  }

  #fullName(name: string): string {
    return this.#options.secure ? `__Host-${name}` : name;
  }

  #signature(name: string, body: string): string {
    return createHmac('sha256', this.#key).update(`${name}\n${body}`).digest('base64url');
  }

  #signed(name: string, body: string, signature: string): boolean {
    const expected = Buffer.from(this.#signature(name, body));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
