import { beijingTime } from '../../base/beijing-day.ts';
import { linklessText } from '../../base/chat-links.ts';
import { formatYuan } from '../../base/fen.ts';
import type { AwardProgress, MyAward } from '../ports/pages.ts';

/** More would not fit into one reply with its longest names. */
export const AWARDS_SHOWN_MAX = 8;
const NAME_CHARACTERS_MAX = 20;

/** State and reason, as the page says them. `{date}` is the Beijing day a payout waits for. */
const PROGRESS: Readonly<Record<AwardProgress, string>> = {
  preparing: '准备中，马上发到聊天里',
  waits: '排队中，今天已达微信上限，{date} 后自动发放',
  paused: '暂停发放，恢复后自动发放',
  checking: '正在与微信核对，不会漏发也不会重复',
  'link-needed': '待领取，请先点下面的链接确认收款微信',
  sent: '已发到聊天里，请在 24 小时内打开',
  collect: '待领取，请在 24 小时内打开“我的奖品”页领取',
  'in-mini-program': '待领取，请在 24 小时内扫码打开小程序领取',
  opened: '已领取',
  coupon: '已放入微信卡包',
  returned: '已退回，超过 24 小时没有打开',
  'looked-at': '处理中，主办方正在处理',
  given: '已中奖，请联系主办方领取',
};

/**
 * Writes a person's awards, newest first, as one text of at most 2047 bytes: each with its state and the reason for it.
 * `more`: there are older ones. `end`: a line to close with, such as a link to all of them.
 */
export function myAwardsText(awards: readonly MyAward[], options: { more: boolean; end: string }): string {
  if (awards.length === 0) return ['还没有中奖记录，祝你好运', options.end].filter((line) => line !== '').join('\n');
  const lines = awards.slice(0, AWARDS_SHOWN_MAX).map(line);
  const more = options.more || awards.length > AWARDS_SHOWN_MAX ? ['更早的没有列出'] : [];
  return ['我的红包', ...lines, ...more, options.end].filter((part) => part !== '').join('\n');
}

function line(award: MyAward, index: number): string {
  const amount = award.amountFen > 0 ? ` ${formatYuan(award.amountFen)} 元` : '';
  const won = beijingTime(award.wonAtMs).slice(5, 16);
  const date = award.waitsUntilMs === null ? '' : beijingTime(award.waitsUntilMs).slice(5, 10);
  const progress = PROGRESS[award.progress].replace('{date}', date);
  const { voucher = null } = award;
  const state = voucher === null ? progress : `兑换码 ${voucher}`;
  const names = [...new Set([award.activityName, award.prizeName])].map(shortName).join('·');
  return `${index + 1}. ${names}${amount}\n${won} ${state}`;
}

function shortName(name: string): string {
  const characters = Array.from(linklessText(name));
  return characters.length <= NAME_CHARACTERS_MAX
    ? characters.join('')
    : `${characters.slice(0, NAME_CHARACTERS_MAX - 1).join('')}…`;
}
