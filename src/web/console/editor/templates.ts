import { list, number, object } from './draft.ts';
import type { Json } from './draft.ts';
import type { EditorForm } from './use-editor.ts';

export const TEMPLATE_NAMES = ['spring', 'password', 'check-in', 'greeting', 'receipt', 'spend'] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** A template: the rule it begins with, and what it asks for besides name and budget. */
interface Template {
  readonly name: string;
  readonly slug: string;
  readonly draft: Json;
  readonly asks: 'word' | 'codes' | 'nothing';
}

const TEXTS = {
  win: '恭喜中奖：{prize}，{amount} 元！红包马上发到聊天里，请在 24 小时内打开。',
  lose: '这次没有中奖，再接再厉！',
  limit: '您的机会已经用完，感谢参与。',
  soldOut: '红包已经抢光，下次请早。',
  closed: '活动现在没有开放，敬请关注。',
  notStarted: '活动还没有开始，敬请期待。',
  ended: '活动已经结束，感谢参与。',
  stopped: '活动已经停止，感谢参与。',
  paused: '活动暂停中，请稍后再来，您的机会不会减少。',
};

function packet(id: string, name: string, amountFen: number, more: Json): Json {
  return { id, name, kind: 'red-packet', amountFen, ...more };
}

function says(word: string): Json {
  return { words: [{ match: 'exact', word }], page: false };
}

const TEMPLATES: Readonly<Record<TemplateName, Template>> = {
  spring: {
    name: '春节抽奖',
    slug: 'spring',
    asks: 'word',
    draft: {
      trigger: { ...says('抽奖'), page: true },
      mechanic: { kind: 'lottery', blankTickets: 779 },
      prizes: [
        packet('p1', '一等奖', 8888, { tickets: 1, stock: 10 }),
        packet('p2', '二等奖', 888, { tickets: 20, stock: 200 }),
        packet('p3', '三等奖', 188, { tickets: 200, stock: 2000 }),
      ],
      limits: { drawsPerPersonPerDay: 3, winsPerPerson: 1 },
      budgetFen: 642_480,
      texts: {
        ...TEXTS,
        lose: '这次没有中奖，今天还可以抽 {chances} 次。',
        limit: '今天的机会已经用完，明天再来吧。',
      },
      packet: { wishing: '新春快乐，万事如意', activityName: '春节抽奖', remark: '春节抽奖红包' },
      look: { play: 'wheel', theme: 'spring' },
    },
  },
  password: {
    name: '直播间口令红包',
    slug: 'password',
    asks: 'word',
    draft: {
      trigger: says('恭喜发财'),
      mechanic: { kind: 'keyword', prizeId: 'p1' },
      prizes: [packet('p1', '口令红包', 100, { stock: 500 })],
      limits: { winsPerPerson: 1 },
      budgetFen: 50_000,
      texts: { ...TEXTS, limit: '口令红包每人限领一次，您已经领过啦。' },
      packet: { wishing: '恭喜发财，大吉大利', activityName: '口令红包', remark: '口令红包' },
    },
  },
  'check-in': {
    name: '签到月',
    slug: 'check-in',
    asks: 'word',
    draft: {
      trigger: { ...says('签到'), page: true },
      mechanic: {
        kind: 'check-in',
        milestones: [
          { streakDays: 3, prizeId: 'p1' },
          { streakDays: 7, prizeId: 'p2' },
          { streakDays: 30, prizeId: 'p3' },
        ],
      },
      prizes: [
        packet('p1', '连签 3 天', 100, { stock: 1000 }),
        packet('p2', '连签 7 天', 288, { stock: 600 }),
        packet('p3', '连签 30 天', 1888, { stock: 100 }),
      ],
      limits: {},
      budgetFen: 461_600,
      texts: { ...TEXTS, limit: '今天已经签到过了，明天再来。', checkedIn: '签到成功，已连续 {streak} 天。' },
      packet: { wishing: '坚持签到，好运常在', activityName: '签到月', remark: '签到红包' },
    },
  },
  greeting: {
    name: '关注见面礼',
    slug: 'greeting',
    asks: 'nothing',
    draft: {
      trigger: { words: [], page: false, follow: 'first' },
      mechanic: { kind: 'keyword', prizeId: 'p1' },
      prizes: [packet('p1', '见面礼', 100, { stock: 1000 })],
      limits: { winsPerPerson: 1 },
      budgetFen: 100_000,
      texts: { ...TEXTS, win: '欢迎关注！送您 {amount} 元见面礼，请在 24 小时内打开。' },
      packet: { wishing: '很高兴认识您', activityName: '关注见面礼', remark: '关注见面礼' },
    },
  },
  receipt: {
    name: '小票兑奖',
    slug: 'receipt',
    asks: 'codes',
    draft: {
      trigger: { words: [], page: true },
      mechanic: { kind: 'code', pool: '', leadsTo: { kind: 'draw', in: 'draw' }, guessesPerHour: 5, perPerson: 10 },
      chained: [{ id: 'draw', mechanic: { kind: 'lottery', blankTickets: 0 } }],
      prizes: [
        packet('p1', '幸运奖', 888, { tickets: 10, stock: 100 }),
        packet('p2', '感恩奖', 100, { tickets: 90, stock: 900 }),
      ],
      limits: { drawsPerPersonPerDay: 5 },
      budgetFen: 178_800,
      texts: { ...TEXTS, limit: '您的次数已经用完，明天再来吧。' },
      packet: { wishing: '感谢惠顾，好运相随', activityName: '小票兑奖', remark: '小票兑奖红包' },
    },
  },
  spend: {
    name: '消费有礼',
    slug: 'spend',
    asks: 'nothing',
    draft: {
      trigger: { words: [], page: false, payment: true, paymentAtLeastFen: 5000 },
      mechanic: { kind: 'lottery', blankTickets: 0 },
      prizes: [
        packet('p1', '惊喜奖', 1888, { tickets: 5, stock: 50 }),
        packet('p2', '感谢奖', 128, { tickets: 95, stock: 950 }),
      ],
      limits: { drawsPerPersonPerDay: 3 },
      budgetFen: 216_000,
      texts: { ...TEXTS, win: '感谢惠顾！您得到 {prize} {amount} 元，请在 24 小时内打开。' },
      packet: { wishing: '感谢惠顾', activityName: '消费有礼', remark: '消费有礼红包' },
    },
  },
};

/** What a template asks for besides name and budget. */
export function templateAsks(name: TemplateName): Template['asks'] {
  return TEMPLATES[name].asks;
}

/** A template's form; `ending` makes its address, and the pool of its codes, one that is likely free. */
export function formFromTemplate(name: TemplateName, ending: string): EditorForm {
  const { name: title, slug, draft, asks } = TEMPLATES[name];
  const pool = `${slug}-${ending}`;
  const withPool =
    asks === 'codes'
      ? {
          ...draft,
          trigger: { ...object(draft['trigger']), codes: pool },
          mechanic: { ...object(draft['mechanic']), pool },
        }
      : draft;
  return { accountId: '', name: title, slug: `${slug}-${ending}`, draft: withPool };
}

/**
 * Fits how many prizes there are to a budget: the template's proportions, at least one of each, never more than the budget pays
 * where it pays for one of each. What a rounded number leaves over stays in the budget.
 */
export function withBudget(draft: Json, budgetFen: number): Json {
  const prizes = list(draft['prizes']).map(object);
  const worstFen = prizes.reduce((sum, prize) => sum + amountOf(prize) * (number(prize['stock']) ?? 0), 0);
  if (worstFen === 0 || budgetFen <= 0) return { ...draft, budgetFen };
  const oneEachFen = prizes.reduce((sum, prize) => sum + amountOf(prize), 0);
  const share = Math.max(0, budgetFen - oneEachFen) / worstFen;
  const fitted = prizes.map((prize) => ({
    ...prize,
    stock: 1 + Math.floor(share * (number(prize['stock']) ?? 0)),
  }));
  // A budget that does not pay for one of each is spent before the prizes are.
  const whenBudgetEnds = oneEachFen > budgetFen ? 'nobody-wins' : null;
  return { ...draft, prizes: fitted, budgetFen, whenBudgetEnds };
}

function amountOf(prize: Json): number {
  return number(prize['amountFen']) ?? 0;
}
