import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseByText } from '../../src/rules/trigger.ts';
import type { Candidate } from '../../src/rules/trigger.ts';
import { triggerSchema } from '../../src/rules/trigger-schema.ts';

function candidate(
  name: string,
  match: 'exact' | 'contains',
  word: string,
  publishedAtMs = 0,
): Candidate & { name: string } {
  return { name, publishedAtMs, rule: { trigger: triggerSchema.parse({ words: [{ match, word }] }) } };
}

describe('the activity that answers a text', () => {
  it('is the one whose exact word it is, before one that only contains it', () => {
    const list = [candidate('contains', 'contains', '红包', 9), candidate('exact', 'exact', '领红包', 1)];
    assert.equal(chooseByText('领红包', list)?.name, 'exact');
    assert.equal(chooseByText('我要红包', list)?.name, 'contains');
  });

  it('is the newest where several fit alike', () => {
    const list = [candidate('new', 'exact', 'hi', 2), candidate('old', 'exact', 'hi', 1)];
    assert.equal(chooseByText('hi', list)?.name, 'new');
    assert.equal(chooseByText('hi', list.toReversed())?.name, 'new');
  });

  it('is found whatever the width, case or space around', () => {
    assert.equal(chooseByText('  ＨＩ\n', [candidate('x', 'exact', 'Hi')])?.name, 'x');
  });

  it('is none for an empty text or an unknown word', () => {
    assert.equal(chooseByText('   ', [candidate('x', 'contains', 'a')]), undefined);
    assert.equal(chooseByText('b', [candidate('x', 'contains', 'a')]), undefined);
  });
});
