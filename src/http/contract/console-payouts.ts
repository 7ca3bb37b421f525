import { z } from 'zod';
import { pageQuery } from './console-lists.ts';
import { openState, requestRail } from './console-payments.ts';

const fen = z.int().min(0);
const atMs = z.number().describe('Unix ms');
const payoutState = z.enum(['waiting', 'unknown', 'sent', 'received', 'returned', 'dead', 'parked']);

export const payoutsQuery = pageQuery.extend({
  state: openState,
  merchant: z.string().max(32).optional().describe('One merchant only'),
});

export const payoutLine = z.object({
  accountId: z.string(),
  orderNumber: z.string().describe('mch_billno at WeChat Pay'),
  awardId: z.string(),
  activityId: z.string(),
  activityName: z.string(),
  merchantId: z.string(),
  openid: z.string().describe('Shortened unless the role includes people.view'),
  amountFen: fen,
  state: payoutState,
  reason: z.string().nullable(),
  createdAtMs: atMs,
  sinceMs: atMs.describe('Since when it is in this state'),
  dueAtMs: atMs.nullable().describe('When it is looked at next by itself; null when it rests'),
  nextCall: z.enum(['send', 'query']),
  heldBy: z.enum(['sending-stopped', 'merchant-stopped']).nullable(),
  series: z.int().describe('Which number of the award this is; 0 is the first'),
  attempts: z.int().describe('Calls made to WeChat Pay for it'),
  rail: requestRail.describe('By which way it goes'),
  actions: z.array(z.enum(['retry', 'ask', 'cancel', 'reissue'])).describe('What you may do about it'),
});
export type PayoutLine = z.infer<typeof payoutLine>;

export const payoutsAnswer = z.object({
  rows: z.array(payoutLine).describe('The earliest won first'),
  next: z.string().nullable().describe('Give it as `after` for the next page; null at the end'),
});
export type PayoutsAnswer = z.infer<typeof payoutsAnswer>;

const json = z.record(z.string(), z.unknown());

export const payoutAnswer = z.object({
  payout: payoutLine.extend({
    class: z.enum(['live', 'batch']),
    railNumber: z.string().nullable().describe('send_listid at WeChat Pay'),
    firstSentAtMs: atMs.nullable(),
    lastSentAtMs: atMs.nullable(),
    cancelAtMs: atMs.nullable().describe('When someone ordered to take a transfer back'),
    retryAtMs: atMs.nullable().describe('When someone last ordered to send it again'),
    request: json.nullable().describe('The frozen business fields; null before the first send'),
  }),
  attempts: z.array(
    z.object({
      number: z.int(),
      kind: z.enum(['send', 'query']),
      startedAtMs: atMs,
      answeredAtMs: atMs.nullable().describe('Null when no answer was seen'),
      outcome: json.nullable().describe('What we read in the answer'),
      raw: z.string().nullable().describe('The answer as it came; signatures, nonces and keys are blacked out'),
    }),
  ),
  entries: z.array(
    z.object({
      entryId: z.int(),
      atMs,
      kind: z.string(),
      debit: z.string(),
      credit: z.string(),
      amountFen: fen,
    }),
  ),
  numbers: z
    .array(z.object({ orderNumber: z.string(), series: z.int(), state: payoutState, createdAtMs: atMs }))
    .describe('All numbers of the award'),
});
export type PayoutAnswer = z.infer<typeof payoutAnswer>;

export const findPayoutQuery = z.object({ number: z.string().trim().max(64) });
export const foundPayoutAnswer = z.object({ accountId: z.string(), orderNumber: z.string() });
export type FoundPayoutAnswer = z.infer<typeof foundPayoutAnswer>;
