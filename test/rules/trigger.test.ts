import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldWord } from '../../src/rules/fold-word.ts';
import { numberIn } from '../../src/rules/number-in-text.ts';
import { fitsPattern } from '../../src/rules/pattern.ts';
import { chooseByText, createActivityChooser } from '../../src/rules/trigger.ts';
import type { Candidate } from '../../src/rules/trigger.ts';
import { triggerSchema } from '../../src/rules/trigger-schema.ts';
import { readTriggerWord, WORD_MATCHES } from '../../src/rules/trigger-word.ts';
import type { WordMatch, WrittenWord } from '../../src/rules/trigger-word.ts';

type Named = Candidate & { readonly name: string };

function candidate(
  name: string,
  words: readonly (readonly [WordMatch, string])[],
  { priority = 50, publishedAtMs = 0, ...trigger }: Readonly<Record<string, unknown>> & Partial<Numbers> = {},
): Named {
  const written = words.map(([match, word]) => ({ match, word }));
  return { name, publishedAtMs, rule: { priority, trigger: triggerSchema.parse({ words: written, ...trigger }) } };
}
interface Numbers {
  readonly priority: number;
  readonly publishedAtMs: number;
}

const chosen = (text: string, list: readonly Named[]): string | undefined => chooseByText(text, list)?.name;

describe('the activity that answers a text', () => {
  it('has the best fitting word: exact, number, prefix, pattern, contained', () => {
    const words: readonly (readonly [WordMatch, string])[] = [
      ['contains', '猜'],
      ['pattern', '我猜*'],
      ['prefix', '我猜'],
      ['number', '40-49'],
      ['exact', '我猜42'],
    ];
    const list = words.map((word, index) => candidate(word[0], [word], { publishedAtMs: -index }));
    assert.equal(chosen('我猜42', list), 'exact');
    assert.equal(chosen('我猜43', list), 'number');
    assert.equal(chosen('我猜50', list), 'prefix');
    assert.equal(chosen('我猜50', list.slice(0, 2)), 'pattern');
    assert.equal(chosen('你猜', list), 'contains');
  });

  it('has the operators’ priority before the better word', () => {
    const list = [candidate('exact', [['exact', '红包']]), candidate('urgent', [['contains', '红']], { priority: 51 })];
    assert.equal(chosen('红包', list), 'urgent');
  });

  it('counts a word of any kind as exact when it is the whole text', () => {
    const list = [
      candidate('new', [['contains', '红包']], { publishedAtMs: 2 }),
      candidate('old', [['exact', '红包']], { publishedAtMs: 1 }),
    ];
    assert.equal(chosen('红包', list), 'new');
  });

  it('is the newest where several fit alike, and the first of those published together', () => {
    const list = [
      candidate('new', [['exact', 'hi']], { publishedAtMs: 2 }),
      candidate('same', [['exact', 'hi']], { publishedAtMs: 2 }),
      candidate('old', [['exact', 'hi']], { publishedAtMs: 1 }),
    ];
    assert.equal(chosen('hi', list), 'new');
    assert.equal(chosen('hi', list.toReversed()), 'same');
  });

  it('is found whatever the width, case, space, punctuation or digits', () => {
    assert.equal(chosen('  ＨＩ , 四二！\n', [candidate('x', [['exact', 'Hi 42']])]), 'x');
    assert.equal(chosen('答案：八', [candidate('riddle', [['exact', '答案8']])]), 'riddle');
  });

  it('answers a riddle by any of its answers', () => {
    const riddle = candidate('riddle', [
      ['exact', '太阳'],
      ['exact', 'sun'],
      ['number', '8'],
    ]);
    for (const answer of ['太阳', 'SUN！', '我觉得是八']) assert.equal(chosen(answer, [riddle]), 'riddle', answer);
  });

  it('is found by punctuation alone, also at the beginning or inside', () => {
    assert.equal(chosen('？', [candidate('x', [['exact', '?']])]), 'x');
    assert.equal(chosen('？？', [candidate('x', [['exact', '?']])]), undefined);
    assert.equal(chosen('在吗？', [candidate('x', [['contains', '?']])]), 'x');
    assert.equal(chosen('!在吗？', [candidate('x', [['prefix', '！']])]), 'x');
  });

  it('is none for an empty text, an unknown word, or a pattern and a text nobody means by it', () => {
    assert.equal(chosen('   ', [candidate('x', [['contains', 'a']])]), undefined);
    assert.equal(chosen('b', [candidate('x', [['contains', 'a']])]), undefined);
    assert.equal(chosen('b', []), undefined);
    const any = candidate('x', [['pattern', 'a*']]);
    assert.equal(chosen(`a${'b'.repeat(199)}`, [any]), 'x');
    assert.equal(chosen(`a${'b'.repeat(200)}`, [any]), undefined);
  });

  it('is the one a reference finds that looks at every word', () => {
    fc.assert(
      fc.property(fc.array(someCandidate, { maxLength: 8 }), someText, (list, text) => {
        const named = list.map((one, index) => ({ ...one, name: String(index) }));
        assert.equal(chosen(text, named), slowly(text, named)?.name);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes less than a millisecond among 200 activities with 50 words each', () => {
    const list = Array.from({ length: 200 }, (_, index) =>
      candidate(
        String(index),
        Array.from({ length: 50 }, (__, word) => [kindOf(word), `${hanzi(index)}${hanzi(word)}词`]),
      ),
    );
    const chooser = createActivityChooser<Named>();
    for (const [length, limitMs] of [
      [60, 1],
      [680, 3],
    ] as const) {
      const texts = Array.from({ length: 200 }, (_, seed) =>
        Array.from({ length }, (__, at) => hanzi((seed * 7 + at * 13) % 300)).join(''),
      );
      chooser.byText(texts[0] ?? '', list);
      const eachMs = Array.from({ length: 3 }, () => {
        const started = performance.now();
        for (const text of texts) chooser.byText(text, list);
        return (performance.now() - started) / texts.length;
      });
      // The fastest of three: what else the machine does is no cost of choosing.
      assert.ok(Math.min(...eachMs) < limitMs, `${eachMs.join(', ')} ms for ${length} characters`);
    }
  });
});

describe('the activity that answers an arrival', () => {
  const chooser = createActivityChooser<Named>();
  const first = candidate('first', [], { follow: 'first', publishedAtMs: 1 });
  const every = candidate('every', [], { follow: 'every' });
  const code = candidate('code', [], { scenes: ['shop', 'door'], publishedAtMs: -1 });
  const byFollow = (scene: string | null, isFirst: boolean, list: readonly Named[]) => {
    const entered = chooser.byFollow({ scene, first: isFirst }, list);
    return entered && [entered.activity.name, entered.by];
  };

  it('by a first follow, or by any', () => {
    assert.deepEqual(byFollow(null, true, [first, every]), ['first', 'follow']);
    assert.deepEqual(byFollow(null, false, [first, every]), ['every', 'follow']);
    assert.equal(byFollow(null, false, [first]), undefined);
    assert.equal(byFollow('shop', false, [first]), undefined);
  });

  it('by a code before the follow itself, unless the priority says otherwise', () => {
    assert.deepEqual(byFollow('shop', true, [first, every, code]), ['code', 'scenes']);
    const urgent = candidate('urgent', [], { follow: 'every', priority: 60 });
    assert.deepEqual(byFollow('shop', true, [urgent, code]), ['urgent', 'follow']);
    const both = candidate('both', [], { follow: 'first', scenes: ['shop'] });
    assert.deepEqual(byFollow('shop', true, [both]), ['both', 'scenes']);
  });

  it('by a scanned code, the newest of those that listen to it', () => {
    const newer = candidate('newer', [], { scenes: ['door'], publishedAtMs: 5 });
    assert.equal(chooser.byScene('door', [code, newer])?.activity.name, 'newer');
    assert.equal(chooser.byScene('shop', [code, newer])?.activity.name, 'code');
    assert.equal(chooser.byScene('lost', [code, newer]), undefined);
  });
});

const letters = fc.constantFrom('a', 'b', '红', '1', '七', '!', ' ');
const someText = fc.string({ unit: letters, maxLength: 8 });
const someWord = fc.oneof(
  fc.record({
    match: fc.constantFrom('exact', 'prefix', 'contains'),
    word: fc.string({ unit: letters, maxLength: 3 }),
  }),
  fc.record({ match: fc.constant('number'), word: fc.constantFrom('1', '7', '1-20', '17') }),
  fc.record({ match: fc.constant('pattern'), word: fc.constantFrom('a*', '*1', '#', '红?', '(a|红)*') }),
) as fc.Arbitrary<WrittenWord>;
const someCandidate = fc
  .record({
    words: fc.array(
      someWord.filter(({ word }) => foldWord(word) !== ''),
      { maxLength: 4 },
    ),
    priority: fc.constantFrom(0, 50, 51, 100),
    publishedAtMs: fc.nat(3),
  })
  .map(({ words, priority, publishedAtMs }) => ({
    publishedAtMs,
    rule: { priority, trigger: triggerSchema.parse({ words }) },
  }));

/** The order of the issue, word by word. */
function slowly(text: string, list: readonly Named[]): Named | undefined {
  const fitting = list.flatMap((one, index) => {
    const ranks = one.rule.trigger.words.map((word) => slowRank(text, word)).filter((rank) => rank >= 0);
    return ranks.length === 0 ? [] : [{ one, index, rank: Math.min(...ranks) }];
  });
  fitting.sort(
    (left, right) =>
      right.one.rule.priority - left.one.rule.priority ||
      left.rank - right.rank ||
      right.one.publishedAtMs - left.one.publishedAtMs ||
      left.index - right.index,
  );
  return fitting[0]?.one;
}

function slowRank(text: string, word: WrittenWord): number {
  const read = readTriggerWord(word);
  const said = foldWord(text);
  if ('fault' in read || said === '') return -1;
  const rank = WORD_MATCHES.indexOf(read.match);
  if (read.match === 'number') {
    const number = numberIn(text);
    return number !== null && number >= read.range.low && number <= read.range.high ? rank : -1;
  }
  if (read.match === 'pattern') return fitsPattern(read.pattern, said) ? rank : -1;
  if (said === read.folded) return 0;
  // Words of signs alone look at the signs of the text.
  const against = read.signs ? text.normalize('NFKC').toLowerCase().replace(/\s/g, '') : said;
  const fits = read.match === 'prefix' ? against.startsWith(read.folded) : against.includes(read.folded);
  return fits && read.match !== 'exact' ? rank : -1;
}

function kindOf(index: number): WordMatch {
  return index % 10 === 0 ? 'exact' : index % 10 === 1 ? 'prefix' : 'contains';
}

/** One of the common characters, by number. */
function hanzi(index: number): string {
  return String.fromCodePoint(0x5000 + index);
}

describe('a word that leads to a mechanic of its own', () => {
  const word = (match: WordMatch, written: string, leadsTo?: string) => ({ match, word: written, leadsTo });
  const calendar = (...words: readonly object[]): Named => {
    const trigger = triggerSchema.parse({ words });
    return { name: 'calendar', publishedAtMs: 1, rule: { priority: 50, trigger } };
  };
  const leadOf = (text: string, list: readonly Named[]) => {
    const found = createActivityChooser<Named>().enteredByText(text, list);
    return found && [found.activity.name, found.leadsTo];
  };

  it('is told beside the activity, and nothing where the word names none', () => {
    const list = [calendar(word('exact', '签到'), word('prefix', '补签', 'make-up'))];
    assert.deepEqual(leadOf('签到', list), ['calendar', undefined]);
    assert.deepEqual(leadOf('补签', list), ['calendar', 'make-up']);
    assert.deepEqual(leadOf('补签11-18', list), ['calendar', 'make-up']);
  });

  it('is the first of the list where several of one activity fit alike, whatever other activities listen to', () => {
    const words = [word('contains', '签', 'one'), word('contains', '补签', 'two')];
    const other = candidate('other', [['contains', '别的']], { publishedAtMs: 0 });
    assert.deepEqual(leadOf('我要补签', [calendar(...words), other]), ['calendar', 'one']);
    assert.deepEqual(leadOf('我要补签', [calendar(...words.toReversed()), other]), ['calendar', 'two']);
  });
});

describe('a text that looks like a one-time code', () => {
  const shape = { prefix: '', lengthMin: 10, lengthMax: 10, unmistakable: true };
  const coded = (name: string, more: Partial<Named> = {}): Named => {
    const { rule, ...base } = candidate(name, []);
    return { ...base, codeShape: shape, rule: { ...rule, trigger: { ...rule.trigger, codes: 'spring' } }, ...more };
  };
  const entered = (text: string, list: readonly Named[]) => {
    const found = createActivityChooser<Named>().enteredByText(text, list);
    return found && [found.activity.name, found.by];
  };
  it('reaches the activity that takes codes, after exact words and before any other', () => {
    const exact = candidate('exact', [['exact', 'abcde23456']]);
    const prefix = candidate('prefix', [['prefix', 'abc']]);
    assert.deepEqual(entered('ABCDE-23456', [prefix, coded('codes')]), ['codes', 'codes']);
    assert.deepEqual(entered('ABCDE-23456', [exact, coded('codes')]), ['exact', 'words']);
    assert.deepEqual(entered('ABCDE-2345', [prefix, coded('codes')]), ['prefix', 'words']);
    assert.equal(entered('helloworld', [coded('codes')]), undefined, 'no generated code has an l or an o');
  });
  it('reaches nobody where the rule names no pool, or the pool is not known', () => {
    assert.equal(entered('abcde23456', [coded('codes', { codeShape: null })]), undefined);
    assert.equal(entered('abcde23456', [{ ...candidate('plain', []), codeShape: shape }]), undefined);
  });
});
