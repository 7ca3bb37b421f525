import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHOICE_NAMES } from '../../src/rules/choice-names.ts';
import { FIELD_HINTS } from '../../src/rules/field-hints.ts';
import { FIELD_NAMES } from '../../src/rules/field-names.ts';
import { ruleFormSchema, wordAt } from '../../src/rules/form-schema.ts';
import type { FormNode } from '../../src/rules/form-schema.ts';

const CHINESE = /\p{Script=Han}/u;

/** Every field below a node with its path, those of all kinds and definitions too. */
function* fields(node: FormNode, path: string): Generator<readonly [string, FormNode]> {
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    for (const one of (node[keyword] ?? []) as readonly FormNode[]) yield* fields(one, path);
  }
  if (node['items'] !== undefined) yield* fields(node['items'] as FormNode, path);
  const kind = (node['properties'] as Record<string, FormNode> | undefined)?.['kind']?.['const'];
  if (typeof kind === 'string') yield [`${path}<${kind}>`, node];
  for (const [name, field] of Object.entries((node['properties'] ?? {}) as Record<string, FormNode>)) {
    if (name === 'kind' && 'const' in field) continue;
    yield [`${path}.${name}`, field];
    yield* fields(field, `${path}.${name}`);
  }
  for (const [name, one] of Object.entries((node['$defs'] ?? {}) as Record<string, FormNode>)) yield* fields(one, name);
}

const all = [...fields(ruleFormSchema(), '')];

test('every field and every kind of thing in a rule has a name in both languages', () => {
  assert.ok(all.length > 150, String(all.length));
  const nameless = all.filter(([, { label }]) => !CHINESE.test(label?.zh ?? '') || !/[a-z]/i.test(label?.en ?? ''));
  assert.deepEqual(
    nameless.map(([path]) => path),
    [],
    'give it a name in src/rules/field-names.ts, a kind in choice-names.ts',
  );
});

test('every field says what it means, and nothing says nothing', () => {
  const silent = all.filter(([path, field]) => !path.endsWith('>') && !('description' in field) && !('$ref' in field));
  assert.deepEqual(
    silent.map(([path]) => path),
    [],
    'describe it in its schema',
  );
  assert.doesNotMatch(JSON.stringify(ruleFormSchema()), /"description":"[^"]{0,4}"/);
});

test('every value of a choice has a name in both languages', () => {
  const nameless = all.flatMap(([path, field]) =>
    [field, ...((field['anyOf'] ?? []) as readonly FormNode[])].flatMap((node) =>
      ((node['enum'] ?? []) as readonly string[])
        .filter((value) => !CHINESE.test(node.choices?.[value]?.zh ?? '') || (node.choices?.[value]?.en ?? '') === '')
        .map((value) => `${path}: ${value}`),
    ),
  );
  assert.deepEqual(nameless, [], 'name them in src/rules/choice-names.ts');
});

test('a word is found by the whole path before the kind, the last two names and the last one', () => {
  const words = { 'a.b.c': 1, 'k.c': 2, 'b.c': 3, c: 4 };
  assert.equal(wordAt(words, { path: ['a', 'b', 'c'], kind: 'k' }), 1);
  assert.equal(wordAt(words, { path: ['x', 'b', 'c'], kind: 'k' }), 2);
  assert.equal(wordAt(words, { path: ['x', 'b', 'c'], kind: null }), 3);
  assert.equal(wordAt(words, { path: ['x', 'c'], kind: null }), 4);
  assert.equal(wordAt(words, { path: ['toString'], kind: null }), undefined);
});

test('no name stands there in vain', () => {
  const lastParts = new Set(all.map(([path]) => path.split('.').at(-1)?.replace(/<.*/, '')));
  for (const key of [...Object.keys(FIELD_NAMES), ...Object.keys(FIELD_HINTS)]) {
    // What tells one kind from another is no field of its own.
    if (key !== 'kind') assert.ok(lastParts.has(key.split('.').at(-1)), key);
  }
  for (const key of Object.keys(CHOICE_NAMES)) assert.ok(key === 'kind' || lastParts.has(key), key);
});
