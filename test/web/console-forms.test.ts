import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDraft, ruleWarnings, worstCaseFault, worstCaseFen } from '../../src/flows/rule-draft.ts';
import { ruleFormSchema } from '../../src/rules/form-schema.ts';
import { valueAt, withValue } from '../../src/web/console/editor/draft.ts';
import { glanceAt } from '../../src/web/console/editor/rule-glance.ts';
import { fieldsOf } from '../../src/web/console/editor/rule-node.ts';
import type { RuleNode, ShapedField } from '../../src/web/console/editor/rule-node.ts';
import { isChangeable, stepOf, STEPS, unplacedFields } from '../../src/web/console/editor/steps.ts';
import { formFromTemplate, TEMPLATE_NAMES, withBudget } from '../../src/web/console/editor/templates.ts';
import { readYuan, showYuan, writeYuan } from '../../src/web/console/parts/money.ts';
import { readLocalTime, showShare, writeLocalTime } from '../../src/web/console/parts/show.ts';

const root = ruleFormSchema() as RuleNode;

test('yuan typed and shown are the same fen to the last digit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (fen) => {
      assert.deepEqual(readYuan(writeYuan(fen)), { fen, fault: null });
      assert.deepEqual(readYuan(showYuan(fen)), { fen, fault: null });
    }),
  );
});

test('yuan are read as people write them, and nothing is guessed', () => {
  const read = (text: string) => readYuan(text).fen;
  assert.deepEqual(
    ['8.88', '8.8', '8', '8.', '0.01', '１２．５', '¥1,234.50', ' 3 '].map(read),
    [888, 880, 800, 800, 1, 1250, 123_450, 300],
  );
  for (const text of ['8.888', '-1', '1e3', 'abc', '.5', '1.2.3', '9'.repeat(10)]) {
    assert.deepEqual(readYuan(text), { fen: null, fault: 'not-money' }, text);
  }
  assert.deepEqual(readYuan('  '), { fen: null, fault: null });
  assert.equal(showYuan(-642_480), '−¥6,424.80');
});

test('every template can be published as it is, with nothing to warn of', () => {
  for (const name of TEMPLATE_NAMES) {
    const { draft, slug } = formFromTemplate(name, 'abcd');
    const { rule, faults } = readDraft(draft);
    assert.deepEqual(faults, [], name);
    assert.ok(rule);
    assert.deepEqual(ruleWarnings(rule), [], name);
    assert.equal(worstCaseFen(rule), rule.budgetFen, name);
    assert.match(slug, /^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
  }
});

test('a template fits its prizes to any budget that pays for one of each, and says what happens below that', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEMPLATE_NAMES), fc.integer({ min: 1, max: 100_000_000 }), (name, budgetFen) => {
      const { rule, faults } = readDraft(withBudget(formFromTemplate(name, 'abcd').draft, budgetFen));
      assert.deepEqual(faults, []);
      assert.ok(rule && worstCaseFault(rule) === null);
      assert.ok(rule.prizes.every(({ stock }) => stock >= 1));
      assert.ok(worstCaseFen(rule) <= budgetFen || rule.whenBudgetEnds === 'nobody-wins');
    }),
  );
});

test('what is put into a draft stands there, and nothing else changes', () => {
  const draft = { trigger: { words: [{ match: 'exact', word: '抽奖' }], menu: false }, other: { kept: [1, 2] } };
  const written = withValue(draft, ['trigger', 'words', 1], { match: 'prefix', word: 'a' });
  assert.deepEqual(valueAt(written, ['trigger', 'words', 1, 'word']), 'a');
  assert.equal(valueAt(written, ['trigger', 'menu']), false);
  assert.equal(valueAt(written, ['other']), draft.other);
  assert.deepEqual(withValue(written, ['trigger', 'words', 1], undefined), draft);
  assert.deepEqual(withValue({}, ['look', 'title'], 'x'), { look: { title: 'x' } });
  assert.equal(valueAt({ trigger: 7 }, ['trigger', 'words', 0, 'word']), undefined);
});

test('any draft at all opens in the editor, and putting a name into it loses nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('trigger', 'prizes', 'texts', 'budgetFen'), fc.jsonValue()), (draft) => {
      const written = withValue(draft, ['look', 'title'], '标题') as Record<string, unknown>;
      assert.deepEqual({ ...written, look: undefined }, { ...draft, look: undefined });
      assert.doesNotThrow(() => glanceAt(draft));
    }),
  );
});

/** Every field of the rule's schema with its shape, down to the leaves. */
function* shapes(group: RuleNode, path: string, depth = 0): Generator<readonly [string, ShapedField]> {
  if (depth > 6) return;
  for (const field of fieldsOf(root, group)) {
    yield [`${path}.${field.name}`, field];
    const { shape } = field;
    const inner =
      shape.kind === 'group'
        ? [shape.node]
        : shape.kind === 'kinds'
          ? shape.variants
          : shape.kind === 'list'
            ? (shape.item.oneOf ?? [shape.item])
            : [];
    for (const one of inner) yield* shapes(one, `${path}.${field.name}`, depth + 1);
  }
}

test('every field of the schema has an input: none is taken for a text that is none', () => {
  const all = [...shapes(root, '')];
  assert.ok(all.length > 200, String(all.length));
  for (const [path, { shape, node }] of all) {
    if (shape.kind !== 'text') continue;
    const types = [node.type, ...(node.anyOf ?? []).map(({ type }) => type)].flat();
    assert.ok(types.includes('string'), `${path} ${JSON.stringify(node).slice(0, 200)}`);
  }
  const shapeAt = (path: string) => all.find(([one]) => one === path)?.[1].shape.kind;
  assert.equal(shapeAt('.budgetFen'), 'money');
  assert.equal(shapeAt('.startsAtMs'), 'time');
  assert.equal(shapeAt('.who.must'), 'kinds');
  assert.equal(shapeAt('.trigger.leads.page'), 'mechanic');
  assert.equal(shapeAt('.mechanic.prizeId'), 'prize');
  assert.equal(shapeAt('.mechanic.totals.days'), 'count-or-all');
  assert.equal(shapeAt('.trigger.scenes'), 'tags');
});

test('a fault of every field leads to a step, and what a published activity may change is what the service lets through', () => {
  for (const [path] of shapes(root, '')) assert.ok(STEPS.includes(stepOf(path.slice(1))), path);
  assert.deepEqual(
    ['prizes.0.stock', 'limits.budgetFenPerDay', 'limits.winsPerDay', 'mechanic.blankTickets', 'packet.remark'].map(
      stepOf,
    ),
    ['prizes', 'money', 'who', 'prizes', 'texts'],
  );
  assert.deepEqual(
    ['texts.win', 'look.theme', 'look.question', 'packet.sceneId', 'packet.wishing', 'prizes.0.name'].map(isChangeable),
    [true, true, false, false, true, false],
  );
  assert.deepEqual(unplacedFields(root), [], 'the schema has got a field: lay it out in a step');
});

test('a share is shown with more digits the smaller it is', () => {
  assert.deepEqual([0, 0.001, 0.221, 1 / 30_000_000].map(showShare), ['0%', '0.1%', '22.1%', '0.00000333%']);
});

test('times of the form are Beijing times wherever the browser stands', () => {
  const atMs = Date.parse('2027-02-05T20:00:00+08:00');
  assert.equal(writeLocalTime(atMs), '2027-02-05T20:00');
  assert.equal(readLocalTime('2027-02-05T20:00'), atMs);
  assert.equal(readLocalTime(''), null);
});
