import { activityRuleSchema } from './activity-rule.ts';
import { CHOICE_NAMES } from './choice-names.ts';
import { FIELD_HINTS } from './field-hints.ts';
import { FIELD_NAMES } from './field-names.ts';
import type { Name, Names } from './field-names.ts';

type Json = Readonly<Record<string, unknown>>;

/** One place of the rule's JSON Schema with the words a form shows there. */
export interface FormNode {
  readonly [keyword: string]: unknown;
  /** What the field is called, or one of several kinds of thing. */
  readonly label?: Name;
  readonly hint?: Name;
  /** What the values of a choice are called. */
  readonly choices?: Names;
}

/** Where a node stands: the names of the fields that lead to it, and of which kind the thing is that it belongs to. */
interface Place {
  readonly path: readonly string[];
  readonly kind: string | null;
}

/**
 * The rule's JSON Schema (2020-12) from which the console draws its forms: each field with its name in both languages, a hint
 * where one helps, and its choices by name. What has no name here has no `label`.
 */
export function ruleFormSchema(): FormNode {
  const schema = activityRuleSchema.toJSONSchema({ io: 'input' }) as Json;
  const parts = Object.entries(object(schema['$defs'])).map(([name, node]) => [
    name,
    worded(object(node), { path: [name], kind: null }),
  ]);
  return { ...worded(schema, { path: [], kind: null }), $defs: Object.fromEntries(parts) as Json };
}

/** Finds a word by the whole path, the kind and the name, the last two names or the last one. */
export function wordAt<Word>(words: Readonly<Record<string, Word>>, { path, kind }: Place): Word | undefined {
  const name = path.at(-1) ?? '';
  const keys = [path.join('.'), `${kind ?? ''}.${name}`, path.slice(-2).join('.'), name];
  const key = keys.find((one) => Object.hasOwn(words, one));
  return key === undefined ? undefined : words[key];
}

function worded(node: Json, place: Place): FormNode {
  const several = (keyword: 'oneOf' | 'anyOf'): Json => {
    const among = node[keyword];
    return Array.isArray(among) ? { [keyword]: among.map((one) => worded(object(one), place)) } : {};
  };
  const kind = object(object(node['properties'])['kind'])['const'];
  const isKind = typeof kind === 'string';
  const label = isKind ? CHOICE_NAMES['kind']?.[kind] : undefined;
  return {
    ...node,
    ...several('oneOf'),
    ...several('anyOf'),
    ...('items' in node ? { items: worded(object(node['items']), place) } : {}),
    ...('properties' in node ? { properties: fieldsOf(node, { ...place, kind: isKind ? kind : null }) } : {}),
    ...(label === undefined ? {} : { label }),
    ...('enum' in node || 'const' in node || 'minimum' in node ? choicesAt(place) : {}),
  };
}

function fieldsOf(node: Json, { path, kind }: Place): Json {
  const fields = Object.entries(object(node['properties'])).map(([name, field]) => {
    const place = { path: [...path, name], kind };
    const label = wordAt(FIELD_NAMES, place);
    const hint = wordAt(FIELD_HINTS, place);
    const words = { ...(label === undefined ? {} : { label }), ...(hint === undefined ? {} : { hint }) };
    return [name, { ...worded(object(field), place), ...words }];
  });
  return Object.fromEntries(fields) as Json;
}

function choicesAt(place: Place): { readonly choices?: Names } {
  const choices = wordAt(CHOICE_NAMES, place);
  return choices === undefined ? {} : { choices };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
