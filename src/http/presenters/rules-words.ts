import type { PageLanguage } from './page-words.ts';

/** What the rules page says. Amounts come in yuan, times as Beijing time. */
export interface RulesWords {
  readonly title: string;
  readonly back: string;
  readonly period: string;
  readonly from: (time: string) => string;
  readonly until: (time: string) => string;
  readonly comma: string;
  readonly always: string;
  readonly organiser: string;
  readonly thisAccount: string;
  readonly how: string;
  readonly ways: Readonly<Record<'words' | 'question' | 'page' | 'follow' | 'scenes' | 'codes' | 'batch', string>>;
  /** From so much on; null for any payment. */
  readonly byPayment: (yuan: string | null) => string;
  readonly byInvitation: (times: number) => string;
  readonly drawTime: string;
  readonly atOnce: string;
  /** Of prizes worth more than so much. */
  readonly winnersShown: (yuan: string) => string;
  readonly published: string;
  readonly publishedAs: (version: number, time: string) => string;
  readonly unchanged: string;
  readonly howOften: string;
  readonly perPerson: (times: number) => string;
  readonly perPersonPerDay: (times: number) => string;
  readonly winsPerPerson: (times: number) => string;
  readonly winsPerPersonPerDay: (times: number) => string;
  readonly winsPerDay: (times: number) => string;
  readonly coolDown: (seconds: number) => string;
  readonly fenPerPerson: (yuan: string) => string;
  readonly noLimit: string;
  readonly earned: string;
  readonly who: string;
  readonly everyone: string;
  readonly conditions: (text: string) => string;
  readonly prizes: string;
  readonly quantity: (count: number) => string;
  readonly worth: (yuan: string) => string;
  /** Of what is not paid. */
  readonly valued: (yuan: string) => string;
  /** A packet of so much that so many people share. */
  readonly shared: (yuan: string, shares: number) => string;
  readonly range: (least: string, most: string, mean: string) => string;
  readonly odds: string;
  readonly oddsOf: (tickets: string, of: string, percent: string) => string;
  readonly about: string;
  readonly blank: string;
  readonly gone: Readonly<Record<'blank' | 'redraw' | 'next', string>>;
  readonly guaranteed: (misses: number, prize: string) => string;
  readonly milestone: (days: number, prize: string) => string;
  readonly total: (of: 'total' | 'week' | 'month', days: number | 'all', prize: string) => string;
  readonly perCode: (prize: string) => string;
  readonly firstCome: string;
  readonly budget: (yuan: string) => string;
  readonly dayBudget: (yuan: string) => string;
  readonly decided: string;
  readonly claim: string;
  readonly claimPacket: readonly string[];
  readonly claimGift: string;
  readonly fair: string;
  /** With the fingerprint of the seed. */
  readonly fairText: (commitment: string) => string;
  readonly fairMore: string;
  readonly time: (year: string, month: number, day: number, clock: string) => string;
}

const zh: RulesWords = {
  title: '活动规则',
  back: '返回活动',
  period: '活动时间',
  from: (time) => `${time} 起`,
  until: (time) => `${time} 止（以北京时间为准）`,
  comma: '，',
  always: '长期有效，奖品发完为止',
  organiser: '主办方',
  thisAccount: '本公众号的运营者',
  how: '参与方式',
  ways: {
    words: '向公众号发送活动口令',
    question: '回答活动页上的问题，把答案发给公众号',
    page: '在活动页上参与',
    follow: '关注公众号',
    scenes: '扫描活动二维码',
    codes: '向公众号发送一次性兑换码',
    batch: '由主办方按公布的名单抽奖',
  },
  byPayment: (yuan) => (yuan === null ? '向主办方付款后参与' : `向主办方付款满 ${yuan} 元后参与`),
  byInvitation: (times) => `邀请朋友参与，每人最多计 ${times} 次`,
  drawTime: '开奖时间',
  atOnce: '每次参与当场开奖，结果立即告知。',
  winnersShown: (yuan) => `价值超过 ${yuan} 元的奖品，中奖情况随时在活动页公布。`,
  published: '规则公布',
  publishedAs: (version, time) => `第 ${version} 版，公布于 ${time}（北京时间）`,
  unchanged: '奖品、数量、概率和预算自首次公布起不再更改。',
  howOften: '参与次数',
  perPerson: (times) => `每人最多参与 ${times} 次`,
  perPersonPerDay: (times) => `每人每天最多参与 ${times} 次`,
  winsPerPerson: (times) => `每人最多中奖 ${times} 次`,
  winsPerPersonPerDay: (times) => `每人每天最多中奖 ${times} 次`,
  winsPerDay: (times) => `每天最多送出 ${times} 份奖品`,
  coolDown: (seconds) => `两次参与之间至少间隔 ${seconds} 秒`,
  fenPerPerson: (yuan) => `每人红包累计最多 ${yuan} 元`,
  noLimit: '不限次数',
  earned: '抽奖机会通过本活动的其他方式获得，每次抽奖使用一次',
  who: '参与资格',
  everyone: '通过微信授权打开本页的用户均可参与',
  conditions: (text) => `须符合主办方设定的条件；不符合时会提示：${text}`,
  prizes: '奖品',
  quantity: (count) => `共 ${count} 份`,
  worth: (yuan) => `${yuan} 元微信红包`,
  valued: (yuan) => `价值 ${yuan} 元`,
  shared: (yuan, shares) => `${yuan} 元微信裂变红包，${shares} 人随机分`,
  range: (least, most, mean) => `${least}–${most} 元随机微信红包，平均 ${mean} 元`,
  odds: '中奖概率（每次抽奖）',
  oddsOf: (tickets, of, percent) => `${tickets} / ${of}，${percent}`,
  about: '约 ',
  blank: '未中奖',
  gone: {
    blank: '某项奖品送完后，抽到它等于未中奖，其他奖品的概率不变。',
    redraw: '某项奖品送完后，在剩下的奖品中按原比例重新抽取。',
    next: '某项奖品送完后，抽到它改为得到列表中下一项还有剩余的奖品。',
  },
  guaranteed: (misses, prize) => `连续 ${misses} 次未中奖后，下一次必得「${prize}」（送完为止）。`,
  milestone: (days, prize) => `连续签到 ${days} 天：${prize}`,
  total: (of, days, prize) => {
    const span = { total: '活动期间', week: '一周内（周一至周日）', month: '一个月内' }[of];
    return days === 'all' ? `${span}每天签到：${prize}` : `${span}累计签到 ${days} 天：${prize}`;
  },
  perCode: (prize) => `每个有效的兑换码：${prize}`,
  firstCome: '先到先得，送完为止。',
  budget: (yuan) => `红包总额最多 ${yuan} 元，用完即止。`,
  dayBudget: (yuan) => `每天的红包最多 ${yuan} 元。`,
  decided: '结果在点击时由服务器随机决定并保存，动画只负责展示；断网或刷新不会改变结果，也不会多扣机会。',
  claim: '领取方式',
  claimPacket: [
    '现金奖品以微信红包发到公众号聊天里，打开后存入微信零钱。',
    '请在收到后 24 小时内打开，过期未领会退回。',
    '微信对每人每天能收到的红包有限制，超出的会在之后自动补发；可在「我的奖品」查看每个奖品的进度。',
  ],
  claimGift: '其他奖品的领取方式请看公众号消息。',
  fair: '抽奖公平可查',
  fairText: (commitment) => `每次抽奖的号码由开始前就锁定的种子算出，种子的指纹（SHA-256）是 ${commitment}。`,
  fairMore: '怎么查',
  time: (year, month, day, clock) => `${year}年${month}月${day}日 ${clock}`,
};

const en: RulesWords = {
  title: 'Rules',
  back: 'Back to the activity',
  period: 'When',
  from: (time) => `From ${time}`,
  until: (time) => `until ${time} (Beijing time)`,
  comma: ' ',
  always: 'No end is set; it lasts as long as there are prizes',
  organiser: 'Organiser',
  thisAccount: 'Whoever runs this Official Account',
  how: 'How to take part',
  ways: {
    words: 'Send the activity’s word to this account',
    question: 'Send the answer to the question on the activity’s page to this account',
    page: 'On the activity’s page',
    follow: 'Follow this account',
    scenes: 'Scan one of the activity’s QR codes',
    codes: 'Send a one-time code to this account',
    batch: 'The organiser draws for a list that was announced',
  },
  byPayment: (yuan) => (yuan === null ? 'Pay the organiser' : `Pay the organiser ${yuan} yuan or more`),
  byInvitation: (times) => `Invite friends; ${times} of a person count at most`,
  drawTime: 'When it is drawn',
  atOnce: 'Each time at once, and the result is told at once.',
  winnersShown: (yuan) => `Wins of more than ${yuan} yuan are shown on the activity’s page as they happen.`,
  published: 'Publication',
  publishedAs: (version, time) => `Version ${version}, published ${time} (Beijing time)`,
  unchanged: 'Prizes, quantities, odds and budget stay as they were first published.',
  howOften: 'How often',
  perPerson: (times) => `At most ${times} times a person`,
  perPersonPerDay: (times) => `At most ${times} times a person a day`,
  winsPerPerson: (times) => `At most ${times} wins a person`,
  winsPerPersonPerDay: (times) => `At most ${times} wins a person a day`,
  winsPerDay: (times) => `At most ${times} wins a day, of everyone together`,
  coolDown: (seconds) => `At least ${seconds} seconds between two draws`,
  fenPerPerson: (yuan) => `At most ${yuan} yuan in red packets a person`,
  noLimit: 'As often as you like',
  earned: 'Chances to draw are earned elsewhere in this activity; each draw uses one',
  who: 'Who',
  everyone: 'Everyone who opens this page through WeChat’s authorization',
  conditions: (text) => `Whoever meets the organiser’s conditions; others are told: ${text}`,
  prizes: 'Prizes',
  quantity: (count) => `${count} in all`,
  worth: (yuan) => `WeChat red packet of ${yuan} yuan`,
  valued: (yuan) => `worth ${yuan} yuan`,
  shared: (yuan, shares) => `WeChat red packet of ${yuan} yuan that ${shares} people share at random`,
  range: (least, most, mean) => `WeChat red packet of ${least} to ${most} yuan at random, ${mean} yuan on average`,
  odds: 'Odds of each draw',
  oddsOf: (tickets, of, percent) => `${tickets} / ${of}, ${percent}`,
  about: 'about ',
  blank: 'No prize',
  gone: {
    blank: 'Once a prize is gone, drawing it wins nothing; the odds of the others stay.',
    redraw: 'Once a prize is gone, the draw is made again among what is left, in the same proportions.',
    next: 'Once a prize is gone, drawing it wins the next prize of the list that is left.',
  },
  guaranteed: (misses, prize) =>
    `After ${misses} draws in a row without a win the next one wins “${prize}”, while it lasts.`,
  milestone: (days, prize) => `${days} days in a row: ${prize}`,
  total: (of, days, prize) => {
    const span = { total: 'in the activity', week: 'in a week (Monday to Sunday)', month: 'in a month' }[of];
    return days === 'all' ? `Every day ${span}: ${prize}` : `${days} days ${span}: ${prize}`;
  },
  perCode: (prize) => `Each good code: ${prize}`,
  firstCome: 'First come, first served, while it lasts.',
  budget: (yuan) => `All red packets together cost at most ${yuan} yuan; then there are no more.`,
  dayBudget: (yuan) => `Red packets of one day cost at most ${yuan} yuan.`,
  decided:
    'The server draws and stores the result when you tap; the animation only shows it. A lost connection or a reload neither changes it nor costs a chance.',
  claim: 'How you get it',
  claimPacket: [
    'Money comes as a WeChat red packet in the chat of this account; opening it puts the money into your WeChat balance.',
    'Please open it within 24 hours, or it goes back.',
    'WeChat limits how many packets a person receives a day; what is beyond goes out by itself later. “My prizes” shows how far each has come.',
  ],
  claimGift: 'How to get other prizes is told in the account’s chat.',
  fair: 'A draw that anybody can check',
  fairText: (commitment) =>
    `Every ticket follows from a seed that was locked away before the start; its fingerprint (SHA-256) is ${commitment}.`,
  fairMore: 'How to check',
  time: (year, month, day, clock) =>
    `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')} ${clock}`,
};

/** Returns what the rules page says, in one language. */
export function rulesWords(language: PageLanguage): RulesWords {
  return language === 'en' ? en : zh;
}
