import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { accountFormats, MESSAGE_MODES } from './base/account-formats.ts';
import type { TextFormat } from './base/account-formats.ts';

/** How one environment variable is read. */
interface Variable<Value> {
  readonly schema: z.ZodType<Value, string>;
  /** A secret may also come from the file named by the same name with `_FILE`, and its value is never shown. */
  readonly secret: boolean;
  /** Used when the variable is absent; null makes it optional. */
  readonly fallback: string | null | undefined;
  /** How to come by a value, said when it is missing. */
  readonly make: string;
}

type Options = Partial<Omit<Variable<never>, 'schema'>>;

function plain<Value>(schema: z.ZodType<Value, string>, options: Options = {}): Variable<Value> {
  return { schema, secret: false, fallback: undefined, make: '', ...options };
}

function secret<Value>(schema: z.ZodType<Value, string>, options: Options = {}): Variable<Value> {
  return plain(schema, { ...options, secret: true });
}

function optional<Value>(variable: Variable<Value>): Variable<Value | null> {
  return { ...variable, fallback: null };
}

function matching(pattern: RegExp, needs: string): z.ZodType<string, string> {
  return z.string().regex(pattern, `needs ${needs}`);
}

function formatted({ pattern, needs }: TextFormat): z.ZodType<string, string> {
  return matching(pattern, needs);
}

function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  const needs = `needs a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, needs)
    .transform(Number)
    .refine((value) => value >= min && value <= max, needs);
}

function oneOf<const Word extends string>(...words: Word[]): z.ZodType<Word, string> {
  return z.string().pipe(z.enum(words, `needs one of ${words.join(', ')}`));
}

function address(protocols: readonly string[], needs: string): z.ZodType<string, string> {
  return z.string().refine((text) => {
    const url = URL.parse(text);
    return url !== null && protocols.includes(url.protocol) && url.hostname !== '';
  }, `needs ${needs}`);
}

/** One address, or several with commas between and nothing else. */
function addresses(protocols: readonly string[], needs: string): z.ZodType<string, string> {
  const one = address(protocols, needs);
  return z.string().refine((text) => text.split(',').every((part) => one.safeParse(part).success), `needs ${needs}`);
}

/** An origin without path, which `new URL(path, origin)` can build on. */
const origin = z
  .string()
  .refine((text) => {
    const url = URL.parse(text);
    const bare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    return bare && ['http:', 'https:'].includes(url.protocol);
  }, 'needs scheme and host only, such as https://hongbao.example.com')
  .transform((text) => new URL(text).origin);

const flag = z
  .string()
  .regex(/^[01]$/, 'needs 0 or 1')
  .transform((text) => text === '1');

/** 32 bytes as 64 hex digits or as base64. */
const keyOf32Bytes = z
  .string()
  .transform((text) => (/^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : fromBase64(text)))
  .refine((bytes): bytes is Buffer => bytes?.length === 32, 'needs 32 random bytes as base64 or as 64 hex digits');

const base64File = z
  .string()
  .transform(fromBase64)
  .refine(
    (bytes): bytes is Buffer => bytes !== null && bytes.length > 0,
    'needs the file as base64; name a file with WECHAT_PAY_CERT_P12_FILE instead',
  );

/** PEM text; `\n` written out is accepted, because many tools cannot set a variable to several lines. */
const pem = z
  .string()
  .transform((text) => text.replaceAll('\\n', '\n'))
  .refine((text) => /^-----BEGIN [A-Z ]+-----$/m.test(text), 'needs PEM text beginning with -----BEGIN');

/** At most 32 UTF-8 bytes (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). */
const sendName = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= 32, 'needs at most 32 bytes, which is 10 Chinese characters');

const ADMIN_PAGE = 'copy it from the WeChat admin page';
const PAY_PAGE = 'copy it from the WeChat Pay merchant page';

/** Every environment variable there is, in the order of `.env.example`. */
export const variables = {
  PORT: plain(wholeNumber(0, 65_535), { fallback: '8080' }),
  PUBLIC_URL: plain(origin, { make: 'set it to the https address the outside reaches this service by' }),
  DATABASE_URL: secret(address(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database'), {
    make: 'set it to postgres://user:password@host:5432/database',
  }),
  REDIS_URL: secret(addresses(['redis:', 'rediss:'], 'redis://host:6379, rediss://host:6379 or nodes of a cluster'), {
    make: 'set it to redis://host:6379, or to some nodes of a cluster with commas between',
  }),
  SECRETS_KEY: secret(keyOf32Bytes, { make: 'make one: openssl rand -base64 32' }),
  LOG_LEVEL: plain(oneOf('debug', 'info', 'warn', 'error'), { fallback: 'info' }),
  ROLE: plain(oneOf('all', 'web', 'worker'), { fallback: 'all' }),
  PROXY_HOPS: plain(wholeNumber(0, 10), { fallback: '0' }),
  METRICS_TOKEN: optional(
    secret(matching(/^[\x21-\x7e]{16,128}$/, '16 to 128 printable characters: openssl rand -hex 16')),
  ),
  PAGE_TRUST_FEN: plain(wholeNumber(0, 499_900), { fallback: '100' }),
  PAGE_SHARE_CARD: plain(flag, { fallback: '1' }),
  PERSON_DRAWS_PER_SECOND: plain(wholeNumber(1, 1000), { fallback: '5' }),
  PERSON_VIEWS_PER_SECOND: plain(wholeNumber(1, 1000), { fallback: '10' }),
  ADDRESS_DRAWS_PER_SECOND: plain(wholeNumber(1, 100_000), { fallback: '300' }),
  ADDRESS_VIEWS_PER_SECOND: plain(wholeNumber(1, 100_000), { fallback: '600' }),
  FOLLOWERS_PER_MINUTE: plain(wholeNumber(0, 60_000), { fallback: '3000' }),
  ALARM_WEBHOOK_URL: optional(secret(address(['https:', 'http:'], 'the address of a chat robot or of a service'))),
  ALARM_WEBHOOK_PRESET: optional(plain(oneOf('wecom', 'dingtalk', 'feishu', 'json'))),
  ALARM_WEBHOOK_SECRET: optional(
    secret(matching(/^[\x21-\x7e]{1,200}$/, 'the signing secret that the robot was made with')),
  ),
  ALLOW_TEST_HOSTS: plain(flag, { fallback: '0' }),

  WECHAT_API_URL: plain(origin, { fallback: 'https://api.weixin.qq.com' }),
  WECHAT_OPEN_URL: plain(origin, { fallback: 'https://open.weixin.qq.com' }),
  WECHAT_MP_URL: plain(origin, { fallback: 'https://mp.weixin.qq.com' }),
  WECHAT_RES_URL: plain(origin, { fallback: 'https://res.wx.qq.com' }),
  WECHAT_PAY_URL: plain(origin, { fallback: 'https://api.mch.weixin.qq.com' }),
  WECHAT_PAY_BACKUP_URL: optional(plain(origin)),
  WECHAT_PAY_CA_FILE: optional(plain(z.string())),

  WECHAT_APP_ID: plain(formatted(accountFormats.appId), { make: ADMIN_PAGE }),
  WECHAT_APP_SECRET: secret(formatted(accountFormats.appSecret), { make: ADMIN_PAGE }),
  WECHAT_TOKEN: secret(formatted(accountFormats.token), {
    make: 'make one (openssl rand -hex 16) and enter it on the WeChat admin page too',
  }),
  WECHAT_ENCODING_AES_KEY: secret(formatted(accountFormats.encodingAesKey), { make: ADMIN_PAGE }),
  WECHAT_MESSAGE_MODE: plain(oneOf(...MESSAGE_MODES), { fallback: 'safe' }),

  WECHAT_PAY_MCH_ID: plain(matching(/^\d{8,10}$/, '8 to 10 digits'), { make: PAY_PAGE }),
  WECHAT_PAY_API_KEY: secret(matching(/^[0-9A-Za-z]{32}$/, '32 letters or digits (the APIv2 key)'), {
    make: 'set it on the WeChat Pay merchant page (APIv2 key) and here',
  }),
  WECHAT_PAY_CERT_P12: optional(secret(base64File)),
  WECHAT_PAY_CERT_PEM: optional(secret(pem)),
  WECHAT_PAY_KEY_PEM: optional(secret(pem)),
  WECHAT_PAY_SEND_NAME: plain(sendName, { make: 'set it to the name shown on the red packet' }),
  WECHAT_PAY_CLIENT_IP: plain(
    z.string().refine((text) => isIPv4(text), 'needs an IPv4 address such as 203.0.113.7'),
    { make: 'set it to the IPv4 address this service calls WeChat Pay from' },
  ),
} as const;

export type VariableName = keyof typeof variables;
export type VariableValues = { readonly [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> };

/** Strict, unlike Buffer.from, which skips what it does not know. Null when it is not base64 (or base64url). */
function fromBase64(text: string): Buffer | null {
  const compact = text.replaceAll(/\s/g, '');
  return /^[0-9A-Za-z+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : null;
}
