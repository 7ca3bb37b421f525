import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/flows/permissions.ts';
import { changesNothing } from '../../src/http/access/audit-change.ts';
import {
  PERMISSIONS_DOCUMENT,
  permissionsDocument,
  readRouteLines,
  ROLES,
  routesOf,
} from '../docs/permissions-document.ts';
import type { RouteLine } from '../docs/permissions-document.ts';
import { auditActionsZh } from '../../src/web/console/words/audit-actions-zh.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { Answer, TestConsole } from '../support/console.ts';
import { Program } from '../support/program.ts';

let server: TestConsole;
let written: string;
let lines: readonly RouteLine[];

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  written = await readFile(PERMISSIONS_DOCUMENT, 'utf8');
  lines = readRouteLines(written);
});
after(() => server.close());

const pathOf = ({ path }: RouteLine): string =>
  path
    .replace(':account', 'main')
    .replace(':day', '2026-11-20')
    .replaceAll(/:[a-zA-Z]+/g, 'f'.repeat(32));

/** Sends the least a route takes: whether somebody may is asked before anything is read. */
const call = (caller: Pick<Caller, 'send'>, line: RouteLine): Promise<Answer> =>
  caller.send(line.method, pathOf(line), line.method === 'GET' ? undefined : {});

test('docs/permissions.md names every route with who may call it; `npm run docs:permissions` writes it anew', () => {
  const fresh = permissionsDocument().split('\n');
  const old = written.split('\n');
  const different = fresh.findIndex((line, index) => line !== old[index]);
  assert.equal(old[different], fresh[different], `line ${different + 1}: run npm run docs:permissions`);
  assert.equal(old.length, fresh.length, 'run npm run docs:permissions');
  assert.ok(lines.length >= 100);
});

test('each route answers exactly the roles that stand beside it, and refuses the others', async () => {
  const guarded = lines.filter(({ access, path }) => access !== 'anyone' && path !== '/logout');
  assert.ok(guarded.some(({ roles }) => roles.length === 1) && guarded.some(({ roles }) => roles.length === 5));
  for (const role of ROLES) {
    const caller = await new Caller(server).logIn(role);
    const answers = await Promise.all(guarded.map((line) => call(caller, line)));
    for (const [index, line] of guarded.entries()) {
      const { status, body } = answers[index] ?? assert.fail();
      const refused = status === 403 && body.code === 'not-permitted';
      assert.equal(refused, !line.roles.includes(role), `${role}: ${line.method} ${line.path} gave ${status}`);
      assert.ok(status < 500, `${role}: ${line.method} ${line.path} gave ${status}`);
    }
  }
});

test('a token with every scope opens exactly the routes that the page opens to tokens', async () => {
  const owner = await new Caller(server).logIn('owner', 'maker');
  const made = await owner.post('/api-tokens', { name: 'all', scopes, expiresAtMs: null });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const program = new Program(server.url, made.body.token as string);
  for (const line of lines) {
    const { status, body } = await call(program, line);
    const there = !(status === 404 && body.code === 'not-found') && status !== 405;
    if (line.token) assert.ok(there && status !== 401 && status !== 403, `${line.method} ${line.path}: ${status}`);
    else assert.ok(!there || line.path === '/openapi.json', `${line.method} ${line.path} is open to tokens: ${status}`);
  }
});

test('every change has a name in the page of the audit trail', () => {
  const names = routesOf().filter((route) => !changesNothing(route));
  assert.deepEqual(
    names.map(({ name }) => name).filter((name) => !(name in auditActionsZh)),
    [],
    'name them in src/web/console/words/audit-actions-zh.ts',
  );
});
