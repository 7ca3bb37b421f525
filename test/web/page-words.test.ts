import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageWords } from '../../src/http/presenters/page-words.ts';
import { rulesWords } from '../../src/http/presenters/rules-words.ts';
import { words as english } from '../../src/web/h5/words-en.ts';
import { words as chinese } from '../../src/web/h5/words-zh.ts';

const pairs: readonly (readonly [name: string, ours: unknown, theirs: unknown])[] = [
  ['the page', chinese, english],
  ['documents', pageWords('zh'), pageWords('en')],
  ['rules', rulesWords('zh'), rulesWords('en')],
];

/** Every entry's path with what kind of thing it is. */
function entries(words: unknown, path = ''): readonly string[] {
  if (typeof words !== 'object' || words === null) return [`${path}: ${typeof words}`];
  return Object.entries(words).flatMap(([name, inner]) => entries(inner, `${path}.${name}`));
}

/** Texts that stand in the words themselves, without those that functions make. */
function texts(words: unknown): readonly string[] {
  if (typeof words === 'string') return [words];
  return typeof words === 'object' && words !== null ? Object.values(words).flatMap(texts) : [];
}

for (const [name, ours, theirs] of pairs) {
  it(`${name} in Chinese and in English have the same entries, none of them empty in one only`, () => {
    assert.deepEqual(entries(theirs).toSorted(), entries(ours).toSorted());
    assert.deepEqual(
      texts(theirs).map((text) => text === ''),
      texts(ours).map((text) => text === ''),
    );
  });
}

it('nothing Chinese is left in what the page says in English, but names of what WeChat itself shows', () => {
  const own = /使用完整服务|我的红包|中文/g;
  const left = texts(english).filter((text) => /\p{Script=Han}/u.test(text.replace(own, '')));
  assert.deepEqual(left, []);
});
