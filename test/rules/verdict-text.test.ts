import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fen } from '../../src/base/fen.ts';
import type { Loss, Refusal } from '../../src/rules/facts.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import { lossText, refusalText } from '../../src/rules/verdict-text.ts';
import { isLeft } from '../../src/rules/settle.ts';
import { decisionInput, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

const { rule } = decisionInput({ texts: { ...lotteryRule().texts, checkedIn: 'C', chances: 'H' }, who: { text: 'W' } });

describe('the text of a verdict', () => {
  it('is closed, sold out, who may or the limit, by what refused', () => {
    const texts: Partial<Record<Refusal, string>> = {
      stopped: '活动未开放',
      'not-started': '活动未开放',
      ended: '活动未开放',
      'not-eligible': 'W',
      'day-limit': '已抢光',
      'person-limit': '机会用完了',
      'person-day-limit': '机会用完了',
      'cool-down': '机会用完了',
      'no-chance': '机会用完了',
      'win-limit': '机会用完了',
      'win-day-limit': '机会用完了',
    };
    for (const [refusal, text] of Object.entries(texts)) assert.equal(refusalText(rule, refusal as Refusal), text);
  });

  it('is the loss’s own', () => {
    const texts: Readonly<Record<Loss, string>> = {
      blank: '没有中奖',
      'no-milestone': 'C',
      chances: 'H',
      'person-budget': '机会用完了',
      'not-admitted': '机会用完了',
      'sold-out': '已抢光',
      'no-budget': '已抢光',
      'day-budget': '已抢光',
    };
    for (const [loss, text] of Object.entries(texts)) assert.equal(lossText(rule, loss as Loss), text);
  });
});

describe('a prize', () => {
  const left = (limits: object, facts: object = {}, person: object = {}): boolean => {
    const input = decisionInput({ budgetFen: 100, limits });
    const [prize] = input.rule.prizes;
    assert.ok(prize);
    return isLeft({ ...input, activity: { ...untouched, ...facts }, person: { ...NEWCOMER, ...person } }, prize);
  };

  it('is left while stock lasts and each budget pays for it to the last fen', () => {
    assert.equal(left({}), true);
    assert.equal(left({}, { spentFen: fen(1) }), false);
    assert.equal(left({}, { drawn: new Map([['one-yuan', 9]]) }), true);
    assert.equal(left({}, { drawn: new Map([['one-yuan', 10]]) }), false);
    assert.equal(left({ budgetFenPerDay: 150 }, { wonTodayFen: fen(50) }), true);
    assert.equal(left({ budgetFenPerDay: 150 }, { wonTodayFen: fen(51) }), false);
    assert.equal(left({ budgetFenPerPerson: 150 }, {}, { spentFen: fen(50) }), true);
    assert.equal(left({ budgetFenPerPerson: 150 }, {}, { spentFen: fen(51) }), false);
  });
});
