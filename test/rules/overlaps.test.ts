import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldWord } from '../../src/rules/fold-word.ts';
import { overlapsOf } from '../../src/rules/overlaps.ts';
import type { Overlap } from '../../src/rules/overlaps.ts';
import { chooseByText } from '../../src/rules/trigger.ts';
import type { Candidate } from '../../src/rules/trigger.ts';
import { triggerSchema } from '../../src/rules/trigger-schema.ts';
import { readTriggerWord } from '../../src/rules/trigger-word.ts';
import type { WordMatch, WrittenWord } from '../../src/rules/trigger-word.ts';

type Named = Candidate & { readonly name: string };

function live(
  name: string,
  words: readonly (readonly [WordMatch, string])[],
  more: Record<string, unknown> = {},
): Named {
  const { priority = 50, ...trigger } = more as { priority?: number };
  const written = words.map(([match, word]) => ({ match, word }));
  return { name, publishedAtMs: 1, rule: { priority, trigger: triggerSchema.parse({ words: written, ...trigger }) } };
}

function told(overlaps: readonly Overlap<Named>[]): readonly string[] {
  return overlaps.map(({ activity, by, kind, winner, pairs }) => {
    const listed = pairs.map(({ own, other, example }) => `${own}/${other}=${example ?? '?'}`).join(' ');
    return `${activity.name} ${by} ${kind} ${winner} ${listed}`.trim();
  });
}

describe('overlaps with live activities', () => {
  const overlaps = (
    own: readonly (readonly [WordMatch, string])[],
    other: readonly (readonly [WordMatch, string])[],
    more: Record<string, unknown> = {},
  ) => told(overlapsOf(live('own', own).rule, [live('other', other, more)]));

  it('are of words that are the same when folded, and the newest answers', () => {
    assert.deepEqual(overlaps([['exact', '领红包8']], [['exact', ' 领红包八！']]), [
      'other words same this 领红包8/领红包八！=领红包8',
    ]);
    assert.deepEqual(overlaps([['exact', 'a']], [['exact', 'b']]), []);
  });

  it('say which of the two answers: the priority, then the better word', () => {
    assert.deepEqual(overlaps([['contains', '红']], [['exact', '红包']]), ['other words same other 红/红包=红包']);
    assert.deepEqual(overlaps([['exact', '红包']], [['prefix', '红']]), ['other words same this 红包/红=红包']);
    assert.deepEqual(overlaps([['exact', '红包']], [['prefix', '红']], { priority: 51 }), [
      'other words same other 红包/红=红包',
    ]);
  });

  it('are certain where one word holds the other, and possible where a text may hold both', () => {
    assert.deepEqual(overlaps([['contains', '红包']], [['contains', '红包雨']]), [
      'other words same other 红包/红包雨=红包雨',
    ]);
    assert.deepEqual(overlaps([['contains', '红包']], [['contains', '雨']]), [
      'other words may-meet this 红包/雨=红包雨',
    ]);
    assert.deepEqual(overlaps([['contains', '雨']], [['prefix', '红包']]), [
      'other words may-meet other 雨/红包=红包雨',
    ]);
    assert.deepEqual(overlaps([['prefix', '雨']], [['prefix', '红包']]), []);
  });

  it('are found for numbers and patterns', () => {
    assert.deepEqual(overlaps([['number', '1-10']], [['number', '10-20']]), ['other words same this 1-10/10-20=10']);
    assert.deepEqual(overlaps([['number', '1-9']], [['number', '10-20']]), []);
    assert.deepEqual(overlaps([['number', '42']], [['exact', '我猜四十二']]), [
      'other words same other 42/我猜四十二=我猜4十2',
    ]);
    assert.deepEqual(overlaps([['number', '42']], [['prefix', '猜']]), ['other words may-meet this 42/猜=猜42']);
    assert.deepEqual(overlaps([['pattern', '我要*红包']], [['exact', '我要大红包']]), [
      'other words same other 我要*红包/我要大红包=我要大红包',
    ]);
    assert.deepEqual(overlaps([['pattern', 'a##']], [['pattern', '(a|b)1*']]), [
      'other words same this a##/(a|b)1*=a10',
    ]);
    assert.deepEqual(overlaps([['pattern', 'a##']], [['contains', '红']]), []);
    assert.deepEqual(overlaps([['pattern', '##']], [['number', '42']]), ['other words same other ##/42=42']);
    assert.deepEqual(overlaps([['pattern', '红包']], [['number', '42']]), []);
  });

  it('are found for words of punctuation', () => {
    assert.deepEqual(overlaps([['exact', '？']], [['exact', '?']]), ['other words same this ？/?=?']);
    assert.deepEqual(overlaps([['exact', '？']], [['contains', '红包']]), []);
    assert.deepEqual(overlaps([['contains', '？']], [['contains', '红包']]), ['other words may-meet this ？/红包=?']);
    assert.deepEqual(overlaps([['pattern', '?']], [['exact', '！']]), ['other words same other ?/！=!']);
  });

  it('are found where a word looks like another activity’s one-time code, and for two pools of one look', () => {
    const shape = { prefix: 'vip', lengthMin: 8, lengthMax: 10, unmistakable: true };
    const shapes = new Map([
      ['summer', shape],
      ['winter', { ...shape, lengthMin: 10, unmistakable: false }],
      ['other', { ...shape, prefix: 'x' }],
    ]);
    const meet = (own: Named, other: Named) => told(overlapsOf(own.rule, [other], shapes));
    const summer = live('summer', [], { codes: 'summer' });
    assert.deepEqual(meet(live('own', [['exact', 'VIP 2222-2']]), summer), [
      'summer codes same this VIP 2222-2/summer=vip22222',
    ]);
    assert.deepEqual(meet(live('own', [['exact', 'vip2222']]), summer), [], 'too short for a code');
    assert.deepEqual(meet(live('own', [['exact', 'vip22220']]), summer), [], 'no such letter in a code');
    assert.deepEqual(meet(live('own', [['prefix', 'vip']]), summer), ['summer codes same other vip/summer=vipaaaaa']);
    assert.deepEqual(meet(live('own', [], { codes: 'winter' }), summer), [
      'summer codes same this winter/summer=vipaaaaaaa',
    ]);
    assert.deepEqual(meet(live('own', [], { codes: 'other' }), summer), []);
    assert.deepEqual(meet(live('own', [], { codes: 'gone' }), summer), []);
  });

  it('are found for follows and codes', () => {
    const own = live('own', [], { follow: 'first', scenes: ['shop', 'door'] });
    const others = [
      live('same', [], { follow: 'every', scenes: ['door'] }),
      live('code', [], { scenes: ['train'] }),
      live('urgent', [], { follow: 'first', priority: 60 }),
      live('none', [], { page: true }),
    ];
    assert.deepEqual(told(overlapsOf(own.rule, others)), [
      'same follow same this',
      'same scenes same this door/door=door',
      'same follow may-meet other',
      'same follow may-meet this',
      'code follow may-meet other',
      'urgent follow same other',
      'urgent follow may-meet other',
    ]);
  });

  it('shows 20 pairs and counts the others', () => {
    const words = Array.from(
      { length: 30 },
      (_, index) => ['contains', `词${String.fromCodePoint(0x5000 + index)}`] as const,
    );
    const [same, possible] = overlapsOf(live('own', words).rule, [live('other', words)]);
    assert.deepEqual([same?.kind, same?.pairs.length, same?.pairCount], ['same', 20, 30]);
    assert.deepEqual([possible?.kind, possible?.pairs.length, possible?.pairCount], ['may-meet', 20, 870]);
  });

  it('end soon, also with ten long patterns against as many in 100 activities', () => {
    const patterns = (seed: number) =>
      Array.from({ length: 10 }, (_, index) => ['pattern', `${'*a?b#'.repeat(10)}${seed}${index}`] as const);
    const others = Array.from({ length: 100 }, (_, index) => live(String(index), patterns(index)));
    const started = performance.now();
    const found = overlapsOf(live('own', patterns(7)).rule, others);
    assert.ok(performance.now() - started < 2000);
    assert.equal(found.length, 100, 'what was not looked at may meet');
  });
});

const letters = fc.constantFrom('a', 'b', '1', '!');
const someWord = fc
  .oneof(
    fc.record({
      match: fc.constantFrom('exact', 'prefix', 'contains'),
      word: fc.string({ unit: letters, minLength: 1, maxLength: 3 }),
    }),
    fc.record({ match: fc.constant('number'), word: fc.constantFrom('1', '11', '0-20', '5') }),
    fc.record({ match: fc.constant('pattern'), word: fc.constantFrom('a*', '*1', '#', 'b?', '(a|b)*1', '*a*b*') }),
  )
  .filter(
    ({ match, word }) => !('fault' in readTriggerWord({ match, word } as WrittenWord)),
  ) as fc.Arbitrary<WrittenWord>;
const someText = fc.string({ unit: letters, minLength: 1, maxLength: 6 });

describe('two words', () => {
  const hears = (word: WrittenWord, text: string): boolean =>
    chooseByText(text, [live('x', [[word.match, word.word]])]) !== undefined;

  it('never fit one text without being named, and fit the example', () => {
    fc.assert(
      fc.property(someWord, someWord, someText, (own, other, text) => {
        const candidate = live('other', [[other.match, other.word]]);
        const [overlap, ...more] = overlapsOf(live('own', [[own.match, own.word]]).rule, [candidate]);
        assert.equal(more.length, 0);
        if (hears(own, text) && hears(other, text)) assert.notEqual(overlap, undefined, text);
        const example = overlap?.pairs[0]?.example;
        if (typeof example !== 'string' || foldWord(example) !== example) return;
        assert.ok(hears(own, example) && hears(other, example), example);
      }),
      { numRuns: 5000 },
    );
  });

  it('are answered in the example by the one that is named', () => {
    fc.assert(
      fc.property(someWord, someWord, fc.constantFrom(49, 50, 51), (own, other, priority) => {
        const mine = { ...live('this', [[own.match, own.word]]), publishedAtMs: 2 };
        const candidate = live('other', [[other.match, other.word]], { priority });
        const [overlap] = overlapsOf(mine.rule, [candidate]);
        const example = overlap?.pairs[0]?.example;
        if (typeof example === 'string')
          assert.equal(chooseByText(example, [mine, candidate])?.name, overlap?.winner, example);
      }),
      { numRuns: 5000 },
    );
  });
});
