import { z } from 'zod';

/** Conditions as data: leaves that look at one thing, joined by all, any and not. */
export const CONDITION_DEPTH_MAX = 5;
export const CONDITION_LEAVES_MAX = 50;

// More rows of a person than this are never loaded for one decision.
const COUNTED_MAX = 100;
const DAY_SECONDS = 86_400;

const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as HH:MM');
const endOfHours = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write a time of day as HH:MM, at most 24:00');
const scope = z
  .enum(['this', 'any'])
  .default('this')
  .describe('Of this activity, or of any; exact only for this one, as other activities decide at the same time');

const follows = z.strictObject({ kind: z.literal('follows') }).describe('Follows the account now');
const followedFor = z
  .strictObject({
    kind: z.literal('followed-for'),
    days: z.int().min(1).max(3650).describe('At least so many Beijing days: 1 since yesterday, at whatever time'),
    since: z
      .enum(['first', 'latest'])
      .default('latest')
      .describe('Counted from the first follow ever or the latest one'),
  })
  .describe('Follows the account now and did so long enough ago');
const tagged = z
  .strictObject({
    kind: z.literal('tagged'),
    tagIds: z.array(z.int().min(0).max(2_147_483_647)).min(1).max(20).describe("Ids of the account's tags at WeChat"),
    has: z.enum(['any', 'all']).default('any').describe('Whether one of them is enough'),
  })
  .describe('Carries tags, as of the last refresh from WeChat');
const account = z
  .strictObject({
    kind: z.literal('account'),
    accounts: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/))
      .min(1)
      .max(20)
      .describe('Short names of accounts'),
  })
  .describe('Takes part through one of these accounts');
const won = z
  .strictObject({
    kind: z.literal('won'),
    in: scope,
    times: z.int().min(1).max(COUNTED_MAX).default(1).describe('At least so often'),
    days: z
      .int()
      .min(1)
      .max(3650)
      .nullable()
      .default(null)
      .describe('Within so many Beijing days, today being the first; null for ever'),
  })
  .describe('Won before');
const listed = z
  .strictObject({
    kind: z.literal('listed'),
    list: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .describe("Name of one of the account's lists of people, such as blacklist"),
  })
  .describe('Stands on a list');
const period = z
  .strictObject({
    kind: z.literal('period'),
    fromMs: z.int().min(0).nullable().default(null).describe('Unix ms of the first moment; null for no beginning'),
    untilMs: z.int().min(0).nullable().default(null).describe('Unix ms of the first moment after it; null for no end'),
  })
  .refine(({ fromMs, untilMs }) => fromMs === null || untilMs === null || fromMs < untilMs, {
    path: ['untilMs'],
    error: 'the end must come after the beginning',
  })
  .describe('Takes part within a period');
const hours = z
  .strictObject({
    kind: z.literal('hours'),
    from: clockTime.default('00:00').describe('Beijing time of day, included'),
    until: endOfHours
      .default('24:00')
      .describe('Beijing time of day, not included; before `from` it is of the next day'),
    weekdays: z
      .array(z.int().min(1).max(7))
      .min(1)
      .max(7)
      .nullable()
      .default(null)
      .describe('Monday 1 to Sunday 7, of the day on which the hours begin; null for every day'),
    monthDays: z
      .array(z.int().min(1).max(31))
      .min(1)
      .max(31)
      .nullable()
      .default(null)
      .describe('Days of the month on which the hours begin; one that a month does not have is left out; null for all'),
  })
  .refine(({ from, until }) => from !== until, {
    path: ['until'],
    error: 'the hours need an end of their own; 00:00 to 24:00 is the whole day',
  })
  .describe('Takes part at hours that come again, on certain days or on all');
const union = z
  .strictObject({
    kind: z.literal('union'),
    counts: z.enum(['draws', 'wins']).describe('What is counted: taking part or winning'),
    in: scope,
    below: z.int().min(1).max(COUNTED_MAX).describe('Fewer than so many'),
  })
  .describe(
    'Everyone with the same union id together drew or won less often; nobody without a known union id meets it',
  );
const velocity = z
  .strictObject({
    kind: z.literal('velocity'),
    per: z.enum(['person', 'ip', 'device']).default('person').describe('Address and device are known of pages only'),
    draws: z.int().min(1).max(COUNTED_MAX).describe('At most so many draws of this activity, this one included'),
    seconds: z.int().min(1).max(DAY_SECONDS).describe('within so many seconds'),
  })
  .describe('Draws no faster than this; refused draws do not count');

const leaves = [follows, followedFor, tagged, account, won, listed, period, hours, union, velocity] as const;

type Leaf = z.infer<(typeof leaves)[number]>;
type LeafInput = z.input<(typeof leaves)[number]>;

/** A condition as it is decided by; defaults are filled in. */
export type Condition =
  | Leaf
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };
export type ConditionLeaf = Leaf;
/** A condition as operators write it. */
export type ConditionInput =
  | LeafInput
  | { readonly kind: 'all' | 'any'; readonly of: readonly ConditionInput[] }
  | { readonly kind: 'not'; readonly of: ConditionInput };

const several = z.lazy(() => z.array(node).min(1).max(CONDITION_LEAVES_MAX).readonly());
const node: z.ZodType<Condition, ConditionInput> = z
  .discriminatedUnion('kind', [
    ...leaves,
    z.strictObject({ kind: z.literal('all'), of: several.describe('Each of them is met') }),
    z.strictObject({ kind: z.literal('any'), of: several.describe('At least one of them is met') }),
    z.strictObject({
      kind: z.literal('not'),
      of: z.lazy(() => node).describe('Is known not to be met; what is not known does not count as that'),
    }),
  ])
  .meta({ id: 'Condition' });

/** Reads a condition: at most 5 deep, with at most 50 leaves. */
export const conditionSchema = z.preprocess((given: unknown, context) => {
  // Before anything is read, because a tree of any depth would be read by as many calls in each other.
  const fault = sizeFault(given);
  if (fault !== null) context.issues.push({ code: 'custom', message: fault, input: given });
  return given;
}, node);

/** What somebody refused is told unless the rule says it in its own words. */
export const REFUSAL_TEXT = '您暂时不符合参加条件';

/** Who may take part: `must` refuses, `shadow` only writes down whom it would refuse. */
export const whoSchema = z
  .strictObject({
    must: conditionSchema.nullable().default(null).describe('Only who meets this may take part; null for everyone'),
    shadow: conditionSchema
      .nullable()
      .default(null)
      .describe('Tried on everyone who takes part and written down with each draw, without refusing anybody'),
    text: z.string().min(1).max(600).default(REFUSAL_TEXT).describe('What somebody refused is told'),
  })
  .prefault({});
export type Who = z.infer<typeof whoSchema>;

function sizeFault(given: unknown): string | null {
  let leafCount = 0;
  let level: readonly unknown[] = [given];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > CONDITION_DEPTH_MAX) return `conditions go at most ${CONDITION_DEPTH_MAX} deep`;
    leafCount += level.filter((one) => partsOf(one) === null).length;
    level = level.flatMap((one) => partsOf(one) ?? []);
  }
  if (leafCount > CONDITION_LEAVES_MAX) return `a condition has at most ${CONDITION_LEAVES_MAX} leaves`;
  return null;
}

/** What a joining condition joins, or null for a leaf. */
function partsOf(given: unknown): readonly unknown[] | null {
  if (typeof given !== 'object' || given === null || !('of' in given)) return null;
  return Array.isArray(given.of) ? (given.of as unknown[]) : [given.of];
}
