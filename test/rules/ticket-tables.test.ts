import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide, luckBounds } from '../../src/rules/engine.ts';
import { lottery, prizeOfTicket } from '../../src/rules/mechanics/lottery.ts';
import type { Play } from '../../src/rules/mechanics/mechanic.ts';
import type { Prize } from '../../src/rules/prize-schema.ts';
import { decisionInput } from '../support/decisions.ts';

const seed = 20_261_121;

/** One table: each prize's tickets and whether any of it is left, and the blanks. */
const tables = fc.record({
  rows: fc.array(fc.record({ tickets: fc.nat(5), left: fc.boolean() }), { minLength: 1, maxLength: 5 }),
  blankTickets: fc.nat(4),
  gone: fc.constantFrom('blank', 'redraw', 'next'),
});
type Table = typeof tables extends fc.Arbitrary<infer Value> ? Value : never;

function prizesOf({ rows }: Table): readonly Prize[] {
  return rows.map(({ tickets }, index) => ({
    id: `p${index}`,
    name: `p${index}`,
    kind: 'red-packet',
    amountFen: 100,
    tickets,
    stock: 1,
  }));
}

/** Plays one ticket with every further draw it asks for; these ways share its weight evenly. */
function* endsOf(table: Table, ticket: number, weight: number): Generator<readonly [name: string, weight: number]> {
  const prizes = prizesOf(table);
  const settings = lottery.schema.parse({ kind: 'lottery', blankTickets: table.blankTickets, gone: table.gone });
  let bound = 1;
  for (let second = 0; second < bound; second += 1) {
    const chance = {
      below: (asked: number) => {
        bound = asked;
        return second;
      },
    };
    const left = ({ id }: Prize): boolean => table.rows[Number(id.slice(1))]?.left === true;
    const { person, atMs, day } = decisionInput();
    const play = { id: 'main', chained: false, prizes, person, atMs, day, ticket, chance, left, trace: [] };
    // A play has more, that a lottery never looks at.
    const { gain } = lottery.play(settings, play as unknown as Play);
    // By `blank` the prize that was drawn comes out, and settling it finds it gone.
    const name = gain === null || !('stock' in gain) || !left(gain) ? 'nothing' : gain.id;
    yield [name, weight / bound];
  }
}

/** How much of the weight of all tickets, `weight` each, a prize has by what the rule states. */
function expected({ rows, blankTickets, gone }: Table, index: number, weight: number): number {
  const row = rows[index];
  if (row === undefined || !row.left) return 0;
  const goneTickets = rows.reduce((sum, { tickets, left }) => sum + (left ? 0 : tickets), 0);
  if (gone === 'blank') return row.tickets * weight;
  if (gone === 'redraw') {
    const leftTickets = rows.reduce((sum, { tickets, left }) => sum + (left ? tickets : 0), blankTickets);
    return row.tickets === 0 ? 0 : row.tickets * weight + (goneTickets * row.tickets * weight) / leftTickets;
  }
  if (row.tickets === 0) return 0;
  let tickets = row.tickets;
  for (let before = index - 1; before >= 0; before -= 1) {
    const one = rows[before];
    if (one === undefined || (one.left && one.tickets > 0)) break;
    if (!one.left) tickets += one.tickets;
  }
  return tickets * weight;
}

// Every number from 1 to 29 divides it, which is the most tickets such a table has.
const WEIGHT = 2_329_089_562_800;

describe('10,000 random tables with prizes that are gone', () => {
  it('give each prize that is left exactly its share by every policy, over every ticket and every second draw', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const total = table.rows.reduce((sum, { tickets }) => sum + tickets, table.blankTickets);
        const tally = new Map<string, number>();
        for (let ticket = 0; ticket < total; ticket += 1) {
          for (const [name, weight] of endsOf(table, ticket, WEIGHT)) tally.set(name, (tally.get(name) ?? 0) + weight);
        }
        for (const index of table.rows.keys()) {
          assert.equal(tally.get(`p${index}`) ?? 0, expected(table, index, WEIGHT), `p${index}`);
        }
        assert.equal(
          [...tally.values()].reduce((sum, weight) => sum + weight, 0),
          total * WEIGHT,
        );
      }),
      { seed, numRuns: 10_000 },
    );
  });
});

describe('several ticket tables in one rule', () => {
  it('are drawn each by its own ticket, with its own odds, and none by another’s', () => {
    const few = { kind: 'lottery', blankTickets: 1 } as const;
    const many = { kind: 'lottery', blankTickets: 7 } as const;
    const prizes = [
      { id: 'gold', name: '金', kind: 'red-packet', amountFen: 500, tickets: 1, stock: 100 },
      { id: 'tin', name: '锡', kind: 'red-packet', amountFen: 100, tickets: 2, stock: 100 },
    ] as const;
    const input = decisionInput({ mechanic: few, chained: [{ id: 'many', mechanic: many }], prizes: [...prizes] });
    assert.deepEqual(luckBounds(input.rule), [4, 10]);
    for (let own = 0; own < 10; own += 1) {
      for (let other = 0; other < 4; other += 1) {
        const luck = { tickets: [other, own], seed: '' };
        const { verdict } = decide({ ...input, luck, start: 'many' });
        const won = prizeOfTicket(own, input.rule.prizes)?.id ?? 'blank';
        assert.equal(verdict.outcome === 'won' ? verdict.prizeId : verdict.why, won);
        assert.equal(verdict.ticket, own);
      }
    }
  });
});
