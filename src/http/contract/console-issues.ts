import { z } from 'zod';
import { nextPage } from './console-lists.ts';
import { ISSUE_FAULTS, ISSUE_STATES } from '../../flows/ports/issue-batches.ts';

const fen = z.int().min(0);
const number = z.int().min(0);
const atMs = z.number().nullable().describe('Unix ms');
const who = z.string().nullable();

const packet = z.strictObject({
  wishing: z.string().min(1).max(128).describe('The wish on the packet, at most 128 bytes'),
  activityName: z.string().min(1).max(32).describe('What the packet calls the activity, at most 32 bytes'),
  remark: z.string().min(1).max(256).describe('A remark that goes to WeChat Pay with it, at most 256 bytes'),
  sceneId: z.string().max(32).nullable().default(null).describe('PRODUCT_1 to PRODUCT_8 where one is agreed'),
});

export const createIssueRequest = z.strictObject({
  name: z.string().trim().min(1).max(40).describe('What the batch is called'),
  note: z.string().trim().max(200).default('').describe('What it is for, for whoever looks later'),
  packet,
  defaultAmountFen: z
    .int()
    .min(1)
    .max(499_900)
    .nullable()
    .default(null)
    .describe('For lines without an amount, in fen'),
  linesPerMinute: z.int().min(1).max(100_000).default(1200).describe('How fast packets are handed to payment'),
});
export const issueFileQuery = z.object({
  name: z.string().trim().min(1).max(200).default('upload').describe('What the file is called'),
});
export const confirmIssueRequest = z.strictObject({
  people: number.describe('As it was shown: it fails when that has changed'),
  amountFen: fen.describe('As it was shown: it fails when that has changed'),
});
export const decideIssueRequest = z.strictObject({ approve: z.boolean() });
export const turnIssueRequest = z.strictObject({ to: z.enum(['pause', 'resume', 'cancel']) });

export const issueAnswer = z.object({
  id: z.string(),
  activityId: z.string().describe('The activity its awards and budget belong to, once it runs'),
  name: z.string(),
  note: z.string(),
  packet: z.object({
    wishing: z.string(),
    activityName: z.string(),
    remark: z.string(),
    sceneId: z.string().nullable(),
  }),
  defaultAmountFen: fen.nullable(),
  linesPerMinute: number,
  state: z.enum(ISSUE_STATES),
  fileName: z.string().nullable(),
  sameFileAs: z.string().nullable().describe('Another batch that was made of the same file'),
  lines: number.nullable(),
  faulty: number,
  people: number,
  amountFen: fen,
  amountMinFen: fen.nullable(),
  amountMaxFen: fen.nullable(),
  issued: number.describe('Lines that have their award by now'),
  issuedFen: fen,
  preparedBy: z.string(),
  preparedAtMs: z.number(),
  confirmedBy: who,
  confirmedAtMs: atMs,
  decidedBy: who,
  decidedAtMs: atMs,
  finishedAtMs: atMs,
  reason: z.string().nullable().describe('Why it rests at the moment'),
  approvalAboveFen: fen.describe('Above this a second person is asked'),
});
export type IssueAnswer = z.infer<typeof issueAnswer>;
export const issuesAnswer = z.object({ rows: z.array(issueAnswer), next: nextPage });
export type IssuesAnswer = z.infer<typeof issuesAnswer>;

export const issueLinesQuery = z.object({
  after: z.coerce.number<string | number>().int().min(0).default(0).describe('The last line of the page before'),
  limit: z.coerce.number<string | number>().int().min(1).max(500).default(100),
  only: z.enum(['all', 'faulty']).default('all'),
});
export const issueLinesAnswer = z.object({
  rows: z.array(
    z.object({
      line: z.int(),
      openid: z.string().describe('Empty for a faulty line'),
      amountFen: fen,
      note: z.string(),
      fault: z.enum(ISSUE_FAULTS).nullable(),
      text: z.string().nullable().describe('What stands in a faulty line'),
      award: z.string().nullable().describe('The state of its award'),
      orderNumber: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  next: z.int().nullable().describe('Give it as `after`; null at the end'),
});
export type IssueLinesAnswer = z.infer<typeof issueLinesAnswer>;
