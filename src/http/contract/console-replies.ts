import { z } from 'zod';
import { chatText, revision } from './console-accounts.ts';

const atMs = z.number().describe('Unix ms');
const content = {
  words: z.array(z.string().trim().min(1).max(60)).min(1).max(50),
  match: z.enum(['exact', 'contains']),
  reply: chatText(1),
  activityId: z.string().max(32).nullable().describe('An activity of the account that the reply ends with a way into'),
  enabled: z.boolean(),
};

export const addReplyRequest = z.strictObject({
  ...content,
  activityId: content.activityId.default(null),
  enabled: content.enabled.default(true),
});
export type AddReplyRequest = z.input<typeof addReplyRequest>;

export const changeReplyRequest = z
  .strictObject({
    revision,
    words: content.words.exactOptional(),
    match: content.match.exactOptional(),
    reply: content.reply.exactOptional(),
    activityId: content.activityId.exactOptional(),
    enabled: content.enabled.exactOptional(),
  })
  .describe('What is absent stays as it is');
export type ChangeReplyRequest = z.input<typeof changeReplyRequest>;

export const orderRepliesRequest = z.strictObject({
  ids: z
    .array(z.string().max(32))
    .max(1000)
    .describe('Every reply’s id, once: the first that fits a message answers it'),
});

const replyView = z.object({
  id: z.string(),
  words: z.array(z.string()),
  match: content.match,
  reply: z.string(),
  activityId: z.string().nullable(),
  enabled: z.boolean(),
  revision: z.int(),
  createdAtMs: atMs,
  updatedAtMs: atMs,
  warnings: z
    .array(z.object({ word: z.string(), activityId: z.string(), activityName: z.string(), message: z.string() }))
    .describe('Words that a live activity answers before this reply is looked for'),
});
export type KeywordReplyView = z.infer<typeof replyView>;
export const replyAnswer = z.object({ reply: replyView });
export const repliesAnswer = z.object({ replies: z.array(replyView).describe('In the order they are looked through') });
export type RepliesAnswer = z.infer<typeof repliesAnswer>;
