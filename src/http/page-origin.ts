import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import type { Context } from 'koa';
import { z } from 'zod';
import type { AccountId } from '../base/ids.ts';
import type { SignedCookies } from './signed-cookie.ts';

/** Where a page's request comes from, each as a keyed hash; null for what is not known. */
export interface PageOrigin {
  readonly ip: string | null;
  readonly device: string | null;
}

// Browsers keep no cookie for longer than 400 days (RFC 6265bis, 5.5).
const DEVICE_MS = 400 * 86_400_000;
const deviceSchema = z.string().regex(/^[0-9a-f]{32}$/);

/**
 * Tells from where pages are opened: the caller's address, as far as PROXY_HOPS lets it be believed, and a random number
 * that the browser keeps in a signed cookie. Nothing of the browser itself is looked at, and what leaves here are
 * keyed hashes, another one under each account.
 */
export class PageOrigins {
  readonly #cookies: SignedCookies;
  readonly #key: KeyObject;

  constructor(options: { readonly cookies: SignedCookies; readonly key: Buffer }) {
    this.#cookies = options.cookies;
    this.#key = createSecretKey(options.key);
  }

  /** Returns hashes that count draws of one account's activities. */
  originOf(ctx: Context, account: AccountId): PageOrigin {
    const address = networkOf(ctx.ip);
    const device = this.#device(ctx);
    return {
      ip: address === null ? null : this.#hash(account, 'ip', address),
      device: device === null ? null : this.#hash(account, 'device', device),
    };
  }

  /** Returns what stands for the caller's address under no account. */
  addressOf(ctx: Context): string {
    return this.#hash('', 'ip', networkOf(ctx.ip) ?? '');
  }

  /** Gives a browser that has none its number. */
  rememberDevice(ctx: Context): void {
    if (this.#device(ctx) !== null) return;
    this.#cookies.write(ctx, { name: 'device', content: randomBytes(16).toString('hex'), lifetimeMs: DEVICE_MS });
  }

  #device(ctx: Context): string | null {
    const read = deviceSchema.safeParse(this.#cookies.read(ctx, 'device'));
    return read.success ? read.data : null;
  }

  #hash(account: AccountId | '', kind: keyof PageOrigin, value: string): string {
    return createHmac('sha256', this.#key).update(`${account}\0${kind}\0${value}`).digest('base64url');
  }
}

/**
 * Returns what one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address, of which each of their
 * devices may take any other (RFC 6177, RFC 8981). Null for what is no address.
 */
export function networkOf(ip: string): string | null {
  const plain = ip.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return plain;
  if (isIP(plain) === 0) return null;
  const [head = '', tail] = plain.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const gap = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const first = [...before, ...gap, ...after].slice(0, 4);
  return `${first.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** The groups of one side of `::`; an IPv4 address at the end stands for two. */
function groupsOf(side: string): readonly string[] {
  if (side === '') return [];
  return side.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
