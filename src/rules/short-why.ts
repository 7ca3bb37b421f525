import type { Loss, Refusal, Verdict } from './facts.ts';

/** One or two sentences, in both languages. */
export interface ShortWhy {
  readonly zh: string;
  readonly en: string;
}

/**
 * Why somebody was not let in, without what would help a cheat: neither which condition failed nor any number of a limit
 * on addresses, devices or lists.
 */
const REFUSED: Readonly<Record<Refusal, ShortWhy>> = {
  'not-started': { zh: '活动还没有开始。', en: 'The activity has not begun yet.' },
  ended: { zh: '活动已经结束。', en: 'The activity is over.' },
  stopped: { zh: '活动已经停止。', en: 'The activity has been stopped.' },
  paused: { zh: '活动暂停中，机会没有减少。', en: 'The activity is paused; no chance was used up.' },
  'nothing-left': { zh: '奖品已经发完。', en: 'All prizes are gone.' },
  'not-eligible': { zh: '这次活动的参与条件没有满足。', en: 'The conditions for taking part are not met.' },
  'person-limit': { zh: '抽奖机会已经用完。', en: 'All chances have been used.' },
  'no-chance': { zh: '抽奖机会已经用完。', en: 'All chances have been used.' },
  'person-day-limit': {
    zh: '今天的机会已经用完，明天再来。',
    en: 'All chances of today have been used; come back tomorrow.',
  },
  'win-limit': { zh: '中奖次数已经到上限。', en: 'No more prizes can be won by one person.' },
  'win-day-limit': { zh: '今天的中奖次数已经到上限，明天再来。', en: 'No more prizes can be won by one person today.' },
  'day-limit': { zh: '今天的奖品已经发完，明天再来。', en: 'The prizes of today are gone; come back tomorrow.' },
  'cool-down': { zh: '两次参与之间要等一会儿。', en: 'There must be some time between two draws.' },
  'checked-in-today': { zh: '今天已经签到过了，明天再来。', en: 'Checked in today already; come back tomorrow.' },
  'no-card': { zh: '没有可用的补签卡。', en: 'There is no card to make up a day.' },
  'nothing-to-make-up': { zh: '没有可以补签的日子。', en: 'There is no day that can be made up.' },
  'code-missing': { zh: '需要一个兑换码。', en: 'A code is needed.' },
  'code-unknown': { zh: '没有这个兑换码，请检查一下。', en: 'There is no such code; please check it.' },
  'code-used': { zh: '这个兑换码已经用过了。', en: 'This code has been used already.' },
  'code-yours': { zh: '这个兑换码已经用过了。', en: 'This code has been used already.' },
  'too-many-guesses': { zh: '试得太快了，请过一会儿再来。', en: 'Too many tries; please come back later.' },
};

/** Why a draw won nothing. */
const LOST: Readonly<Record<Loss, ShortWhy>> = {
  blank: { zh: '这次抽到的奖券没有中奖。', en: 'The ticket drawn wins nothing.' },
  'sold-out': { zh: '抽中的奖品已经发完。', en: 'The prize drawn is gone.' },
  'no-budget': { zh: '活动的奖金已经发完。', en: 'The money of this activity has all been won.' },
  'day-budget': {
    zh: '今天的奖金已经发完，明天再来。',
    en: 'The money of today has all been won; come back tomorrow.',
  },
  'person-budget': { zh: '得到的奖金已经到上限。', en: 'One person cannot win more money than that.' },
  'no-milestone': { zh: '签到成功，这一天没有奖品。', en: 'Checked in; this day has no prize.' },
  chances: { zh: '这次得到的是抽奖机会。', en: 'This time chances to draw were won.' },
  'not-admitted': { zh: '接下来的抽奖现在不能参加。', en: 'The draw that this led to cannot be taken part in now.' },
};

/** Says in short how a draw ended, for the person it is about; null for a win, and for an end that this build does not know. */
export function shortWhy(outcome: Verdict['outcome'], why: string | null): ShortWhy | null {
  if (outcome === 'won' || why === null) return null;
  const table: Readonly<Record<string, ShortWhy>> = outcome === 'lost' ? LOST : REFUSED;
  return Object.hasOwn(table, why) ? (table[why] ?? null) : null;
}
