import type pg from 'pg';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { ACTIVITY_NAME, buildActivity, NOON_MS } from './builders.ts';

/** A lottery that every draw wins (1 yuan each), changed by what is given. */
export function lotteryRule(changes: Partial<ActivityRuleInput> = {}): ActivityRuleInput {
  return {
    trigger: { words: [{ match: 'exact', word: '抽奖' }], page: true },
    mechanic: { kind: 'lottery', blankTickets: 0 },
    prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 10 }],
    limits: {},
    budgetFen: 1_000_000,
    texts: {
      win: '恭喜获得 {amount} 元',
      lose: '没有中奖',
      limit: '机会用完了',
      soldOut: '已抢光',
      closed: '活动未开放',
    },
    packet: { wishing: '恭喜发财', activityName: '新年活动', remark: '抽奖红包' },
    ...changes,
  };
}

/** Writes an account `main`, its merchant and one published activity straight into the database. */
export async function publishActivity(
  client: pg.Client,
  changes: Partial<ActivityRuleInput> = {},
): Promise<LiveActivity> {
  const { account, id, slug, version, rule } = await buildActivity(client, { rule: lotteryRule(changes) });
  return {
    accountId: account.id,
    id,
    slug,
    name: ACTIVITY_NAME,
    version,
    rule,
    publishedAtMs: NOON_MS,
    paysThrough: null,
    paused: false,
  };
}
