import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AuditLine } from '../../src/http/contract/console-audit.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { buildAccount } from '../support/builders.ts';
import { setUpOperator } from '../support/console-credentials.ts';
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

async function trail(query = ''): Promise<readonly AuditLine[]> {
  const { status, body } = await anna.get(`/audit${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.rows;
}

test('a change is written with who, from where, and what was before and after', async () => {
  const draft = { ...lotteryRule({ budgetFen: 1000 }), name: undefined };
  const created = await anna.post('/activities', { accountId: 'main', slug: 'told', name: '旧名', draft });
  assert.equal(created.status, 200, JSON.stringify(created.body));
  const { id, revision } = created.body.activity;
  await anna.send('PUT', `/activities/${id}`, { revision, slug: 'told', name: '新名', draft });
  const [edit, create] = await trail();
  assert.deepEqual([create?.action, create?.outcome], ['createActivity', 'done']);
  assert.deepEqual([edit?.action, edit?.actor, edit?.via, edit?.subject], ['editActivity', 'anna', 'console', id]);
  assert.equal(edit?.address.replace('::ffff:', ''), '127.0.0.1');
  assert.deepEqual(
    edit?.changes.find(({ path }) => path === 'name'),
    { path: 'name', before: '旧名', after: '新名' },
  );
});

test('what was refused leaves no entry, a refused log-in does', async () => {
  const before = (await trail())[0]?.number;
  assert.equal((await anna.post('/activities', { name: '' })).status, 400);
  assert.equal((await anna.post(`/activities/${'f'.repeat(32)}/stop`)).status, 404);
  assert.equal((await anna.post('/activities', 'no json')).status, 400);
  assert.equal((await trail())[0]?.number, before);
  await new Caller(server).post('/sign-in', { name: 'mallory', password: 'guess', code: '123456' });
  const [line] = await trail();
  assert.deepEqual([line?.action, line?.actor, line?.outcome], ['signIn', 'mallory', 'refused']);
  assert.deepEqual(line?.request, { name: 'mallory', password: '•••', code: '•••' });
  const pending = await server.pool.query('select 1 from audit_pending');
  assert.equal(pending.rowCount, 0);
});

test('every route that changes something leaves an entry or changed nothing', async () => {
  // Handlers are asked with nothing, so most refuse; what answers 200 must be in the trail.
  const table = consoleRouteTable(server.dependencies).filter((route) => route.method !== 'GET');
  const quiet = ['previewReissue', 'lookAtDraft', 'tryDraft', 'lookUpCode', 'beginSetUp'];
  const boss = await new Caller(server).logIn('owner', 'walker');
  for (const route of table.filter(({ name }) => name !== 'logOut')) {
    const last = (await trail())[0]?.number ?? 0;
    const path = route.path.replaceAll(/:(account)\b/g, 'main').replaceAll(/:\w+/g, 'f'.repeat(32));
    const { status } = await boss.send(route.method, path, {});
    const [line] = await trail();
    if (status === 200 && !quiet.includes(route.name)) assert.equal(line?.action, route.name);
    else if (status !== 401) assert.equal(line?.number, last, `${route.name} ${status}`);
  }
});

test('secrets and openids are in no entry', async () => {
  const openid = `o${'x'.repeat(27)}`;
  const added = await anna.post('/accounts/main/person-lists/blacklist/add', { openids: [openid] });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const keys = { appSecret: '0123456789abcdef0123456789abcdef' };
  await anna.send('PATCH', '/accounts/main/keys', keys);
  await setUpOperator(server, 'masked');
  const text = JSON.stringify((await server.pool.query('select * from audit_entry')).rows);
  for (const secret of [openid, keys.appSecret]) assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes('…xxxx'));
});

test('entries are found by who, what and when, page by page, by owners and finance only', async () => {
  const all = await trail();
  assert.ok((await trail('?actor=mallory')).every(({ actor }) => actor === 'mallory'));
  assert.ok((await trail('?action=signIn')).every(({ action }) => action === 'signIn'));
  const middle = all[3];
  assert.ok(middle);
  assert.deepEqual((await trail(`?after=${middle.number}`))[0]?.number, middle.number - 1);
  assert.equal((await trail(`?until=1000`)).length, 0);
  assert.ok((await trail(`?from=${Math.floor(middle.atMs)}`)).length >= 4);
  assert.equal((await anna.get('/audit?from=soon')).status, 400);
  for (const [role, status] of [
    ['finance', 200],
    ['operator', 403],
    ['support', 403],
    ['viewer', 403],
  ] as const) {
    const caller = await new Caller(server).logIn(role, `reads-${role}`);
    assert.equal((await caller.get('/audit')).status, status, role);
  }
});

test('a change whose end nobody wrote shows as unknown', async () => {
  const { audit } = server.dependencies;
  const intent = {
    actorId: null,
    actorName: 'crashed',
    via: 'console',
    address: '',
    subject: '',
    request: {},
  } as const;
  const lost = await audit.begin({ ...intent, action: 'lost', atMs: Date.now() - 6 * 60_000 });
  const young = await audit.begin({ ...intent, action: 'young', atMs: Date.now() });
  const lines = await trail('?actor=crashed');
  assert.deepEqual(
    lines.map(({ action, outcome }) => [action, outcome]),
    [['lost', 'unknown']],
  );
  // Whoever comes late finds it written.
  await audit.settle(lost, { outcome: 'done', before: null, after: null });
  assert.equal((await trail('?actor=crashed')).length, 1);
  await audit.settle(young, { outcome: 'done', before: null, after: null });
  assert.equal((await trail('?actor=crashed'))[0]?.outcome, 'done');
});
