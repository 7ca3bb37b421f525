import type { RuleNode } from './rule-node.ts';

export const STEPS = ['basic', 'who', 'win', 'prizes', 'money', 'texts', 'look', 'review'] as const;
export type StepName = (typeof STEPS)[number];

/** Which step a path's field stands on, the first that fits; what no line knows is about how one takes part. */
const PLACES: readonly (readonly [RegExp, StepName])[] = [
  [/^(accountId|name|slug|startsAtMs|endsAtMs|priority)\b/, 'basic'],
  [/^(budgetFen|whenBudgetEnds|returned|limits\.budget|packet\.sceneId)/, 'money'],
  [/^(who|limits)\b/, 'who'],
  [/^prizes\b|mechanic\.blankTickets$/, 'prizes'],
  [/^(texts|packet)\b/, 'texts'],
  [/^look\b/, 'look'],
];

export function stepOf(path: string): StepName {
  return PLACES.find(([pattern]) => pattern.test(path))?.[1] ?? 'win';
}

/** Fields of the rule itself that a step shows by its own hand. */
const PLACED = new Set([
  'trigger',
  'priority',
  'mechanic',
  'chained',
  'prizes',
  'who',
  'limits',
  'budgetFen',
  'whenBudgetEnds',
  'returned',
  'startsAtMs',
  'endsAtMs',
  'texts',
  'packet',
  'look',
]);

/** What the schema has got since the steps were laid out: it is shown all the same. */
export function unplacedFields(root: RuleNode): readonly string[] {
  return Object.keys(root.properties ?? {}).filter((name) => !PLACED.has(name));
}

/** What may change while people take part: how it sounds and looks, never what it gives to whom. */
const CHANGEABLE =
  /^(?:name$|texts\b|(?:chained\.\d+\.)?mechanic\.texts\b|look\b(?!\.question)|packet\.(?:wishing|activityName|remark)$)/;

export function isChangeable(path: string): boolean {
  return CHANGEABLE.test(path);
}
