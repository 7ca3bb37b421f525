import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';

let server: TestConsole;
let anna: Caller;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  anna = await new Caller(server).logIn('owner', 'anna');
});

after(() => server.close());

const { texts } = lotteryRule();
const said = (lose: string) =>
  lotteryRule({ limits: { drawsPerPerson: 3 }, budgetFen: 1000, texts: { ...texts, lose } });

test('versions are listed with who and when, and any two or the draft are compared in words', async () => {
  const created = await anna.post('/activities', { accountId: 'main', slug: 'v', name: '版本', draft: said('一') });
  const { id, slug, name, revision } = created.body.activity;
  const here = `/activities/${id}`;
  assert.deepEqual((await anna.get(`${here}/versions`)).body, { versions: [] });
  let at = (await anna.post(`${here}/publish`, { revision })).body.activity.revision;
  const berta = await new Caller(server).logIn('operator', 'berta');
  for (const lose of ['二', '三']) {
    const saved = await berta.send('PUT', here, { revision: at, slug, name, draft: said(lose) });
    at = saved.body.activity.revision;
    if (lose === '二') at = (await berta.post(`${here}/publish`, { revision: at })).body.activity.revision;
  }
  const { versions } = (await anna.get(`${here}/versions`)).body;
  assert.deepEqual(
    versions.map((one: Record<string, unknown>) => [one['version'], one['publishedBy'], one['inForce']]),
    [
      [2, 'berta', true],
      [1, 'anna', false],
    ],
  );
  assert.ok(versions[0].publishedAtMs >= versions[1].publishedAtMs);
  const changes = async (from: string | number, to: string | number) =>
    (await anna.get(`${here}/changes?from=${from}&to=${to}`)).body.changes;
  const change = (before: string, is: string) => [
    {
      path: 'texts.lose',
      label: { zh: '文案 · 没中奖时', en: 'Texts · of a blank' },
      before: { zh: before, en: before },
      after: { zh: is, en: is },
    },
  ];
  assert.deepEqual(await changes(1, 2), change('一', '二'));
  assert.deepEqual(await changes(2, 'draft'), change('二', '三'));
  assert.deepEqual(await changes(2, 2), []);
});

test('a version there is not and a draft with faults are named', async () => {
  const created = await anna.post('/activities', { accountId: 'main', slug: 'w', name: '版本', draft: { prizes: [] } });
  const here = `/activities/${created.body.activity.id}`;
  const missing = await anna.get(`${here}/changes?from=1&to=draft`);
  assert.deepEqual([missing.status, missing.body.code], [404, 'version-not-found']);
  const faulty = await anna.get(`${here}/changes?from=draft&to=draft`);
  assert.deepEqual([faulty.status, faulty.body.code], [409, 'rule-faulty']);
  assert.ok(faulty.body.faults.length > 0);
  assert.equal((await anna.get(`${here}/changes?from=none&to=1`)).status, 400);
  assert.equal((await anna.get(`/activities/${'f'.repeat(32)}/versions`)).status, 404);
});
