import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { buildAccount, buildActivity } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { Answer, TestConsole } from '../support/console.ts';

const REPLIES = '/accounts/main/replies';

let server: TestConsole;
let activity: BuiltActivity;
let elsewhere: BuiltActivity;
let operator: Caller;
let viewer: Caller;

before(async () => {
  server = await startConsole();
  const { client } = server.database;
  activity = await buildActivity(client, {
    rule: { trigger: { words: [{ match: 'contains', word: '抽奖' }], page: true } },
  });
  const account = await buildAccount(client, { id: 'other', appId: `wx${'a'.repeat(16)}` });
  elsewhere = await buildActivity(client, { account });
  operator = await new Caller(server).logIn('operator');
  viewer = await new Caller(server).logIn('viewer');
});

beforeEach(() => server.database.client.query('delete from keyword_reply'));
after(() => server.close());

const add = (words: string[], more: object = {}): Promise<Answer> =>
  operator.post(REPLIES, { words, match: 'exact', reply: '好的', ...more });
const words = async (): Promise<string[]> =>
  (await viewer.get(REPLIES)).body.replies.map((reply: { words: string[] }) => reply.words.join());

test('replies are added at the end, changed by revision, switched off, ordered and removed', async () => {
  const first = await add([' 地址 ', '在哪'], { reply: '<a href="https://a.example/?x=1&y=2">地图</a>' });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.reply.reply, '<a href="https://a.example/?x=1&y=2">地图</a>', 'links stay as written');
  const second = await add(['电话']);
  assert.deepEqual(await words(), ['地址,在哪', '电话']);

  const { id, revision } = second.body.reply;
  const path = `${REPLIES}/${id}`;
  const changed = await operator.send('PATCH', path, { revision, reply: '400', activityId: activity.id });
  assert.deepEqual(
    [changed.body.reply.reply, changed.body.reply.activityId, changed.body.reply.revision, changed.body.reply.words],
    ['400', activity.id, revision + 1, ['电话']],
  );
  const stale = await operator.send('PATCH', path, { revision, enabled: false });
  assert.deepEqual([stale.status, stale.body.code, stale.body.present.reply], [409, 'revision-stale', '400']);
  assert.equal((await operator.send('DELETE', `${path}?revision=${revision}`)).body.code, 'revision-stale');

  const order = [id, first.body.reply.id];
  const ordered = await operator.send('PUT', `${REPLIES}/order`, { ids: order });
  assert.deepEqual(
    ordered.body.replies.map((reply: { id: string }) => reply.id),
    order,
  );
  for (const ids of [[id], [...order, order[0]], [id, id], []]) {
    const { status, body } = await operator.send('PUT', `${REPLIES}/order`, { ids });
    assert.deepEqual([status, body.code, body.present.length], [409, 'replies-changed', 2]);
  }
  const removed = await operator.send('DELETE', `${path}?revision=${revision + 1}`);
  assert.deepEqual([removed.status, removed.body.replies.length], [200, 1]);
  assert.equal((await operator.send('DELETE', `${path}?revision=1`)).body.code, 'reply-not-found');
  assert.equal((await operator.send('DELETE', `${path}?revision=x`)).body.code, 'request-invalid');
  const events = server.log.lines.map(({ event }) => event).filter((event) => event.startsWith('keyword-'));
  assert.deepEqual(events, [
    'keyword-reply-added',
    'keyword-reply-added',
    'keyword-reply-changed',
    'keyword-replies-ordered',
    'keyword-reply-removed',
  ]);
});

test('an exact word belongs to one reply that is on, whatever its case, width and spaces', async () => {
  const first = await add(['Menu']);
  const taken = await add(['x', ' ｍｅｎｕ ']);
  assert.deepEqual([taken.status, taken.body.code, taken.body.faults[0].path], [400, 'reply-faulty', 'words.1']);
  assert.equal((await add(['menu'], { match: 'contains' })).status, 200, 'a contained word is looked for later');
  const off = await add(['menu'], { enabled: false });
  assert.equal(off.status, 200);
  const path = `${REPLIES}/${off.body.reply.id}`;
  const on = await operator.send('PATCH', path, { revision: 1, enabled: true });
  assert.equal(on.body.code, 'reply-faulty');
  await operator.send('PATCH', `${REPLIES}/${first.body.reply.id}`, { revision: 1, enabled: false });
  assert.equal((await operator.send('PATCH', path, { revision: 1, enabled: true })).status, 200);
  const racers = await Promise.all([add(['同时']), add(['同时']), add(['同时'])]);
  assert.deepEqual(statusesOf(racers), [200, 400, 400]);
});

test('what a reply cannot be is named by its field', async () => {
  for (const [given, code, path] of [
    [{ words: [] }, 'request-invalid', 'words'],
    [{ words: [' '] }, 'request-invalid', 'words.0'],
    [{ words: ['a', 'Ａ'] }, 'reply-faulty', 'words.1'],
    [{ words: ['我的红包'] }, 'reply-faulty', 'words.0'],
    [{ words: ['\u0000'] }, 'reply-faulty', 'words.0'],
    [{ reply: '' }, 'request-invalid', 'reply'],
    [{ reply: '红'.repeat(683) }, 'request-invalid', 'reply'],
    [{ match: 'regex' }, 'request-invalid', 'match'],
    [{ activityId: 'x' }, 'activity-unknown', 'activityId'],
    [{ activityId: '0'.repeat(32) }, 'activity-unknown', 'activityId'],
    [{ activityId: elsewhere.id }, 'activity-unknown', 'activityId'],
  ] as const) {
    const { status, body } = await operator.post(REPLIES, { words: ['w'], match: 'exact', reply: 'r', ...given });
    assert.deepEqual([status, body.code, body.faults[0]?.path], [400, code, path], JSON.stringify(given));
  }
  assert.deepEqual(await words(), []);
  assert.equal((await operator.get('/accounts/none/replies')).body.code, 'account-not-found');
  assert.equal(
    (await operator.post('/accounts/none/replies', { words: ['w'], match: 'exact', reply: 'r' })).status,
    404,
  );
});

test('a word that a live activity listens to is said to be the activity’s', async () => {
  const { body } = await add(['地址', '我要抽奖']);
  assert.deepEqual(
    body.reply.warnings.map((warning: { word: string; activityId: string }) => [warning.word, warning.activityId]),
    [['我要抽奖', activity.id]],
  );
  assert.deepEqual((await viewer.get(REPLIES)).body.replies[0].warnings, body.reply.warnings);
  const off = await operator.send('PATCH', `${REPLIES}/${body.reply.id}`, { revision: 1, enabled: false });
  assert.deepEqual(off.body.reply.warnings, []);
});

test('who only views changes nothing', async () => {
  for (const [method, path, body] of [
    ['POST', REPLIES, { words: ['w'], match: 'exact', reply: 'r' }],
    ['PUT', `${REPLIES}/order`, { ids: [] }],
    ['DELETE', `${REPLIES}/x?revision=1`, undefined],
  ] as const) {
    assert.equal((await viewer.send(method, path, body)).body.code, 'not-permitted');
  }
});
