import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '../../src/flows/ports/operators.ts';
import { buildActivity, somebody } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

let server: TestConsole;
const callers = {} as Record<Role, Caller>;
const LISTS = '/accounts/main/person-lists';

before(async () => {
  server = await startConsole();
  await buildActivity(server.database.client);
  for (const role of ['owner', 'operator', 'finance', 'support', 'viewer'] as const) {
    callers[role] = await new Caller(server).logIn(role);
  }
});
after(() => server.close());

const csv = { 'content-type': 'text/csv; charset=utf-8' };
const importing = (list: string, text: string, headers: Record<string, string> = csv) =>
  callers.operator.send('POST', `${LISTS}/${list}/import`, text, headers);
const sorted = (count: number): string[] => Array.from({ length: count }, () => somebody()).toSorted();

test('people are put on a list, shown page by page with who added them, and taken off', async () => {
  const people = sorted(5);
  const added = await callers.operator.post(`${LISTS}/black/add`, { openids: [...people, ` ${people[0]} `] });
  assert.deepEqual([added.status, added.body], [200, { named: 5, changed: 5 }]);
  const again = await callers.support.post(`${LISTS}/black/add`, { openids: [people[0], somebody()] });
  assert.deepEqual(again.body, { named: 2, changed: 1 });
  assert.deepEqual((await callers.finance.get(LISTS)).body, { lists: [{ list: 'black', people: 6 }] });
  const first = await callers.finance.get(`${LISTS}/black?limit=4`);
  const rest = await callers.finance.get(`${LISTS}/black?limit=4&after=${first.body.next}`);
  const rows = [...first.body.rows, ...rest.body.rows] as { openid: string; addedBy: string; addedAtMs: number }[];
  assert.deepEqual([first.body.rows.length, rest.body.rows.length, rest.body.next], [4, 2, null]);
  assert.deepEqual(
    rows.map(({ openid }) => openid).filter((openid) => people.includes(openid)),
    people,
  );
  const operators = await server.database.client.query<{ id: string }>(
    `select id from operator where name = 'operator'`,
  );
  assert.equal(rows.filter(({ addedBy }) => addedBy === operators.rows[0]?.id).length, 5);
  const person = await callers.support.get(`/people/main/${people[0]}`);
  assert.deepEqual(
    person.body.lists.map(({ list }: { list: string }) => list),
    ['black'],
  );
  const removed = await callers.operator.post(`${LISTS}/black/remove`, { openids: [people[0], somebody()] });
  assert.deepEqual(removed.body, { named: 2, changed: 1 });
  assert.deepEqual((await callers.support.get(`/people/main/${people[0]}`)).body.lists, []);
  assert.ok(server.log.lines.some(({ event }) => event === 'person-list-added-to'));
});

test('one faulty openid and nobody is put on the list; each is named by its place', async () => {
  const openids = [somebody(), '小王', somebody(), '', 'o o'];
  const { status, body } = await callers.owner.post(`${LISTS}/faulty/add`, { openids });
  assert.deepEqual([status, body.code], [400, 'openids-faulty']);
  assert.deepEqual(
    body.faults.map(({ path }: { path: string }) => path),
    ['openids.1', 'openids.3', 'openids.4'],
  );
  assert.match(body.message, /3 of 5 are no openids, so nothing was changed/);
  assert.match(body.faults[0].message, /^"小王" is no openid/);
  const lists = (await callers.owner.get(LISTS)).body.lists as { list: string }[];
  assert.ok(!lists.some(({ list }) => list === 'faulty'));
});

test('ten thousand people are one request, and one more are too many', async () => {
  const openids = sorted(10_000);
  const { status, body } = await callers.operator.post(`${LISTS}/many/add`, { openids });
  assert.deepEqual([status, body], [200, { named: 10_000, changed: 10_000 }]);
  const over = await callers.operator.post(`${LISTS}/many/remove`, { openids: [...openids, somebody()] });
  assert.deepEqual([over.status, over.body.code], [400, 'request-invalid']);
  const gone = await callers.operator.post(`${LISTS}/many/remove`, { openids });
  assert.deepEqual(gone.body, { named: 10_000, changed: 10_000 });
});

test('a CSV file is read by its column of openids, with names that hold commas and lines', async () => {
  const [ann, ben, cat] = sorted(3);
  const text = `\uFEFF姓名,OpenID,备注\r\n"王,小",${ann},"他说""好""\n第二行"\r\n\r\n李,${ben},\r\n李,${ann},重复`;
  assert.deepEqual((await importing('csv', text)).body, { named: 2, changed: 2 });
  const plain = await importing('csv', `${cat}\n${ann}\n`, { 'content-type': 'text/plain' });
  assert.deepEqual(plain.body, { named: 2, changed: 1 });
});

test('a file with faulty lines changes nothing and says which they are', async () => {
  const text = `openid\n${somebody()}\n小王\n${somebody()}\n"a\nb"\n!`;
  const { status, body } = await importing('lines', text);
  assert.deepEqual([status, body.code], [400, 'openids-faulty']);
  assert.deepEqual(
    body.faults.map(({ path }: { path: string }) => path),
    ['lines.3', 'lines.5', 'lines.7'],
  );
  const cases = [
    ['', csv, 'openids-faulty', 400],
    ['P\0K\0', csv, 'file-not-text', 400],
    ['o'.repeat(20_000), csv, 'file-not-text', 400],
    [`"${'\n'.repeat(20_000)}`, csv, 'file-not-text', 400],
    [`${'o1\n'.repeat(100_001)}`, csv, 'file-too-long', 400],
    ['o1', { 'content-type': 'application/json' }, 'file-type-wrong', 415],
  ] as const;
  for (const [file, headers, code, expected] of cases) {
    const refused = await importing('lines', file, headers);
    assert.deepEqual([refused.status, refused.body.code], [expected, code]);
  }
  const lists = (await callers.owner.get(LISTS)).body.lists as { list: string }[];
  assert.ok(!lists.some(({ list }) => list === 'lines'));
});

test('thirty thousand people are imported from one file', async () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `oBig${String(index).padStart(24, '0')}`).join('\n');
  const { status, body } = await importing('big', text);
  assert.deepEqual([status, body], [200, { named: 30_000, changed: 30_000 }]);
});

test('who may see people sees lists, who may list people changes them, and nothing is listed elsewhere', async () => {
  const openids = [somebody()];
  for (const [role, see, change] of [
    ['owner', 200, 200],
    ['operator', 200, 200],
    ['support', 200, 200],
    ['finance', 200, 403],
    ['viewer', 403, 403],
  ] as const) {
    assert.equal((await callers[role].get(LISTS)).status, see, role);
    assert.equal((await callers[role].post(`${LISTS}/roles/add`, { openids })).status, change, role);
    assert.equal((await callers[role].send('POST', `${LISTS}/roles/import`, openids[0], csv)).status, change, role);
  }
  for (const [path, status, code] of [
    ['/accounts/nobody/person-lists', 404, 'account-not-found'],
    ['/accounts/NO/person-lists', 404, 'account-not-found'],
    [`${LISTS}/Black`, 400, 'list-name-wrong'],
    [`${LISTS}/black?after=x`, 400, 'cursor-invalid'],
  ] as const) {
    const answer = await callers.owner.get(path);
    assert.deepEqual([answer.status, answer.body.code], [status, code], path);
  }
});

test('the API’s description has the file’s types', async () => {
  const { body } = await callers.viewer.get('/openapi.json');
  const path = body.paths['/accounts/{account}/person-lists/{list}/import'];
  assert.deepEqual(Object.keys(path.post.requestBody.content), ['text/csv', 'text/plain']);
});
