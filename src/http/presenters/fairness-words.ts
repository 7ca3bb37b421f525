import type { PageLanguage } from './page-words.ts';

/** What the page about an activity's luck says, to somebody who knows nothing of it. */
export interface FairnessWords {
  readonly title: string;
  readonly steps: readonly (readonly [title: string, text: string])[];
  readonly picture: readonly [seed: string, person: string, ticket: string, prize: string];
  readonly pictureText: string;
  readonly seedHash: string;
  readonly ruleHash: string;
  readonly seed: string;
  readonly sealed: string;
  readonly you: string;
  readonly youText: string;
  readonly youUnknown: string;
  readonly check: string;
  readonly checkText: string;
  readonly checkButton: string;
  readonly notYet: string;
  readonly record: string;
  readonly program: string;
  readonly programText: string;
  readonly script: { readonly working: string; readonly good: string; readonly bad: string; readonly failed: string };
  readonly back: string;
}

const zh: FairnessWords = {
  title: '抽奖公平，人人可查',
  steps: [
    ['开始之前', '系统随机取一个秘密的数，叫“种子”，锁起来，并公布它的指纹。种子一换，指纹就对不上。'],
    ['抽奖的时候', '你的抽奖号只由三样东西算出：种子、你、你的第几次。主办方和你都改不了。'],
    ['结束以后', '公布种子和每一次抽奖。谁都可以从头再算一遍，看奖品有没有给错。'],
  ],
  picture: ['锁好的种子', '你的第几次', '抽奖号', '奖品'],
  pictureText: '种子加上你的第几次，算出抽奖号，抽奖号对应奖品',
  seedHash: '种子的指纹（SHA-256）',
  ruleHash: '规则的指纹（SHA-256）',
  seed: '种子',
  sealed: '活动结束后公布',
  you: '你在记录里的编号',
  youText: '只有你知道这是你。记下它，结束后可以在记录里找到自己的每一次抽奖。',
  youUnknown: '从微信里打开活动页面后，这里会显示你的编号。',
  check: '亲自验算',
  checkText: '用这个手机或电脑把每一次抽奖重新算一遍：',
  checkButton: '开始验算',
  notYet: '活动结束后，这里可以下载全部记录并验算。',
  record: '下载抽奖记录',
  program: '下载验算程序',
  programText: '不信本页的程序？下载记录和不到 200 行的验算程序，读一遍，在自己的电脑上运行。',
  script: {
    working: '正在验算……',
    good: '验算完成：{draws} 次抽奖全部正确。',
    bad: '验算发现问题：第 {place} 次抽奖。',
    failed: '没能完成验算，请稍后再试。',
  },
  back: '返回活动',
};

const en: FairnessWords = {
  title: 'A fair draw that anybody can check',
  steps: [
    [
      'Before it starts',
      'The system takes a secret random number, the “seed”, locks it away and publishes its fingerprint. Another seed would not fit it.',
    ],
    [
      'When you draw',
      'Your ticket is computed from three things alone: the seed, you, and how many times you have drawn. Neither you nor the organiser can change it.',
    ],
    [
      'Once it is over',
      'The seed and every draw are published. Anybody can compute them again and see whether each prize was given rightly.',
    ],
  ],
  picture: ['locked seed', 'you, your turn', 'ticket', 'prize'],
  pictureText: 'The seed and your turn give your ticket, and the ticket gives the prize',
  seedHash: 'Fingerprint of the seed (SHA-256)',
  ruleHash: 'Fingerprint of the rules (SHA-256)',
  seed: 'Seed',
  sealed: 'published once the activity is over',
  you: 'Your number in the record',
  youText: 'Nobody else knows that it is you. Note it down: once it is over you find your own draws by it.',
  youUnknown: 'It stands here once you have opened the activity in WeChat.',
  check: 'Check it yourself',
  checkText: 'Let this phone or computer compute every draw again:',
  checkButton: 'Check now',
  notYet: 'Once the activity is over, the whole record can be had and checked here.',
  record: 'Download the record',
  program: 'Download the program',
  programText:
    'You need not trust this page: take the record and the program of fewer than 200 lines, read it, and run it on a computer of your own.',
  script: {
    working: 'Computing …',
    good: 'Done: all {draws} draws are right.',
    bad: 'Something is wrong: draw {place}.',
    failed: 'It could not be checked just now; try again later.',
  },
  back: 'Back to the activity',
};

/** Returns the words of a language. */
export function fairnessWords(language: PageLanguage): FairnessWords {
  return language === 'en' ? en : zh;
}
