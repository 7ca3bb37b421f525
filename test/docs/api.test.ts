import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { scopes } from '../../src/flows/permissions.ts';
import { newWebhookSecret, webhookHeaders } from '../../src/notify/webhook-signature.ts';
import { buildActivity, buildWin } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { apiRoutesToRead } from '../support/route-table.ts';
import { API_DOCUMENT, apiDocumentation } from './api-document.ts';
import { API_EXAMPLES, CHECK_SIGNATURE } from './api-examples.ts';

let server: TestConsole;
let activity: BuiltActivity;
let token = '';

before(async () => {
  server = await startConsole();
  activity = await buildActivity(server.database.client, { rule: lotteryRule() });
  for (const _ of [1, 2, 3]) await buildWin(server.database.client, activity);
  const anna = await new Caller(server).logIn('owner', 'anna');
  token = (await anna.post('/api-tokens', { name: 'shop', scopes: [...scopes], expiresAtMs: null })).body
    .token as string;
});
after(() => server.close());

test('docs/api.md says what the routes say; `node test/docs/write-api.ts` writes it anew', async () => {
  const [onDisk, fresh] = [await readFile(API_DOCUMENT, 'utf8'), await apiDocumentation()];
  const [lines, freshLines] = [onDisk.split('\n'), fresh.split('\n')];
  const different = freshLines.findIndex((line, index) => line !== lines[index]);
  assert.equal(lines[different], freshLines[different], `line ${different + 1}: run node test/docs/write-api.ts`);
  assert.equal(lines.length, freshLines.length, 'run node test/docs/write-api.ts');
});

for (const { route: name, command } of API_EXAMPLES) {
  test(`the example of ${name} is answered as its schema says`, async () => {
    const env = {
      ...process.env,
      HONGBAO: server.url,
      TOKEN: token,
      ACTIVITY: activity.id,
      ACCOUNT: activity.account.id,
    };
    const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], { env, timeout: 20_000 });
    const route = apiRoutesToRead().find((one) => one.name === name);
    assert.ok(route !== undefined, `no route ${name}`);
    route.answer.parse(JSON.parse(stdout));
    if (name === 'listAwards') assert.equal((JSON.parse(stdout) as { rows: unknown[] }).rows.length, 2);
  });
}

test('the check of a signature takes ours, and nothing that was changed, is old or is signed by another', async () => {
  const module = `data:text/javascript,${encodeURIComponent(CHECK_SIGNATURE)}`;
  const { checkWebhook } = (await import(module)) as {
    checkWebhook: (secret: string, headers: object, body: string, nowSeconds: number) => unknown;
  };
  const [secret, other] = [newWebhookSecret(), newWebhookSecret()];
  const body = '{"金额":100}';
  const headers = webhookHeaders({ id: 'evt_main_7', atMs: 1_795_000_000_000, body, secrets: [other, secret] });
  assert.deepEqual(checkWebhook(secret, headers, body, 1_795_000_100), { 金额: 100 });
  assert.throws(() => checkWebhook(secret, headers, '{"金额":900}', 1_795_000_100), /not signed/);
  assert.throws(() => checkWebhook(newWebhookSecret(), headers, body, 1_795_000_100), /not signed/);
  assert.throws(() => checkWebhook(secret, headers, body, 1_795_000_301), /older/);
  assert.throws(() => checkWebhook(secret, {}, body, 1_795_000_000), /older/);
});
