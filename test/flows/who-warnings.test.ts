import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whoWarnings } from '../../src/flows/who-warnings.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';

const warningsOf = (who: object, lists: readonly string[] = [], trigger: object = { page: true }) =>
  whoWarnings(activityRuleSchema.parse({ ...lotteryRule(), trigger, who }), new Set(lists)).map(({ code, names }) => [
    code,
    names ?? [],
  ]);

test('lists that nobody stands on are named once each, whether they refuse or are tried', () => {
  const listed = (list: string) => ({ kind: 'listed', list });
  const who = { must: { kind: 'any', of: [listed('vip'), listed('staff'), listed('vip')] }, shadow: listed('black') };
  assert.deepEqual(warningsOf(who, ['staff']), [['list-missing', ['black', 'vip']]]);
  assert.deepEqual(warningsOf(who, ['staff', 'black', 'vip']), []);
  assert.deepEqual(warningsOf({}), []);
});

test('whoever comes by the chat is said to be refused where addresses or devices decide', () => {
  const must = { kind: 'velocity', per: 'device', draws: 1, seconds: 60 };
  const words = [{ match: 'exact', word: '抽奖' }];
  assert.deepEqual(warningsOf({ must }, [], { page: true }), []);
  assert.deepEqual(warningsOf({ must }, [], { page: true, words }), [['origin-unknown-in-chat', []]]);
  assert.deepEqual(
    warningsOf({ must: { kind: 'any', of: [must, { kind: 'follows' }] } }, [], { page: true, words }),
    [],
  );
  assert.deepEqual(warningsOf({ shadow: must }, [], { page: true, words }), []);
});
