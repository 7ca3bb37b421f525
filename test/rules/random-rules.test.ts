import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mechanicSchema } from '../../src/rules/mechanics/list.ts';
import { earnedChances } from '../../src/rules/mechanics/earned-chances.ts';
import { inputSchema, kindsOf } from '../docs/schema-tables.ts';
import { randomHistories, RANDOM_SETTINGS } from '../support/random-rules.ts';
import { assertLaws, playHistory } from '../support/rule-laws.ts';
import type { PlayedRequest } from '../support/rule-laws.ts';

// `npm run fuzz:rules` plays many more.
const FIXED = { seed: 20_261_121, numRuns: 1500 };

const REACHED = (
  'won blank sold-out no-budget day-budget person-budget no-milestone chances not-admitted ' +
  'person-limit person-day-limit win-limit win-day-limit day-limit cool-down no-chance checked-in-today no-card nothing-to-make-up ' +
  'paused not-started ended not-eligible nothing-left ' +
  'code-missing code-unknown code-used code-yours too-many-guesses'
).split(' ');

describe('no order of requests, over random rules of every mechanic,', () => {
  it('leaves a mechanic of the list out', () => {
    const kinds = kindsOf(inputSchema(mechanicSchema)).map(({ kind }) => kind);
    const missing = kinds.filter((kind) => !(kind in RANDOM_SETTINGS));
    assert.deepEqual(missing, [], 'add its random settings to test/support/random-rules.ts');
  });

  it('gives anything beyond stock, budgets or limits; every trace tells its verdict, and draws end in every way', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(randomHistories, (history) => {
        const played = playHistory(history);
        assertLaws(history.rule, played);
        for (const { decision } of played) {
          const { verdict } = decision;
          ends.add(verdict.outcome === 'won' ? 'won' : verdict.why);
        }
      }),
      FIXED,
    );
    assert.deepEqual(
      REACHED.filter((end) => !ends.has(end)),
      [],
    );
  });

  it('lets a refused request change anything of the activity or use anything up', () => {
    fc.assert(
      fc.property(randomHistories, (history) => {
        for (const { before, decision } of playHistory(history)) {
          if (decision.verdict.outcome !== 'refused') continue;
          const { state: _, ...counts } = decision.person;
          const { state: __, ...countsBefore } = before;
          assert.deepEqual(counts, countsBefore);
          assert.deepEqual(decision.marks, []);
          assert.equal(decision.verdict.ticket, null);
        }
      }),
      { ...FIXED, numRuns: 300 },
    );
  });

  it('spends a chance that was not given or gives one that was not told', () => {
    fc.assert(
      fc.property(randomHistories, ({ rule, requests }) => {
        const earned = ['main', ...rule.chained.map(({ id }) => id)].filter((id) => {
          const settings = id === 'main' ? rule.mechanic : rule.chained.find((one) => one.id === id)?.mechanic;
          return settings?.kind === 'lottery' && settings.chances === 'earned';
        });
        const balances = new Map<string, number>();
        for (const played of playHistory({ rule, requests })) {
          for (const id of earned) {
            const name = `${played.person} ${id}`;
            const balance = (balances.get(name) ?? 0) + chancesMoved(played, id);
            assert.ok(balance >= 0);
            assert.equal(earnedChances(played.decision.person, id), balance);
            balances.set(name, balance);
          }
        }
      }),
      { ...FIXED, numRuns: 500 },
    );
  });

  it('counts a Beijing day of checking in twice', () => {
    fc.assert(
      fc.property(randomHistories, (history) => {
        const days = new Map<number, Set<string>>();
        for (const { person, day, decision } of playHistory(history)) {
          const seen = days.get(person) ?? new Set();
          days.set(person, seen);
          for (const mark of decision.marks) {
            if (mark.kind !== 'check-in') continue;
            assert.ok(!seen.has(mark.day));
            assert.equal(mark.madeUp, mark.day < day);
            seen.add(mark.day);
          }
          assert.equal(decision.person.checkIns, seen.size);
        }
      }),
      { ...FIXED, numRuns: 500 },
    );
  });
});

/** How many chances a request gave in a lottery, as its trace tells, less the one it spent by coming in there. */
function chancesMoved({ start, decision: { verdict } }: PlayedRequest, id: string): number {
  if (verdict.outcome === 'refused') return 0;
  const given = verdict.trace
    .filter(({ check, limit }) => check === 'chances' && limit === id)
    .reduce((sum, { seen }) => sum + Number(seen), 0);
  return given - (start === id ? 1 : 0);
}
