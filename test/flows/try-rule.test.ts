import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import { createTryRules } from '../../src/flows/try-rule.ts';
import { realLuck } from '../support/draws.ts';
import { lotteryRule } from '../support/live-activity.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 4);
const rules = createTryRules({ clock: { nowMs: () => NOON_MS }, luck: realLuck });
const given = { accountId: accountId('main'), name: '试一试' };
const draft = (changes: Readonly<Record<string, unknown>>) =>
  ({ ...lotteryRule(), ...changes }) as Record<string, unknown>;
const play = (changes: Readonly<Record<string, unknown>>, days = 7) =>
  rules.play({ ...given, draft: draft(changes), way: null, days });
const drawsOf = (tried: ReturnType<typeof play>, sample: string) =>
  tried.samples.find((one) => one.sample === sample)?.draws ?? [];

const PRIZE = { id: 'gold', name: '金奖', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 5 };

test('odds are whole tickets, and the mean cost follows from them', async () => {
  const looked = await rules.look({
    ...given,
    draft: draft({ prizes: [PRIZE], mechanic: { kind: 'lottery', blankTickets: 2 }, budgetFen: 500 }),
  });
  assert.deepEqual(looked.odds, [
    { mechanicId: 'main', tickets: 3, prizes: [{ prizeId: 'gold', tickets: 1 }], meanCostHundredthsFen: 3333 },
  ]);
  assert.deepEqual([looked.worstCaseFen, looked.faults], [500, []]);
  assert.equal(looked.page?.phase, 'open');
});

test('a draft with faults has them and nothing else', async () => {
  const looked = await rules.look({ ...given, draft: { prizes: 7 } });
  assert.ok(looked.faults.some(({ path }) => path === 'prizes'));
  assert.equal(looked.page, null);
  const tried = rules.play({ ...given, draft: {}, way: null, days: 1 });
  assert.deepEqual([tried.ways, tried.samples], [[], []]);
});

test('who comes twice meets the limit, and nobody wins once everything is gone', () => {
  const tried = play({
    prizes: [PRIZE],
    mechanic: { kind: 'lottery', blankTickets: 0 },
    limits: { winsPerPerson: 1 },
    budgetFen: 500,
  });
  assert.equal(drawsOf(tried, 'newcomer')[0]?.verdict.outcome, 'won');
  assert.equal(drawsOf(tried, 'again')[0]?.verdict.outcome, 'refused');
  assert.equal(drawsOf(tried, 'all-gone')[0]?.verdict.outcome, 'lost');
  assert.deepEqual(drawsOf(tried, 'blacklisted'), [], 'a rule without lists tells nobody apart by them');
});

test('whoever stands on a list that the rule keeps out is refused, and so is who does not follow', () => {
  const must = { kind: 'all', of: [{ kind: 'follows' }, { kind: 'not', of: { kind: 'listed', list: 'blacklist' } }] };
  const tried = play({ who: { must } });
  assert.notEqual(drawsOf(tried, 'newcomer')[0]?.verdict.outcome, 'refused');
  for (const sample of ['blacklisted', 'not-following']) {
    const [first] = drawsOf(tried, sample);
    assert.equal(first?.verdict.outcome === 'refused' && first.verdict.why, 'not-eligible', sample);
  }
});

test('days in a row are played one after the other: a check-in wins on the day of its milestone', () => {
  const tried = play({
    prizes: [{ ...PRIZE, tickets: 0 }],
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 3, prizeId: 'gold' }] },
    budgetFen: 500,
  });
  assert.deepEqual(
    drawsOf(tried, 'next-days').map(({ dayNumber, verdict }) => [dayNumber, verdict.outcome]),
    [1, 2, 3, 4, 5, 6, 7].map((day) => [day, day === 3 ? 'won' : 'lost']),
  );
});
