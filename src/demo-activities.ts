import type { ActivityRuleInput } from './rules/activity-rule.ts';

/** An activity the demo begins with. */
export interface DemoActivity {
  readonly slug: string;
  readonly name: string;
  readonly rule: ActivityRuleInput;
}

const texts = {
  win: '恭喜中奖：{prize}，{amount} 元！红包马上发到聊天里，请在 24 小时内打开。',
  lose: '这次没有中奖，再接再厉～ 今天还可以抽 {chances} 次。',
  limit: '今天的机会已经用完，明天再来吧。',
  soldOut: '红包已经抢光，下次请早～',
  closed: '活动还没有开放，敬请期待。',
  checkedIn: '签到成功，已连续 {streak} 天。连续 3 天、7 天有红包。',
};

/** One activity of each mechanic, so that a newcomer can try every way to win within a minute. */
export const demoActivities: readonly DemoActivity[] = [
  {
    slug: 'spring',
    name: '新春抽奖',
    rule: {
      trigger: { words: [{ match: 'exact', word: '抽奖' }], page: true },
      mechanic: { kind: 'lottery', blankTickets: 40 },
      prizes: [
        { id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 5, stock: 20 },
        { id: 'second', name: '二等奖', kind: 'red-packet', amountFen: 888, tickets: 15, stock: 200 },
        { id: 'third', name: '三等奖', kind: 'red-packet', amountFen: 188, tickets: 40, stock: 2000 },
      ],
      limits: { drawsPerPersonPerDay: 10 },
      budgetFen: 731_360,
      texts,
      packet: { wishing: '新春快乐，万事如意', activityName: '新春抽奖', remark: '新春抽奖红包' },
    },
  },
  {
    slug: 'password',
    name: '口令红包',
    rule: {
      trigger: { words: [{ match: 'exact', word: '恭喜发财' }] },
      mechanic: { kind: 'keyword', prizeId: 'packet' },
      prizes: [{ id: 'packet', name: '口令红包', kind: 'red-packet', amountFen: 100, stock: 500 }],
      limits: { winsPerPerson: 1 },
      budgetFen: 50_000,
      texts: { ...texts, limit: '口令红包每人限领一次，你已经领过啦。' },
      packet: { wishing: '恭喜发财，大吉大利', activityName: '口令红包', remark: '口令红包' },
    },
  },
  {
    slug: 'check-in',
    name: '每日签到',
    rule: {
      trigger: { words: [{ match: 'exact', word: '签到' }] },
      mechanic: {
        kind: 'check-in',
        milestones: [
          { streakDays: 1, prizeId: 'day-1' },
          { streakDays: 3, prizeId: 'day-3' },
          { streakDays: 7, prizeId: 'day-7' },
        ],
      },
      prizes: [
        { id: 'day-1', name: '首日红包', kind: 'red-packet', amountFen: 100, stock: 1000 },
        { id: 'day-3', name: '三日红包', kind: 'red-packet', amountFen: 200, stock: 1000 },
        { id: 'day-7', name: '七日红包', kind: 'red-packet', amountFen: 600, stock: 1000 },
      ],
      limits: {},
      budgetFen: 900_000,
      texts: { ...texts, limit: '今天已经签到过了，明天再来。' },
      packet: { wishing: '坚持签到，好运常在', activityName: '每日签到', remark: '签到红包' },
    },
  },
];

/** What the demo's account answers to a message no activity listens to. */
export const DEMO_WELCOME = '欢迎关注！回复“抽奖”“恭喜发财”或“签到”，试试手气；回复“我的红包”，看中了什么。';
export const DEMO_FALLBACK = '你好！回复“抽奖”“恭喜发财”或“签到”，试试手气；回复“我的红包”，看中了什么。';

/** A word that wins for certain, used by the scripted run: one follower, one packet, equal books. */
export const SCRIPT_WORD = '恭喜发财';
