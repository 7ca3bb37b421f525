import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { PHONE } from '../support/browser.ts';
import { buildActivity, somebody } from '../support/builders.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

let stage: ConsoleInBrowser;
before(async () => {
  stage = await startConsoleInBrowser();
});
after(() => stage?.close());

const dialog = (page: Page) => page.getByRole('dialog');
const widerThanItsWindow = (page: Page) =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');
const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console/payments${path}`);

test('an operator uploads a file, sees its faults, confirms it, and a second person approves', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'xiao' });
  await page.getByRole('link', { name: '资金' }).click();
  await page.getByRole('link', { name: '名单发放' }).click();
  await page.getByRole('heading', { name: '还没有批次' }).waitFor();
  await page.getByRole('button', { name: '新建批次' }).first().click();
  await dialog(page).getByRole('button', { name: '建立批次' }).click();
  await page.getByText('这一项必须填写').first().waitFor();
  await look(page, 'console-issue-new-1280', false);
  for (const [label, text] of [
    ['批次名称', '老客回馈'],
    ['祝福语', '感谢支持'],
    ['活动名称', '老客回馈'],
    ['备注', '名单发放'],
  ] as const)
    await dialog(page).getByLabel(label).fill(text);
  await dialog(page).getByRole('button', { name: '建立批次' }).click();
  await page.getByText('· 等待名单').waitFor();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: '上传名单' }).click();
  const people = Array.from({ length: 12 }, () => `${somebody()},100`);
  const buffer = Buffer.from(`openid,金额\n${people.join('\n')}\n小王,100\n`);
  await (await choosing).setFiles({ name: '名单.csv', mimeType: 'text/csv', buffer });
  await page.getByText('openid 格式不正确').waitFor();
  await page.getByText('¥1,200.00').waitFor();
  await look(page, 'console-issue-prepared-1280', false);
  await page.getByRole('button', { name: '确认发放' }).click();
  await page.getByText('给 12 人发 ¥1,200.00？').waitFor();
  await dialog(page).getByRole('button', { name: '确认发放' }).click();
  await page.getByText('· 等待第二人批准').waitFor();
  assert.deepEqual(faults, []);
  const address = page.url();
  await context.close();
  const second = await stage.signedIn({ role: 'finance', name: 'fang', language: 'en', size: PHONE });
  await second.page.goto(address);
  await second.page.locator('.nav-badge').waitFor();
  assert.equal(await widerThanItsWindow(second.page), 0, 'what waits for approval makes no page wider than a phone');
  await second.page.evaluate(`document.querySelector('.sections').style.position = 'static'`);
  assert.notEqual(await widerThanItsWindow(second.page), 0, 'twin');
  await second.page.evaluate(`document.querySelector('.sections').style.position = ''`);
  await second.page.getByRole('button', { name: 'Approve and send' }).click();
  await second.page.getByText('· Running').waitFor();
  await look(second.page, 'console-issue-running-en-390');
  assert.equal(await widerThanItsWindow(second.page), 0);
  assert.deepEqual(second.faults, []);
  await second.context.close();
});

test('the set-up check names what is wrong with causes and what to do, in both languages', async () => {
  const { context, page } = await stage.signedIn({ role: 'owner', name: 'bo' });
  await open(page, '/doctor');
  await page.getByText(/有 \d+ 项不对/).waitFor();
  await page.getByText('处理办法').first().waitFor();
  await page.getByRole('heading', { name: '数据库', exact: false }).first().waitFor();
  await look(page, 'console-doctor-1280');
  await context.close();
  const english = await stage.signedIn({ role: 'viewer', name: 'vi', language: 'en', size: PHONE });
  await open(english.page, '/doctor');
  await english.page.getByText('What to do').first().waitFor();
  await look(english.page, 'console-doctor-en-390');
  assert.equal(await widerThanItsWindow(english.page), 0);
  await english.context.close();
});

test('finance sees merchants day by day and holds a bill against the books; operators do not', async () => {
  const { client } = stage.server.database;
  const activity = await buildActivity(client);
  await buildEndedWins(client, activity, 2, { state: 'received', atMs: Date.now() - 86_400_000 });
  const { context, page, faults } = await stage.signedIn({ role: 'finance', name: 'fei' });
  await open(page, '/finance');
  await page.getByRole('table').first().waitFor();
  await page.getByText('公告 2019 年第 74 号第三条').waitFor();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: '选择账单文件' }).click();
  const head =
    '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
  const line = '`2026-11-20 10:00:00,`1,`2,`现金红包,`现金红包,`支出,`1.00,`9.00,`a,`b,`nobodys1';
  await (
    await choosing
  ).setFiles({ name: '账单.csv', mimeType: 'text/csv', buffer: Buffer.from(`${head}\n${line}\n`) });
  await page.getByText('账簿里没有').waitFor();
  await look(page, 'console-finance-1280');
  assert.deepEqual(faults, []);
  await context.close();
  const operator = await stage.signedIn({ role: 'operator', name: 'ou' });
  await open(operator.page, '/finance');
  await operator.page.getByRole('heading', { name: '您的角色看不到这个页面' }).waitFor();
  await operator.context.close();
});
