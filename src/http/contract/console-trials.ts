import { z } from 'zod';
import { nextPage } from './console-lists.ts';
import { ISSUE_STATES } from '../../flows/ports/issue-batches.ts';
import { TRIAL_FEN_MAX } from '../../flows/ports/trial-packets.ts';

export const askTrialRequest = z.strictObject({
  openid: z.string().trim().min(1).max(64).describe('Your own, as the account knows you'),
  amountFen: z.int().min(1).max(TRIAL_FEN_MAX).default(100).describe('In fen'),
  wishing: z.string().min(1).max(128).default('测试红包').describe('The wish on the packet, at most 128 bytes'),
});

export const trialAnswer = z.object({
  id: z.string(),
  accountId: z.string(),
  activityId: z.string().describe('Under which it is booked; no number counts it'),
  state: z.enum(ISSUE_STATES),
  openid: z.string().describe('Shortened'),
  amountFen: z.int(),
  askedByName: z.string(),
  askedAtMs: z.number().describe('Unix ms'),
  own: z.boolean().describe('Whether you asked for it, so that another person decides'),
  award: z.string().nullable().describe('The state of its award, once it was approved'),
  orderNumber: z.string().nullable(),
  reason: z.string().nullable().describe('Why it rests or was not paid'),
});
export type TrialAnswer = z.infer<typeof trialAnswer>;
export const trialsAnswer = z.object({ rows: z.array(trialAnswer), next: nextPage });
export type TrialsAnswer = z.infer<typeof trialsAnswer>;
