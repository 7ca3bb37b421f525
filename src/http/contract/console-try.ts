import { z } from 'zod';
import { ruleFault, ruleWarning } from './console-activities.ts';

const fen = z.int().min(0);
const count = z.int().min(0);
const given = {
  accountId: z.string().min(1).max(32),
  name: z.string().max(60),
  draft: z.record(z.string(), z.unknown()).describe('A rule, perhaps unfinished; it is not stored'),
};

const way = z.enum(['words', 'page', 'follow', 'scenes', 'menu', 'payment', 'batch', 'invite', 'codes']);

export const lookAtDraftRequest = z.strictObject(given);

export const lookAtDraftAnswer = z.object({
  faults: z.array(ruleFault),
  warnings: z.array(ruleWarning),
  budgetFen: fen,
  worstCaseFen: fen.describe('What all red packets together would cost'),
  odds: z
    .array(
      z.object({
        mechanicId: z.string(),
        tickets: count.describe('All tickets, blanks included'),
        prizes: z.array(z.object({ prizeId: z.string(), tickets: count })),
        meanCostHundredthsFen: count.describe('What a draw costs on average while stock lasts, in 1/100 fen'),
      }),
    )
    .describe('Exact odds of each lottery, while stock lasts'),
  page: z
    .looseObject({ slug: z.string() })
    .nullable()
    .describe('What the activity’s page would show a newcomer; null while the draft has faults'),
});
export type LookAtDraftAnswer = z.infer<typeof lookAtDraftAnswer>;

export const tryDraftRequest = z.strictObject({
  ...given,
  way: way.nullable().default(null).describe('By which of its ways in people come; null for the first'),
  days: z.int().min(1).max(31).default(7).describe('How many days in a row somebody comes'),
});

const triedDraw = z.object({
  dayNumber: z.int().min(1),
  outcome: z.enum(['won', 'lost', 'refused']),
  why: z.string().nullable(),
  prizeId: z.string().nullable(),
  amountFen: fen.nullable(),
  text: z.string().describe('What the follower would be told'),
  inShort: z.object({ zh: z.string(), en: z.string() }).nullable(),
  steps: z.array(
    z.object({
      check: z.string(),
      passed: z.boolean(),
      seen: z.union([z.string(), z.number()]).nullable(),
      limit: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
});
export type TriedDraw = z.infer<typeof triedDraw>;

export const tryDraftAnswer = z.object({
  faults: z.array(ruleFault),
  ways: z.array(way).describe('The ways into it; empty while the draft has faults'),
  samples: z.array(
    z.object({
      sample: z.enum(['newcomer', 'again', 'next-days', 'blacklisted', 'not-following', 'all-gone']),
      draws: z.array(triedDraw),
    }),
  ),
});
export type TryDraftAnswer = z.infer<typeof tryDraftAnswer>;

const inWords = z.object({ zh: z.string(), en: z.string() });

/** A JSON Schema whose nodes carry the words a form shows: `label`, `hint`, and `choices` by value. */
export const ruleFormAnswer = z.object({ schema: z.looseObject({ label: inWords.exactOptional() }) });
export type RuleFormAnswer = z.infer<typeof ruleFormAnswer>;
