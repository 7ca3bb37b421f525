import type { ActivityRule } from './activity-rule.ts';
import { REFUSAL_TEXT } from './conditions-schema.ts';
import type { Condition, ConditionLeaf } from './conditions-schema.ts';
import type { LawCheck } from './law-reasons.ts';
import { leavesOf } from './person-facts.ts';
import { largestAmountFen, packetAmounts, prizeCostFen } from './prize-schema.ts';
import type { Prize } from './prize-schema.ts';
import { winnablePrizes } from './winnable-prizes.ts';

/** Something about a rule that the law or WeChat's own rules speak of. Why, and by which source: `LAW_REASONS`. */
export interface LawFinding {
  readonly check: LawCheck;
  /** block: it must not be published so; warn: it is right only with care that no program can see. */
  readonly level: 'block' | 'warn';
  /** The fields it is about, as `prizes.0.stock`. */
  readonly paths: readonly string[];
}

/** The most that a single prize may be worth, in fen. */
export const TOP_PRIZE_MAX_FEN = 5_000_000;
/** Above this many fen winners are announced as they win. */
export const ANNOUNCE_ABOVE_FEN = 50_000;

type Check = (rule: ActivityRule) => readonly LawFinding[];

/**
 * Holds a rule against 《规范促销行为暂行规定》 (in force since 2020-12-01) and what WeChat punishes. What it finds is for
 * the operator to settle; it is no legal advice, and what it does not find may still be wrong.
 */
export function lawFindings(rule: ActivityRule): readonly LawFinding[] {
  return CHECKS.flatMap((check) => check(rule));
}

const CHECKS: readonly Check[] = [
  topPrize,
  withheldPrizes,
  insiders,
  releasedByHours,
  releasedByRegion,
  particulars,
  winnersAnnounced,
  followBait,
  shareBait,
];

function topPrize({ prizes }: ActivityRule): readonly LawFinding[] {
  return found(
    'top-prize',
    'block',
    pathsOf(prizes, (prize) => (worthFen(prize) ?? 0) > TOP_PRIZE_MAX_FEN, worthField),
  );
}

/** Prizes that are announced and cannot be won, and such as the budget does not pay for. */
function withheldPrizes(rule: ActivityRule): readonly LawFinding[] {
  const winnable = winnablePrizes(rule);
  const vain = pathsOf(rule.prizes, (prize) => prize.stock > 0 && !winnable.includes(prize));
  const costFen = winnable.reduce((sum, prize) => sum + prizeCostFen(prize), 0);
  const short = costFen > rule.budgetFen && rule.whenBudgetEnds === 'nobody-wins';
  return [...found('withheld-prize', 'block', vain), ...found('unpaid-quantity', 'warn', short ? ['budgetFen'] : [])];
}

/** Who may win is announced, or it is nobody's choice: a list without a published reason blocks. */
function insiders({ who, trigger }: ActivityRule): readonly LawFinding[] {
  const chosen = who.must !== null && wantedLeaves(who.must).some(({ kind }) => kind === 'listed');
  const unexplained = chosen && who.text === REFUSAL_TEXT;
  const care = [...(chosen && !unexplained ? ['who.must'] : []), ...(trigger.batch ? ['trigger.batch'] : [])];
  return [...found('insider-list', 'block', unexplained ? ['who.text'] : []), ...found('insider-list', 'warn', care)];
}

function releasedByHours({ who }: ActivityRule): readonly LawFinding[] {
  const timed = who.must !== null && leavesOf(who.must).some(({ kind }) => kind === 'period' || kind === 'hours');
  return found('timed-release', 'warn', timed ? ['who.must'] : []);
}

/** Tags are what operators keep regions in. */
function releasedByRegion({ who }: ActivityRule): readonly LawFinding[] {
  const tagged = who.must !== null && leavesOf(who.must).some(({ kind }) => kind === 'tagged');
  return found('region-release', 'warn', tagged ? ['who.must'] : []);
}

/** What must be published before the start; odds, quantities and conditions are on the rules page by themselves. */
function particulars({ prizes, look, endsAtMs }: ActivityRule): readonly LawFinding[] {
  return [
    ...found('organiser-unnamed', 'warn', look.organiser === null ? ['look.organiser'] : []),
    ...found('end-unnamed', 'warn', endsAtMs === null ? ['endsAtMs'] : []),
    ...found(
      'worth-unnamed',
      'warn',
      pathsOf(prizes, (prize) => worthFen(prize) === null, worthField),
    ),
  ];
}

function winnersAnnounced({ prizes, trigger }: ActivityRule): readonly LawFinding[] {
  const large = prizes.some((prize) => (worthFen(prize) ?? 0) > ANNOUNCE_ABOVE_FEN);
  return found('winners-unannounced', 'block', large && !trigger.page ? ['trigger.page'] : []);
}

function followBait({ trigger, who, prizes }: ActivityRule): readonly LawFinding[] {
  const asked = who.must !== null && wantedLeaves(who.must).some(({ kind }) => kind === 'follows');
  const money = prizes.some((prize) => packetAmounts(prize).length > 0);
  const paths = [...(trigger.follow === 'never' ? [] : ['trigger.follow']), ...(asked ? ['who.must'] : [])];
  return found('follow-bait', 'warn', money ? paths : []);
}

function shareBait({ trigger, prizes }: ActivityRule): readonly LawFinding[] {
  const shared = pathsOf(prizes, ({ kind }) => kind === 'group-packet');
  return found('share-bait', 'warn', [...(trigger.invite ? ['trigger.invite'] : []), ...shared]);
}

function found(check: LawCheck, level: LawFinding['level'], paths: readonly string[]): readonly LawFinding[] {
  return paths.length === 0 ? [] : [{ check, level, paths }];
}

function pathsOf(
  prizes: readonly Prize[],
  fits: (prize: Prize) => boolean,
  field: (prize: Prize) => string = () => '',
): readonly string[] {
  return prizes.flatMap((prize, index) => (fits(prize) ? [`prizes.${index}${field(prize)}`] : []));
}

/** What one of a prize is worth, in fen; null where nobody said. */
function worthFen(prize: Prize): number | null {
  return prize.kind === 'text' || prize.kind === 'voucher' ? prize.worthFen : largestAmountFen(prize);
}

function worthField(prize: Prize): string {
  if (prize.kind === 'text' || prize.kind === 'voucher') return '.worthFen';
  return `.${packetAmounts(prize).at(-1)?.field ?? 'kind'}`;
}

/** The leaves that are asked for, not those that keep people out. */
function wantedLeaves(condition: Condition, wanted = true): readonly ConditionLeaf[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((part) => wantedLeaves(part, wanted));
    case 'not':
      return wantedLeaves(condition.of, !wanted);
    default:
      return wanted ? [condition] : [];
  }
}
