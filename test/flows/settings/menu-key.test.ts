import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activityMenuKey, readMenuKey } from '../../../src/flows/settings/menu-key.ts';

const ID = '0123456789abcdef0123456789abcdef';

test('a key names an activity, a reply or the list of awards', () => {
  assert.deepEqual(readMenuKey('activity:new-year'), { kind: 'activity', slug: 'new-year' });
  assert.deepEqual(readMenuKey(activityMenuKey('a')), { kind: 'activity', slug: 'a' });
  assert.deepEqual(readMenuKey(`reply:${ID}`), { kind: 'reply', id: ID });
  assert.deepEqual(readMenuKey('my-awards'), { kind: 'my-awards' });
});

test('any other key is a text, near misses included', () => {
  const keys = ['抽奖', '', 'activity:', 'activity:A', 'activity:-a', `activity:${'a'.repeat(65)}`, 'activity:a\n'];
  for (const key of [...keys, 'reply:', `reply:${ID}0`, `REPLY:${ID}`, 'My-Awards', ' my-awards', 'https://a.b/']) {
    assert.deepEqual(readMenuKey(key), { kind: 'text', text: key }, JSON.stringify(key));
  }
});

test('the longest slug fits into a key', () => {
  assert.ok(Buffer.byteLength(activityMenuKey('a'.repeat(64))) <= 128);
});
