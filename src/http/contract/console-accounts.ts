import { z } from 'zod';
import { accountFormats, MESSAGE_MODES, REPLY_BYTES_MAX } from '../../base/account-formats.ts';
import type { TextFormat } from '../../base/account-formats.ts';
import { utf8Bytes } from '../../base/pay-text.ts';

const atMs = z.number().describe('Unix ms');
export const revision = z.int().min(0).describe('The revision you saw; a stale one is refused with 409');
export const revisionQuery = z.strictObject({ revision: z.coerce.number<string | number>().int().min(0) });

/** A text of so many bytes of UTF-8, which is what WeChat counts. */
export function chatText(bytesMin: number): z.ZodType<string, string> {
  const needs = `needs ${bytesMin} to ${REPLY_BYTES_MAX} bytes of UTF-8`;
  return z
    .string()
    .max(REPLY_BYTES_MAX, needs)
    .refine((text) => utf8Bytes(text) <= REPLY_BYTES_MAX && text.trim().length >= bytesMin, needs)
    .describe(`${bytesMin} to ${REPLY_BYTES_MAX} bytes of UTF-8; links (<a href="...">) are kept as written`);
}

function formatted({ pattern, needs }: TextFormat): z.ZodString {
  return z.string().regex(pattern, `needs ${needs}`);
}

const shortName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'needs 1-32 lower-case letters, digits and - inside')
  .describe('Short name inside this installation');
const originalId = formatted(accountFormats.originalId).nullable().describe('Whom messages are addressed to');
const kind = z.enum(['service', 'subscription']);
const messageMode = z.enum(MESSAGE_MODES);
const tokenEndpoint = z.enum(['stable', 'token']);
const customerMessages = z.boolean().describe('Whether the account may send customer-service messages');
const merchantId = shortName.nullable().describe('Who pays; null for nobody');
const paysThrough = shortName
  .nullable()
  .describe('The service account whose openids people are paid under, when this one cannot pay');

const keys = {
  appId: formatted(accountFormats.appId),
  appSecret: formatted(accountFormats.appSecret),
  token: formatted(accountFormats.token),
  encodingAesKey: formatted(accountFormats.encodingAesKey),
};

export const addAccountRequest = z.strictObject({
  id: shortName.describe('Part of the callback’s address; never changes'),
  ...keys,
  messageMode: messageMode.default('safe'),
  kind: kind.default('service'),
  originalId: originalId.default(null),
  merchantId: merchantId.default(null),
  paysThrough: paysThrough.default(null),
  tokenEndpoint: tokenEndpoint.default('stable'),
  customerMessages: customerMessages.default(true),
});
export type AddAccountRequest = z.input<typeof addAccountRequest>;

export const changeTextsRequest = z
  .strictObject({
    revision,
    welcomeText: chatText(0).exactOptional(),
    fallbackText: chatText(0).exactOptional(),
    myAwardsKeyword: z.string().trim().min(1).max(20).exactOptional(),
    retentionDays: z.int().min(30).max(3650).nullable().exactOptional(),
    customerMessages: customerMessages.exactOptional(),
  })
  .describe('What is absent stays as it is');
export type ChangeTextsRequest = z.input<typeof changeTextsRequest>;

export const changeKeysRequest = z
  .strictObject({
    revision,
    appId: keys.appId.exactOptional(),
    appSecret: keys.appSecret.exactOptional(),
    token: keys.token.exactOptional(),
    encodingAesKey: keys.encodingAesKey.exactOptional().describe('The key before it is kept for messages on their way'),
    messageMode: messageMode.exactOptional(),
    originalId: originalId.exactOptional(),
    kind: kind.exactOptional(),
    merchantId: merchantId.exactOptional(),
    paysThrough: paysThrough.exactOptional(),
    tokenEndpoint: tokenEndpoint.exactOptional(),
  })
  .describe('What is absent stays as it is');
export type ChangeKeysRequest = z.input<typeof changeKeysRequest>;

export const accountAnswer = z.object({
  account: z.object({
    id: z.string(),
    revision: z.int(),
    callbackUrl: z.string().describe('To be entered on WeChat’s admin page'),
    keysFrom: z.enum(['environment', 'console']).describe('Where app id, keys, mode and merchant are changed'),
    appId: z.string(),
    originalId: z.string().nullable(),
    kind,
    messageMode,
    tokenEndpoint,
    merchantId: z.string().nullable(),
    paysThrough: z.string().nullable(),
    welcomeText: z.string(),
    fallbackText: z.string(),
    myAwardsKeyword: z.string(),
    retentionDays: z.int().nullable(),
    customerMessages: z.boolean(),
    previousKeyKept: z.boolean().describe('Whether messages under the EncodingAESKey before are still taken'),
    createdAtMs: atMs,
    updatedAtMs: atMs,
  }),
});
export type AccountAnswer = z.infer<typeof accountAnswer>;
