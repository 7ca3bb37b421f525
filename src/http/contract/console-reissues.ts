import { z } from 'zod';
import { nextPage } from './console-lists.ts';
import { rail } from './console-payments.ts';

const fen = z.int().min(0);
const atMs = z.number().describe('Unix ms');

export const reissueSelection = z.strictObject({
  merchantId: z.string().min(1).max(32),
  fromMs: atMs.describe('When the numbers were proved dead, Unix ms, from'),
  untilMs: atMs.describe('... and before'),
  reason: z.string().trim().max(200).nullable().describe('Text that the reason contains, such as NOTENOUGH'),
  activityId: z.string().max(32).nullable(),
  rail: rail.nullable().exactOptional().describe('How the new numbers go; absent or null as activity and merchant say'),
});
export type ReissueSelection = z.infer<typeof reissueSelection>;

export const previewReissueRequest = z.strictObject({ selection: reissueSelection });
export const requestReissueRequest = z.strictObject({
  selection: reissueSelection,
  why: z.string().trim().min(1).max(500).describe('For the one who approves it'),
});
export const decideReissueRequest = z.strictObject({ decision: z.enum(['approved', 'refused', 'withdrawn']) });
export type ReissueDecision = z.infer<typeof decideReissueRequest>['decision'];

export const reissuePreviewAnswer = z.object({
  payouts: z.int(),
  amountFen: fen,
  candidates: z
    .array(
      z.object({
        accountId: z.string(),
        orderNumber: z.string(),
        activityId: z.string(),
        openid: z.string().describe('Shortened unless the role includes people.view'),
        amountFen: fen,
        state: z.enum(['dead', 'returned']),
        reason: z.string().nullable(),
        proofAttempt: z.int().describe('The call whose answer proves it unpaid'),
        provedAtMs: atMs,
      }),
    )
    .describe('The first 100'),
});
export type ReissuePreviewAnswer = z.infer<typeof reissuePreviewAnswer>;

const person = z.object({ id: z.string(), name: z.string() });

export const reissueLine = z.object({
  id: z.string(),
  selection: reissueSelection,
  why: z.string(),
  state: z.enum(['requested', 'approved', 'refused', 'withdrawn']),
  payouts: z.int(),
  amountFen: fen,
  requestedBy: person,
  requestedAtMs: atMs,
  decidedBy: person.nullable(),
  decidedAtMs: atMs.nullable(),
  actions: z
    .array(z.enum(['approve', 'refuse', 'withdraw']))
    .describe('What you may do: the requester withdraws, another person approves or refuses'),
});
export type ReissueLine = z.infer<typeof reissueLine>;

export const reissuesAnswer = z.object({ reissues: z.array(reissueLine).describe('The latest first'), next: nextPage });
export type ReissuesAnswer = z.infer<typeof reissuesAnswer>;

export const reissueAnswer = z.object({
  reissue: reissueLine,
  issued: z.int().describe('How many got a new number'),
  leftOut: z.int().describe('How many were left out when it was decided, with why in `outcome`'),
  unfinished: z.int().describe('Numbers an approval left open because it was interrupted: approving again finishes it'),
  items: z
    .array(
      z.object({
        accountId: z.string(),
        orderNumber: z.string(),
        amountFen: fen,
        proofAttempt: z.int(),
        newOrderNumber: z.string().nullable(),
        outcome: z.string().nullable().describe('Null until it is decided: then `issued`, or why it was left out'),
      }),
    )
    .describe('The first 200, those left out before the others'),
});
export type ReissueAnswer = z.infer<typeof reissueAnswer>;
