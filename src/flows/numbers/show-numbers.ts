import { addDays, beijingDay, daysBetween } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { ActivityId } from '../../base/ids.ts';
import { settingsOf, placedMechanics } from '../../rules/chains.ts';
import { ticketTotal } from '../../rules/mechanics/lottery.ts';
import { testOdds } from '../../rules/odds-test.ts';
import type { OddsTest } from '../../rules/odds-test.ts';
import type { ActivityShare, CountedPeriod, DayCount, DrawnTickets, NumbersReads, Period } from '../ports/numbers.ts';
import type { ActivityStore, RuleDraft, StoredActivity } from '../ports/operators.ts';
import type { RuleVersions } from '../ports/rule-versions.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { readDraft } from '../rule-draft.ts';

/** Longest period that is shown at once, in days. */
export const PERIOD_DAYS_MAX = 366;

/** An honest lottery is told to stray so often: in one of a thousand tests. */
export const STRAY_PROBABILITY = 0.001;

/** Drawn tickets of one lottery in one version, held against its stated odds. */
export interface OddsLine {
  readonly version: number;
  readonly mechanic: string;
  readonly draws: number;
  readonly cells: readonly {
    readonly prizeId: string | null;
    /** Tickets of the prize among those of all, as the rule says. */
    readonly tickets: number;
    readonly ofTickets: number;
    readonly drawn: number;
  }[];
  /** Null while there are too few draws to say anything. */
  readonly test: OddsTest | null;
  /** What was drawn differs from the stated odds by more than luck explains but once in a thousand times. */
  readonly strays: boolean;
}

export interface ActivityPeriod extends CountedPeriod {
  readonly period: Period;
  readonly odds: readonly OddsLine[];
}

export interface AllPeriod {
  readonly period: Period;
  readonly days: readonly DayCount[];
  readonly activities: readonly ActivityShare[];
}

/** The numbers operators look at. A period that is left out is today. Each throws WrongRequest `period-invalid` and OutsideTrouble. */
export interface ShowNumbers {
  /** Throws WrongRequest `activity-not-found` (404). */
  activity(id: ActivityId, asked: Partial<Period>): Promise<ActivityPeriod>;
  all(asked: Partial<Period>): Promise<AllPeriod>;
}

/** Builds the flow over the counts, and the rules that state the odds. */
export function createShowNumbers(options: {
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly versions: Pick<RuleVersions, 'ruleOf'>;
  readonly numbers: NumbersReads;
  readonly clock: Pick<Clock, 'nowMs'>;
}): ShowNumbers {
  const { activities, numbers, clock } = options;
  return {
    async activity(id, asked) {
      const period = readPeriod(asked, beijingDay(clock.nowMs()));
      const activity = await activities.find(id);
      if (activity === undefined) {
        throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
      }
      const place = { accountId: activity.accountId, id };
      const [counted, tickets] = await Promise.all([numbers.period(place, period), numbers.tickets(place)]);
      return { ...counted, period, odds: await oddsOf(options.versions, activity, tickets) };
    },
    async all(asked) {
      const period = readPeriod(asked, beijingDay(clock.nowMs()));
      const [days, shares] = await Promise.all([numbers.daily(period), numbers.shares(period)]);
      return { period, days, activities: shares };
    },
  };
}

/** Fills a period in with today. Throws WrongRequest `period-invalid`. */
export function readPeriod(asked: Partial<Period>, today: BeijingDay): Period {
  const to = asked.to ?? (asked.from !== undefined && asked.from > today ? asked.from : today);
  const from = asked.from ?? to;
  if (!isDay(from) || !isDay(to)) throw invalid('`from` and `to` take days, as 2026-02-17');
  if (from > to) throw invalid('`from` is after `to`');
  if (daysBetween(from, to) >= PERIOD_DAYS_MAX) throw invalid(`a period has at most ${PERIOD_DAYS_MAX} days`);
  return { from, to };
}

function isDay(day: BeijingDay): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return false;
  return addDays(day, 0) === day;
}

function invalid(message: string): WrongRequest {
  return new WrongRequest('period-invalid', message);
}

// Older versions were tested while they were in force.
const VERSIONS_TESTED_MAX = 5;

async function oddsOf(
  versions: Pick<RuleVersions, 'ruleOf'>,
  activity: StoredActivity,
  tickets: readonly DrawnTickets[],
): Promise<readonly OddsLine[]> {
  const numbers = [...new Set(tickets.map(({ version }) => version))].sort((one, other) => other - one);
  const lines = await Promise.all(
    numbers.slice(0, VERSIONS_TESTED_MAX).map(async (version) => {
      const rule = await versions.ruleOf(activity, version);
      return linesOf(
        rule as RuleDraft,
        tickets.filter((one) => one.version === version),
      );
    }),
  );
  return lines.flat();
}

/** A rule that this build cannot read any more states nothing to hold draws against. */
function linesOf(stored: RuleDraft, tickets: readonly DrawnTickets[]): readonly OddsLine[] {
  const { rule } = readDraft(stored);
  if (rule === null) return [];
  const known = new Set(placedMechanics(rule).map(({ id }) => id));
  const mechanics = [...new Set(tickets.map(({ mechanic }) => mechanic))].filter((id) => known.has(id)).sort();
  return mechanics.flatMap((mechanic) => {
    const settings = settingsOf(rule, mechanic);
    if (settings.kind !== 'lottery') return [];
    const drawn = tickets.filter((one) => one.mechanic === mechanic);
    const ofTickets = ticketTotal(settings, rule.prizes);
    const cell = (prizeId: string | null, ofPrize: number) => ({
      prizeId,
      tickets: ofPrize,
      ofTickets,
      drawn: drawn.find((one) => one.prizeId === prizeId)?.number ?? 0,
    });
    const prizes = rule.prizes.filter((prize) => prize.tickets > 0);
    const cells = [...prizes.map((prize) => cell(prize.id, prize.tickets)), cell(null, settings.blankTickets)];
    const test = testOdds(cells.map((one) => ({ share: one.tickets / ofTickets, drawn: one.drawn })));
    const draws = drawn.reduce((sum, { number }) => sum + number, 0);
    const strays = test !== null && test.probability < STRAY_PROBABILITY;
    return [{ version: drawn[0]?.version ?? 0, mechanic, draws, cells, test, strays }];
  });
}
