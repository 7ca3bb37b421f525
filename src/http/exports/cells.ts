import { beijingTime } from '../../base/beijing-day.ts';
import { fen, formatYuan } from '../../base/fen.ts';
import type { ExportCell, ExportColumn } from '../../flows/ports/exports.ts';

/** A cell as it stands in a file: money in yuan, times of Beijing, nothing for null. */
export function shownCell(cell: ExportCell, { holds }: ExportColumn): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  switch (holds) {
    case 'money':
      return formatYuan(fen(cell));
    case 'time':
      return beijingTime(cell);
    case 'number':
    case 'text':
      return String(cell);
  }
}

/** What columns are headed with; a column that is none of these has its own name. */
const HEADS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  at: { zh: '时间（北京）', en: 'Time (Beijing)' },
  openid: { zh: 'OpenID', en: 'OpenID' },
  nickname: { zh: '昵称', en: 'Nickname' },
  outcome: { zh: '结果', en: 'Outcome' },
  why: { zh: '原因', en: 'Why' },
  prize: { zh: '奖品', en: 'Prize' },
  amount: { zh: '金额（元）', en: 'Amount (yuan)' },
  ticket: { zh: '抽奖号', en: 'Ticket' },
  version: { zh: '规则版本', en: 'Rule version' },
  award: { zh: '中奖编号', en: 'Award' },
  request: { zh: '请求编号', en: 'Request' },
  state: { zh: '状态', en: 'State' },
  order: { zh: '商户订单号', en: 'Order number' },
  'payout-state': { zh: '付款状态', en: 'Payout state' },
  'rail-number': { zh: '红包单号', en: 'WeChat Pay number' },
  reason: { zh: '说明', en: 'Reason' },
  'first-sent': { zh: '首次发送', en: 'First sent' },
  updated: { zh: '更新时间', en: 'Updated' },
  merchant: { zh: '商户', en: 'Merchant' },
  draws: { zh: '抽奖次数', en: 'Draws' },
  wins: { zh: '中奖次数', en: 'Wins' },
  'last-draw': { zh: '最近抽奖', en: 'Last draw' },
  'check-ins': { zh: '签到天数', en: 'Check-ins' },
  following: { zh: '是否关注', en: 'Following' },
  month: { zh: '月份', en: 'Month' },
  account: { zh: '公众号', en: 'Account' },
  'app-id': { zh: 'AppID', en: 'AppID' },
  receipts: { zh: '领取次数', en: 'Receipts' },
  largest: { zh: '单次最高（元）', en: 'Largest (yuan)' },
  tax: { zh: '偶然所得个税 20%（元）', en: 'Tax on incidental income, 20% (yuan)' },
  'tax-borne': { zh: '由企业承担时的个税（元）', en: 'Tax where the company bears it (yuan)' },
};

/** Returns what the columns are headed with. */
export function headsOf(columns: readonly ExportColumn[], language: 'zh' | 'en'): readonly string[] {
  return columns.map(({ name }) => HEADS[name]?.[language] ?? name);
}
