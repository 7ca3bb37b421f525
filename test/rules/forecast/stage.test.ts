import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import type { ActivityRule, ActivityRuleInput } from '../../../src/rules/activity-rule.ts';
import { NEWCOMER } from '../../../src/rules/facts.ts';
import { stageOf } from '../../../src/rules/forecast/stage.ts';
import { lotteryRule } from '../../support/live-activity.ts';

const FROM_MS = Date.parse('2026-11-20T00:00:00+08:00');
const ruleOf = (changes: Partial<ActivityRuleInput>): ActivityRule => activityRuleSchema.parse(lotteryRule(changes));
const lottery = { kind: 'lottery', blankTickets: 1 } as const;
const voucher = { id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 3, tickets: 1 } as const;
const others = ['words', 'page', 'follow', 'scenes', 'payment', 'batch', 'codes'].map((id) => ({
  id,
  mechanic: lottery,
}));

/** What comes in by which ways, where each has a mechanic of its own. */
function startsBy(trigger: ActivityRuleInput['trigger']): readonly string[] {
  const leads = {
    words: 'words',
    page: 'page',
    follow: 'follow',
    scenes: 'scenes',
    menu: 'batch',
    payment: 'payment',
    batch: 'batch',
    invite: 'batch',
    codes: 'codes',
  };
  const rule = ruleOf({});
  const parsed = { ...rule.trigger, words: [], page: false, ...trigger, leads } as ActivityRule['trigger'];
  return stageOf({ ...rule, trigger: parsed }, FROM_MS).starts;
}

describe('whoever comes', () => {
  it('takes each way that is open, and no other', () => {
    const word = { match: 'exact' as const, word: '抽奖' };
    assert.deepEqual(startsBy({ words: [word] }), ['words']);
    assert.deepEqual(startsBy({ page: true }), ['page']);
    assert.deepEqual(startsBy({ follow: 'first' }), ['follow']);
    assert.deepEqual(startsBy({ follow: 'every' }), ['follow']);
    assert.deepEqual(startsBy({ scenes: ['shop'] }), ['scenes']);
    assert.deepEqual(startsBy({ payment: true }), ['payment']);
    assert.deepEqual(startsBy({ batch: true }), ['batch']);
    assert.deepEqual(startsBy({ codes: 'spring' }), ['codes']);
    assert.deepEqual(startsBy({ page: true, codes: 'spring', words: [word] }), ['words', 'page', 'codes']);
  });

  it('taps no menu and invites nobody, and comes to main where that is all there is', () => {
    assert.deepEqual(startsBy({ menu: true, invite: true }), ['main']);
  });

  it('takes what single words lead to as well, each mechanic once', () => {
    const words = [
      { match: 'exact' as const, word: '抽奖', leadsTo: 'scenes' },
      { match: 'exact' as const, word: '红包' },
      { match: 'exact' as const, word: '新年', leadsTo: 'scenes' },
    ];
    const rule = ruleOf({ trigger: { words, page: true }, chained: others });
    assert.deepEqual(stageOf(rule, FROM_MS).starts, ['main', 'scenes']);
  });
});

describe('what is taken for granted', () => {
  const assumed = (changes: Partial<ActivityRule>): readonly string[] =>
    stageOf({ ...ruleOf({}), ...changes }, FROM_MS).assumes;
  const plain = ruleOf({});
  const code = { kind: 'code', pool: 'spring', prizeId: 'one-yuan' } as unknown as ActivityRule['mechanic'];

  it('is nothing in a plain lottery', () => {
    assert.deepEqual(assumed({}), []);
  });

  it('is each thing that nobody can know before', () => {
    const must = { kind: 'follows' } as unknown as ActivityRule['who']['must'];
    assert.deepEqual(assumed({ who: { ...plain.who, must } }), ['everyone-admitted']);
    assert.deepEqual(assumed({ mechanic: code }), ['codes-valid']);
    assert.deepEqual(assumed({ chained: [{ id: 'code', mechanic: code }] }), ['codes-valid']);
    const prizes = [...plain.prizes, voucher as unknown as ActivityRule['prizes'][number]];
    assert.deepEqual(assumed({ prizes }), ['vouchers-enough']);
    assert.deepEqual(assumed({ trigger: { ...plain.trigger, invite: true } }), ['no-invitations']);
  });
});

describe('a draw on the stage', () => {
  const drawOn = (rule: ActivityRule, changes: object = {}) => {
    const stage = stageOf(rule, FROM_MS);
    const at = { activity: stage.opening, person: NEWCOMER, atMs: FROM_MS, day: stage.opening.day };
    return stage.draw({ ...at, luck: { tickets: [0], seed: '' }, start: 'main', ...changes });
  };

  it('begins with nothing spent, on the day it begins', () => {
    const { opening } = stageOf(ruleOf({}), FROM_MS);
    assert.equal(opening.day, '2026-11-20');
    const { state, spentFen, draws, wins, winsToday, wonTodayFen } = opening;
    assert.deepEqual([state, spentFen, draws, wins, winsToday, wonTodayFen], ['open', 0, 0, 0, 0, 0]);
  });

  it('admits everybody, takes every code for good and has vouchers enough', () => {
    const closed = ruleOf({
      who: { must: { kind: 'followed-for', days: 30 } },
      trigger: { words: [{ match: 'prefix', word: '兑换' }] },
      mechanic: { kind: 'code', pool: 'spring', prizeId: 'film' },
      prizes: [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 3 }],
    } as unknown as Partial<ActivityRuleInput>);
    assert.equal(drawOn(closed).verdict.outcome, 'won');
  });

  it('counts each day anew, and the same day on', () => {
    const rule = ruleOf({ limits: { budgetFenPerDay: 100 } });
    const first = drawOn(rule);
    assert.equal(first.verdict.outcome, 'won');
    const again = drawOn(rule, { activity: first.activity });
    assert.equal(again.verdict.outcome, 'lost');
    const tomorrow = { activity: first.activity, atMs: FROM_MS + 86_400_000, day: '2026-11-21' };
    assert.equal(drawOn(rule, tomorrow).verdict.outcome, 'won');
  });

  it('says nothing but a dash, and nothing where nothing is said', () => {
    const { texts } = stageOf(ruleOf({}), FROM_MS).rule;
    assert.deepEqual(new Set(Object.values(texts)), new Set(['-', null]));
  });
});
