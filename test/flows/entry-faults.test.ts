import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryFaults } from '../../src/flows/entry-faults.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';

const SERVICE = { kind: 'service', myAwardsKeyword: '我的红包' } as const;

function paths(trigger: object, account: Parameters<typeof entryFaults>[1] = SERVICE): readonly string[] {
  const rule = activityRuleSchema.parse({ ...lotteryRule(), trigger });
  return entryFaults(rule, account).map(({ path }) => path);
}

test('a page is closed to followers of a subscription account only', () => {
  assert.deepEqual(paths({ page: true }), []);
  assert.deepEqual(paths({ page: true }, { ...SERVICE, kind: 'subscription' }), ['trigger.page']);
});

test('the word that asks for awards never reaches an activity, however it is written', () => {
  const words = ['抽奖', ' 我的 红包！'].map((word) => ({ match: 'contains', word }));
  assert.deepEqual(paths({ words }), ['trigger.words.1.word']);
  assert.deepEqual(paths({ words }, { ...SERVICE, myAwardsKeyword: '抽奖' }), ['trigger.words.0.word']);
});

test('a condition on addresses or devices keeps everybody out where no page draws', () => {
  const faultsOf = (must: object, page = false) => {
    const trigger = { words: [{ match: 'exact', word: '抽奖' }], page };
    const rule = activityRuleSchema.parse({ ...lotteryRule(), trigger, who: { must } });
    return entryFaults(rule, SERVICE).map(({ path }) => path);
  };
  const velocity = (per: string) => ({ kind: 'velocity', per, draws: 1, seconds: 60 });
  assert.deepEqual(faultsOf(velocity('person')), []);
  assert.deepEqual(faultsOf(velocity('ip')), ['who.must']);
  const hidden = { kind: 'all', of: [{ kind: 'follows' }, { kind: 'not', of: velocity('device') }] };
  assert.deepEqual(faultsOf(hidden), ['who.must']);
  assert.deepEqual(faultsOf(hidden, true), []);
  assert.deepEqual(faultsOf({ kind: 'any', of: [{ kind: 'follows' }, velocity('ip')] }), []);
  assert.deepEqual(faultsOf({ kind: 'not', of: { kind: 'all', of: [{ kind: 'follows' }, velocity('ip')] } }), []);
});

test('one way in is enough', () => {
  for (const way of [{ payment: true }, { follow: 'first' }, { scenes: ['shop'] }, { batch: true }]) {
    assert.deepEqual(paths(way), []);
  }
});

test('an invitation needs the page that it links to', () => {
  assert.deepEqual(paths({ invite: true }), ['trigger.invite']);
  assert.deepEqual(paths({ invite: true, batch: true }), ['trigger.invite']);
  assert.deepEqual(paths({ invite: true, page: true }), []);
});
