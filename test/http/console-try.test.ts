import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';

let server: TestConsole;
let api: Caller;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  api = await new Caller(server).logIn();
});

after(() => server?.close());

test('a draft is looked at and tried without anything being stored', async () => {
  const given = { accountId: 'main', name: '还没保存', draft: { ...lotteryRule() } };
  const looked = await api.post('/drafts/look', given);
  assert.equal(looked.status, 200, JSON.stringify(looked.body));
  assert.deepEqual([looked.body.faults, looked.body.page.name, looked.body.page.phase], [[], '还没保存', 'open']);
  const tried = await api.post('/drafts/try', { ...given, days: 2 });
  assert.equal(tried.status, 200, JSON.stringify(tried.body));
  const days = tried.body.samples.find((one: { sample: string }) => one.sample === 'next-days');
  assert.equal(days.draws.length, 2);
  assert.ok(days.draws[0].steps.length > 0 && days.draws[0].text !== '');
  for (const table of ['activity', 'draw', 'participant', 'award']) {
    const { rows } = await server.pool.query(`select count(*)::int as count from ${table}`);
    assert.equal(rows[0].count, 0, table);
  }
});

test('a draft with faults is answered with them, and a wrong question with what is wrong', async () => {
  const looked = await api.post('/drafts/look', { accountId: 'main', name: '', draft: { budgetFen: -1 } });
  assert.ok(looked.body.faults.some(({ path }: { path: string }) => path === 'budgetFen'));
  assert.equal(looked.body.page, null);
  const wrong = await api.post('/drafts/try', { accountId: 'main', name: '', draft: {}, days: 32 });
  assert.deepEqual([wrong.status, wrong.body.faults[0].path], [400, 'days']);
});

test('the form schema carries the words of every field', async () => {
  const { body } = await api.get('/rule-form');
  assert.equal(body.schema.properties.budgetFen.label.zh, '预算');
  assert.equal(body.schema.properties.look.properties.play.choices.wheel.zh, '转盘');
});
