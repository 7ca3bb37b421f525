import { addDays, beijingDay, startOfBeijingDayMs } from '../base/beijing-day.ts';
import { WrongRequest } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { AccountId, ActivityId, Openid, PrizeId } from '../base/ids.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { placedMechanics } from '../rules/chains.ts';
import { decide, luckBounds, needsSeed } from '../rules/engine.ts';
import type { Decision } from '../rules/engine.ts';
import { NEWCOMER } from '../rules/facts.ts';
import type { ActivityFacts, ParticipantFacts, SaidCode, Verdict } from '../rules/facts.ts';
import { ticketTotal } from '../rules/mechanics/lottery.ts';
import type { ConditionFacts, PersonFacts } from '../rules/person-facts.ts';
import { leavesOf } from '../rules/person-facts.ts';
import { fixedAmountFen } from '../rules/prize-schema.ts';
import { mechanicAt, TRIGGER_KINDS } from '../rules/trigger-schema.ts';
import type { TriggerKind } from '../rules/trigger-schema.ts';
import { createDrawOnPage } from './draw-on-page.ts';
import type { PageView } from './draw-on-page.ts';
import type { RuleDraft } from './ports/operators.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';
import { readDraft, ruleWarnings, worstCaseFault, worstCaseFen } from './rule-draft.ts';
import type { RuleFault, RuleWarning } from './rule-draft.ts';

/** Followers a rule is tried on; what each knows and did before is made up. */
export const SAMPLES = ['newcomer', 'again', 'next-days', 'blacklisted', 'not-following', 'all-gone'] as const;
export type Sample = (typeof SAMPLES)[number];

/** Most days in a row that `next-days` plays. */
export const TRY_DAYS_MAX = 31;

/** One draw of a sample follower: on which day after the first, and how it ended. */
export interface TriedDraw {
  readonly dayNumber: number;
  readonly verdict: Verdict;
}

/** The odds of one lottery of a rule, as whole tickets of a whole number of tickets. */
export interface OddsTable {
  readonly mechanicId: string;
  readonly tickets: number;
  readonly prizes: readonly { readonly prizeId: string; readonly tickets: number }[];
  /** What a draw costs on average while stock lasts, in hundredths of a fen, rounded. */
  readonly meanCostHundredthsFen: number;
}

/** A draft looked at without being stored. */
export interface LookedAtDraft {
  readonly faults: readonly RuleFault[];
  readonly warnings: readonly RuleWarning[];
  readonly budgetFen: Fen;
  readonly worstCaseFen: Fen;
  readonly odds: readonly OddsTable[];
  /** What its page would show to a newcomer; null while the draft has faults. */
  readonly page: PageView | null;
}

export interface TriedRule {
  readonly faults: readonly RuleFault[];
  /** The ways into it; empty while the draft has faults. */
  readonly ways: readonly TriggerKind[];
  readonly samples: readonly { readonly sample: Sample; readonly draws: readonly TriedDraw[] }[];
}

/** Where a draft belongs, and what it says. */
export interface DraftToTry {
  readonly accountId: AccountId;
  readonly name: string;
  readonly draft: RuleDraft;
}

/** Shows and plays drafts through the very engine that decides draws. Nothing is read and nothing is written. */
export interface TryRules {
  look(given: DraftToTry): Promise<LookedAtDraft>;
  /** `way`: by which of its ways in people come; null for the first. `days`: 1 to 31. */
  play(given: DraftToTry & { readonly way: TriggerKind | null; readonly days: number }): TriedRule;
}

/** Builds the flow over the clock and the same luck as real draws have. */
export function createTryRules({
  clock,
  luck,
}: {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Luck;
}): TryRules {
  return {
    async look(given) {
      const { rule, faults } = readDraft(given.draft);
      if (rule === null) return { faults, warnings: [], budgetFen: fen(0), worstCaseFen: fen(0), odds: [], page: null };
      const unanswered = worstCaseFault(rule);
      return {
        faults: unanswered === null ? [] : [unanswered],
        warnings: ruleWarnings(rule),
        budgetFen: fen(rule.budgetFen),
        worstCaseFen: worstCaseFen(rule),
        odds: oddsOf(rule),
        page: await newcomersPage(given, rule, clock),
      };
    },
    play(given) {
      const { rule, faults } = readDraft(given.draft);
      if (rule === null) return { faults, ways: [], samples: [] };
      const ways = waysInto(rule);
      const way = ways.find((one) => one === given.way) ?? ways[0] ?? 'words';
      const stage = {
        rule,
        way,
        luck,
        account: given.accountId,
        firstAtMs: Math.max(clock.nowMs(), rule.startsAtMs ?? 0),
      };
      const samples = SAMPLES.filter((sample) => isTelling(sample, rule)).map((sample) => ({
        sample,
        draws: drawsOf(sample, stage, given.days),
      }));
      return { faults: [], ways, samples };
    },
  };
}

/** Returns the exact odds of every lottery of a rule, while stock lasts. */
export function oddsOf(rule: ActivityRule): readonly OddsTable[] {
  return placedMechanics(rule).flatMap(({ id, settings }) => {
    if (settings.kind !== 'lottery') return [];
    const tickets = ticketTotal(settings, rule.prizes);
    const cost = rule.prizes.reduce((sum, prize) => sum + meanAmountFen(prize) * prize.tickets, 0);
    const prizes = rule.prizes.filter((prize) => prize.tickets > 0);
    return [
      {
        mechanicId: id,
        tickets,
        prizes: prizes.map((prize) => ({ prizeId: prize.id, tickets: prize.tickets })),
        meanCostHundredthsFen: tickets === 0 ? 0 : Math.round((cost * 100) / tickets),
      },
    ];
  });
}

function meanAmountFen(prize: ActivityRule['prizes'][number]): number {
  return prize.kind === 'random-packet' ? prize.meanFen : (fixedAmountFen(prize) ?? 0);
}

function waysInto({ trigger }: ActivityRule): readonly TriggerKind[] {
  const open: Readonly<Record<TriggerKind, boolean>> = {
    words: trigger.words.length > 0,
    page: trigger.page,
    follow: trigger.follow !== 'never',
    scenes: trigger.scenes.length > 0,
    menu: trigger.menu,
    payment: trigger.payment,
    batch: trigger.batch,
    invite: trigger.invite,
    codes: trigger.codes !== null,
  };
  return TRIGGER_KINDS.filter((kind) => open[kind]);
}

/** Whom the rule does not tell apart from a newcomer need not be shown. */
function isTelling(sample: Sample, { who }: ActivityRule): boolean {
  const leaves = who.must === null ? [] : leavesOf(who.must);
  if (sample === 'blacklisted') return leaves.some(({ kind }) => kind === 'listed');
  if (sample === 'not-following') return leaves.some(({ kind }) => kind === 'follows' || kind === 'followed-for');
  return true;
}

interface Stage {
  readonly rule: ActivityRule;
  readonly way: TriggerKind;
  readonly luck: Luck;
  readonly account: AccountId;
  readonly firstAtMs: number;
}

/** How the sample's last draws end; what it did before them is played, too, and not shown. */
function drawsOf(sample: Sample, stage: Stage, days: number): readonly TriedDraw[] {
  const { rule, firstAtMs } = stage;
  const fresh = { person: NEWCOMER, activity: untouched(firstAtMs), atMs: firstAtMs, wins: [], draws: [] };
  switch (sample) {
    case 'newcomer':
    case 'blacklisted':
    case 'not-following':
      return [{ dayNumber: 1, verdict: once(stage, sample, fresh).decision.verdict }];
    case 'all-gone':
      return [
        {
          dayNumber: 1,
          verdict: once(stage, sample, { ...fresh, activity: emptied(rule, firstAtMs) }).decision.verdict,
        },
      ];
    case 'again': {
      const first = once(stage, sample, fresh);
      const second = once(stage, sample, { ...first.after, atMs: firstAtMs + 60_000 });
      return [{ dayNumber: 1, verdict: second.decision.verdict }];
    }
    case 'next-days': {
      const tried: TriedDraw[] = [];
      let now: Moment = fresh;
      for (let day = 1; day <= Math.min(days, TRY_DAYS_MAX); day += 1) {
        const { decision, after } = once(stage, sample, now);
        tried.push({ dayNumber: day, verdict: decision.verdict });
        now = { ...after, atMs: nextDayMs(now.atMs) };
      }
      return tried;
    }
  }
}

/** Everything that one draw of a sample is decided from. */
interface Moment {
  readonly person: ParticipantFacts;
  readonly activity: ActivityFacts;
  readonly atMs: number;
  readonly wins: readonly number[];
  readonly draws: readonly number[];
}

function once(
  { rule, way, luck, account, firstAtMs }: Stage,
  sample: Sample,
  now: Moment,
): { readonly decision: Decision; readonly after: Moment } {
  const tickets = luckBounds(rule).map((bound) => (bound === 0 ? 0 : luck.below(bound)));
  const day = beijingDay(now.atMs);
  const activity =
    now.activity.day === day ? now.activity : { ...now.activity, day, winsToday: 0, wonTodayFen: fen(0) };
  const decision = decide({
    rule,
    activity,
    person: now.person,
    atMs: now.atMs,
    day,
    luck: { tickets, seed: needsSeed(rule) ? luck.randomId() : '' },
    start: mechanicAt(rule.trigger, way),
    code: SAMPLE_CODE,
    vouchers: new Map(rule.prizes.flatMap((prize) => (prize.kind === 'voucher' ? [[prize.pool, 'ABCD2345']] : []))),
    asking: { account, atMs: now.atMs, ...knownOf(sample, rule, { now, firstAtMs }) },
  });
  const { outcome } = decision.verdict;
  const after = {
    person: decision.person,
    activity: decision.activity,
    atMs: now.atMs,
    wins: outcome === 'won' ? [now.atMs, ...now.wins] : now.wins,
    draws: outcome === 'refused' ? now.draws : [now.atMs, ...now.draws],
  };
  return { decision, after };
}

const SAMPLE_CODE: SaidCode = { code: 'SAMPLE', use: 'free' };

/** Followed a year before the activity, unless the sample is somebody who does not. */
function knownOf(
  sample: Sample,
  { who }: ActivityRule,
  { now, firstAtMs }: { readonly now: Moment; readonly firstAtMs: number },
): Omit<ConditionFacts, 'account' | 'atMs'> {
  const following = sample !== 'not-following';
  const followedAtMs = following ? firstAtMs - 365 * 86_400_000 : null;
  const listed =
    who.must === null ? [] : leavesOf(who.must).flatMap((leaf) => (leaf.kind === 'listed' ? leaf.list : []));
  const counted = (times: readonly number[]) => ({ here: times.length, anywhere: times.length });
  const person: PersonFacts = {
    follower: { following, firstFollowedAtMs: followedAtMs, followedAtMs },
    tagIds: [],
    wins: { here: now.wins, anywhere: now.wins },
    lists: sample === 'blacklisted' ? listed : [],
    union: { id: 'sample', draws: counted(now.draws), wins: counted(now.wins) },
    drawsAtMs: now.draws,
  };
  return { person, ipDrawsAtMs: now.draws, deviceDrawsAtMs: now.draws };
}

function untouched(atMs: number): ActivityFacts {
  return {
    state: 'open',
    spentFen: fen(0),
    draws: 0,
    wins: 0,
    day: beijingDay(atMs),
    winsToday: 0,
    wonTodayFen: fen(0),
    drawn: new Map(),
    givenFen: new Map(),
  };
}

/** Every prize given and the budget spent. */
function emptied(rule: ActivityRule, atMs: number): ActivityFacts {
  const drawn = new Map(rule.prizes.map(({ id, stock }) => [id as PrizeId, stock]));
  const givenFen = new Map(
    rule.prizes.map((prize) => [prize.id as PrizeId, fen(meanAmountFen(prize) * prize.stock)] as const),
  );
  return { ...untouched(atMs), spentFen: fen(rule.budgetFen), drawn, givenFen };
}

function nextDayMs(atMs: number): number {
  const day = beijingDay(atMs);
  return startOfBeijingDayMs(addDays(day, 1)) + (atMs - startOfBeijingDayMs(day));
}

/** The page as the story of activity pages shows it to somebody who never took part. */
async function newcomersPage(
  { accountId, name }: DraftToTry,
  rule: ActivityRule,
  clock: Pick<Clock, 'nowMs'>,
): Promise<PageView> {
  const nobody = async (): Promise<null> => null;
  const nothing = async (): Promise<undefined> => undefined;
  const noDraw = async (): Promise<never> => Promise.reject(new WrongRequest('preview', 'nobody draws in a preview'));
  const nowMs = clock.nowMs();
  const pages = createDrawOnPage({
    activities: { bySlug: nothing },
    reads: { stopped: nothing, standing: async () => ({ person: null, last: null, drawn: new Map() }) },
    batcher: { draw: noDraw },
    draws: { storedReply: nothing },
    followers: { profileOf: nobody },
    visitors: { prove: noDraw },
    unprovenAwardFenMax: 0,
    clock,
  });
  const activity = {
    accountId,
    id: '0'.repeat(32) as ActivityId,
    slug: 'preview',
    name: name === '' ? '—' : name,
    version: 1,
    rule,
    publishedAtMs: nowMs,
    paysThrough: null,
  };
  const phase = rule.startsAtMs !== null && rule.startsAtMs > nowMs ? 'not-started' : 'open';
  return pages.view({ activity, phase }, { openid: 'sample' as Openid, snapshot: false });
}
