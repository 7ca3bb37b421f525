import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sayRuleChanges } from '../../src/rules/change-words.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRule, ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { ruleChanges } from '../../src/rules/rule-changes.ts';
import { lotteryRule } from '../support/live-activity.ts';

const two: ActivityRuleInput['prizes'] = [
  { id: 'gold', name: '金奖', kind: 'red-packet', amountFen: 8888, tickets: 1, stock: 10 },
  { id: 'silver', name: '银奖', kind: 'red-packet', amountFen: 888, tickets: 9, stock: 10 },
];

function rule(changes: Partial<ActivityRuleInput> = {}): ActivityRule {
  return activityRuleSchema.parse(lotteryRule({ prizes: two, ...changes }));
}

const anyRule: fc.Arbitrary<ActivityRule> = fc
  .record({
    prizes: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('gold', 'silver', 'bronze', '0', 'id'),
        name: fc.string({ minLength: 1, maxLength: 5 }),
        kind: fc.constant('text' as const),
        tickets: fc.nat(5),
        stock: fc.nat(5),
      }),
      { minLength: 1, maxLength: 4, selector: ({ id }) => id },
    ),
    budgetFen: fc.nat(3),
    startsAtMs: fc.option(fc.nat(2)),
    words: fc.array(fc.constantFrom('抽奖', '红包'), { maxLength: 3 }),
    lose: fc.constantFrom('没有', '没中'),
  })
  .map(({ words, lose, ...changes }) =>
    rule({
      ...changes,
      mechanic: { kind: 'lottery', blankTickets: 1 },
      trigger: { words: words.map((word) => ({ match: 'exact', word })), page: true },
      texts: { ...lotteryRule().texts, lose },
    }),
  );

/** Every leaf by its path: what stands in a list with ids is found by them, and the list's own leaf is its order. */
function slowLeaves(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const isThing = (item: unknown): item is { id: string } => typeof item === 'object' && item !== null && 'id' in item;
  if (items.length > 0 && items.every(isThing)) {
    const order: [string, unknown][] = items.length > 1 ? [[path, items.map(({ id }) => id).join(', ')]] : [];
    return [...order, ...items.flatMap(({ id, ...rest }) => slowLeaves(rest, `${path}/${id}`))];
  }
  return Object.entries(value).flatMap(([name, part]) => slowLeaves(part, `${path}/${name}`));
}

describe('what differs between two rules', () => {
  it('is nothing for equal ones, and for different ones every leaf that changed, once', () => {
    fc.assert(
      fc.property(anyRule, anyRule, (before, after) => {
        assert.deepEqual(ruleChanges(before, structuredClone(before)), []);
        const [was, is] = [new Map(slowLeaves(before)), new Map(slowLeaves(after))];
        const expected = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
        const changes = ruleChanges(before, after);
        assert.deepEqual(changes.map(({ path }) => `/${path.join('/')}`).sort(), expected.sort());
        for (const { path, before: one, after: other } of changes) {
          const key = `/${path.join('/')}`;
          assert.deepEqual([one, other], [was.get(key), is.get(key)]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is said in words: yuan, Beijing times, prizes by their names', () => {
    const after = rule({
      prizes: [{ ...two[0]!, amountFen: 6666 } as (typeof two)[0], two[1]!],
      startsAtMs: Date.parse('2026-11-22T08:00:00+08:00'),
      limits: { coolDownSeconds: 60 },
      texts: { ...lotteryRule().texts, lose: '差一点' },
      mechanic: { kind: 'lottery', blankTickets: 0, gone: 'next', guaranteed: { afterMisses: 9, prizeId: 'gold' } },
    });
    const said = sayRuleChanges(rule(), after).map(({ label, before, after: is }) => [label.zh, before.zh, is.zh]);
    assert.deepEqual(said, [
      ['玩法 · 奖品发完后这些奖券', '不中奖', '归下一个奖品'],
      ['玩法 · 保底', '（未设）', '（没有）'],
      ['奖品 · 金奖 · 金额', '88.88 元', '66.66 元'],
      ['限制 · 两次参与的间隔', '（未设）', '60 秒'],
      ['开始时间', '（未设）', '2026-11-22 08:00:00（北京时间）'],
      ['文案 · 没中奖时', '没有中奖', '差一点'],
      ['玩法 · 保底 · 连续不中几次后', '（没有）', '9'],
      ['玩法 · 保底 · 奖品', '（没有）', '金奖'],
    ]);
    const english = sayRuleChanges(rule(), after)[2];
    assert.deepEqual(
      [english?.path, english?.label.en, english?.before.en, english?.after.en],
      ['prizes.gold.amountFen', 'Prizes · 金奖 · amount', '88.88 yuan', '66.66 yuan'],
    );
  });

  it('names another order, and a field without a word by what the schema says of it', () => {
    const turned = sayRuleChanges(rule(), rule({ prizes: [two[1]!, two[0]!] }));
    assert.deepEqual(
      turned.map(({ path, before, after }) => [path, before.zh, after.zh]),
      [['prizes', '金奖、银奖', '银奖、金奖']],
    );
    const who = (days: number) => rule({ who: { must: { kind: 'all', of: [{ kind: 'followed-for', days }] } } });
    assert.deepEqual(
      sayRuleChanges(who(1), who(7)).map(({ path, label, after }) => [path, label.en, after.en]),
      [
        [
          'who.must.of.0.days',
          'Who may take part · must · Each of them is met · no. 1 · At least so many Beijing days',
          '7',
        ],
      ],
    );
  });
});
