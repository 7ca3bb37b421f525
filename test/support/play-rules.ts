import type { PagePlay } from '../../src/http/contract/activity-page.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';

const prizes: ActivityRuleInput['prizes'] = [
  { id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 1, stock: 20 },
  { id: 'second', name: '二等奖', kind: 'red-packet', amountFen: 888, tickets: 9, stock: 200 },
  { id: 'third', name: '三等奖', kind: 'red-packet', amountFen: 188, tickets: 90, stock: 2000 },
  { id: 'cup', name: '保温杯', kind: 'text', tickets: 10, stock: 50 },
];
const onPage = { trigger: { words: [], page: true }, prizes, limits: { drawsPerPersonPerDay: 3 } };

/** One activity for each way a page plays. A code wants its pool `caps` built. */
export const PLAY_RULES: Readonly<Record<PagePlay, Partial<ActivityRuleInput>>> = {
  wheel: onPage,
  'nine-grid': { ...onPage, look: { play: 'nine-grid' } },
  scratch: { ...onPage, look: { play: 'scratch' } },
  rain: { ...onPage, look: { play: 'rain' } },
  button: { ...onPage, look: { play: 'button' } },
  code: { ...onPage, mechanic: { kind: 'code', pool: 'caps', prizeId: 'second' } },
  riddle: {
    ...onPage,
    trigger: { words: [{ match: 'exact', word: '红包' }], page: true },
    look: { question: '什么东西大家过年都爱抢？' },
  },
  calendar: {
    ...onPage,
    mechanic: {
      kind: 'check-in',
      milestones: [
        { streakDays: 1, prizeId: 'third' },
        { streakDays: 7, prizeId: 'first' },
      ],
      totals: [{ of: 'month', days: 20, prizeId: 'cup' }],
    },
  },
};
export const PLAYS = Object.keys(PLAY_RULES) as PagePlay[];
