import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import type { TriggerKind } from '../../src/rules/trigger-schema.ts';

/** One request of an example and what it ends with. */
export interface ExamplePlay {
  /** Who asks: 1, 2, ... */
  readonly person: number;
  /** Beijing days after the first. */
  readonly day: number;
  readonly by: TriggerKind;
  /** The tickets that chance gives, one for each mechanic that draws any, in the rule's order; noughts when absent. */
  readonly tickets?: readonly number[];
  /** What the person gives with it, as a code. */
  readonly said?: string;
  /** The prize that is won, or why none is. */
  readonly ends: string;
}

/** An activity as the console's API takes it, and what happens in it. */
export interface RuleExample {
  /** The mechanic it shows, or the chain. */
  readonly shows: string;
  readonly title: string;
  readonly says: string;
  readonly rule: ActivityRuleInput;
  readonly plays: readonly ExamplePlay[];
  /** The codes of the pools it names, folded. */
  readonly pools?: Readonly<Record<string, readonly string[]>>;
}

const texts = {
  win: '恭喜获得 {prize}，{amount} 元红包马上发给您',
  lose: '这次没有中奖，谢谢参与',
  limit: '您的机会用完了',
  soldOut: '红包已经抢光了',
  closed: '活动未开放',
};
const packet = { wishing: '恭喜发财', activityName: '新年活动', remark: '新年红包' };
const oneYuan = { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, stock: 100 } as const;
const eightYuan = { id: 'eight-yuan', name: '八元红包', kind: 'red-packet', amountFen: 800, stock: 10 } as const;

/** One for each mechanic. */
export const MECHANIC_EXAMPLES: readonly RuleExample[] = [
  {
    shows: 'lottery',
    title: 'A lottery with two prizes, three draws a day',
    says: 'Of 100 tickets one wins eight yuan and nine win one yuan. Once the eight yuan are gone their ticket wins one yuan.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '抽奖' }] },
      mechanic: { kind: 'lottery', blankTickets: 90, gone: 'next' },
      prizes: [
        { ...eightYuan, tickets: 1, stock: 1 },
        { ...oneYuan, tickets: 9 },
      ],
      limits: { drawsPerPersonPerDay: 3 },
      budgetFen: 10_800,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', tickets: [10], ends: 'blank' },
      { person: 1, day: 0, by: 'words', tickets: [0], ends: 'eight-yuan' },
      { person: 1, day: 0, by: 'words', tickets: [0], ends: 'one-yuan' },
      { person: 1, day: 0, by: 'words', tickets: [9], ends: 'person-day-limit' },
      { person: 1, day: 1, by: 'words', tickets: [9], ends: 'one-yuan' },
    ],
  },
  {
    shows: 'keyword',
    title: 'A riddle with several answers for the first two',
    says: 'Whoever sends an answer wins, once each, until two packets are gone.',
    rule: {
      trigger: {
        words: [
          { match: 'exact', word: '灯笼' },
          { match: 'contains', word: '红灯笼' },
          { match: 'number', word: '15' },
        ],
      },
      mechanic: { kind: 'keyword', prizeId: 'one-yuan' },
      prizes: [{ ...oneYuan, stock: 2 }],
      limits: { winsPerPerson: 1 },
      budgetFen: 200,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', ends: 'one-yuan' },
      { person: 1, day: 0, by: 'words', ends: 'win-limit' },
      { person: 2, day: 0, by: 'words', ends: 'one-yuan' },
      { person: 3, day: 0, by: 'words', ends: 'sold-out' },
    ],
  },
  {
    shows: 'check-in',
    title: 'Checking in, with a packet on the third day in a row',
    says: 'Each Beijing day counts once. A day left out begins the streak anew.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '签到' }], page: true },
      mechanic: { kind: 'check-in', milestones: [{ streakDays: 3, prizeId: 'one-yuan' }] },
      prizes: [oneYuan],
      limits: {},
      budgetFen: 10_000,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', ends: 'no-milestone' },
      { person: 1, day: 0, by: 'page', ends: 'checked-in-today' },
      { person: 1, day: 1, by: 'page', ends: 'no-milestone' },
      { person: 1, day: 2, by: 'words', ends: 'one-yuan' },
      { person: 2, day: 0, by: 'words', ends: 'no-milestone' },
      { person: 2, day: 2, by: 'words', ends: 'no-milestone' },
      { person: 2, day: 3, by: 'words', ends: 'no-milestone' },
    ],
  },
  {
    shows: 'make-up',
    title: 'Three days in a row, three in all, and one missed day a month made up',
    says: 'The menu button makes a day up, which joins the days on both sides of it. What it reaches beside the first prize comes with the next check-in.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '签到' }], leads: { menu: 'make-up' } },
      mechanic: {
        kind: 'check-in',
        milestones: [{ streakDays: 3, prizeId: 'one-yuan' }],
        totals: [{ of: 'total', days: 3, prizeId: 'eight-yuan' }],
      },
      chained: [{ id: 'make-up', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 1 } }],
      prizes: [oneYuan, eightYuan],
      limits: {},
      budgetFen: 18_000,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', ends: 'no-milestone' },
      { person: 1, day: 0, by: 'menu', ends: 'nothing-to-make-up' },
      { person: 1, day: 2, by: 'words', ends: 'no-milestone' },
      { person: 1, day: 2, by: 'menu', ends: 'one-yuan' },
      { person: 1, day: 2, by: 'menu', ends: 'no-card' },
      { person: 1, day: 2, by: 'words', ends: 'eight-yuan' },
      { person: 1, day: 2, by: 'words', ends: 'checked-in-today' },
    ],
  },
  {
    shows: 'chances',
    title: 'A draw for whoever follows for the first time',
    says: 'Following gives a chance; the word spends it in the lottery.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '抽奖' }], follow: 'first', leads: { follow: 'welcome' } },
      mechanic: { kind: 'lottery', blankTickets: 1, chances: 'earned' },
      chained: [{ id: 'welcome', mechanic: { kind: 'chances', in: 'main', count: 1 } }],
      prizes: [{ ...oneYuan, tickets: 1 }],
      limits: {},
      budgetFen: 10_000,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', ends: 'no-chance' },
      { person: 1, day: 0, by: 'follow', ends: 'chances' },
      { person: 1, day: 1, by: 'words', tickets: [0], ends: 'one-yuan' },
      { person: 1, day: 1, by: 'words', tickets: [0], ends: 'no-chance' },
    ],
  },
  {
    shows: 'code',
    title: 'A code in each box, and a cinema ticket for it',
    says: 'Whoever sends a code of the pool `boxes` gets the next cinema ticket of the pool `films`. Two codes that do not exist, and nobody looks at a third for an hour.',
    rule: {
      trigger: { codes: 'boxes', words: [{ match: 'prefix', word: '兑换' }] },
      mechanic: { kind: 'code', pool: 'boxes', prizeId: 'film', guessesPerHour: 2 },
      prizes: [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 2 }],
      limits: {},
      budgetFen: 0,
      texts: { ...texts, win: '恭喜获得{prize}，取票码 {code}' },
      packet,
    },
    pools: { boxes: ['hbaa2233445566', 'hbbb2233445566', 'hbcc2233445566'], films: ['FILM-0001', 'FILM-0002'] },
    plays: [
      { person: 1, day: 0, by: 'codes', said: 'HB-aa22-3344-5566', ends: 'film' },
      { person: 1, day: 0, by: 'codes', said: 'hbaa2233445566', ends: 'code-yours' },
      { person: 2, day: 0, by: 'codes', said: 'hbaa2233445566', ends: 'code-used' },
      { person: 2, day: 0, by: 'words', said: '兑换 hbbb2233445566', ends: 'film' },
      { person: 2, day: 0, by: 'codes', said: 'hbcc2233445566', ends: 'sold-out' },
      { person: 3, day: 0, by: 'words', said: '兑换', ends: 'code-missing' },
      { person: 3, day: 0, by: 'codes', said: 'hbxx2233445566', ends: 'code-unknown' },
      { person: 3, day: 0, by: 'codes', said: 'hbyy2233445566', ends: 'code-unknown' },
      { person: 3, day: 0, by: 'codes', said: 'hbcc2233445566', ends: 'too-many-guesses' },
    ],
  },
];

/** One for each way in which mechanics lead on. */
export const CHAIN_EXAMPLES: readonly RuleExample[] = [
  {
    shows: 'keyword then lottery',
    title: 'The word of the day opens a lottery',
    says: 'The keyword leads to the lottery, which is played in the same message.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '暗号' }] },
      mechanic: { kind: 'keyword', leadsTo: { kind: 'draw', in: 'wheel' } },
      chained: [{ id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 9 } }],
      prizes: [{ ...oneYuan, tickets: 1 }],
      limits: { drawsPerPersonPerDay: 1 },
      budgetFen: 10_000,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'words', tickets: [0], ends: 'one-yuan' },
      { person: 1, day: 0, by: 'words', tickets: [0], ends: 'person-day-limit' },
      { person: 2, day: 0, by: 'words', tickets: [1], ends: 'blank' },
    ],
  },
  {
    shows: 'day 7 of check-in gives a draw',
    title: 'The seventh day in a row opens a lottery',
    says: 'Days one to six only count. The draw of day seven takes place at once and costs no chance.',
    rule: {
      trigger: { words: [{ match: 'exact', word: '签到' }] },
      mechanic: { kind: 'check-in', milestones: [{ streakDays: 7, leadsTo: { kind: 'draw', in: 'wheel' } }] },
      chained: [{ id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 1 } }],
      prizes: [{ ...eightYuan, tickets: 1 }],
      limits: {},
      budgetFen: 8000,
      texts,
      packet,
    },
    plays: [
      ...[0, 1, 2, 3, 4, 5].map((day) => ({ person: 1, day, by: 'words', ends: 'no-milestone' }) as const),
      { person: 1, day: 6, by: 'words', tickets: [0], ends: 'eight-yuan' },
      { person: 1, day: 7, by: 'words', tickets: [0], ends: 'no-milestone' },
    ],
  },
  {
    shows: 'payment gives two chances',
    title: 'Two draws for each payment',
    says: 'A verified payment leads to the mechanic that gives chances; the page spends them one by one.',
    rule: {
      trigger: { page: true, payment: true, leads: { payment: 'paid' } },
      mechanic: { kind: 'lottery', blankTickets: 1, chances: 'earned' },
      chained: [{ id: 'paid', mechanic: { kind: 'chances', in: 'main', count: 2 } }],
      prizes: [{ ...oneYuan, tickets: 1 }],
      limits: {},
      budgetFen: 10_000,
      texts,
      packet,
    },
    plays: [
      { person: 1, day: 0, by: 'payment', ends: 'chances' },
      { person: 1, day: 0, by: 'page', tickets: [1], ends: 'blank' },
      { person: 1, day: 0, by: 'page', tickets: [0], ends: 'one-yuan' },
      { person: 1, day: 0, by: 'page', tickets: [0], ends: 'no-chance' },
    ],
  },
];
