import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { codeSaid, fitsShape, foldCode, maskedCode } from '../../src/rules/code-shape.ts';
import type { CodeShape } from '../../src/rules/code-shape.ts';
import { CodesInBatch } from '../../src/rules/codes-in-batch.ts';
import { decide } from '../../src/rules/engine.ts';
import type { DecisionInput } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts, SaidCode } from '../../src/rules/facts.ts';
import { code } from '../../src/rules/mechanics/code.ts';
import { openid } from '../../src/base/ids.ts';
import type { PrizeId } from '../../src/base/ids.ts';
import { decisionInput, ticketLuck, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

const packet = { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, stock: 10 } as const;
const rule = (mechanic: object = {}, more: Partial<ActivityRuleInput> = {}): Partial<ActivityRuleInput> => ({
  trigger: { codes: 'spring' },
  mechanic: { kind: 'code', pool: 'spring', prizeId: 'one-yuan', ...mechanic },
  prizes: [packet],
  ...more,
});
const said = (use: SaidCode['use'], code = 'abcde23456'): SaidCode => ({ code, use });
const HOUR_MS = 3_600_000;

function ends(changes: Partial<DecisionInput>, given: Partial<ActivityRuleInput> = rule()) {
  const { verdict, person, marks } = decide(decisionInput(given, changes));
  return { end: verdict.outcome === 'won' ? verdict.prizeId : verdict.why, text: verdict.text, person, marks };
}

describe('a one-time code', () => {
  it('wins its prize once and is used up by it', () => {
    const won = ends({ code: said('free') });
    assert.equal(won.end, 'one-yuan');
    assert.deepEqual(won.marks, [{ kind: 'code', pool: 'spring', code: 'abcde23456', forPrize: true }]);
    assert.deepEqual(won.person.state, { main: { guesses: [], used: 1 } });
  });

  it('that cannot be used is refused in words for each case, and leaves no mark', () => {
    for (const [code, end, text] of [
      [null, 'code-missing', /请发送兑换码/],
      [said('unknown'), 'code-unknown', /没有这个兑换码/],
      [said('taken'), 'code-used', /已经被使用/],
      [said('mine'), 'code-yours', /你已经用过/],
    ] as const) {
      const refused = ends({ code });
      assert.deepEqual([refused.end, refused.marks], [end, []]);
      assert.match(refused.text, text);
    }
  });

  it('stays good while its prize is gone, or no budget pays for it', () => {
    const soldOut = { ...untouched, drawn: new Map([['one-yuan' as PrizeId, 10]]) };
    assert.deepEqual(pick(ends({ code: said('free'), activity: soldOut })), ['sold-out', [], {}]);
    const poor = rule({}, { budgetFen: 50 });
    assert.deepEqual(pick(ends({ code: said('free') }, poor)), ['sold-out', [], {}]);
    // A random packet may turn out larger than what is left, after the code was looked at.
    const { amountFen: _, ...random } = packet;
    const luck = rule(
      {},
      { prizes: [{ ...random, kind: 'random-packet', minFen: 100, maxFen: 500, meanFen: 300 }], budgetFen: 100 },
    );
    const tried = Array.from({ length: 40 }, (_, index) =>
      ends({ code: said('free'), luck: ticketLuck(0, index.toString(16).padStart(32, '7')) }, luck),
    );
    const lost = tried.filter(({ end }) => end === 'no-budget');
    assert.ok(lost.length > 0);
    for (const one of lost) assert.deepEqual(pick(one), ['no-budget', [], {}]);
  });

  it('is used up by what it leads to, won or lost', () => {
    const wheel = rule(
      { prizeId: null, leadsTo: { kind: 'draw', in: 'wheel' } },
      { chained: [{ id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 1 } }] },
    );
    const lost = ends({ code: said('free'), luck: { ...ticketLuck(0), tickets: [0, 0] } }, wheel);
    assert.deepEqual([lost.end, lost.marks.length], ['blank', 1]);
  });

  it('may be used as often as the rule says by one person', () => {
    const once = rule({ perPerson: 1 });
    const first = ends({ code: said('free') }, once);
    assert.equal(first.end, 'one-yuan');
    assert.equal(ends({ code: said('free', 'other23456'), person: first.person }, once).end, 'person-limit');
  });

  it('is not looked at after too many guesses, until an hour after the oldest', () => {
    let person: ParticipantFacts = NEWCOMER;
    const atMs = Date.parse('2026-11-21T04:00:00Z');
    for (let guess = 0; guess < 5; guess += 1) {
      const refused = ends({ code: said('unknown'), person, atMs: atMs + guess * 60_000 });
      assert.equal(refused.end, 'code-unknown');
      ({ person } = refused);
    }
    const wait = ends({ code: said('free'), person, atMs: atMs + 300_000 });
    assert.equal(wait.end, 'too-many-guesses');
    assert.match(wait.text, /13:0[01] 之后/, 'the time in Beijing');
    assert.equal(ends({ code: said('free'), person, atMs: atMs + HOUR_MS - 1 }).end, 'too-many-guesses');
    assert.equal(ends({ code: said('free'), person, atMs: atMs + HOUR_MS }).end, 'one-yuan');
    // Whoever goes on guessing at that pace gets one guess for each that grows old.
    const again = ends({ code: said('unknown'), person, atMs: atMs + HOUR_MS });
    assert.equal(ends({ code: said('free'), person: again.person, atMs: atMs + HOUR_MS }).end, 'too-many-guesses');
  });

  it('guessed behind another mechanic counts as a guess, too', () => {
    const chained: Partial<ActivityRuleInput> = {
      mechanic: { kind: 'keyword', leadsTo: { kind: 'draw', in: 'code' } },
      chained: [{ id: 'code', mechanic: { kind: 'code', pool: 'spring', prizeId: 'one-yuan', guessesPerHour: 1 } }],
      prizes: [packet],
    };
    const first = ends({ code: said('unknown'), luck: { ...ticketLuck(0), tickets: [0, 0] } }, chained);
    assert.equal(first.end, 'not-admitted');
    assert.equal(
      ends({ code: said('free'), person: first.person, luck: { ...ticketLuck(0), tickets: [0, 0] } }, chained).end,
      'not-admitted',
    );
  });

  it('reads whatever stands in a person’s memory', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (memory) => {
        const person = { ...NEWCOMER, state: { main: memory } };
        const { end } = ends({ code: said('free'), person });
        assert.ok(end === 'one-yuan' || end === 'too-many-guesses');
      }),
      { numRuns: 300 },
    );
  });
});

describe('the trace of a code', () => {
  const stepsOf = (changes: Partial<DecisionInput>, mechanic: object = {}) => {
    const { trace } = decide(decisionInput(rule(mechanic), changes)).verdict;
    return trace.filter(({ check }) => ['guesses', 'code', 'codes-per-person'].includes(check));
  };
  const guesses = { check: 'guesses', passed: true, seen: 0, limit: 5 };

  it('shows a code by its ends and what use it is', () => {
    for (const use of ['free', 'mine', 'taken', 'unknown'] as const) {
      const step = { check: 'code', passed: use === 'free', seen: 'ab••••56', limit: use };
      assert.deepEqual(stepsOf({ code: said(use) }), [guesses, step]);
    }
    const missing = { check: 'code', passed: false, seen: null, limit: 'missing' };
    assert.deepEqual(stepsOf({ code: null }), [guesses, missing]);
  });

  it('counts the guesses of the last hour and the codes used, against what is allowed', () => {
    const { atMs } = decisionInput();
    const remembered = { guesses: [atMs - HOUR_MS, atMs - HOUR_MS + 1, atMs], used: 2 };
    const person = { ...NEWCOMER, state: { main: remembered } };
    const free = { check: 'code', passed: true, seen: 'ab••••56', limit: 'free' };
    for (const perPerson of [2, 3])
      assert.deepEqual(stepsOf({ code: said('free'), person }, { perPerson }), [
        { ...guesses, seen: 2 },
        free,
        { check: 'codes-per-person', passed: perPerson === 3, seen: 2, limit: perPerson },
      ]);
    assert.deepEqual(stepsOf({ code: said('free'), person }, { guessesPerHour: 2 }), [
      { ...guesses, passed: false, seen: 2, limit: 2 },
    ]);
  });
});

describe('what is remembered of who says codes', () => {
  const { atMs } = decisionInput();
  const after = (main: unknown, use: SaidCode['use'], mechanic: object = {}) =>
    ends({ code: said(use), person: { ...NEWCOMER, state: { main } } }, rule(mechanic)).person.state['main'];

  it('is the latest guesses, as many as count, and stands beside what else is known', () => {
    const others = { chances: 4, guesses: [1, 2], used: 3 };
    assert.deepEqual(after(others, 'unknown', { guessesPerHour: 2 }), { chances: 4, guesses: [2, atMs], used: 3 });
    assert.deepEqual(after(others, 'free'), { chances: 4, guesses: [1, 2], used: 4 });
  });

  it('is nothing where it cannot be read', () => {
    assert.deepEqual(after('spoilt', 'unknown'), { guesses: [atMs], used: 0 });
    assert.deepEqual(after({ used: 1 }, 'free'), { guesses: [], used: 2 });
    for (const used of [1.5, -1, '1', null])
      assert.deepEqual(after({ guesses: 'spoilt', used }, 'free'), { guesses: [], used: 1 });
    assert.deepEqual(after({ guesses: [atMs - 0.5, 'x', 7] }, 'free', { guessesPerHour: 1 }), {
      guesses: [7],
      used: 1,
    });
  });
});

function pick({ end, marks, person }: ReturnType<typeof ends>): readonly unknown[] {
  return [end, marks, person.state];
}

describe('a voucher', () => {
  const vouchers: Partial<ActivityRuleInput> = {
    mechanic: { kind: 'keyword', prizeId: 'film' },
    prizes: [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 3 }],
    texts: { ...lotteryRule().texts, win: '您的{prize}：{code}' },
  };
  it('is told to its winner and marked as handed out', () => {
    const won = ends({ vouchers: new Map([['films', 'AB-1']]) }, vouchers);
    assert.deepEqual([won.end, won.text], ['film', '您的电影票：AB-1']);
    assert.deepEqual(won.marks, [{ kind: 'voucher', pool: 'films', code: 'AB-1' }]);
  });
  it('that is not there cannot be won', () => {
    assert.deepEqual(pick(ends({ vouchers: new Map() }, vouchers)), ['sold-out', [], {}]);
  });
});

describe('the codes of a batch', () => {
  const [anna, bao] = [openid('o-anna'), openid('o-bao')];
  it('belong to the first of two people who say one', () => {
    const codes = new CodesInBatch({ said: new Map([['x', null]]), vouchers: new Map() });
    assert.equal(codes.saidBy(anna, 'x')?.use, 'free');
    codes.left(anna, [{ kind: 'code', pool: 'p', code: 'x', forPrize: true }]);
    assert.deepEqual(
      [codes.saidBy(anna, 'x')?.use, codes.saidBy(bao, 'x')?.use, codes.saidBy(bao, 'y')?.use, codes.saidBy(bao, null)],
      ['mine', 'taken', 'unknown', null],
    );
  });
  it('are handed out in their order until none is left', () => {
    const codes = new CodesInBatch({ said: new Map(), vouchers: new Map([['p', ['a', 'b']]]) });
    const given = [0, 1, 2].map(() => {
      const code = codes.vouchers.get('p');
      if (code !== undefined) codes.left(anna, [{ kind: 'voucher', pool: 'p', code }]);
      return code;
    });
    assert.deepEqual(given, ['a', 'b', undefined]);
  });
});

describe('a rule of codes', () => {
  const faults = (given: Partial<ActivityRuleInput>): readonly string[] => {
    const read = activityRuleSchema.safeParse(lotteryRule(given));
    return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const film = (id: string, pool: string) => ({ id, name: id, kind: 'voucher', pool, stock: 1, tickets: 1 }) as const;
  it('is whole with one pool for its mechanic and one for each voucher', () => {
    assert.deepEqual(faults(rule()), []);
    assert.deepEqual(faults(rule({}, { prizes: [packet, film('a', 'x'), film('b', 'y')] })), []);
  });
  it('takes no pool twice, and codes only where they lead', () => {
    assert.match(faults({ prizes: [film('a', 'x'), film('b', 'x')] }).join(), /prizes\.1\.pool: the pool x is in use/);
    assert.match(faults(rule({}, { prizes: [packet, film('a', 'spring')] })).join(), /spring is in use/);
    assert.match(faults(rule({ pool: 'other' })).join(), /trigger\.codes: main is no mechanic that takes the codes/);
    const two: Partial<ActivityRuleInput> = {
      chained: [{ id: 'b', mechanic: { kind: 'code', pool: 'other', prizeId: 'one-yuan' } }],
    };
    assert.match(faults(rule({}, two)).join(), /codes of one mechanic only/);
  });
  it('says a prize or where a code leads, and not both', () => {
    const message = 'mechanic.prizeId: say a prize or where it leads: one of them';
    assert.deepEqual(faults(rule({ prizeId: null })), [message]);
    assert.deepEqual(faults(rule({ leadsTo: { kind: 'draw', in: 'main' } }))[0], message);
  });
  it('allows 1 to 100 guesses an hour, 1 to 10,000 codes a person and texts of 1 to 600 characters', () => {
    const allowed = (mechanic: object) => code.schema.safeParse({ kind: 'code', pool: 'spring', ...mechanic }).success;
    for (const guessesPerHour of [1, 100]) assert.ok(allowed({ guessesPerHour }));
    for (const guessesPerHour of [0, 101, 1.5]) assert.ok(!allowed({ guessesPerHour }));
    for (const perPerson of [null, 1, 10_000]) assert.ok(allowed({ perPerson }));
    for (const perPerson of [0, 10_001, 1.5]) assert.ok(!allowed({ perPerson }));
    for (const length of [1, 600]) assert.ok(allowed({ texts: { used: '用'.repeat(length) } }));
    for (const length of [0, 601]) assert.ok(!allowed({ texts: { used: '用'.repeat(length) } }));
  });
  it('that was stored before there were codes means what it meant', () => {
    const stored = activityRuleSchema.parse(lotteryRule());
    assert.equal(stored.trigger.codes, null);
  });
});

describe('the way codes are written', () => {
  const shape: CodeShape = { prefix: 'hb', lengthMin: 12, lengthMax: 12, unmistakable: true };
  it('does not count: width, case, spaces and dashes', () => {
    for (const text of [
      'HB23456-789AB',
      'ｈｂ２３４５６７８９ａｂ',
      ' hb 2345 6789 ab ',
      'hb二三四五六七八九AB',
      '“HB23456789AB”。',
    ]) {
      const code = codeSaid(text, [], { ...shape, lengthMin: 12, lengthMax: 12 });
      assert.equal(code, 'hb23456789ab', text);
    }
  });
  it('is known by its form', () => {
    assert.ok(fitsShape('hb23456789ab', shape));
    for (const no of ['hb2345', 'xx23456789ab', 'hb2345678901', 'hb23456789a红', 'hb23456789abc'])
      assert.ok(!fitsShape(no, shape), no);
    assert.ok(fitsShape('hb2345678901', { ...shape, unmistakable: false }));
  });
  it('may stand behind a word, or within a sentence', () => {
    assert.equal(codeSaid('兑换 HB23456789AB', ['兑换'], shape), 'hb23456789ab');
    assert.equal(codeSaid('codeHB23456789AB', ['code'], shape), 'hb23456789ab');
    assert.equal(codeSaid('我的码是 hb23456789ab 谢谢', [], shape), 'hb23456789ab');
    assert.equal(codeSaid('兑换 wrong1', ['兑换'], shape), 'wrong1');
    assert.equal(codeSaid('兑换', ['兑换'], shape), null);
    assert.equal(codeSaid('hb23456789ab', ['hb'], shape), 'hb23456789ab', 'a word that codes begin with cuts none');
  });
  it('folds alike whatever is typed around it, and never throws', () => {
    const letters = Array.from('23456789abcdefghjkmnpqrstuvwxyz');
    const noise = fc.constantFrom('', ' ', '-', '　', '。', '·', '\u200B', '~');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...letters), fc.boolean(), fc.boolean(), noise), {
          minLength: 10,
          maxLength: 10,
        }),
        (parts) => {
          const plain = parts.map(([letter]) => letter).join('');
          const typed = parts
            .map(([letter, upper, wide, between]) => {
              const cased = upper ? letter.toUpperCase() : letter;
              return (wide ? String.fromCodePoint((cased.codePointAt(0) ?? 0) + 0xfee0) : cased) + between;
            })
            .join('');
          assert.equal(foldCode(typed), plain);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        (text, words) => {
          const code = codeSaid(text, words, shape);
          assert.ok(code === null || /^[a-z0-9]{1,64}$/.test(code));
        },
      ),
      { numRuns: 500 },
    );
  });
  it('is shown to those it is not for by its ends only', () => {
    assert.equal(maskedCode('hb23456789ab'), 'hb••••ab');
    assert.equal(maskedCode('1234567'), '••••');
    assert.equal(maskedCode(''), '••••');
  });
});
