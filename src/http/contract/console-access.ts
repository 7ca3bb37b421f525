import { z } from 'zod';
import { sessionAnswer } from './console-session.ts';

const token = z.string().max(100).describe('The one-time token of a set-up link');
const password = z.string().max(500);
const code = z.string().max(40);
const role = sessionAnswer.shape.operator.shape.role;
const atMs = z.number().describe('Unix ms');

export const signInRequest = z.strictObject({
  name: z.string().max(100),
  password,
  code: code.describe('Six digits of the authenticator, or a recovery code'),
});

export const beginSetUpRequest = z.strictObject({ token });
export const setUpAnswer = z.object({
  name: z.string(),
  role,
  totpSecret: z.string().describe('For an authenticator that cannot read the picture: base32'),
  totpUri: z.string(),
  qrSvg: z.string().describe('The same as an SVG element'),
});
export type SetUpAnswer = z.infer<typeof setUpAnswer>;

export const finishSetUpRequest = z.strictObject({ token, password, code });
export const finishSetUpAnswer = sessionAnswer.extend({
  recoveryCodes: z.array(z.string()).describe('Each logs in once in place of a code; shown here and never again'),
});
export type FinishSetUpAnswer = z.infer<typeof finishSetUpAnswer>;

export const changePasswordRequest = z.strictObject({ password, newPassword: password, code });

export const sessionsAnswer = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      openedAtMs: atMs,
      lastSeenAtMs: atMs,
      expiresAtMs: atMs,
      address: z.string(),
      browser: z.string(),
      own: z.boolean().describe('Whether it is this one'),
    }),
  ),
});
export type SessionsAnswer = z.infer<typeof sessionsAnswer>;

export const operatorsAnswer = z.object({
  operators: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role,
      createdAtMs: atMs,
      disabledAtMs: atMs.nullable(),
      ready: z.boolean().describe('Whether password and authenticator are set'),
      sessions: z.number(),
      lastSeenAtMs: atMs.nullable(),
    }),
  ),
});
export type OperatorsAnswer = z.infer<typeof operatorsAnswer>;

export const createOperatorRequest = z.strictObject({ name: z.string().max(100), role });
export const changeOperatorRequest = z
  .strictObject({ role: role.exactOptional(), disabled: z.boolean().exactOptional() })
  .describe('What is absent stays as it is');

export const setUpLinkAnswer = z.object({
  setUpLink: z.string().describe('Works once within 24 hours; whoever has it becomes this operator'),
});
export type SetUpLinkAnswer = z.infer<typeof setUpLinkAnswer>;
