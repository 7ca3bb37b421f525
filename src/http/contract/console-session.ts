import { z } from 'zod';

export const logInRequest = z.strictObject({
  token: z.string().max(100).describe('The one-time token of a login link'),
});

export const sessionAnswer = z.object({
  operator: z.object({
    id: z.string(),
    name: z.string(),
    role: z.enum(['owner', 'operator', 'finance', 'support', 'viewer']),
  }),
  permissions: z.array(z.string()).describe('What the role may do, as each route names it'),
  expiresAtMs: z.number().describe('Unix ms'),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const nothingAnswer = z.object({});

export const accountsAnswer = z.object({
  accounts: z.array(
    z.object({
      id: z.string(),
      appId: z.string(),
      kind: z.enum(['service', 'subscription']),
      paysThrough: z.string().nullable().describe('The account whose openids people are paid under, when not this one'),
      merchantId: z.string().nullable().describe('Who pays this account’s red packets; null when nobody does'),
      merchantState: z.enum(['open', 'stopped']).nullable(),
    }),
  ),
});
export type AccountsAnswer = z.infer<typeof accountsAnswer>;
