import { beijingTime } from '../base/beijing-day.ts';
import { formatYuan } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import { activityRuleSchema } from './activity-rule.ts';
import { CHOICE_NAMES } from './choice-names.ts';
import { FIELD_NAMES } from './field-names.ts';
import { ruleChanges } from './rule-changes.ts';
import type { Leaf } from './rule-changes.ts';

/** The same thing in both languages of the console. */
export interface InWords {
  readonly zh: string;
  readonly en: string;
}

/** A change as people read it. */
export interface SaidChange {
  /** `prizes.gold.amountFen` */
  readonly path: string;
  readonly label: InWords;
  readonly before: InWords;
  readonly after: InWords;
}

type Json = Readonly<Record<string, unknown>>;

/** Says what is different between two rules: money in yuan, times of Beijing, prizes by their names. */
export function sayRuleChanges(before: unknown, after: unknown): readonly SaidChange[] {
  const schema = activityRuleSchema.toJSONSchema({ io: 'output' }) as Json;
  return ruleChanges(before, after).map(({ path, before: was, after: is }) => ({
    path: path.join('.'),
    label: labelOf(path, after, { schema, other: before }),
    before: sayValue(path, was, before),
    after: sayValue(path, is, after),
  }));
}

/** A field is named by the word for it, else by what the rule's schema says of it; a prize by its own name. */
function labelOf(
  path: readonly string[],
  rule: unknown,
  { schema, other }: { readonly schema: Json; readonly other: unknown },
): InWords {
  const parts = path.flatMap((name, index): readonly InWords[] => {
    const here = path.slice(0, index + 1);
    const thing = ['prizes', 'chained'].includes(path[index - 1] ?? '') ? nameOf(name, rule, other) : null;
    if (thing !== null) return [{ zh: thing, en: thing }];
    if (/^\d+$/.test(name)) return [{ zh: `第 ${Number(name) + 1} 个`, en: `no. ${Number(name) + 1}` }];
    const known = FIELD_NAMES[here.join('.')] ?? FIELD_NAMES[here.slice(-2).join('.')] ?? FIELD_NAMES[name];
    if (known !== undefined) return [known];
    const said = firstClause(descriptionAt(here, { schema, rule }) ?? descriptionAt(here, { schema, rule: other }));
    return [{ zh: said ?? name, en: said ?? name }];
  });
  return { zh: parts.map(({ zh }) => zh).join(' · '), en: parts.map(({ en }) => en).join(' · ') };
}

function nameOf(id: string, rule: unknown, other: unknown): string | null {
  const name = [rule, other].map((one) => prizeName(one, id)).find((found) => found !== undefined);
  return name ?? id;
}

function prizeName(rule: unknown, id: string): string | undefined {
  const prize = list(object(rule)['prizes']).find((one) => object(one)['id'] === id);
  const name = object(prize)['name'];
  return typeof name === 'string' ? name : undefined;
}

function firstClause(description: string | undefined): string | undefined {
  return description?.split(/[:;]/, 1)[0];
}

/** Follows a path through the schema, at each choice along the way that the rule itself takes. */
function descriptionAt(
  path: readonly string[],
  at: { readonly schema: Json; readonly rule: unknown },
): string | undefined {
  let value: unknown = at.rule;
  let nodes: readonly Json[] = [at.schema];
  for (const name of path) {
    nodes = nodes.flatMap((node) => choices(node, { root: at.schema, value }));
    nodes = nodes.flatMap((node) => [object(node['properties'])[name] ?? node['items']].filter(Boolean)) as Json[];
    value = Array.isArray(value)
      ? (value.find((one) => object(one)['id'] === name) ?? value[Number(name)])
      : object(value)[name];
  }
  const said = nodes.flatMap((node) => [node, ...choices(node, { root: at.schema, value })]);
  return said.map((node) => node['description']).find((description) => typeof description === 'string');
}

function choices(node: Json, at: { readonly root: Json; readonly value: unknown }): readonly Json[] {
  const reference = node['$ref'];
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    const found = object(object(at.root['$defs'])[name]);
    return found['$ref'] === reference ? [] : choices(found, at);
  }
  const among = list(node['oneOf'] ?? node['anyOf']) as readonly Json[];
  if (among.length === 0) return [node];
  const kind = object(at.value)['kind'];
  const fits = (one: Json): boolean => {
    const stated = object(object(one['properties'])['kind'])['const'];
    return kind === undefined || stated === undefined || stated === kind;
  };
  return among.filter(fits).flatMap((one) => choices(one, at));
}

function sayValue(path: readonly string[], value: Leaf | undefined, rule: unknown): InWords {
  const name = path.at(-1) ?? '';
  if (value === undefined) return { zh: '（没有）', en: '(nothing)' };
  if (value === null) return { zh: '（未设）', en: '(not set)' };
  if (typeof value === 'boolean') return value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  if (typeof value === 'number') return sayNumber(name, value);
  if (name === 'prizeId') {
    const prize = prizeName(rule, value) ?? value;
    return { zh: prize, en: prize };
  }
  if (name === 'prizes') {
    const names = value.split(', ').map((id) => prizeName(rule, id) ?? id);
    return { zh: names.join('、'), en: names.join(', ') };
  }
  return CHOICE_NAMES[name]?.[value] ?? { zh: value, en: value };
}

function sayNumber(name: string, value: number): InWords {
  if (/Fen(?:Per[A-Z].*)?$/.test(name)) {
    const yuan = formatYuan(value as Fen);
    return { zh: `${yuan} 元`, en: `${yuan} yuan` };
  }
  if (name.endsWith('Ms')) {
    const time = beijingTime(value);
    return { zh: `${time}（北京时间）`, en: `${time} Beijing time` };
  }
  if (name.toLowerCase().endsWith('seconds')) return { zh: `${value} 秒`, en: `${value} s` };
  return { zh: String(value), en: String(value) };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
