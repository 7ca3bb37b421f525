import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { rulesMarkup } from '../../src/http/presenters/rules-page.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';

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
  const live = { name: '新年活动', slug: 'new-year', rule } as LiveActivity;
  const chinese = rulesMarkup(live, 'zh');
  for (const text of ['某某&#60;文化&#62;有限公司', '1.88 元微信红包', '价值 39.90 元', '价值 45 元', '2026'])
    assert.ok(chinese.includes(text), `${text} is not in ${chinese}`);
  assert.doesNotMatch(chinese, /贴纸<\/b><span>价值/);
  const english = rulesMarkup(live, 'en');
  for (const text of ['worth 39.90 yuan', 'WeChat red packet of 1.88 yuan']) assert.ok(english.includes(text));
});
