import type { EditorForm, LimitName, PrizeForm } from './editor-form.ts';

export type TemplateName = 'spring' | 'password' | 'check-in';
export const TEMPLATE_NAMES: readonly TemplateName[] = ['spring', 'password', 'check-in'];

const NO_LIMITS: Readonly<Record<LimitName, number | null>> = {
  drawsPerPersonPerDay: null,
  drawsPerPerson: null,
  winsPerPerson: null,
  winsPerDay: null,
};

const COMMON_TEXTS = {
  win: '恭喜中奖：{prize}，{amount} 元！红包马上发到聊天里，请在 24 小时内打开。',
  lose: '这次没有中奖，再接再厉！',
  limit: '您的机会已经用完，感谢参与。',
  soldOut: '红包已经抢光，下次请早。',
  closed: '活动现在没有开放，敬请关注。',
  notStarted: '活动还没有开始，敬请期待。',
  ended: '活动已经结束，感谢参与。',
  stopped: '活动已经停止，感谢参与。',
  paused: '活动暂停中，请稍后再来，您的机会不会减少。',
  checkedIn: '签到成功，已连续 {streak} 天。',
};

function packet(id: string, name: string, amountFen: number, more: Partial<PrizeForm>): PrizeForm {
  return { id, name, kind: 'red-packet', amountFen, tickets: null, stock: null, streakDays: null, ...more };
}

const BEGINNING = {
  accountId: '',
  startsAtMs: null,
  endsAtMs: null,
  whenBudgetEnds: null,
  blankTickets: null,
  prizeId: '',
  otherMilestones: [],
  limits: NO_LIMITS,
  texts: COMMON_TEXTS,
  sceneId: null,
} as const;

const TEMPLATES: Readonly<Record<TemplateName, EditorForm>> = {
  spring: {
    ...BEGINNING,
    name: '春节抽奖',
    slug: 'spring',
    kind: 'lottery',
    words: [{ match: 'exact', word: '抽奖' }],
    page: true,
    prizes: [
      packet('p1', '一等奖', 8888, { tickets: 1, stock: 10 }),
      packet('p2', '二等奖', 888, { tickets: 20, stock: 200 }),
      packet('p3', '三等奖', 188, { tickets: 200, stock: 2000 }),
    ],
    blankTickets: 779,
    limits: { ...NO_LIMITS, drawsPerPersonPerDay: 3, winsPerPerson: 1 },
    budgetFen: 642_480,
    texts: {
      ...COMMON_TEXTS,
      lose: '这次没有中奖，今天还可以抽 {chances} 次。',
      limit: '今天的机会已经用完，明天再来吧。',
    },
    packet: { wishing: '新春快乐，万事如意', activityName: '春节抽奖', remark: '春节抽奖红包' },
  },
  password: {
    ...BEGINNING,
    name: '口令红包',
    slug: 'password',
    kind: 'keyword',
    words: [{ match: 'exact', word: '恭喜发财' }],
    page: false,
    prizes: [packet('p1', '口令红包', 100, { stock: 500 })],
    prizeId: 'p1',
    limits: { ...NO_LIMITS, winsPerPerson: 1 },
    budgetFen: 50_000,
    texts: { ...COMMON_TEXTS, limit: '口令红包每人限领一次，您已经领过啦。' },
    packet: { wishing: '恭喜发财，大吉大利', activityName: '口令红包', remark: '口令红包' },
  },
  'check-in': {
    ...BEGINNING,
    name: '签到月',
    slug: 'check-in',
    kind: 'check-in',
    words: [{ match: 'exact', word: '签到' }],
    page: false,
    prizes: [
      packet('p1', '连签 3 天', 100, { stock: 1000, streakDays: 3 }),
      packet('p2', '连签 7 天', 288, { stock: 600, streakDays: 7 }),
      packet('p3', '连签 30 天', 1888, { stock: 100, streakDays: 30 }),
    ],
    budgetFen: 461_600,
    texts: { ...COMMON_TEXTS, limit: '今天已经签到过了，明天再来。' },
    packet: { wishing: '坚持签到，好运常在', activityName: '签到月', remark: '签到红包' },
  },
};

/** A template's form; `ending` makes its address one that is likely free. */
export function formFromTemplate(name: TemplateName, ending: string): EditorForm {
  const template = TEMPLATES[name];
  return { ...template, slug: `${template.slug}-${ending}` };
}
