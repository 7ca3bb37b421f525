import { z } from 'zod';
import { awaitingAnswer } from './console-activities.ts';

const fen = z.int().min(0);

export const approvalsAnswer = z.object({
  publications: z.array(
    awaitingAnswer.extend({
      accountId: z.string(),
      activityId: z.string(),
      activityName: z.string(),
      askedByName: z.string(),
      own: z.boolean().describe('Whether you asked for it, so that another person decides'),
    }),
  ),
  reissues: z.array(
    z.object({
      id: z.string(),
      why: z.string(),
      payouts: z.number(),
      amountFen: fen,
      askedByName: z.string(),
      askedAtMs: z.number().describe('Unix ms'),
      own: z.boolean(),
    }),
  ),
  issues: z
    .array(
      z.object({
        id: z.string(),
        accountId: z.string(),
        name: z.string(),
        people: z.number(),
        amountFen: fen,
        askedByName: z.string(),
        askedAtMs: z.number().describe('Unix ms'),
        own: z.boolean().describe('Whether you prepared or confirmed it'),
        trial: z.boolean().describe('One packet that somebody wants to send to themselves'),
      }),
    )
    .describe('Packets for a file of people, decided on by decideIssue'),
  lists: z
    .array(
      z.object({
        id: z.string(),
        activityId: z.string(),
        activityName: z.string(),
        note: z.string(),
        people: z.number().describe('Who would draw'),
        amountFen: fen.describe('The most they can win'),
        askedByName: z.string(),
        askedAtMs: z.number().describe('Unix ms'),
        own: z.boolean().describe('Whether you prepared it'),
      }),
    )
    .describe('Lists of people that would draw, decided on by decideBatch'),
});
export type ApprovalsAnswer = z.infer<typeof approvalsAnswer>;

export const decideApprovalRequest = z.strictObject({ decision: z.enum(['approved', 'refused']) });

const aboveFen = fen.max(100_000_000_000).nullable();

export const approvalLimitsBody = z.strictObject({
  publishAboveFen: aboveFen.describe('Budgets above this need a second person at the publication; null for none'),
  batchAboveFen: aboveFen.describe(
    'A list of people that can win more, or a file of packets that comes to more, waits for another person; null: lists never, files above 1,000 yuan',
  ),
});
export type ApprovalLimitsBody = z.infer<typeof approvalLimitsBody>;
