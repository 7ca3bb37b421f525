import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createOpenByToken } from '../../src/flows/api/open-by-token.ts';
import { scopes } from '../../src/flows/permissions.ts';
import { apiRouteTable } from '../../src/http/routes/api-routes.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { createApiTokenStore } from '../../src/store/api/api-tokens.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { wallClock } from '../support/draws.ts';
import { Program } from '../support/program.ts';

let server: TestConsole;
let anna: Caller;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  anna = await new Caller(server).logIn('owner', 'anna');
});

after(() => server.close());

async function makeToken(given: readonly string[], expiresAtMs: number | null = null) {
  const made = await anna.post('/api-tokens', { name: 'shop', scopes: given, expiresAtMs });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return { id: made.body.id as string, token: made.body.token as string };
}

const pathOf = (path: string): string => path.replace(':id', 'f'.repeat(32)).replace(':account', 'main');

test('a token opens what its scopes say, is shown once and never stored', async () => {
  const { id, token } = await makeToken(['activities.view']);
  assert.match(token, /^hongbao_[\w-]{43}$/);
  const program = new Program(server.url, token);
  assert.equal((await program.get('/activities')).status, 200);
  const refused = await program.get('/payments');
  assert.deepEqual([refused.status, refused.body.code], [403, 'not-permitted']);
  const { body } = await anna.get('/api-tokens');
  const line = body.tokens.find((one: { id: string }) => one.id === id);
  assert.deepEqual(
    [line.name, line.madeByName, line.scopes, line.lastAddress],
    ['shop', 'anna', ['activities.view'], '127.0.0.1'],
  );
  assert.ok(line.lastUsedAtMs > 0);
  const stored = JSON.stringify((await server.pool.query('select * from api_token')).rows);
  assert.ok(!JSON.stringify(body).includes(token) && !stored.includes(token));
  assert.ok(!JSON.stringify(server.log.lines).includes(token));
});

test('without a token, or with one that is none of ours, revoked or over, nothing answers', async () => {
  const nobody = await fetch(`${server.url}/api/v1/activities`);
  assert.deepEqual([nobody.status, nobody.headers.get('www-authenticate')], [401, 'Bearer realm="hongbao"']);
  assert.equal(((await nobody.json()) as { code: string }).code, 'token-missing');
  const cookie = await fetch(`${server.url}/api/v1/activities`, { headers: { cookie: anna.cookie } });
  assert.equal(cookie.status, 401);
  const { id, token } = await makeToken(['activities.view']);
  const short = await makeToken(['activities.view'], Date.now() + 4000);
  assert.equal((await new Program(server.url, short.token).get('/activities')).status, 200);
  assert.equal((await anna.post(`/api-tokens/${id}/revoke`)).status, 200);
  const again = await anna.post(`/api-tokens/${id}/revoke`);
  assert.deepEqual([again.status, again.body.code], [404, 'token-not-found']);
  await new Promise((resolve) => setTimeout(resolve, 4100));
  for (const wrong of [token, short.token, `hongbao_${'A'.repeat(43)}`, 'x']) {
    const { status, body } = await new Program(server.url, wrong).get('/activities');
    assert.deepEqual([status, body.code], [401, 'token-invalid']);
  }
});

test('a token is no session: it opens no page of the console, and asks for no origin', async () => {
  const { token } = await makeToken(['activities.edit']);
  const asSession = await fetch(`${server.url}/api/console/activities`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(asSession.status, 401);
  const asPage = await new Program(server.url, token).send(
    'POST',
    '/drafts/look',
    { accountId: 'main', draft: {} },
    {
      origin: 'https://elsewhere.example',
      'sec-fetch-site': 'cross-site',
    },
  );
  assert.notEqual(asPage.body.code, 'foreign-origin');
});

test('every route for programs asks for its scope, and what is for people alone is not there', async () => {
  const table = consoleRouteTable(server.dependencies);
  const open = apiRouteTable(table);
  assert.ok(open.length >= 40);
  const outside = table.filter(({ name }) => !open.some((route) => route.name === name));
  for (const route of outside) {
    const isScope = scopes.some((scope) => scope === route.access);
    assert.ok(!isScope || route.name === 'decideReissue', `${route.name} is open to programs`);
  }
  for (const name of ['me', 'logIn', 'makeApiToken', 'addAccount', 'changeAccountKeys', 'decideReissue']) {
    assert.ok(
      outside.some((route) => route.name === name),
      name,
    );
  }
  for (const scope of scopes) {
    const { token } = await makeToken([scope]);
    const program = new Program(server.url, token);
    const others = open.filter(({ access }) => access !== 'signed-in' && access !== scope).slice(0, 12);
    for (const { name, method, path } of others) {
      const { status, body } = await program.send(method, pathOf(path), method === 'GET' ? undefined : {});
      assert.deepEqual([status, body.code], [403, 'not-permitted'], `${scope} ${name}`);
    }
  }
});

test('a token sees people only as far as its scopes go, whatever its maker may', async () => {
  const answer = async (given: readonly string[]) => {
    const { operator } = await createOpenByToken({
      tokens: createApiTokenStore(server.pool),
      memory: new ProcessMemory(),
      clock: wallClock,
    })((await makeToken(given)).token, '192.0.2.1');
    return operator;
  };
  const shop = await answer(['payments.view']);
  assert.deepEqual([shop.role, shop.name, shop.scopes], ['owner', 'anna (API: shop)', ['payments.view']]);
});

test('a token may no more than its maker may now', async () => {
  const token = await server.pool
    .query<{ id: string }>(
      "insert into operator (id, name, role, created_at) values ('bo', 'bo', 'owner', '2026-01-01') returning id",
    )
    .then(() =>
      createApiTokenStore(server.pool).make({
        id: 'tok',
        name: 'x',
        scopes: ['payments.operate'],
        madeBy: 'bo',
        expiresAtMs: null,
        nowMs: Date.now(),
      }),
    );
  const program = new Program(server.url, token.token);
  assert.notEqual((await program.post('/payments/resume')).status, 403);
  await server.pool.query("update operator set role = 'viewer' where id = 'bo'");
  assert.equal((await program.post('/payments/resume')).status, 403);
  await server.pool.query("update operator set disabled_at = created_at where id = 'bo'");
  assert.equal((await program.post('/payments/resume')).status, 401);
});

test('a token with faults says which', async () => {
  const faulty = await anna.post('/api-tokens', { name: ' ', scopes: ['everything', 'api.manage'], expiresAtMs: 5 });
  assert.deepEqual([faulty.status, faulty.body.code], [400, 'token-faulty']);
  assert.deepEqual(
    faulty.body.faults.map((fault: { path: string }) => fault.path),
    ['name', 'scopes', 'scopes', 'expiresAtMs'],
  );
  const finance = await new Caller(server).logIn('finance');
  assert.equal((await finance.post('/api-tokens', { name: 'x', scopes: ['money.view'] })).status, 403);
});

test('a token that asks too often is told when to come again, and others are not held up', async () => {
  const [busy, calm] = await Promise.all([makeToken(['activities.view']), makeToken(['activities.view'])]);
  const open = createOpenByToken({
    tokens: createApiTokenStore(server.pool),
    memory: new ProcessMemory(),
    clock: wallClock,
    rates: { token: { capacity: 3, perSecond: 0.01 }, address: { capacity: 6, perSecond: 0.01 } },
  });
  for (const _ of [1, 2, 3]) await open(busy.token, '192.0.2.1');
  const limited = { code: 'too-many-requests', status: 429 };
  await assert.rejects(open(busy.token, '192.0.2.1'), limited);
  await open(calm.token, '192.0.2.1');
  // Whoever guesses tokens is held up before the database is asked.
  await assert.rejects(open('guess', '192.0.2.1'), { code: 'token-invalid' });
  await assert.rejects(open('guess', '192.0.2.1'), limited);
  await open(calm.token, '192.0.2.2');
});
