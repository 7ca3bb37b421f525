import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';

let server: TestConsole;
let anna: Caller;
before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  await buildAccount(server.database.client, { id: 'second', appId: 'wx0000000000000002' });
  anna = await new Caller(server).logIn('owner', 'anna');
});
after(() => server.close());

type Trigger = ActivityRuleInput['trigger'];

async function created(slug: string, trigger: Trigger, given: Partial<ActivityRuleInput> & { account?: string } = {}) {
  const { account = 'main', ...changes } = given;
  const rule = lotteryRule({ limits: { drawsPerPerson: 3 }, budgetFen: 1000, trigger, ...changes });
  const { status, body } = await anna.post('/activities', {
    accountId: account,
    slug,
    name: `活动${slug}`,
    draft: rule,
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function published(...given: Parameters<typeof created>) {
  const { activity } = await created(...given);
  const { status, body } = await anna.post(`/activities/${activity.id}/publish`, { revision: activity.revision });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const word = (match: 'exact' | 'contains' | 'pattern', text: string) => ({ match, word: text });

test('a draft and its publication name what they share with live activities, and are not stopped by it', async () => {
  const old = await published('old', { words: [word('contains', '红包')], follow: 'first' });
  assert.deepEqual(old.overlaps, []);
  await published('elsewhere', { words: [word('exact', '领红包')] }, { account: 'second' });
  await created('unpublished', { words: [word('exact', '领红包')] });

  const draft = await created('new', { words: [word('exact', '领红包'), word('exact', '别的')], follow: 'every' });
  const expected = [
    {
      activityId: old.activity.id,
      activityName: '活动old',
      by: 'follow',
      kind: 'same',
      winner: 'this',
      pairs: [],
      pairCount: 0,
    },
    {
      activityId: old.activity.id,
      activityName: '活动old',
      by: 'words',
      kind: 'same',
      winner: 'this',
      pairs: [{ own: '领红包', other: '红包', example: '领红包' }],
      pairCount: 1,
    },
  ];
  assert.deepEqual(draft.overlaps, expected);
  const { id, revision } = draft.activity;
  const answer = await anna.post(`/activities/${id}/publish`, { revision });
  assert.deepEqual([answer.status, answer.body.overlaps], [200, expected], 'it does not overlap itself');
  assert.deepEqual((await anna.get(`/activities/${old.activity.id}`)).body.overlaps.length, 2);

  const stopped = await anna.post(`/activities/${id}/stop`);
  assert.deepEqual(stopped.body.overlaps, []);
  assert.deepEqual((await anna.get(`/activities/${old.activity.id}`)).body.overlaps, []);
});

test('a draft with faults names none, and a bad pattern is a fault at its own word', async () => {
  const { body } = await anna.post('/activities', {
    accountId: 'main',
    slug: 'faulty',
    name: '坏的',
    draft: lotteryRule({ trigger: { words: [word('exact', '红包'), word('pattern', '我要(红包')] } }),
  });
  assert.deepEqual(body.overlaps, []);
  assert.deepEqual(
    body.faults.map(({ path, message }: { path: string; message: string }) => [path, message]),
    [['trigger.words.1.word', '"(" is never closed (character 3)']],
  );
});

test('a draft names keyword replies it answers before, and the word for awards that answers before it', async () => {
  const reply = { words: ['客服', '红包在哪'], match: 'contains', reply: '稍等', activityId: null, enabled: true };
  const { status, body: saved } = await anna.post('/accounts/main/replies', reply);
  assert.equal(status, 200, JSON.stringify(saved));
  const draft = await created('texts', { words: [word('exact', '红包在哪里'), word('contains', '红包')] });
  assert.deepEqual(draft.textOverlaps, [
    {
      with: 'my-awards',
      replyId: null,
      words: ['我的红包'],
      kind: 'same',
      winner: 'other',
      pairs: [{ own: '红包', other: '我的红包', example: '我的红包' }],
      pairCount: 1,
    },
    {
      with: 'reply',
      replyId: saved.reply.id,
      words: ['客服', '红包在哪'],
      kind: 'same',
      winner: 'this',
      pairs: [
        { own: '红包在哪里', other: '红包在哪', example: '红包在哪里' },
        { own: '红包', other: '红包在哪', example: '红包在哪' },
      ],
      pairCount: 2,
    },
    {
      with: 'reply',
      replyId: saved.reply.id,
      words: ['客服', '红包在哪'],
      kind: 'may-meet',
      winner: 'this',
      pairs: [{ own: '红包', other: '客服', example: '红包客服' }],
      pairCount: 1,
    },
  ]);
});
