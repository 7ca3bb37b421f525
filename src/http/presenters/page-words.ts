import type { AwardProgress } from '../../flows/ports/pages.ts';

export type PageLanguage = 'zh' | 'en';

/** What happened to a visitor instead of the page that was asked for. */
export type NoticeKind =
  | 'not-found'
  | 'outside-wechat'
  | 'login-refused'
  | 'login-expired'
  | 'login-foreign'
  | 'login-failed'
  | 'trouble'
  | 'too-fast'
  | 'wrong-address'
  | 'payee-link-over'
  | 'payee-taken'
  | 'payee-snapshot';

interface NoticeWords {
  readonly title: string;
  readonly text: string;
  /** Label of the link that leads on, where there is one. */
  readonly action: string;
}

export interface PageWords {
  readonly notices: Readonly<Record<NoticeKind, NoticeWords>>;
  readonly loading: string;
  readonly needsScript: string;
  readonly prizes: string;
  readonly yuan: string;
  readonly soldOut: string;
  readonly odds: string;
  readonly left: (count: number) => string;
  /** What a screen reader says of the QR code that leads to this very page. */
  readonly codeOfPage: string;
  readonly scanIt: string;
  readonly myAwards: string;
  readonly noAwards: string;
  readonly otherLanguage: string;
  /** The page on which somebody says that red packets won in another account go to this WeChat. */
  readonly payee: {
    readonly title: string;
    /** How many packets wait, and how much they are in yuan. */
    readonly waiting: (packets: number, yuan: string) => string;
    readonly nothing: string;
    readonly warning: string;
    readonly action: string;
  };
  /** On the button that collects a transfer, and what it says where WeChat cannot take it. */
  readonly collect: string;
  readonly collectInWechat: string;
  /** `{date}` in a hint stands for when the packet goes out, or until when it can be collected. */
  readonly progress: Readonly<Record<AwardProgress, { readonly state: string; readonly hint: string }>>;
  /** Names a moment of Beijing time, given as month, day and clock: 11月22日 00:01. */
  readonly date: (month: number, day: number, clock: string) => string;
}

const again = '重新开始';

const zh: PageWords = {
  notices: {
    'not-found': {
      title: '没有这个活动',
      text: '链接可能不完整，或活动还没有发布。请回到公众号重新打开。',
      action: '',
    },
    'outside-wechat': {
      title: '请在微信中打开',
      text: '这个活动要在微信里参加。请复制本页链接，发到微信聊天里再点开。',
      action: '',
    },
    'login-refused': { title: '还没有授权', text: '需要确认你是谁，红包才能发到你的微信。', action: again },
    'login-expired': {
      title: '这一步已经过期',
      text: '停留得久了一点，重新开始就好，不会影响你的机会。',
      action: again,
    },
    'login-foreign': {
      title: '请重新打开活动',
      text: '这个链接属于另一台手机或另一个浏览器。请从公众号里重新打开活动页面。',
      action: again,
    },
    'login-failed': { title: '微信没有回应', text: '刚才没能确认你的身份，请再试一次。', action: again },
    trouble: { title: '人有点多', text: '暂时打不开，请过一会儿再试。你的奖品不会丢。', action: '再试一次' },
    'too-fast': { title: '慢一点', text: '刚才的请求太多了，请等几秒再试。你的机会和奖品都还在。', action: '再试一次' },
    'wrong-address': { title: '链接不对', text: '请回到公众号重新打开活动页面。', action: '' },
    'payee-link-over': {
      title: '链接已过期',
      text: '回到公众号发送「我的红包」，点新的链接就好。红包还在，不会丢。',
      action: '',
    },
    'payee-taken': {
      title: '已经确认过了',
      text: '这些红包已经确认领到另一个微信，或这个微信已经在领另一个人的红包，不能再改。',
      action: '',
    },
    'payee-snapshot': {
      title: '请打开完整页面',
      text: '请点右下角「使用完整服务」，再确认领取。',
      action: '',
    },
  },
  loading: '正在打开…',
  needsScript: '请允许本页运行脚本，或在微信中打开。',
  prizes: '奖品',
  yuan: '元',
  soldOut: '已抢光',
  odds: '中奖率',
  left: (count) => `剩 ${count} 份`,
  codeOfPage: '本页的二维码',
  scanIt: '用微信「扫一扫」扫描二维码，在手机上打开',
  myAwards: '我的奖品',
  noAwards: '还没有奖品，去抽一次吧。',
  otherLanguage: 'English',
  payee: {
    title: '把公众号里中的红包领到这个微信？',
    waiting: (packets, amount) => `等待领取：${packets} 个，共 ${amount} 元`,
    nothing: '以后中的红包也会直接发到这个微信。',
    warning: '谁先确认就发给谁，确认后不能更改，以后中的也一样。如果不是你中的，请关闭本页；也不要转发这个链接。',
    action: '领到这个微信',
  },
  collect: '领取',
  collectInWechat: '请用新版手机微信打开本页领取',
  progress: {
    preparing: { state: '准备中', hint: '红包马上发到公众号聊天里' },
    waits: { state: '排队中', hint: '今天的红包已达微信上限，将于 {date} 后自动发放' },
    paused: { state: '暂停发放', hint: '商户暂停发放，恢复后自动发放，不用再做什么' },
    checking: { state: '正在核对', hint: '正在与微信核对结果，不会漏发也不会重复' },
    'link-needed': { state: '待领取', hint: '回到公众号，点「我的红包」里的链接，确认领到哪个微信' },
    sent: { state: '已发出', hint: '在公众号聊天里，请在 24 小时内打开' },
    collect: { state: '待领取', hint: '点「领取」存入微信零钱，{date} 前有效' },
    'in-mini-program': { state: '待领取', hint: '请在 24 小时内扫码打开小程序领取' },
    opened: { state: '已领取', hint: '已存入微信零钱' },
    coupon: { state: '已领取', hint: '代金券已放入微信卡包' },
    returned: { state: '已退回', hint: '超过 24 小时没有打开，红包已退回' },
    'looked-at': { state: '处理中', hint: '发放遇到问题，主办方正在处理' },
    given: { state: '已获得', hint: '领取方式请看公众号消息' },
  },
  date: (month, day, clock) => `${month}月${day}日 ${clock}`,
};

const startAgain = 'Start again';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const en: PageWords = {
  notices: {
    'not-found': {
      title: 'No such activity',
      text: 'The link may be incomplete, or the activity is not published yet. Please open it again from the account.',
      action: '',
    },
    'outside-wechat': {
      title: 'Please open this in WeChat',
      text: 'You take part inside WeChat. Copy the link of this page, send it to a WeChat chat and tap it there.',
      action: '',
    },
    'login-refused': {
      title: 'Not authorized yet',
      text: 'We need to know who you are so that the red packet reaches your WeChat.',
      action: startAgain,
    },
    'login-expired': {
      title: 'This step has expired',
      text: 'It took a little too long. Just start again; it costs you no chance.',
      action: startAgain,
    },
    'login-foreign': {
      title: 'Please open the activity again',
      text: 'This link belongs to another phone or browser. Please open the activity from the account again.',
      action: startAgain,
    },
    'login-failed': {
      title: 'WeChat did not answer',
      text: 'We could not find out who you are. Please try again.',
      action: startAgain,
    },
    trouble: {
      title: 'Many people are here',
      text: 'The page cannot be opened right now. Please try again soon; your prizes are safe.',
      action: 'Try again',
    },
    'too-fast': {
      title: 'A little slower',
      text: 'There were too many requests just now. Please try again in a few seconds; your chances and prizes are safe.',
      action: 'Try again',
    },
    'wrong-address': { title: 'Wrong link', text: 'Please open the activity again from the account.', action: '' },
    'payee-link-over': {
      title: 'This link is over',
      text: 'Send 我的红包 to the account and tap the new link. Your red packets are still there.',
      action: '',
    },
    'payee-taken': {
      title: 'Claimed already',
      text: 'These red packets go to another WeChat already, or this WeChat gets somebody else’s. That cannot change.',
      action: '',
    },
    'payee-snapshot': {
      title: 'Please open the full page',
      text: 'Tap “使用完整服务” at the bottom right, then confirm.',
      action: '',
    },
  },
  loading: 'Opening…',
  needsScript: 'Please allow this page to run scripts, or open it in WeChat.',
  prizes: 'Prizes',
  yuan: 'yuan',
  soldOut: 'All gone',
  odds: 'Odds',
  left: (count) => `${count} left`,
  codeOfPage: 'QR code of this page',
  scanIt: 'Scan the code with WeChat to open the page on your phone',
  myAwards: 'My prizes',
  noAwards: 'No prizes yet. Go and try your luck.',
  otherLanguage: '中文',
  payee: {
    title: 'Get the red packets won in the chat with this WeChat?',
    waiting: (packets, amount) => `Waiting: ${packets}, ${amount} yuan together`,
    nothing: 'What you win from now on comes to this WeChat too.',
    warning:
      'Whoever confirms first gets them, now and from now on; it cannot be changed. Did you not win? Then close this page. Do not pass the link on.',
    action: 'To this WeChat',
  },
  collect: 'Collect',
  collectInWechat: 'Open this page in a recent WeChat on your phone',
  progress: {
    preparing: { state: 'On its way', hint: 'The red packet comes to the chat of this account in a moment' },
    waits: { state: 'In the queue', hint: 'WeChat’s limit for today is reached; it goes out by itself after {date}' },
    paused: { state: 'Paused', hint: 'The merchant has paused sending; it goes out by itself once that ends' },
    checking: { state: 'Being checked', hint: 'We are asking WeChat how it ended; it is neither lost nor sent twice' },
    'link-needed': { state: 'To be claimed', hint: 'Tap the link in the account’s chat to say which WeChat gets it' },
    sent: { state: 'Sent', hint: 'In the chat of this account; open it within 24 hours' },
    collect: { state: 'To collect', hint: 'Tap “Collect” to have it in your WeChat balance, until {date}' },
    'in-mini-program': {
      state: 'To collect',
      hint: 'Scan its code to open the mini program and take it there within 24 hours',
    },
    opened: { state: 'Opened', hint: 'The money is in your WeChat balance' },
    coupon: { state: 'Received', hint: 'The coupon is among your cards in WeChat' },
    returned: { state: 'Returned', hint: 'It was not opened within 24 hours and went back' },
    'looked-at': { state: 'Looked at', hint: 'Sending it met a problem; the organiser is looking at it' },
    given: { state: 'Yours', hint: 'The account tells you in the chat how to get it' },
  },
  date: (month, day, clock) => `${MONTHS[month - 1] ?? ''} ${day}, ${clock} (Beijing)`,
};

/** Returns what the server's own pages say, in one language. */
export function pageWords(language: PageLanguage): PageWords {
  return language === 'en' ? en : zh;
}
