import { cleanText } from '../base/clean-text.ts';
import { FEN_MAX, fen, formatYuan } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import { activityRuleSchema } from '../rules/activity-rule.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { prizeCostFen } from '../rules/prize-schema.ts';
import { winnablePrizes } from '../rules/winnable-prizes.ts';
import type { RuleDraft } from './ports/operators.ts';

/** One thing that keeps a draft from being published. */
export interface RuleFault {
  /** Where, in the draft: `prizes.0.amountFen`. */
  readonly path: string;
  /** Machine word: `too_small`, `too_big`, `invalid_type`, ..., `custom` when only the message says it. */
  readonly code: string;
  readonly message: string;
  /** The bound that was missed, where there is one. */
  readonly bound: number | null;
}

/** Something the operator should know before publishing, though it may be meant. */
export interface RuleWarning {
  readonly code: 'budget-below-worst-case' | 'no-limit-per-person' | 'list-missing' | 'origin-unknown-in-chat';
  readonly message: string;
  readonly worstCaseFen: Fen;
  /** With `list-missing`: which lists. */
  readonly names?: readonly string[];
}

/** Reads a draft as a rule: the rule with its defaults filled in, or every fault at once. */
export function readDraft(draft: RuleDraft): { rule: ActivityRule; faults: [] } | { rule: null; faults: RuleFault[] } {
  const read = activityRuleSchema.safeParse(draft);
  if (read.success) return { rule: read.data, faults: [] };
  return {
    rule: null,
    faults: read.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      code: issue.code ?? 'custom',
      message: issue.message,
      bound: boundOf(issue),
    })),
  };
}

/** The JSON Schema (2020-12) of what a draft must be to be published, for forms and integrators. */
export function ruleJsonSchema(): Readonly<Record<string, unknown>> {
  return activityRuleSchema.toJSONSchema({ io: 'input' }) as Readonly<Record<string, unknown>>;
}

/** Makes every text of a draft storable: Postgres takes neither U+0000 nor lone surrogates in JSON. */
export function cleanDraft(draft: RuleDraft): RuleDraft {
  return cleanValue(draft) as RuleDraft;
}

/** What all red packets together would cost if there were no budget; FEN_MAX stands for anything beyond it. */
export function worstCaseFen(rule: ActivityRule): Fen {
  const sum = winnablePrizes(rule).reduce((total, prize) => total + prizeCostFen(prize), 0);
  return fen(Math.min(sum, FEN_MAX));
}

/**
 * Returns what a rule must say before it is published for the first time, or null: what happens once its budget is spent,
 * where the prizes together cost more. Rules published before there was a question go on without an answer.
 */
export function worstCaseFault(rule: ActivityRule): RuleFault | null {
  const worst = worstCaseFen(rule);
  if (worst <= rule.budgetFen || rule.whenBudgetEnds !== null) return null;
  const message = `the prizes together cost up to ${formatYuan(worst)} yuan and the budget is ${formatYuan(fen(rule.budgetFen))} yuan: say what happens once it is spent, nobody-wins or close`;
  return { path: 'whenBudgetEnds', code: 'custom', message, bound: worst };
}

/** Names what a valid rule does that its author may not have meant. */
export function ruleWarnings(rule: ActivityRule): readonly RuleWarning[] {
  const worst = worstCaseFen(rule);
  const warnings: RuleWarning[] = [];
  if (worst > rule.budgetFen) {
    const after = rule.whenBudgetEnds === 'close' ? 'nobody can take part any more' : 'nobody wins a packet any more';
    const message = `the prizes together cost more than the budget: once it is spent ${after}`;
    warnings.push({ code: 'budget-below-worst-case', message, worstCaseFen: worst });
  }
  const { drawsPerPerson, drawsPerPersonPerDay, winsPerPerson, winsPerPersonPerDay, budgetFenPerPerson } = rule.limits;
  const limits = [drawsPerPerson, drawsPerPersonPerDay, winsPerPerson, winsPerPersonPerDay, budgetFenPerPerson];
  // A check-in counts once a day by itself.
  const unlimited = limits.every((limit) => limit === null);
  if (unlimited && rule.mechanic.kind !== 'check-in') {
    const message = 'nothing limits one person, who may win until the budget is spent';
    warnings.push({ code: 'no-limit-per-person', message, worstCaseFen: worst });
  }
  return warnings;
}

/** Returns the paths at which two JSON values differ, in the order of the first. */
export function differingPaths(before: unknown, after: unknown, path = ''): readonly string[] {
  if (Object.is(before, after)) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) return [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differingPaths(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [cleanText(name), cleanValue(item)]));
}

function boundOf(issue: { readonly code?: string | undefined }): number | null {
  const bound = 'minimum' in issue ? issue.minimum : 'maximum' in issue ? issue.maximum : null;
  return typeof bound === 'number' ? bound : null;
}
