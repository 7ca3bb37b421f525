import { z } from 'zod';

const atMs = z.number().describe('Unix ms');

export const personAnswer = z.object({
  accountId: z.string(),
  openid: z.string(),
  nickname: z.string().nullable().describe('Shown by the person through web authorization'),
  follower: z
    .object({
      following: z.boolean(),
      firstFollowedAtMs: atMs.nullable(),
      followedAtMs: atMs.nullable(),
      leftAtMs: atMs.nullable(),
      scene: z.string().nullable().describe('Of the QR code they last followed by'),
      seenAtMs: atMs,
    })
    .nullable()
    .describe('Null for somebody of whom no follow is known'),
  lists: z
    .array(z.object({ list: z.string(), addedBy: z.string(), addedAtMs: atMs }))
    .describe('Lists of people they stand on'),
  erasure: z
    .object({
      state: z
        .enum(['waiting', 'finished'])
        .describe('waiting: the openid stays until the last payout, and the day it counts for, have ended'),
      reason: z.enum(['request', 'withdrawn', 'retention']),
      requestedBy: z.string().describe('The operator’s id, `wechat` or `retention`'),
      requestedAtMs: atMs,
      finishedAtMs: atMs.nullable(),
    })
    .nullable()
    .describe('The last erasure; what is shown beside it was heard afterwards'),
});
export type PersonAnswer = z.infer<typeof personAnswer>;
