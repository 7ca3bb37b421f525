import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AccountId, Openid } from '../../src/base/ids.ts';
import { meets } from '../../src/rules/conditions.ts';
import { conditionSchema } from '../../src/rules/conditions-schema.ts';
import type { ConditionInput } from '../../src/rules/conditions-schema.ts';
import { factsNeeded, NO_ORIGINS, NOBODY_KNOWN, PeopleInBatch } from '../../src/rules/person-facts.ts';
import type { LoadedPeople, PersonFacts } from '../../src/rules/person-facts.ts';

const MAIN = 'main' as AccountId;
const person = (name: string): Openid => name as Openid;

const fresh: PersonFacts = {
  ...NOBODY_KNOWN,
  wins: { here: [], anywhere: [] },
  drawsAtMs: [],
};

function loaded(people: Readonly<Record<string, PersonFacts>>, more: Partial<LoadedPeople> = {}): LoadedPeople {
  return { people: new Map(Object.entries(people) as [Openid, PersonFacts][]), byOrigin: NO_ORIGINS, ...more };
}

describe('what a rule needs to know', () => {
  const needs = (must: ConditionInput | null, shadow: ConditionInput | null = null) =>
    factsNeeded({
      must: must && conditionSchema.parse(must),
      shadow: shadow && conditionSchema.parse(shadow),
    });

  it('is nothing where nothing is asked, nor for what the request tells itself', () => {
    assert.deepEqual([...needs(null).kinds], []);
    const told: ConditionInput = {
      kind: 'all',
      of: [
        { kind: 'hours', from: '09:00' },
        { kind: 'period', fromMs: 1 },
        { kind: 'account', accounts: ['main'] },
        { kind: 'velocity', per: 'ip', draws: 3, seconds: 60 },
      ],
    };
    assert.deepEqual([...needs(told).kinds], []);
    assert.deepEqual([...needs(told).origins], ['ip']);
  });

  it('covers both what refuses and what is tried, as far as the furthest of its leaves goes', () => {
    const needed = needs(
      {
        kind: 'all',
        of: [
          { kind: 'follows' },
          {
            kind: 'not',
            of: {
              kind: 'any',
              of: [
                { kind: 'listed', list: 'black' },
                { kind: 'won', times: 3 },
              ],
            },
          },
          { kind: 'velocity', draws: 5, seconds: 60 },
        ],
      },
      {
        kind: 'any',
        of: [
          { kind: 'listed', list: 'a' },
          { kind: 'listed', list: 'black' },
          { kind: 'velocity', draws: 2, seconds: 3600 },
          { kind: 'union', counts: 'wins', below: 7 },
          { kind: 'won', in: 'any' },
        ],
      },
    );
    assert.deepEqual([...needed.kinds].toSorted(), ['awards', 'follower', 'lists', 'union', 'velocity']);
    assert.deepEqual(
      [needed.winsMost, needed.drawsMost, needed.drawsWithinSeconds, needed.unionMost, needed.lists],
      [3, 5, 3600, 7, ['a', 'black']],
    );
  });
});

describe('the people of a batch', () => {
  it('are judged by what the batch decided before, each by their own', () => {
    const batch = new PeopleInBatch(MAIN, loaded({ ann: fresh, ben: fresh }));
    batch.drew({ openid: person('ann'), origin: null, atMs: 5 }, true);
    batch.drew({ openid: person('ann'), origin: null, atMs: 6 }, false);
    const ann = batch.factsOf({ openid: person('ann'), origin: null, atMs: 7 }).person;
    assert.deepEqual([ann.wins, ann.drawsAtMs], [{ here: [5], anywhere: [5] }, [6, 5]]);
    assert.deepEqual(batch.factsOf({ openid: person('ben'), origin: null, atMs: 7 }).person, fresh);
  });

  it('share what their union id, address and device have', () => {
    const union = { id: 'u', draws: { here: 1, anywhere: 2 }, wins: { here: 0, anywhere: 0 } };
    const batch = new PeopleInBatch(
      MAIN,
      loaded(
        { ann: { ...fresh, union }, ben: { ...fresh, union }, cat: fresh },
        { byOrigin: { ip: new Map([['192.0.2.1', [1]]]), device: new Map() } },
      ),
    );
    const origin = { ip: '192.0.2.1', device: 'd' };
    batch.drew({ openid: person('ann'), origin, atMs: 5 }, true);
    const ben = batch.factsOf({ openid: person('ben'), origin, atMs: 6 });
    assert.deepEqual(ben.person.union, { id: 'u', draws: { here: 2, anywhere: 3 }, wins: { here: 1, anywhere: 1 } });
    assert.deepEqual([ben.ipDrawsAtMs, ben.deviceDrawsAtMs, ben.person.drawsAtMs], [[5, 1], [5], []]);
    const cat = batch.factsOf({ openid: person('cat'), origin: { ip: null, device: 'e' }, atMs: 6 });
    assert.deepEqual([cat.ipDrawsAtMs, cat.deviceDrawsAtMs, cat.person.union], [null, [], null]);
  });

  it('stay unknown where nothing was loaded of them, whatever they do', () => {
    const batch = new PeopleInBatch(MAIN, loaded({}));
    const asking = { openid: person('ann'), origin: { ip: '192.0.2.1', device: 'd' }, atMs: 5 };
    batch.drew(asking, true);
    const facts = batch.factsOf(asking);
    assert.deepEqual([facts.person, facts.ipDrawsAtMs, facts.deviceDrawsAtMs], [NOBODY_KNOWN, null, null]);
  });

  it('never draw faster than the rule allows, in one batch or in many', () => {
    const rule = conditionSchema.parse({ kind: 'velocity', draws: 3, seconds: 10 });
    const requests = fc.array(
      fc.record({ name: fc.constantFrom('ann', 'ben'), pauseMs: fc.nat(8000), cut: fc.boolean() }),
    );
    fc.assert(
      fc.property(requests, (list) => {
        const drawn: { name: string; atMs: number }[] = [];
        const reload = (): PeopleInBatch => {
          const of = (name: string): PersonFacts => ({
            ...fresh,
            // As the store loads them: the newest three, newest first.
            drawsAtMs: drawn
              .flatMap((draw) => (draw.name === name ? draw.atMs : []))
              .slice(-3)
              .toReversed(),
          });
          return new PeopleInBatch(MAIN, loaded({ ann: of('ann'), ben: of('ben') }));
        };
        let batch = reload();
        let atMs = 1_000_000;
        for (const { name, pauseMs, cut } of list) {
          atMs += pauseMs;
          if (cut) batch = reload();
          const asking = { openid: person(name), origin: null, atMs };
          const { met } = meets(rule, batch.factsOf(asking));
          const lately = drawn.filter((draw) => draw.name === name && draw.atMs > atMs - 10_000).length;
          assert.equal(met, lately < 3);
          if (!met) continue;
          batch.drew(asking, false);
          drawn.push({ name, atMs });
        }
      }),
    );
  });
});
