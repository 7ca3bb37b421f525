import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { batcherOver, follower, messageKey, wallClock } from '../support/draws.ts';
import { lotteryRule } from '../support/live-activity.ts';

let server: TestConsole;
let anna: Caller;
let made = 0;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  anna = await new Caller(server).logIn('owner', 'anna');
});

after(() => server.close());

function draft(changes: Parameters<typeof lotteryRule>[0] = {}) {
  made += 1;
  const rule = lotteryRule({ limits: { drawsPerPerson: 3 }, budgetFen: 1000, ...changes });
  return { accountId: 'main', slug: `api-${made}`, name: '春节抽奖', draft: rule };
}

async function publishedActivity(changes?: Parameters<typeof lotteryRule>[0]) {
  const created = await anna.post('/activities', draft(changes));
  assert.equal(created.status, 200, JSON.stringify(created.body));
  const { id, revision } = created.body.activity;
  const published = await anna.post(`/activities/${id}/publish`, { revision });
  assert.equal(published.status, 200, JSON.stringify(published.body));
  return published.body.activity;
}

const pathOf = (path: string): string =>
  path
    .replace(':id', 'f'.repeat(32))
    .replace(':account', 'main')
    .replace(':number', 'none')
    .replace(':day', '2026-11-20');

test('every route but those that let somebody in asks for a session, and none answers without', async () => {
  const table = consoleRouteTable(server.dependencies);
  assert.ok(table.length >= 30);
  assert.deepEqual(
    table.filter((route) => route.access === 'anyone').map((route) => route.name),
    ['logIn', 'signIn', 'beginSetUp', 'finishSetUp'],
  );
  for (const cookie of ['', 'console_session=', `console_session=${'A'.repeat(43)}`]) {
    const nobody = new Caller(server);
    for (const route of table.filter((line) => line.access !== 'anyone')) {
      nobody.cookie = cookie;
      const body = route.method === 'GET' ? undefined : {};
      const { status, body: problem } = await nobody.send(route.method, pathOf(route.path), body);
      assert.deepEqual([status, problem.code], [401, 'not-signed-in'], route.name);
    }
  }
});

test('a request that changes something is refused from another site, whatever the cookie', async () => {
  const table = consoleRouteTable(server.dependencies).filter((route) => route.method !== 'GET');
  const foreign: readonly Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
  ];
  for (const route of table) {
    for (const headers of foreign) {
      const { status, body } = await anna.send(route.method, pathOf(route.path), {}, headers);
      assert.deepEqual([status, body.code], [403, 'foreign-origin'], `${route.name} ${JSON.stringify(headers)}`);
    }
  }
  const form = await anna.send('POST', '/activities', 'x=1', { 'content-type': 'text/plain' });
  assert.deepEqual([form.status, form.body.code], [415, 'body-not-json']);
});

test('the session cookie is out of reach for scripts and other sites, and ends with the log-out', async () => {
  const caller = new Caller(server);
  const token = await server.link('cookie');
  const { cookie, body } = await caller.post('/login', { token });
  assert.match(
    cookie ?? '',
    /^console_session=[\w-]{43}; Path=\/api\/console; Expires=[^;]+ GMT; HttpOnly; SameSite=Strict$/,
  );
  assert.equal(body.operator.name, 'cookie');
  assert.deepEqual((await caller.get('/me')).body, body);
  const again = await new Caller(server).post('/login', { token });
  assert.deepEqual([again.status, again.body.code], [401, 'login-link-invalid']);
  const kept = caller.cookie;
  assert.match((await caller.post('/logout')).cookie ?? '', /^console_session=; .*Expires=Thu, 01 Jan 1970/);
  caller.cookie = kept;
  assert.equal((await caller.get('/me')).status, 401);
});

test('no token and no session is ever logged', async () => {
  const caller = new Caller(server);
  const token = await server.link('logged');
  await caller.post('/login', { token });
  const said = JSON.stringify(server.log.lines);
  assert.ok(!said.includes(token) && !said.includes(caller.cookie.split('=')[1] ?? ''));
});

test('an activity goes from draft to published to stopped', async () => {
  const created = await anna.post('/activities', { ...draft(), draft: { trigger: 'later' } });
  assert.equal(created.status, 200);
  const { id, slug, revision } = created.body.activity;
  assert.ok(created.body.faults.some((fault: { path: string }) => fault.path === 'prizes'));
  assert.equal(created.body.activity.pageUrl, `${server.url}/a/${slug}`);

  const faulty = await anna.post(`/activities/${id}/publish`, { revision });
  assert.deepEqual([faulty.status, faulty.body.code], [400, 'rule-faulty']);
  const { draft: rule } = draft({ budgetFen: 500, whenBudgetEnds: 'nobody-wins' });
  const saved = await anna.send('PUT', `/activities/${id}`, { revision, slug, name: '改名', draft: rule });
  assert.deepEqual(saved.body.faults, []);
  const stale = await anna.send('PUT', `/activities/${id}`, { revision, slug, name: '晚了', draft: rule });
  assert.deepEqual([stale.status, stale.body.code], [409, 'revision-stale']);

  const published = await anna.post(`/activities/${id}/publish`, { revision: saved.body.activity.revision });
  assert.equal(published.body.activity.state, 'published');
  assert.equal(published.body.rule.budgetFen, 500);
  assert.deepEqual(
    published.body.warnings.map((warning: { code: string }) => warning.code),
    ['budget-below-worst-case'],
  );
  assert.deepEqual(published.body.numbers, {
    budgetFen: 500,
    spentFen: 0,
    draws: 0,
    wins: 0,
    prizes: [{ prizeId: 'one-yuan', stock: 10, drawn: 0 }],
    days: [],
  });
  const listed = await anna.get('/activities');
  const line = listed.body.activities.find((activity: { id: string }) => activity.id === id);
  assert.deepEqual([line.name, line.state, line.mechanic, line.budgetFen], ['改名', 'published', 'lottery', 500]);

  const stopped = await anna.post(`/activities/${id}/stop`);
  assert.equal(stopped.body.activity.state, 'stopped');
  assert.equal((await anna.get(`/activities/${id}`)).body.activity.state, 'stopped');
});

test('a request with faults names each field', async () => {
  const { status, body } = await anna.post('/activities', { accountId: 'main', slug: 'No Good', name: ' ', extra: 1 });
  assert.deepEqual([status, body.code], [400, 'request-invalid']);
  assert.deepEqual(body.faults.map((fault: { path: string }) => fault.path).sort(), ['', 'draft', 'name', 'slug']);
  const unknown = await anna.post('/activities', { ...draft(), accountId: 'Main!' });
  assert.deepEqual([unknown.body.code, unknown.body.faults[0].path], ['account-unknown', 'accountId']);
  for (const id of ['x', 'f'.repeat(32), '%00']) assert.equal((await anna.get(`/activities/${id}`)).status, 404, id);
});

test('draws, awards and books come newest first in pages that join without gap or repeat', async () => {
  const { id, slug } = await publishedActivity({ mechanic: { kind: 'lottery', blankTickets: 1 }, limits: {} });
  const directory = createActivityDirectory({
    pool: server.pool,
    clock: wallClock,
    logger: server.log,
    parseRule: (stored) => activityRuleSchema.parse(stored),
  });
  const activity = await directory.bySlug(slug);
  assert.ok(activity);
  const batcher = batcherOver(createDrawStore(server.pool));
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      batcher.draw({ activity, openid: follower(index), key: messageKey(`${slug}-${index}`), render: (text) => text }),
    ),
  );
  const all = async (list: string) => {
    const rows: Record<string, unknown>[] = [];
    let after = '';
    for (let page = 0; page < 20; page += 1) {
      const { status, body } = await anna.get(`/activities/${id}/${list}?limit=7${after}`);
      assert.equal(status, 200, JSON.stringify(body));
      rows.push(...body.rows);
      if (body.next === null) return rows;
      after = `&after=${body.next}`;
    }
    return assert.fail('the list does not end');
  };
  const draws = await all('draws');
  assert.equal(new Set(draws.map((draw) => draw['requestKey'])).size, 60);
  assert.deepEqual(
    draws,
    draws.toSorted((one, two) => Number(two['atMs']) - Number(one['atMs'])),
  );
  const awards = await all('awards');
  assert.equal(awards.length, 10);
  assert.ok(awards.every((award) => award['state'] === 'reserved' && String(award['orderNumber']).startsWith('test')));
  const won = draws.find((draw) => draw['outcome'] === 'won');
  assert.ok(won);
  assert.deepEqual([won['amountFen'], won['prizeId'], won['why']], [100, 'one-yuan', null]);
  assert.ok((won['steps'] as unknown[]).length > 0);

  const entries = await all('books');
  assert.equal(entries.length, 11);
  const { body } = await anna.get(`/activities/${id}/books`);
  assert.deepEqual(body.sums, [
    { account: 'budget', debitFen: 1000, creditFen: 1000, balanceFen: 0 },
    { account: 'funding', debitFen: 0, creditFen: 1000, balanceFen: -1000 },
    { account: 'reserved', debitFen: 1000, creditFen: 0, balanceFen: 1000 },
  ]);
  assert.equal(body.spentFen, 1000);
  const { numbers } = (await anna.get(`/activities/${id}`)).body;
  assert.deepEqual([numbers.draws, numbers.wins, numbers.spentFen, numbers.prizes[0].drawn], [60, 10, 1000, 10]);
  assert.deepEqual([numbers.days.length, numbers.days[0].draws], [1, 60]);
});

test('a cursor that is none of ours is a wrong request', async () => {
  const { id } = await publishedActivity();
  const word = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const after of ['x', word([1]), word(['a', 'b']), word([1e300, 'a']), word([1, 'a\u0000']), word([-1, 'a'])]) {
    for (const list of ['draws', 'awards', 'books']) {
      const { status, body } = await anna.get(`/activities/${id}/${list}?after=${after}`);
      assert.deepEqual([status, body.code], [400, 'cursor-invalid'], `${list} ${after}`);
    }
  }
  const books = await anna.get(`/activities/${id}/books?after=${word([1, '9'.repeat(16)])}`);
  assert.equal(books.body.code, 'cursor-invalid');
  assert.equal((await anna.get(`/activities/${id}/draws?limit=201`)).body.code, 'request-invalid');
});

test('the description lists every route of the table with its access, and the rule', async () => {
  const { body } = await anna.get('/openapi.json');
  assert.equal(body.openapi, '3.1.1');
  for (const route of consoleRouteTable(server.dependencies)) {
    const operation = body.paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    assert.equal(operation?.operationId, route.name);
    assert.equal(operation['x-access'], route.access);
    const { 'application/json': json, '*/*': file } = operation.responses[200].content;
    assert.ok(json?.schema.type === 'object' || file !== undefined, route.name);
  }
  const schema = await anna.get('/rule-schema');
  assert.equal(schema.body.properties.budgetFen.type, 'integer');
  assert.deepEqual(body.components.schemas.ActivityRule.required, schema.body.required);
});

test('an activity pauses and goes on as often as one likes, by whoever may publish', async () => {
  const { id } = await publishedActivity();
  const viewer = await new Caller(server).logIn('viewer', 'looks-on');
  for (let turn = 0; turn < 2; turn += 1) {
    assert.equal((await viewer.post(`/activities/${id}/pause`)).status, 403);
    assert.equal((await anna.post(`/activities/${id}/pause`)).body.activity.state, 'paused');
    assert.equal((await anna.post(`/activities/${id}/pause`)).body.code, 'activity-not-published');
    assert.equal((await viewer.get('/activities')).body.activities[0].state, 'paused');
    assert.equal((await viewer.post(`/activities/${id}/resume`)).status, 403);
    assert.equal((await anna.post(`/activities/${id}/resume`)).body.activity.state, 'published');
  }
  assert.equal((await anna.post(`/activities/${id}/resume`)).body.code, 'activity-not-paused');
});
