import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { rulesMarkup } from '../../src/http/presenters/rules-page.ts';
import { accountId, activityId } from '../../src/base/ids.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';

const liveWith = (rule: ActivityRule): LiveActivity => ({
  accountId: accountId('main'),
  id: activityId('a'.repeat(32)),
  name: '新年活动',
  slug: 'new-year',
  version: 3,
  rule,
  publishedAtMs: Date.parse('2026-11-30T02:00:00Z'),
  paysThrough: null,
});

test('the rules of an activity publish who holds it, when, and kind, worth, quantity and odds of every prize', () => {
  const rule = activityRuleSchema.parse(
    lotteryRule({
      startsAtMs: Date.parse('2026-12-01T02:00:00Z'),
      endsAtMs: Date.parse('2026-12-08T16:00:00Z'),
      look: { organiser: '某某<文化>有限公司' },
      prizes: [
        { id: 'a', name: '红包', kind: 'red-packet', amountFen: 188, tickets: 1, stock: 10 },
        { id: 'b', name: '杯子', kind: 'text', tickets: 2, stock: 20, worthFen: 3990 },
        { id: 'c', name: '电影票', kind: 'voucher', pool: 'films', tickets: 3, stock: 30, worthFen: 4500 },
        { id: 'd', name: '贴纸', kind: 'text', tickets: 4, stock: 40 },
      ],
    }),
  );
  const live = liveWith(rule);
  const chinese = rulesMarkup(live, 'zh');
  for (const text of ['某某&#60;文化&#62;有限公司', '1.88 元微信红包', '价值 39.90 元', '价值 45 元', '2026'])
    assert.ok(chinese.includes(text), `${text} is not in ${chinese}`);
  assert.doesNotMatch(chinese, /贴纸<\/b><span>价值/);
  const english = rulesMarkup(live, 'en');
  for (const text of ['worth 39.90 yuan', 'WeChat red packet of 1.88 yuan']) assert.ok(english.includes(text));
});

test('they say how one takes part, when it is drawn and published, and never the word itself', () => {
  const rule = activityRuleSchema.parse(
    lotteryRule({
      trigger: {
        words: [{ match: 'exact', word: '暗号芝麻' }],
        page: true,
        scenes: ['shop'],
        payment: true,
        paymentAtLeastFen: 5000,
        invite: true,
        invitesPerPerson: 3,
      },
      mechanic: {
        kind: 'check-in',
        milestones: [{ streakDays: 3, prizeId: 'a' }],
        totals: [{ of: 'week', days: 'all', prizeId: 'b' }],
      },
      prizes: [
        { id: 'a', name: '红包', kind: 'red-packet', amountFen: 188, stock: 10 },
        { id: 'b', name: '手机', kind: 'text', stock: 1, worthFen: 300_000 },
      ],
    }),
  );
  const chinese = rulesMarkup(liveWith(rule), 'zh');
  const said = [
    '向公众号发送活动口令',
    '在活动页上参与',
    '扫描活动二维码',
    '向主办方付款满 50 元后参与',
    '每人最多计 3 次',
    '每次参与当场开奖',
    '价值超过 500 元的奖品，中奖情况随时在活动页公布',
    '第 3 版，公布于 2026年11月30日 10:00',
    '一周内（周一至周日）每天签到：手机',
  ];
  for (const text of said) assert.ok(chinese.includes(text), `${text} is not in ${chinese}`);
  assert.ok(!chinese.includes('芝麻'));
  const english = rulesMarkup(liveWith(rule), 'en');
  for (const text of ['Version 3, published', 'Every day in a week (Monday to Sunday): 手机', '50 yuan or more'])
    assert.ok(english.includes(text), text);
});

test('a riddle’s answer and a code’s prize are told as such', () => {
  const riddle = activityRuleSchema.parse(lotteryRule({ look: { question: '什么门不能走？' } }));
  assert.ok(rulesMarkup(liveWith(riddle), 'zh').includes('把答案发给公众号'));
  const coded = activityRuleSchema.parse(
    lotteryRule({
      trigger: { codes: 'entry' },
      mechanic: { kind: 'code', pool: 'entry', prizeId: 'one-yuan' },
    }),
  );
  const page = rulesMarkup(liveWith(coded), 'zh');
  for (const text of ['向公众号发送一次性兑换码', '每个有效的兑换码：一元红包']) assert.ok(page.includes(text), text);
});
