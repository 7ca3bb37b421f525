import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { buildActivity, buildWin } from '../support/builders.ts';
import { PHONE } from '../support/browser.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';

let stage: ConsoleInBrowser;
before(async () => {
  stage = await startConsoleInBrowser();
});
after(() => stage?.close());

const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

test('an owner makes a token, a program uses it, and it is revoked', async () => {
  const { context, page, faults } = await stage.signedIn({ name: '陈老板' });
  await page.getByRole('link', { name: '团队' }).click();
  await page.getByRole('link', { name: '开放接口' }).click();
  await page.getByText('还没有令牌').waitFor();
  await look(page, 'console-tokens-empty-1280');
  await button(page, '新建令牌').click();
  await button(page, '生成令牌').click();
  await dialog(page).getByText('至少选一项').waitFor();
  await dialog(page).getByLabel('名称').fill('商城后台');
  await dialog(page).getByLabel('查看活动').check();
  await dialog(page).getByLabel('查看参与者').check();
  await look(page, 'console-token-new-1280', false);
  await button(page, '生成令牌').click();
  await page.getByText('请现在保存令牌').waitFor();
  await look(page, 'console-token-shown-1280', false);
  const token = (await page.locator('code.command').textContent()) ?? '';
  assert.match(token, /^hongbao_[\w-]{43}$/);
  await button(page, '我已保存').click();
  const ask = () => fetch(`${stage.server.url}/api/v1/activities`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);
  await page.reload();
  await page.getByText('127.0.0.1').waitFor();
  await look(page, 'console-tokens-1280');
  await button(page, '吊销').click();
  await dialog(page).getByRole('button', { name: '吊销' }).click();
  await page.getByText('已吊销').waitFor();
  assert.equal((await ask()).status, 401);
  assert.deepEqual(faults, []);
  await context.close();
});

test('an owner adds an endpoint, sees what became of each event, and has parked ones sent again', async () => {
  const { context, page, faults } = await stage.signedIn({ name: '陈老板' });
  await open(page, '/programs/webhooks');
  await page.getByText('还没有接收地址').waitFor();
  await button(page, '添加接收地址').click();
  await dialog(page).getByLabel('名称').fill('商城');
  await dialog(page).getByLabel('地址', { exact: true }).fill('ftp://shop.example.com');
  await button(page, '保存').click();
  await dialog(page).getByText('请填写公网可访问的 https 地址').waitFor();
  await dialog(page).getByLabel('地址', { exact: true }).fill('https://shop.example.com/hongbao');
  await look(page, 'console-webhook-new-1280', false);
  await button(page, '保存').click();
  await page.getByText('请现在保存签名密钥').waitFor();
  assert.match((await page.locator('code.command').textContent()) ?? '', /^whsec_/);
  await button(page, '我已保存').click();
  await page.getByRole('link', { name: '商城' }).waitFor();
  await putDeliveries();
  await look(page, 'console-webhooks-1280');
  await page.getByRole('link', { name: '商城' }).click();
  await page.getByText('返回 503').first().waitFor();
  await look(page, 'console-deliveries-1280');
  await button(page, '重发全部搁置（2）').click();
  await page.getByText('返回 503').first().waitFor();
  await button(page, '重发全部搁置（2）').waitFor({ state: 'detached' });
  await button(page, '更换密钥').click();
  await dialog(page).getByRole('button', { name: '更换密钥' }).click();
  await button(page, '我已保存').click();
  await page.getByText('为止也签名').waitFor();
  await button(page, '停用').click();
  await page.getByText('已停用').waitFor();
  await button(page, '删除').click();
  await dialog(page).getByRole('button', { name: '删除' }).click();
  await page.getByText('还没有接收地址').waitFor();
  // The address that was refused.
  assert.deepEqual(faults, [
    'console: Failed to load resource: the server responded with a status of 400 (Bad Request)',
  ]);
  await context.close();
});

test('in English, on a phone, the pages say the same', async () => {
  const { context, page, faults } = await stage.signedIn({ name: 'Anna', language: 'en', size: PHONE });
  for (const [path, heading] of [
    ['/programs', 'New token'],
    ['/programs/webhooks', 'Add endpoint'],
  ] as const) {
    await open(page, path);
    await button(page, heading).waitFor();
    await page.waitForLoadState('networkidle');
    await look(page, `console-${heading.toLowerCase().replace(' ', '-')}-phone-en`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

async function putDeliveries(): Promise<void> {
  const { client } = stage.server.database;
  const win = await buildWin(client, await buildActivity(client));
  await client.query(
    `insert into webhook_delivery (account_id, endpoint_id, event, award_id, order_number, occurred_at, state, due_at, settled_at,
       retry_from, tries, last_tried_at, last_status, last_error)
     select account_id, id, event, $1, $2, $3, given.state, case when given.state = 'waiting' then $3::timestamptz end,
       case when given.state <> 'waiting' then $3::timestamptz end, $3, tries, $3, status, error
     from webhook_endpoint cross join (values ('award.created', 'delivered', 1, 204, null), ('payout.sent', 'parked', 60, 503, 'status 503'),
       ('payout.received', 'parked', 58, null, 'it cannot be reached: ECONNREFUSED'), ('award.created', 'waiting', 0, null, null))
       as given (event, state, tries, status, error)`,
    [win.awardId, win.orderNumber, new Date()],
  );
}
