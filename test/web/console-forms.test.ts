import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDraft, ruleWarnings, worstCaseFen } from '../../src/flows/rule-draft.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { draftOf, formOf, newPrize } from '../../src/web/console/editor/editor-form.ts';
import { oddsOf } from '../../src/web/console/editor/odds.ts';
import { formFromTemplate, TEMPLATE_NAMES } from '../../src/web/console/editor/templates.ts';
import { readYuan, showYuan, writeYuan } from '../../src/web/console/parts/money.ts';
import { readLocalTime, showShare, writeLocalTime } from '../../src/web/console/parts/show.ts';
import { demoActivities } from '../../src/demo-activities.ts';

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
    const form = formFromTemplate(name, 'abcd');
    const { rule, faults } = readDraft(draftOf(form));
    assert.deepEqual(faults, [], name);
    assert.ok(rule);
    assert.deepEqual(ruleWarnings(rule), [], name);
    assert.match(form.slug, /^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
  }
});

test('a rule comes back from the form as it went in', () => {
  for (const { name, slug, rule } of demoActivities) {
    const stored = activityRuleSchema.parse(rule);
    const form = formOf({ accountId: 'main', name, slug, draft: stored });
    assert.deepEqual(activityRuleSchema.parse(draftOf(form)), stored, slug);
  }
});

test('a check-in with two milestones for one prize keeps both', () => {
  const milestones = [
    { streakDays: 3, prizeId: 'a' },
    { streakDays: 6, prizeId: 'a' },
  ];
  const draft = {
    mechanic: { kind: 'check-in', milestones },
    prizes: [{ id: 'a', kind: 'text', name: 'x', stock: 1 }],
  };
  const written = draftOf(formOf({ accountId: 'main', name: 'x', slug: 'x', draft }));
  assert.deepEqual((written['mechanic'] as typeof draft.mechanic).milestones, milestones);
});

test('any draft at all opens in the form, and what is not filled in stays a fault', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('trigger', 'mechanic', 'prizes', 'limits', 'texts', 'packet', 'budgetFen'),
        fc.jsonValue(),
      ),
      (draft) => {
        const written = draftOf(formOf({ accountId: 'main', name: 'x', slug: 'x', draft }));
        assert.ok(readDraft(written).faults.length > 0);
      },
    ),
  );
});

test('the worst case beside the form is the one the service warns of', () => {
  for (const name of TEMPLATE_NAMES) {
    const form = formFromTemplate(name, 'abcd');
    const { rule } = readDraft(draftOf(form));
    assert.ok(rule);
    assert.equal(oddsOf(form).worstCaseFen, worstCaseFen(rule), name);
  }
});

test('odds are shares of all tickets, and no tickets at all are no odds', () => {
  const form = formFromTemplate('spring', 'abcd');
  const odds = oddsOf(form);
  assert.equal(odds.tickets, 1000);
  assert.deepEqual(odds.shares.map(showShare), ['0.1%', '2%', '20%']);
  assert.equal(showShare(odds.winShare), '22.1%');
  assert.equal(Math.round(odds.meanCostFen ?? 0), 64);
  const empty = oddsOf({ ...form, prizes: [newPrize([])], blankTickets: null });
  assert.deepEqual([empty.tickets, empty.winShare, empty.shares], [0, 0, [0]]);
  assert.equal(showShare(1 / 30_000_000), '0.00000333%');
});

test('a new prize has an id no other one has', () => {
  const first = newPrize([]);
  const second = newPrize([{ ...first, id: 'p2' }]);
  assert.deepEqual([first.id, second.id], ['p1', 'p3']);
});

test('times of the form are Beijing times wherever the browser stands', () => {
  const atMs = Date.parse('2027-02-05T20:00:00+08:00');
  assert.equal(writeLocalTime(atMs), '2027-02-05T20:00');
  assert.equal(readLocalTime('2027-02-05T20:00'), atMs);
  assert.equal(readLocalTime(''), null);
});
