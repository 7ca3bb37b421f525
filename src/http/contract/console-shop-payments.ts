import { z } from 'zod';
import { pageQuery } from './console-lists.ts';

const atMs = z.number().describe('Unix ms');

export const shopPaymentState = z.enum(['confirming', 'drawing', 'parked', 'settled', 'refused', 'failed']);

export const shopPaymentsQuery = pageQuery.extend({
  state: shopPaymentState.optional().describe('One state only'),
  refunded: z.enum(['yes']).optional().describe('Only payments of which money went back'),
});

export const shopPaymentLine = z.object({
  accountId: z.string(),
  merchantId: z.string(),
  transactionId: z.string().describe('WeChat Pay’s number'),
  tradeNumber: z.string().nullable().describe('The shop’s number'),
  openid: z.string().nullable().describe('Shortened unless the role includes people.view; null before it is confirmed'),
  amountFen: z.int().nullable(),
  refundedFen: z.int().describe('What went back to the payer; awards are not taken back'),
  cameBy: z.enum(['notice', 'forwarded']),
  state: shopPaymentState,
  reason: z.string().nullable().describe('Why nothing was drawn, or why it waits'),
  paidAtMs: atMs.nullable(),
  receivedAtMs: atMs,
  settledAtMs: atMs.nullable(),
  draws: z
    .array(
      z.object({
        accountId: z.string(),
        activityId: z.string(),
        leadsTo: z.string().nullable().describe('The mechanic that the amount leads to'),
        state: z.enum(['due', 'unknown', 'won', 'lost', 'refused', 'skipped']),
        why: z.string().nullable(),
      }),
    )
    .describe('What became of it in each activity that listens to payments'),
});
export type ShopPaymentLine = z.infer<typeof shopPaymentLine>;

export const shopPaymentsAnswer = z.object({
  rows: z.array(shopPaymentLine).describe('The latest first'),
  next: z.string().nullable().describe('Give it as `after` for the next page; null at the end'),
});
export type ShopPaymentsAnswer = z.infer<typeof shopPaymentsAnswer>;

export const noticeKeysAnswer = z.object({
  noticeUrl: z.string().describe('The address to set as notify_url'),
  forwardUrl: z.string().describe('Where the shop’s own system forwards to'),
  apiV3Key: z.boolean().describe('Whether one is set; the key itself is never shown'),
  forwardKey: z.boolean().describe('Whether one is set; the key itself is never shown'),
  verifierIds: z.array(z.string()).describe('Ids of WeChat Pay’s public keys, or serials of its certificates'),
  updatedAtMs: atMs.nullable(),
});
export type NoticeKeysAnswer = z.infer<typeof noticeKeysAnswer>;

export const noticeKeysRequest = z
  .strictObject({
    apiV3Key: z.string().max(64).nullable().exactOptional(),
    forwardKey: z.string().max(256).nullable().exactOptional(),
    verifiers: z
      .record(z.string().max(64), z.string().max(8192))
      .exactOptional()
      .describe('PEM texts; replaces all of them'),
  })
  .describe('What is absent stays as it is, null takes it away');
export type NoticeKeyChanges = z.input<typeof noticeKeysRequest>;
