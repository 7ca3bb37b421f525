import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { demoActivities } from '../../src/demo-activities.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { draftOf, formOf } from '../../src/web/console/editor/editor-form.ts';
import { keepUnshown } from '../../src/web/console/editor/kept-draft.ts';
import { lotteryRule } from '../support/live-activity.ts';

type Json = Readonly<Record<string, unknown>>;

function saved(stored: Json, change: Partial<ReturnType<typeof formOf>> = {}): Json {
  const form = { ...formOf({ accountId: 'main', name: 'x', slug: 'x', draft: stored }), ...change };
  return keepUnshown(draftOf(form), stored);
}

const rich = {
  ...lotteryRule(),
  priority: 70,
  trigger: {
    words: [
      { match: 'prefix', word: '抽' },
      { match: 'number', word: '1-9' },
    ],
    page: true,
    follow: 'first',
    scenes: ['shop'],
    menu: false,
    leads: { follow: 'more' },
  },
  mechanic: { kind: 'lottery', blankTickets: 1, gone: 'redraw' },
  chained: [{ id: 'more', mechanic: { kind: 'keyword', leadsTo: { kind: 'draw', in: 'main' } } }],
  prizes: [
    { id: 'p1', name: '随机', kind: 'random-packet', minFen: 100, maxFen: 900, meanFen: 300, tickets: 1, stock: 9 },
    { id: 'p2', name: '文字', kind: 'text', tickets: 1, stock: 9, later: { any: 1 } },
  ],
  limits: { winsPerPersonPerDay: 2 },
  returned: { money: 'budget', reissue: true },
};

test('a draft that is opened and saved keeps what the form does not show', () => {
  const written = saved(rich);
  for (const name of ['priority', 'trigger', 'mechanic', 'chained', 'prizes', 'returned'] as const) {
    assert.deepEqual(written[name], rich[name], name);
  }
  assert.equal((written['limits'] as Json)['winsPerPersonPerDay'], 2);
  for (const { rule } of demoActivities) {
    const stored = activityRuleSchema.parse(rule);
    assert.deepEqual(activityRuleSchema.parse(saved(stored)), stored);
  }
});

test('what the form changes is changed beside it', () => {
  const form = formOf({ accountId: 'main', name: 'x', slug: 'x', draft: rich });
  const prizes = form.prizes.map((prize) => ({ ...prize, stock: 5 })).slice(0, 1);
  const written = saved(rich, { prizes, words: [], budgetFen: null, kind: 'keyword', prizeId: 'p1' });
  assert.deepEqual(written['prizes'], [{ ...rich.prizes[0], tickets: undefined, stock: 5 }].map(withTickets));
  assert.deepEqual((written['trigger'] as Json)['words'], []);
  assert.deepEqual(written['mechanic'], { kind: 'keyword', prizeId: 'p1' }, 'another mechanic has other fields');
  assert.equal('budgetFen' in written, false, 'what was emptied stays empty');
});

/** Only a lottery's form writes tickets; those of a kept prize stay. */
function withTickets(prize: Json): Json {
  return { ...prize, tickets: 1 };
}

test('a check-in that leads on keeps its milestones without a prize', () => {
  const milestones = [
    { streakDays: 3, prizeId: 'a' },
    { streakDays: 7, prizeId: null, leadsTo: { kind: 'draw', in: 'more' } },
  ];
  const stored = {
    mechanic: { kind: 'check-in', milestones },
    chained: [{ id: 'more', mechanic: { kind: 'lottery', blankTickets: 0 } }],
    prizes: [
      { id: 'a', kind: 'text', name: 'x', stock: 1 },
      { id: 'b', kind: 'text', name: 'y', stock: 1, tickets: 3 },
    ],
  };
  const written = saved(stored);
  assert.deepEqual(written['mechanic'], stored.mechanic);
  assert.deepEqual(written['prizes'], stored.prizes);
  const leading = { mechanic: { kind: 'keyword', prizeId: null, leadsTo: { kind: 'draw', in: 'more' } } };
  assert.deepEqual(saved(leading)['mechanic'], leading.mechanic);
});

test('a word keeps where it leads, and a check-in its totals', () => {
  const stored = {
    trigger: {
      words: [
        { match: 'exact', word: '签到' },
        { match: 'prefix', word: '补签', leadsTo: 'make-up' },
      ],
      page: true,
    },
    mechanic: {
      kind: 'check-in',
      milestones: [{ streakDays: 3, prizeId: 'a' }],
      totals: [{ of: 'month', days: 'all', prizeId: 'b' }],
      restartAfterDays: 7,
    },
    prizes: [
      { id: 'a', kind: 'text', name: 'x', stock: 1 },
      { id: 'b', kind: 'text', name: 'y', stock: 1 },
    ],
  };
  const written = saved(stored);
  assert.deepEqual(written['trigger'], stored.trigger);
  assert.deepEqual(written['mechanic'], stored.mechanic);
});

test('any draft at all can be opened and saved', () => {
  const names = fc.constantFrom('trigger', 'mechanic', 'prizes', 'limits', 'texts', 'packet', 'chained', 'budgetFen');
  fc.assert(fc.property(fc.dictionary(names, fc.jsonValue()), (draft) => void saved(draft)));
});
