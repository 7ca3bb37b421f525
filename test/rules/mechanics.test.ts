import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts } from '../../src/rules/facts.ts';
import { chances } from '../../src/rules/mechanics/chances.ts';
import { code } from '../../src/rules/mechanics/code.ts';
import { earnedChances, withChances } from '../../src/rules/mechanics/earned-chances.ts';
import { keyword } from '../../src/rules/mechanics/keyword.ts';
import { mechanicId } from '../../src/rules/mechanics/lead.ts';
import { mechanicOf } from '../../src/rules/mechanics/list.ts';
import { cardsLeft, withCardSpent } from '../../src/rules/mechanics/make-up-cards.ts';
import { makeUp } from '../../src/rules/mechanics/make-up.ts';
import type { Play } from '../../src/rules/mechanics/mechanic.ts';
import { owedGains, owedInAll, withOwed } from '../../src/rules/mechanics/owed-gains.ts';
import type { Prize } from '../../src/rules/prize-schema.ts';
import { someDay } from '../support/decisions.ts';

const film: Prize = { id: 'film', name: '电影票', kind: 'text', worthFen: null, tickets: 0, stock: 1 };

/** A newcomer's play, with a code that is free and with a film ticket left. */
function playOf(changes: Partial<Play> = {}): Play {
  return {
    id: 'main',
    chained: false,
    prizes: [film],
    person: NEWCOMER,
    said: null,
    code: { code: 'abcde23456', use: 'free' },
    atMs: 0,
    day: someDay,
    forDay: null,
    startsAtMs: null,
    ticket: 0,
    chance: { below: () => 0 },
    left: () => true,
    trace: [],
    ...changes,
  };
}

/** Somebody of whom the mechanic `main` remembers this. */
const whoHas = (main: unknown): ParticipantFacts => ({ ...NEWCOMER, state: { main } });

describe('a code played for its prize', () => {
  const settings = code.schema.parse({ kind: 'code', pool: 'spring', prizeId: 'film' });
  const lost = { gain: null, why: 'sold-out', ticket: null, person: NEWCOMER };

  it('that is left wins it, and the trace has nothing to say', () => {
    const play = playOf();
    assert.equal(code.play(settings, play).gain, film);
    assert.deepEqual(play.trace, []);
  });

  it('that is gone loses, is not used up, and the trace names the prize', () => {
    const play = playOf({ left: () => false });
    assert.deepEqual(code.play(settings, play), lost);
    assert.deepEqual(play.trace, [{ check: 'prize-left', passed: false, seen: 'film', limit: 'left' }]);
  });

  it('loses where the rule has no such prize, or where there is no code after all', () => {
    assert.deepEqual(code.play(settings, playOf({ prizes: [] })), lost);
    assert.deepEqual(code.play(settings, playOf({ code: null })), lost);
  });
});

describe('a keyword', () => {
  it('whose prize the rule does not have loses as sold out', () => {
    const settings = keyword.schema.parse({ kind: 'keyword', prizeId: 'film' });
    assert.equal(keyword.play(settings, playOf()).gain, film);
    const lost = { gain: null, why: 'sold-out', ticket: null, person: NEWCOMER };
    assert.deepEqual(keyword.play(settings, playOf({ prizes: [] })), lost);
  });
});

describe('chances given', () => {
  it('lead to the mechanic they can be spent in', () => {
    const settings = chances.schema.parse({ kind: 'chances', in: 'wheel', count: 2 });
    assert.deepEqual(chances.reaches(settings), [{ leadsTo: settings, path: ['in'] }]);
  });
});

describe('making up', () => {
  const settings = makeUp.schema.parse({ kind: 'make-up', in: 'main', cardsPerMonth: 2, reachBackDays: 1 });
  const yesterday = '2026-11-20' as BeijingDay;
  /** Whether it is refused, and the trace of it, for who checked in on these days of November only. */
  const refusal = (dates: readonly number[], said: string | null = null, cardsPerMonth = 2) => {
    const months = { '2026-11': dates.reduce((mask, date) => mask | (1 << (date - 1)), 0) };
    const play = playOf({ id: 'up', person: whoHas({ months }), said });
    const refused = makeUp.refuse({ ...settings, cardsPerMonth }, play);
    return [refused?.why ?? null, ...play.trace];
  };
  const cards = { check: 'no-card', passed: true, seen: 2, limit: 1 };
  const step = { check: 'nothing-to-make-up', passed: false, seen: null, limit: someDay };

  it('looks at the cards first, then at the day', () => {
    assert.deepEqual(refusal([19], null, 0), ['no-card', { ...cards, passed: false, seen: 0 }]);
    assert.deepEqual(refusal([19]), [null, cards, { ...step, passed: true, seen: yesterday }]);
    assert.deepEqual(refusal([19], '20'), [null, cards, { ...step, passed: true, seen: yesterday }]);
    assert.deepEqual(refusal([19, 20]), ['nothing-to-make-up', cards, step]);
    assert.deepEqual(refusal([19], '18'), ['nothing-to-make-up', cards, { ...step, seen: '18' }]);
  });

  it('without a missed day spends no card', () => {
    const lost = { gain: null, why: 'not-admitted', ticket: null, person: NEWCOMER };
    assert.deepEqual(makeUp.play(settings, playOf({ id: 'up' })), lost);
  });
});

describe('what a mechanic remembers', () => {
  const at = { day: someDay, cardsPerMonth: 2 };

  it('stands beside what the others remember under the same place', () => {
    const known = { months: {}, chances: 3, owed: { a: 1 } };
    const { state } = withOwed(withCardSpent(withChances(whoHas(known), 'main', 1), 'main', at), 'main', { b: 2 });
    assert.deepEqual(state['main'], { months: {}, chances: 4, month: '2026-11', used: 1, owed: { b: 2 } });
  });

  it('is nothing and starts anew where a text or a number stands in its place', () => {
    for (const spoilt of ['spoilt', 5, null, true]) {
      const person = whoHas(spoilt);
      assert.deepEqual([earnedChances(person, 'main'), cardsLeft(person, 'main', at)], [0, 2]);
      assert.deepEqual(owedGains(person, 'main'), {});
      assert.deepEqual(withChances(person, 'main', 1).state['main'], { chances: 1 });
      assert.deepEqual(withCardSpent(person, 'main', at).state['main'], { month: '2026-11', used: 1 });
      assert.deepEqual(withOwed(person, 'main', { a: 1 }).state['main'], { owed: { a: 1 } });
    }
  });

  it('owes whole numbers of gains above none', () => {
    const person = whoHas({ owed: { once: 1, twice: 2, none: 0, fewer: -1, half: 1.5, text: '3', nothing: null } });
    assert.deepEqual(owedGains(person, 'main'), { once: 1, twice: 2 });
    assert.equal(owedInAll(person, 'main'), 3);
  });
});

describe('the list of mechanics', () => {
  it('names them by 1 to 32 small letters, digits and dashes', () => {
    for (const id of ['a', 'wheel-2', '-', 'x'.repeat(32)]) assert.ok(mechanicId.safeParse(id).success, id);
    for (const id of ['', 'x'.repeat(33), 'Wheel', '!a', 'a!', 'a b']) assert.ok(!mechanicId.safeParse(id).success, id);
  });

  it('says so where settings of none of them come in unparsed', () => {
    const settings = { kind: 'none' } as never;
    assert.throws(() => mechanicOf(settings), /settings are parsed by the list of mechanics/);
  });
});
