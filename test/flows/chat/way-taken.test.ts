import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wayTaken } from '../../../src/flows/chat/way-taken.ts';
import type { InboundMessage } from '../../../src/flows/ports/messages.ts';

const words = [
  { match: 'exact', word: '抽奖' },
  { match: 'prefix', word: 'CODE' },
  { match: 'contains', word: '红包' },
  { match: 'pattern', word: '我要*' },
] as const;
const text = (content: string) => ({ kind: 'text', content }) as InboundMessage;
const scan = (scene: string | null) => ({ kind: 'event', event: 'scan', scene }) as InboundMessage;

test('a word is counted as the rule has it, never as somebody wrote it', () => {
  const taken = ['抽奖', 'code 4711 my name', '给我红包吧', '我要红烧肉'].map((said) =>
    wayTaken({ words: [...words] }, 'words', text(said)),
  );
  assert.deepEqual(taken, ['words/抽奖', 'words/CODE', 'words/红包', 'words']);
});

test('a scene is counted by its name, and any other way by its kind', () => {
  assert.equal(wayTaken({ words: [] }, 'scenes', scan('shop-1')), 'scenes/shop-1');
  assert.equal(wayTaken({ words: [] }, 'follow', scan(null)), 'follow');
  assert.equal(wayTaken({ words: [...words] }, 'menu', text('抽奖')), 'menu');
});
