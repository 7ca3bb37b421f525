import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import type { DecisionInput } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ActivityFacts } from '../../src/rules/facts.ts';
import type { DrawLuck } from '../../src/rules/luck.ts';
import { lotteryRule } from './live-activity.ts';

export const someDay = '2026-11-21' as BeijingDay;

/** Counters of an activity nobody has drawn in. */
export const untouched: ActivityFacts = {
  state: 'open',
  spentFen: fen(0),
  draws: 0,
  wins: 0,
  day: someDay,
  winsToday: 0,
  wonTodayFen: fen(0),
  drawn: new Map(),
  givenFen: new Map(),
};

/** A newcomer's request in an untouched activity, changed by what is given. */
export function decisionInput(
  rule: Partial<ActivityRuleInput> = {},
  changes: Partial<DecisionInput> = {},
): DecisionInput {
  return {
    rule: activityRuleSchema.parse(lotteryRule(rule)),
    activity: untouched,
    person: NEWCOMER,
    atMs: Date.parse('2026-11-21T04:00:00Z'),
    day: someDay,
    luck: ticketLuck(0),
    ...changes,
  };
}

/** The luck of a draw whose ticket is known; `seed` for what is drawn below bounds that only the counters tell. */
export function ticketLuck(ticket: number, seed = '0123456789abcdef0123456789abcdef'): DrawLuck {
  return { tickets: [ticket], seed };
}
