import { z } from 'zod';
import { FEN_MAX } from '../base/fen.ts';
import { POOL_ID } from './code-shape.ts';
import { readTriggerWord, WORD_MATCHES } from './trigger-word.ts';

const mechanicId = z.string().regex(/^[a-z0-9-]{1,32}$/);

const triggerWord = z.strictObject({
  match: z
    .enum(WORD_MATCHES)
    .describe(
      'exact: the whole text; prefix: how it begins; contains: anywhere in it; number: the one number in it, as 42 or 10-20; pattern: the whole text, with * ? # [] and (|)',
    ),
  word: z.string().trim().min(1).max(60).describe('The word, the number or the pattern'),
  leadsTo: mechanicId.optional().describe('Which mechanic it leads to, where that is not the one of all words'),
});

// Words are looked up, patterns are tried one by one: 200 activities with 10 each cost a message up to 2 ms.
const PATTERNS_MAX = 10;

/** Every way into an activity. */
export const TRIGGER_KINDS = [
  'words',
  'page',
  'follow',
  'scenes',
  'menu',
  'payment',
  'batch',
  'invite',
  'codes',
] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** What has to happen after somebody opened the page by an invitation for it to count. */
export const INVITATION_CONDITIONS = ['opened', 'first-draw', 'first-follow'] as const;
export type InvitationCondition = (typeof INVITATION_CONDITIONS)[number];

/** What an activity listens to. */
export const triggerSchema = z.strictObject({
  words: z
    .array(triggerWord)
    .max(50)
    .default([])
    .describe(
      'Words a follower types; spaces, punctuation, letter case, width and the way of writing digits do not count',
    ),
  page: z.boolean().default(false).describe('Whether the activity page may draw'),
  follow: z
    .enum(['never', 'first', 'every'])
    .default('never')
    .describe('Whether following the account draws: the first time somebody ever does, or every time'),
  scenes: z
    .array(z.string().min(1).max(64))
    .max(50)
    .default([])
    .describe('Codes whose scan draws, by their scene; following by one counts as a scan'),
  codes: z
    .string()
    .regex(POOL_ID)
    .nullable()
    .default(null)
    .describe('The pool whose one-time codes people send by themselves; a text of their form is taken for one'),
  menu: z.boolean().default(true).describe('Whether a menu button with the key activity:<address> draws'),
  payment: z.boolean().default(false).describe('Whether a payment that was verified draws'),
  paymentAtLeastFen: z
    .int()
    .min(1)
    .max(FEN_MAX)
    .optional()
    .describe('The smallest payment that draws, in fen; absent: any payment'),
  paymentTiers: z
    .array(
      z.strictObject({
        atLeastFen: z.int().min(1).max(FEN_MAX).describe('From this amount on, in fen'),
        leadsTo: mechanicId.describe('The mechanic a payment of this tier leads to'),
      }),
    )
    .max(10)
    .optional()
    .describe(
      'Larger payments may lead elsewhere: the highest tier reached counts, and leads.payment below the lowest',
    ),
  batch: z.boolean().default(false).describe('Whether operators may let a list of people draw'),
  invite: z
    .boolean()
    .default(false)
    .describe('Whether whoever invited somebody draws, once for each invitation that counts'),
  inviteCounts: z
    .enum(INVITATION_CONDITIONS)
    .default('opened')
    .describe(
      'When an invitation counts: a newcomer opened the page by it, then made a first draw, or then followed for the first time ever',
    ),
  invitesPerPerson: z.int().min(1).max(1000).default(10).describe('How many invitations of one person count at most'),
  leads: z
    .strictObject({
      words: mechanicId.optional().describe('Where a word leads that does not say it itself'),
      page: mechanicId.optional().describe('Where the activity page leads'),
      follow: mechanicId.optional().describe('Where following leads'),
      scenes: mechanicId.optional().describe('Where scanning a code leads'),
      menu: mechanicId.optional().describe('Where the menu button leads'),
      payment: mechanicId.optional().describe('Where a payment leads'),
      batch: mechanicId.optional().describe('Where an operator’s list leads'),
      invite: mechanicId.optional().describe('Where an accepted invitation leads'),
      codes: mechanicId.optional().describe('Where a one-time code leads'),
    })
    .default({})
    .describe('Which mechanic each way leads to, where it is not main'),
});
export type Trigger = z.infer<typeof triggerSchema>;

/** Who answers where several activities could: the higher number, from 0 to 100. */
export const prioritySchema = z
  .int()
  .min(0)
  .max(100)
  .default(50)
  .describe('Of several activities that could answer a message the one with the higher number does');

/** Returns the mechanic that a way into the activity leads to. */
export function mechanicAt(trigger: Pick<Trigger, 'leads'>, kind: TriggerKind): string {
  return trigger.leads[kind] ?? 'main';
}

/**
 * Returns the mechanic that a payment leads to: the highest tier reached, else where payments lead; null when the
 * activity does not listen to payments, or not to so small a one. `amountFen`: what was paid and not given back.
 */
export function paymentLead(
  trigger: Pick<Trigger, 'payment' | 'paymentAtLeastFen' | 'paymentTiers' | 'leads'>,
  amountFen: number,
): string | null {
  if (!trigger.payment || amountFen < (trigger.paymentAtLeastFen ?? 1)) return null;
  const reached = (trigger.paymentTiers ?? [])
    .filter(({ atLeastFen }) => amountFen >= atLeastFen)
    .toSorted((one, other) => other.atLeastFen - one.atLeastFen);
  return reached[0]?.leadsTo ?? mechanicAt(trigger, 'payment');
}

/** One thing wrong with a trigger: its place below `trigger`, and what it is. */
export interface TriggerFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Finds what the schema alone cannot see. `mechanics`: the ids there are. */
export function triggerFaults(trigger: Trigger, mechanics: readonly string[]): readonly TriggerFault[] {
  const faults: TriggerFault[] = [];
  if (!isOpenSomewhere(trigger)) faults.push({ path: [], message: 'say a word or open the page: one is needed' });
  if (trigger.words.filter(({ match }) => match === 'pattern').length > PATTERNS_MAX) {
    faults.push({ path: ['words'], message: `at most ${PATTERNS_MAX} words may be patterns` });
  }
  for (const [index, word] of trigger.words.entries()) {
    const read = readTriggerWord(word);
    if ('fault' in read) faults.push({ path: ['words', index, 'word'], message: read.fault });
    const { leadsTo } = word;
    if (leadsTo !== undefined && !mechanics.includes(leadsTo))
      faults.push({ path: ['words', index, 'leadsTo'], message: `there is no mechanic ${leadsTo}` });
  }
  for (const kind of TRIGGER_KINDS) {
    const id = mechanicAt(trigger, kind);
    if (!mechanics.includes(id)) faults.push({ path: ['leads', kind], message: `there is no mechanic ${id}` });
  }
  return [...faults, ...paymentFaults(trigger, mechanics)];
}

function paymentFaults(trigger: Trigger, mechanics: readonly string[]): readonly TriggerFault[] {
  const { payment, paymentAtLeastFen, paymentTiers = [] } = trigger;
  const faults: TriggerFault[] = [];
  const listens = 'counts only where payments draw: set trigger.payment';
  if (!payment && paymentAtLeastFen !== undefined) faults.push({ path: ['paymentAtLeastFen'], message: listens });
  if (!payment && paymentTiers.length > 0) faults.push({ path: ['paymentTiers'], message: listens });
  const amounts = paymentTiers.map(({ atLeastFen }) => atLeastFen);
  for (const [index, { atLeastFen, leadsTo }] of paymentTiers.entries()) {
    const place = (field: string) => ['paymentTiers', index, field];
    if (amounts.indexOf(atLeastFen) < index) {
      faults.push({ path: place('atLeastFen'), message: 'another tier begins at this amount already' });
    }
    if (atLeastFen < (paymentAtLeastFen ?? 1)) {
      faults.push({
        path: place('atLeastFen'),
        message: 'a tier below the smallest payment that draws is never reached',
      });
    }
    if (!mechanics.includes(leadsTo)) {
      faults.push({ path: place('leadsTo'), message: `there is no mechanic ${leadsTo}` });
    }
  }
  return faults;
}

/** A menu button alone does not count: it may always draw, so it would hide a trigger that was forgotten. */
function isOpenSomewhere({ words, page, follow, scenes, payment, batch, invite, codes }: Trigger): boolean {
  return (
    words.length > 0 || codes !== null || page || follow !== 'never' || scenes.length > 0 || payment || batch || invite
  );
}
