import { z } from 'zod';
import { nextPage } from './console-lists.ts';

const fen = z.int().min(0);
const atMs = z.number().describe('Unix ms');
const count = z.int().min(0);
const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, '1-64 lower-case letters, digits and - inside')
  .describe('Last part of the activity page’s address, unique over all accounts');
const name = z.string().trim().min(1).max(60);
const revision = z.int().min(1).describe('The revision you saw; a stale one is refused with 409');

/** A draft is any JSON object: it may be saved with faults, which the answer lists. */
const draft = z
  .record(z.string(), z.unknown())
  .describe('A rule (components.schemas.ActivityRule), perhaps unfinished');

/** A publication whose budget is above what one person may publish. */
export const awaitingAnswer = z.object({
  id: z.string(),
  revision: z.number(),
  amountFen: fen,
  askedBy: z.string().describe('The operator’s id'),
  askedAtMs: atMs,
  expiresAtMs: atMs.describe('Over by then, the draft can change again'),
});

export const createActivityRequest = z.strictObject({ accountId: z.string().min(1).max(32), slug, name, draft });
export const editActivityRequest = z.strictObject({ revision, slug, name, draft });
export const publishActivityRequest = z.strictObject({ revision });
/** Of pausing, going on and stopping. */
export const turnActivityRequest = z.strictObject({});

const state = z.enum(['draft', 'published', 'paused', 'stopped']);

export const activitySummary = z.object({
  accountId: z.string(),
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  state,
  mechanic: z.string().nullable(),
  startsAtMs: atMs.nullable(),
  endsAtMs: atMs.nullable(),
  updatedAtMs: atMs,
  publishedAtMs: atMs.nullable(),
  budgetFen: fen,
  spentFen: fen,
  draws: count,
  wins: count,
});
export const activitiesAnswer = z.object({ activities: z.array(activitySummary), next: nextPage });
export type ActivitySummary = z.infer<typeof activitySummary>;
export type ActivitiesAnswer = z.infer<typeof activitiesAnswer>;

export const ruleFault = z.object({
  path: z.string().describe('Where in the draft: prizes.0.amountFen'),
  code: z.string().describe('too_small, too_big, invalid_type, ..., or custom when only the message says it'),
  message: z.string(),
  bound: z.number().nullable().describe('The bound that was missed'),
});
export type RuleFault = z.infer<typeof ruleFault>;
export const ruleWarning = z.object({
  code: z.enum(['budget-below-worst-case', 'no-limit-per-person', 'list-missing', 'origin-unknown-in-chat']),
  message: z.string(),
  worstCaseFen: fen.describe('What all red packets together would cost'),
  names: z.array(z.string()).readonly().optional().describe('With list-missing: the lists nobody stands on'),
});
export type RuleWarning = z.infer<typeof ruleWarning>;

const sentence = z.object({ zh: z.string(), en: z.string() });
export const lawFinding = z.object({
  check: z.string().describe('Which check: top-prize, withheld-prize, insider-list, ...'),
  level: z.enum(['block', 'warn']).describe('block: not published so; warn: right only with care'),
  paths: z.array(z.string()).readonly().describe('The fields it is about'),
  reason: sentence,
  source: sentence.describe('The law or rule it comes from'),
});
export type LawFinding = z.infer<typeof lawFinding>;

export const ruleOverlap = z.object({
  activityId: z.string(),
  activityName: z.string(),
  by: z.enum(['words', 'codes', 'follow', 'scenes']).describe('What both listen to'),
  kind: z
    .enum(['same', 'may-meet'])
    .describe('same: what is meant for one reaches the other; may-meet: only a message that holds more than either'),
  winner: z.enum(['this', 'other']).describe('Which of the two answers; this one counts as published now'),
  pairs: z
    .array(z.object({ own: z.string(), other: z.string(), example: z.string().nullable() }))
    .describe('The first 20 pairs of words or scenes, each with a text that fits both, folded'),
  pairCount: count,
});
export type RuleOverlap = z.infer<typeof ruleOverlap>;

export const textOverlap = ruleOverlap.pick({ kind: true, winner: true, pairs: true, pairCount: true }).extend({
  with: z
    .enum(['my-awards', 'reply'])
    .describe('The word that asks for awards answers before activities, replies after'),
  replyId: z.string().nullable(),
  words: z.array(z.string()),
});
export type TextOverlap = z.infer<typeof textOverlap>;

export const activityAnswer = z.object({
  activity: z.object({
    accountId: z.string(),
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    state,
    draft,
    revision: z.int(),
    publishedVersion: z.int().nullable(),
    createdAtMs: atMs,
    updatedAtMs: atMs,
    publishedAtMs: atMs.nullable(),
    awaiting: awaitingAnswer.nullable().describe('What waits for a second person; null for nothing'),
    pageUrl: z.string().describe('Where the activity’s page is once it is published'),
  }),
  faults: z.array(ruleFault).describe('What keeps the draft from being published'),
  warnings: z.array(ruleWarning),
  law: z.array(lawFinding).describe('What the law on promotions and WeChat’s own rules say of the draft'),
  overlaps: z.array(ruleOverlap).describe('Live activities of the account that the draft shares messages with'),
  textOverlaps: z.array(textOverlap).describe('What else of the account answers texts that the draft listens to'),
  rule: draft.nullable().describe('The rule in force; null before the first publication'),
  numbers: z
    .object({
      budgetFen: fen,
      spentFen: fen,
      draws: count,
      wins: count,
      prizes: z.array(z.object({ prizeId: z.string(), stock: count, drawn: count })),
      days: z
        .array(z.object({ day: z.string(), draws: count, wins: count, spentFen: fen }))
        .describe('The last 14 Beijing days on which anyone drew, newest first'),
    })
    .nullable()
    .describe('Null before the first publication'),
});
export type ActivityAnswer = z.infer<typeof activityAnswer>;
