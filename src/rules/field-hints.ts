import type { Names } from './field-names.ts';

/** What a form says below a field, found as its name is; most fields need nothing. */
export const FIELD_HINTS: Names = {
  'trigger.words': {
    zh: '大小写、全角半角、空格、标点和数字写法不影响',
    en: 'Case, width, spaces, punctuation and the way digits are written do not count',
  },
  match: { zh: '符合格式时可以用 * ? # [] 和 (|)', en: 'Patterns may use * ? # [] and (|)' },
  'trigger.page': { zh: '活动页有转盘、日历等，适合抽奖和签到', en: 'The page has a wheel, a calendar and more' },
  'trigger.follow': {
    zh: '第一次关注：取消后再关注不算',
    en: 'The first time: leaving and coming back does not count',
  },
  scenes: {
    zh: '先在公众号的二维码里创建，这里填它的场景值，扫码就参与',
    en: 'Make the codes under the account first; here goes their scene',
  },
  'trigger.codes': {
    zh: '一次性兑换码的码池；粉丝直接发码就能参与',
    en: 'The pool of one-time codes that people send by themselves',
  },
  'trigger.menu': {
    zh: '菜单按钮的 key 写成 activity:活动页地址',
    en: 'A menu button with the key activity:<address>',
  },
  'trigger.batch': { zh: '运营人员可以让名单里的人参与', en: 'Operators may let a list of people draw' },
  'trigger.invite': {
    zh: '微信禁止以奖励诱导分享，请先确认已获许可',
    en: 'WeChat forbids rewards for sharing: have it permitted first',
  },
  priority: {
    zh: '0 到 100；几个活动都能回应时，数字大的回应',
    en: '0 to 100; of several activities that could answer the higher one does',
  },
  gone: { zh: '奖品发完以后，抽到它的奖券怎么办', en: 'What the tickets of a prize do once it is gone' },
  guaranteed: { zh: '连续没中几次以后，下一次一定中', en: 'After so many misses in a row the next draw wins' },
  totals: { zh: '不要求连续，例如一周里签满 5 天', en: 'Not in a row: five days of a week, for instance' },
  restartAfterDays: {
    zh: '满了以后从头再计，奖品可以再得；留空表示一直累加',
    en: 'Its milestones repeat then; empty: it grows on',
  },
  milestones: { zh: '连续签到到这一天得到', en: 'What a streak of so many days brings' },
  stock: { zh: '一共有多少个', en: 'How many there are' },
  worthFen: {
    zh: '每个值多少钱；法规要求公示，规则页会写出来',
    en: 'What one of it is worth; the law wants it published, and the rules page shows it',
  },
  tickets: { zh: '占多少张奖券，只有抽奖用', en: 'How many tickets win it, in a lottery' },
  meanFen: {
    zh: '长期平均正好是这么多；总花费按它算',
    en: 'Exactly what winners get on average; the cost is counted by it',
  },
  stockId: { zh: '商户平台里的批次号，面额由批次出', en: 'As the merchant platform numbers it; it pays the value' },
  shares: {
    zh: '3 到 20 个人，包括中奖的人；商户要有裂变红包权限',
    en: '3 to 20 people with the winner; the merchant must have group packets',
  },
  'voucher.pool': {
    zh: '每个中奖的人得到下一个券码，回复里写 {code}',
    en: 'Each winner gets the next code; {code} shows it',
  },
  'who.must': { zh: '留空表示所有人都可以参与', en: 'Empty: everybody may take part' },
  'who.shadow': {
    zh: '只记下谁会被拦住，不真的拦；用来试一个新条件',
    en: 'Only notes whom it would refuse, to try a new condition',
  },
  winsPerDay: { zh: '用来把奖品匀到每一天', en: 'Spreads the prizes over the days' },
  coolDownSeconds: { zh: '同一个人两次参与之间至少隔多久', en: 'How long a person waits after a draw' },
  budgetFen: { zh: '所有红包加起来最多花这么多，到了就不再中奖', en: 'All red packets together never cost more' },
  budgetFenPerDay: { zh: '每天最多发出这么多', en: 'Most that may be won on one day' },
  budgetFenPerPerson: { zh: '一个人在这个活动里最多得到这么多', en: 'Most that one person may win in all' },
  money: { zh: '24 小时没人打开的红包会退回', en: 'Packets nobody opens within 24 hours come back' },
  startsAtMs: { zh: '北京时间；留空表示发布后马上开始', en: 'Beijing time; empty: once it is published' },
  endsAtMs: { zh: '北京时间；留空表示直到手动停止', en: 'Beijing time; empty: until it is stopped' },
  'texts.notStarted': { zh: '留空用“没开放时”', en: 'Empty: the text of “when not open”' },
  'texts.ended': { zh: '留空用“没开放时”', en: 'Empty: the text of “when not open”' },
  'texts.stopped': { zh: '留空用“没开放时”', en: 'Empty: the text of “when not open”' },
  'texts.checkedInToday': { zh: '留空用“次数用完时”', en: 'Empty: the text of “of a limit reached”' },
  'texts.noCard': { zh: '留空用“次数用完时”', en: 'Empty: the text of “of a limit reached”' },
  'texts.nothingToMakeUp': { zh: '留空用“次数用完时”', en: 'Empty: the text of “of a limit reached”' },
  sceneId: {
    zh: '和微信支付约定的场景；1 至 200 元以外的金额需要',
    en: 'Agreed with WeChat Pay; amounts beyond 1 to 200 yuan need one',
  },
  rail: {
    zh: '转账要在 24 小时内领取，过期退回',
    en: 'A transfer is collected within 24 hours or comes back',
  },
  'look.brandColour': {
    zh: '素净主题的主色；要够深，白字才看得清',
    en: 'Of the plain theme; dark enough for white text',
  },
  'look.logo': {
    zh: '本服务上的路径，例如 /pictures/logo.png',
    en: 'A path on this service, such as /pictures/logo.png',
  },
  'look.picture': { zh: '标题下面的宽图，本服务上的路径', en: 'Wide picture below the title; a path on this service' },
  'look.title': { zh: '留空用活动名称', en: 'Empty: the name of the activity' },
  'look.question': { zh: '在活动页先答对才能参与，答案是参与词', en: 'Whoever answers it with one of the words draws' },
  'look.organiser': { zh: '写在活动规则里', en: 'As the rules name them' },
  list: { zh: '名单的编号，例如 blacklist', en: 'Its short name, such as blacklist' },
  tagIds: { zh: '微信公众号后台的标签编号', en: 'Ids of the tags at WeChat' },
  from: { zh: '北京时间，例如 09:00', en: 'Beijing time, such as 09:00' },
  until: {
    zh: '北京时间，例如 21:30；早于开始就到第二天',
    en: 'Beijing time; before the beginning it is of the next day',
  },
  chained: {
    zh: '由主玩法或入口通向的玩法，例如签到满 7 天抽一次奖',
    en: 'Played when the main one or a way in leads there',
  },
  guessesPerHour: { zh: '超过后暂时不看这个人的码', en: 'Then nobody looks at theirs for a while' },
};
