import { z } from 'zod';

const KINDS = [
  'draw',
  'check-in',
  'code',
  'invited',
  'was-invited',
  'listed',
  'scan',
  'late-reply',
  'payment',
  'follow',
  'leave',
] as const;

export const searchQuery = z.object({
  text: z.string().trim().min(1).max(64).describe('An openid, award id or order number, or how a nickname begins'),
});

export const foundPeopleAnswer = z.object({
  people: z
    .array(
      z.object({
        accountId: z.string(),
        openid: z.string(),
        nickname: z.string().nullable(),
        following: z.boolean().nullable().describe('Null for somebody of whom no follow is known'),
      }),
    )
    .describe('20 at most'),
});
export type FoundPeopleAnswer = z.infer<typeof foundPeopleAnswer>;

export const storyAnswer = z.object({
  rows: z.array(
    z.object({
      atMs: z.number().describe('Unix ms'),
      kind: z.enum(KINDS),
      activityId: z.string().nullable(),
      activityName: z.string().nullable(),
      facts: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
        .describe('What is stored of it, by kind'),
      inShort: z
        .object({ zh: z.string(), en: z.string() })
        .nullable()
        .describe('Why a draw won nothing, in a sentence that may be passed on to the person'),
    }),
  ),
  next: z.string().nullable().describe('`after` of the next page; null at the end'),
});
export type StoryAnswer = z.infer<typeof storyAnswer>;
export type StoryRow = StoryAnswer['rows'][number];
