import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { permissionsOf } from '../../src/flows/permissions.ts';
import type { Role } from '../../src/flows/ports/operators.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { buildActivity, buildWin, somebody } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { mentionsOf } from '../support/erasure-world.ts';

const ROLES: readonly Role[] = ['owner', 'operator', 'finance', 'support', 'viewer'];
const AT = new Date('2026-11-21T12:00:00+08:00');

let server: TestConsole;
let activity: BuiltActivity;
const callers = {} as Record<Role, Caller>;

before(async () => {
  server = await startConsole();
  activity = await buildActivity(server.database.client);
  for (const role of ROLES) callers[role] = await new Caller(server).logIn(role);
});
after(() => server.close());

async function follower(): Promise<string> {
  const openid = somebody();
  await server.database.client.query(
    `insert into follower (account_id, openid, following, first_followed_at, followed_at, scene, union_id, seen_at)
     values ('main', $1, true, $2, $2, 'shop', 'u-secret', $2)`,
    [openid, AT],
  );
  await server.database.client.query(
    `insert into web_profile (account_id, openid, nickname, picture_url, seen_at) values ('main', $1, '小王', null, $2)`,
    [openid, AT],
  );
  return openid;
}

test('people are seen by those who may see people, and erased by those who may erase them', async () => {
  const routes = consoleRouteTable(server.dependencies).filter((route) => route.path.startsWith('/people/'));
  assert.deepEqual(Object.fromEntries(routes.map(({ name, access }) => [name, access])), {
    showPerson: 'people.view',
    showStory: 'people.view',
    takableMiniPackets: 'people.view',
    personalData: 'people.erase',
    erasePerson: 'people.erase',
  });
  const openid = await follower();
  for (const role of ROLES) {
    const may = permissionsOf(role).includes('people.view');
    assert.equal((await callers[role].get(`/people/main/${openid}`)).status, may ? 200 : 403, role);
  }
  for (const role of ['operator', 'finance', 'viewer'] as const) {
    const { status, body } = await callers[role].post(`/people/main/${openid}/erase`);
    assert.deepEqual([status, body.code], [403, 'not-permitted'], role);
  }
  assert.ok((await mentionsOf(server.database.client, openid)).includes('follower.openid'));
});

test('a person is shown with follow, nickname and no erasure, and without the union id', async () => {
  const openid = await follower();
  const { status, body } = await callers.support.get(`/people/main/${openid}`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(body, {
    accountId: 'main',
    openid,
    nickname: '小王',
    follower: {
      following: true,
      firstFollowedAtMs: AT.getTime(),
      followedAtMs: AT.getTime(),
      leftAtMs: null,
      scene: 'shop',
      seenAtMs: AT.getTime(),
    },
    lists: [],
    erasure: null,
  });
});

test('an erasure at request is finished at once where nothing is owed, and asking again is no fault', async () => {
  const openid = await follower();
  const erased = await callers.support.post(`/people/main/${openid}/erase`);
  assert.equal(erased.status, 200, JSON.stringify(erased.body));
  assert.deepEqual(
    [erased.body.follower, erased.body.nickname, erased.body.erasure.state, erased.body.erasure.reason],
    [null, null, 'finished', 'request'],
  );
  const operator = await server.database.client.query(`select id from operator where name = 'support'`);
  assert.equal(erased.body.erasure.requestedBy, operator.rows[0]?.id);
  assert.deepEqual(await mentionsOf(server.database.client, openid), []);
  const again = await callers.owner.post(`/people/main/${openid}/erase`);
  assert.deepEqual([again.status, again.body.erasure.state], [200, 'finished']);
  assert.ok(server.log.lines.some(({ event }) => event === 'person-erasure-begun'));
  assert.ok(!server.log.lines.some(({ fields }) => JSON.stringify(fields).includes(openid)), 'logs have it shortened');
});

test('an erasure of somebody with a payout on its way waits, and says so', async () => {
  const win = await buildWin(server.database.client, activity);
  const { status, body } = await callers.owner.post(`/people/main/${win.openid}/erase`);
  assert.deepEqual([status, body.erasure.state, body.erasure.finishedAtMs], [200, 'waiting', null]);
  const shown = await callers.viewer.get(`/people/main/${win.openid}`);
  assert.equal(shown.status, 403);
  assert.equal((await callers.support.get(`/people/main/${win.openid}`)).body.erasure.state, 'waiting');
});

test('what cannot be anybody is not found, and a body with fields is refused', async () => {
  const cases = [
    ['/people/main/not.an.openid', 'person-not-found'],
    ['/people/NOT/oTest0000', 'person-not-found'],
    ['/people/nobody/oTest0000', 'account-not-found'],
    [`/people/main/x:${'a'.repeat(43)}`, 'person-not-found'],
  ] as const;
  for (const [path, code] of cases) {
    const shown = await callers.owner.get(path);
    assert.deepEqual([shown.status, shown.body.code], [404, code], path);
    const erased = await callers.owner.post(`${path}/erase`);
    assert.deepEqual([erased.status, erased.body.code], [404, code], path);
  }
  const openid = somebody();
  const refused = await callers.owner.post(`/people/main/${openid}/erase`, { now: true });
  assert.deepEqual([refused.status, refused.body.code], [400, 'request-invalid']);
  const rows = await server.database.client.query('select 1 from erasure where openid = $1', [openid]);
  assert.equal(rows.rowCount, 0);
});

test('the API’s description has both', async () => {
  const { body } = await callers.viewer.get('/openapi.json');
  assert.ok(body.paths['/api/console/people/{account}/{openid}']?.get ?? body.paths['/people/{account}/{openid}']?.get);
});
