import { z } from 'zod';

const apiToken = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  madeBy: z.string(),
  madeByName: z.string(),
  createdAtMs: z.number().describe('Unix ms'),
  expiresAtMs: z.number().nullable().describe('Null for a token that does not end by itself'),
  lastUsedAtMs: z.number().nullable(),
  lastAddress: z.string().nullable(),
  revokedAtMs: z.number().nullable(),
});

export const apiTokensAnswer = z.object({
  tokens: z.array(apiToken),
  scopes: z.array(z.string()).describe('What a token may be given, as far as you have it yourself'),
});
export type ApiTokensAnswer = z.infer<typeof apiTokensAnswer>;

export const makeTokenRequest = z.strictObject({
  name: z.string().max(200).describe('What uses it, 1 to 40 characters'),
  scopes: z.array(z.string().max(40)).max(40),
  expiresAtMs: z.number().int().nullable().default(null).describe('Unix ms; null for no end'),
});

export const madeTokenAnswer = z.object({
  id: z.string(),
  token: z.string().describe('Shown this once'),
});
export type MadeTokenAnswer = z.infer<typeof madeTokenAnswer>;
