import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OutsideTrouble, WrongRequest } from '../../src/base/errors.ts';
import { accountId, openid } from '../../src/base/ids.ts';
import { createProveVisitor, largestAwardFen } from '../../src/flows/prove-visitor.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { anAccount } from '../wechat/builders.ts';

const MINUTE_MS = 60_000;
const person = (number = 1) => ({ account: accountId('main'), openid: openid(`o${number}`) });

/** A proof whose sources a test changes as it goes. */
function proofs() {
  const sources = { pushed: false, follows: false as boolean | Error, nowMs: 0, asked: 0, listed: 0 };
  const visitors = createProveVisitor({
    accounts: { account: async (id) => (id === 'main' ? anAccount() : undefined) },
    followers: {
      knownFromPush: async () => {
        sources.listed += 1;
        return sources.pushed;
      },
    },
    records: {
      record: async (_, openid) => {
        sources.asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
        if (sources.follows instanceof Error) throw sources.follows;
        return sources.follows ? { ...followerRecord, openid } : { openid, subscribed: false, unionId: null };
      },
    },
    clock: { nowMs: () => sources.nowMs },
  });
  return { sources, visitors };
}

const followerRecord = {
  subscribed: true,
  unionId: null,
  subscribedAtMs: 0,
  remark: '',
  tagIds: [],
  cameBy: 'OTHERS',
  scene: null,
} as const;

it('somebody pushed before is proven without asking WeChat; somebody who follows by asking once in ten minutes', async () => {
  const known = proofs();
  known.sources.pushed = true;
  await known.visitors.prove(person());
  assert.equal(known.sources.asked, 0);
  const { sources, visitors } = proofs();
  sources.follows = true;
  await visitors.prove(person());
  sources.nowMs = 10 * MINUTE_MS - 1;
  await visitors.prove(person());
  assert.deepEqual([sources.asked, sources.listed], [1, 1]);
  sources.nowMs = 10 * MINUTE_MS;
  await visitors.prove(person());
  assert.equal(sources.asked, 2);
});

it('somebody unknown is told to follow, costs one call in three seconds, and draws as soon as they follow', async () => {
  const { sources, visitors } = proofs();
  for (let tap = 0; tap < 5; tap += 1) {
    await assert.rejects(visitors.prove(person()), { name: 'WrongRequest', code: 'follow-needed', status: 403 });
  }
  assert.equal(sources.asked, 1);
  sources.follows = true;
  sources.nowMs = 3000;
  await visitors.prove(person());
});

it('while WeChat cannot tell nobody passes, nothing is remembered, and the next try asks again', async () => {
  const { sources, visitors } = proofs();
  for (const trouble of [
    new OutsideTrouble('wechat-unreachable', 'away'),
    new WrongRequest('wechat-said-no', 'a refusal that fits no caller'),
  ]) {
    sources.follows = trouble;
    await assert.rejects(visitors.prove(person()), { name: 'OutsideTrouble', code: 'visitor-unproven' });
  }
  sources.follows = new TypeError('a bug');
  await assert.rejects(visitors.prove(person()), TypeError);
  sources.follows = true;
  await visitors.prove(person());
  assert.equal(sources.asked, 4);
});

it('those who ask together cause one call, people are told apart, and too many at once are asked to come again', async () => {
  const { sources, visitors } = proofs();
  sources.follows = true;
  await Promise.all(Array.from({ length: 50 }, () => visitors.prove(person())));
  assert.equal(sources.asked, 1);
  const crowd = await Promise.allSettled(Array.from({ length: 300 }, (_, index) => visitors.prove(person(index + 2))));
  const refused = crowd.flatMap((one) => (one.status === 'rejected' ? [(one.reason as OutsideTrouble).code] : []));
  assert.deepEqual([refused.length, new Set(refused)], [100, new Set(['visitor-unproven'])]);
  assert.equal(sources.asked, 201);
});

it('what is remembered is bounded: the oldest is forgotten first', async () => {
  const { sources, visitors } = proofs();
  sources.pushed = true;
  for (let number = 1; number <= 20_001; number += 1) await visitors.prove(person(number));
  await visitors.prove(person(20_001));
  await visitors.prove(person(2));
  assert.equal(sources.listed, 20_001);
  await visitors.prove(person(1));
  assert.equal(sources.listed, 20_002);
});

it('the largest award is of prizes that can be drawn and are money', () => {
  const prizes: ActivityRuleInput['prizes'] = [
    { id: 'shown', name: '一', kind: 'red-packet', amountFen: 8888, tickets: 0, stock: 1 },
    { id: 'small', name: '二', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1 },
    { id: 'middle', name: '三', kind: 'red-packet', amountFen: 188, tickets: 0, stock: 1 },
    { id: 'cup', name: '杯', kind: 'text', tickets: 5, stock: 1 },
  ];
  const largest = (mechanic: ActivityRuleInput['mechanic']) =>
    largestAwardFen(activityRuleSchema.parse(lotteryRule({ prizes, mechanic })));
  assert.equal(largest({ kind: 'lottery', blankTickets: 1 }), 100);
  assert.equal(largest({ kind: 'keyword', prizeId: 'middle' }), 188);
  assert.equal(largest({ kind: 'keyword', prizeId: 'cup' }), 0);
  const milestones = [
    { streakDays: 1, prizeId: 'small' },
    { streakDays: 7, prizeId: 'shown' },
  ];
  assert.equal(largest({ kind: 'check-in', milestones }), 8888);
});
