import { z } from 'zod';
import { nextPage } from './console-lists.ts';

const atMs = z.number().describe('Unix ms');
const people = z.int().min(0);

export const prepareBatchRequest = z.strictObject({
  note: z.string().trim().max(200).default('').describe('What the list is, for whoever looks later'),
  openids: z.array(z.string().max(200)).max(100_000).optional().describe('Up to 100,000 openids, one a line'),
  list: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional()
    .describe('A kept list of people instead of openids'),
});

export const confirmBatchRequest = z.strictObject({
  people: people.describe('How many people draw, as `open` said: it fails when that has changed'),
});
export const decideBatchRequest = z.strictObject({ approve: z.boolean() });
export const turnBatchRequest = z.strictObject({ to: z.enum(['pause', 'resume', 'cancel']) });

export const batchAnswer = z.object({
  id: z.string(),
  activityId: z.string(),
  note: z.string(),
  state: z
    .enum(['prepared', 'asked', 'running', 'paused', 'finished', 'cancelled', 'refused'])
    .describe('asked: it waits for a second person'),
  lines: people,
  open: people.describe('People who have not drawn yet'),
  outcomes: z.object({ won: people, lost: people, refused: people }),
  faults: z
    .object({ malformed: people, duplicate: people, unknown: people, erased: people, failed: people })
    .describe('Lines that do not draw'),
  preparedBy: z.string(),
  preparedAtMs: atMs,
  confirmedBy: z.string().nullable(),
  confirmedAtMs: atMs.nullable(),
  finishedAtMs: atMs.nullable(),
  askedBy: z.string().nullable().describe('Who wanted it to draw where a second person is needed'),
  reason: z.string().nullable().describe('Why it rests at the moment'),
  warnings: z
    .array(z.object({ code: z.literal('no-insider-list'), message: z.string() }))
    .describe('What to know before it is confirmed'),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;
export const batchesAnswer = z.object({ rows: z.array(batchAnswer), next: nextPage });
export type BatchesAnswer = z.infer<typeof batchesAnswer>;

export const batchLinesQuery = z.object({
  after: z.coerce.number<string | number>().int().min(0).default(0).describe('The last line of the page before'),
  limit: z.coerce.number<string | number>().int().min(1).max(500).default(100),
  only: z.enum(['all', 'faulty']).default('all'),
});
export const batchLinesAnswer = z.object({
  rows: z.array(
    z.object({
      line: z.int(),
      openid: z.string().describe('Empty for a line that is no openid'),
      fault: z.enum(['malformed', 'duplicate', 'unknown', 'erased', 'failed']).nullable(),
      outcome: z.enum(['won', 'lost', 'refused']).nullable(),
      prizeId: z.string().nullable(),
      amountFen: people,
    }),
  ),
  next: z.int().nullable().describe('Give it as `after`; null at the end'),
});
export type BatchLinesAnswer = z.infer<typeof batchLinesAnswer>;
