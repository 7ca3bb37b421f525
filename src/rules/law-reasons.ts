/** A sentence in both languages of the console. */
export interface LawSentence {
  readonly zh: string;
  readonly en: string;
}

const PROMOTION: LawSentence = {
  zh: '国家市场监督管理总局《规范促销行为暂行规定》，2020 年 12 月 1 日起施行',
  en: 'Interim Provisions on Regulating Promotional Activities, State Administration for Market Regulation, in force since 1 December 2020',
};
const WECHAT: LawSentence = {
  zh: '微信公众平台对诱导关注、诱导分享的处罚（自 2015 年起有公众号被封禁、清除粉丝）',
  en: 'WeChat’s sanctions against inducing follows and shares (accounts have been blocked and lost followers since 2015)',
};

/** Why a check stands, and which rule it comes from. */
export const LAW_REASONS = {
  'top-prize': {
    source: PROMOTION,
    zh: '抽奖式有奖销售的最高奖金额不得超过 5 万元。请降低奖品价值。',
    en: 'The highest prize of a prize draw may be worth 50,000 yuan at most. Make it smaller.',
  },
  'withheld-prize': {
    source: PROMOTION,
    zh: '公示了却谁也抽不到的奖品等于扣留奖品。请让它可以中奖，或者删除它。',
    en: 'A prize that is announced and that nobody can win is a prize held back. Let it be won, or remove it.',
  },
  'unpaid-quantity': {
    source: PROMOTION,
    zh: '预算不够付完公示的奖品数量，预算用完后参与者已不可能中奖。请补足预算、减少数量，或选择预算用完即结束。',
    en: 'The budget does not pay for the announced quantities, and people could go on taking part with nothing left to win. Raise it, lower the quantities, or let the activity close with its budget.',
  },
  'insider-list': {
    source: PROMOTION,
    zh: '内定中奖是违规行为。名单只能用于符合已公示条件的所有人：请在「不符合条件时的回复」里写明谁可以参加。',
    en: 'Winners chosen inside are a violation. A list may only hold everybody who met an announced condition: say who may take part in the text for those who may not.',
  },
  'timed-release': {
    source: PROMOTION,
    zh: '不同价值的奖品不得分时段投放。限定时段时，请确保每个时段都能抽到全部奖品，并公示时段。',
    en: 'Prizes of different worth may not be released at different times. Where hours are limited, every prize has to be there in all of them, and the hours announced.',
  },
  'region-release': {
    source: PROMOTION,
    zh: '不得只在部分地区投放奖品。如果标签代表地区，请不要用它限制参加，或在活动范围里写明。',
    en: 'Prizes may not be released in some regions only. If a tag stands for a region, do not admit by it, or announce that as the scope of the activity.',
  },
  'organiser-unnamed': {
    source: PROMOTION,
    zh: '活动前要公示主办方。请填写主办方的全称，规则页会显示它。',
    en: 'The organiser has to be published. Give its full name; the rules page shows it.',
  },
  'end-unnamed': {
    source: PROMOTION,
    zh: '活动前要公示参与时间。请设置结束时间。',
    en: 'The period has to be published before the start. Set an end.',
  },
  'worth-unnamed': {
    source: PROMOTION,
    zh: '活动前要公示奖品的种类、数量和价值。请填写这件奖品的价值。',
    en: 'Kind, quantity and worth of each prize have to be published. Say what this one is worth.',
  },
  'winners-unannounced': {
    source: PROMOTION,
    zh: '即时开奖、价值超过 500 元的奖品，中奖情况要随时公示。请开启活动页面，它会实时显示中奖名单。',
    en: 'Winners of prizes above 500 yuan have to be announced as they win. Give the activity a page: it shows them live.',
  },
  'follow-bait': {
    source: WECHAT,
    zh: '微信处罚用红包换关注的行为。关注后的欢迎奖励请谨慎设置：不要以关注为领奖的宣传噱头。',
    en: 'WeChat punishes paying for follows. A greeting to new followers is possible with care: do not advertise money for following.',
  },
  'share-bait': {
    source: WECHAT,
    zh: '微信禁止以奖励诱导分享：有公众号因此被封禁、清除粉丝。请先确认已获许可，否则不要开启。',
    en: 'WeChat forbids rewarding people for sharing: accounts were blocked and lost followers. Have it permitted, or leave it out.',
  },
} as const satisfies Record<string, LawSentence & { readonly source: LawSentence }>;

export type LawCheck = keyof typeof LAW_REASONS;
