import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createOperatorWithSetUpLink } from '../../src/store/operator-store.ts';
import { codeOf, GOOD_PASSWORD } from '../support/console-credentials.ts';
import { PHONE } from '../support/browser.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { Caller } from '../support/console.ts';
import { lotteryRule } from '../support/live-activity.ts';

let stage: ConsoleInBrowser;
before(async () => {
  stage = await startConsoleInBrowser();
});
after(() => stage?.close());

const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

/** Goes through the set-up page and returns the secret that it showed. */
async function setUp(page: Page, token: string, name: string): Promise<string> {
  await open(page, `/set-up?token=${token}`);
  await page.getByRole('heading', { name: `${name}，请设置登录方式` }).waitFor();
  assert.equal(new URL(page.url()).search, '');
  await look(page, 'console-set-up-1280');
  const secret = ((await page.locator('code.command').first().textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('密码', { exact: true }).fill(GOOD_PASSWORD);
  await page.getByLabel('再输入一次密码').fill(GOOD_PASSWORD);
  await page.getByLabel('验证码').fill('000000');
  await button(page, '完成设置').click();
  await page.getByText('验证码不对').waitFor();
  await page.getByLabel('验证码').fill(codeOf(secret, -1));
  await button(page, '完成设置').click();
  await page.getByRole('heading', { name: '请保存恢复码' }).waitFor();
  await look(page, 'console-recovery-codes-1280');
  assert.equal(await page.locator('.recovery-codes li').count(), 10);
  await button(page, '我已经保存，进入运营台').click();
  await page.waitForURL(`${stage.server.url}/console/`);
  return secret;
}

test('a new operator sets up, signs out, and signs in by password and code', async () => {
  const { context, page } = await stage.fresh();
  const { token } = await createOperatorWithSetUpLink({ pool: stage.server.pool, name: '小李', nowMs: Date.now() });
  const secret = await setUp(page, token, '小李');
  await button(page, '退出').click();
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await look(page, 'console-sign-in-1280');
  await button(page, '登录').click();
  await page.getByText('请填写').first().waitFor();
  await page.getByLabel('姓名').fill('小李');
  await page.getByLabel('密码').fill('wrong');
  await page.getByLabel('验证码').fill('123456');
  await button(page, '登录').click();
  await page.getByText('姓名、密码或验证码不对').waitFor();
  await page.getByLabel('密码').fill(GOOD_PASSWORD);
  await page.getByLabel('验证码').fill(codeOf(secret));
  await button(page, '登录').click();
  await page.getByRole('link', { name: '小李' }).click();
  await page.getByRole('heading', { name: '我的登录' }).waitFor();
  await page.getByText('当前').waitFor();
  await look(page, 'console-own-access-1280');
  await context.close();
});

test('an owner adds a colleague, who finds forbidden pages said so honestly', async () => {
  const { context, page } = await stage.signedIn({ name: 'boss' });
  await page.getByRole('link', { name: '团队' }).click();
  await button(page, '添加成员').click();
  await dialog(page).getByLabel('姓名').fill('小周');
  await look(page, 'console-add-member-1280', false);
  await button(page, '生成设置链接').click();
  const link = (await dialog(page).locator('code').textContent()) ?? '';
  assert.match(link, /\/console\/set-up\?token=[\w-]{43}$/);
  await look(page, 'console-member-link-1280', false);
  await button(page, '完成').click();
  await page.getByText('等待设置').first().waitFor();
  await look(page, 'console-team-1280');
  const viewer = await stage.signedIn({ role: 'viewer', name: 'looks' });
  for (const path of ['/team', '/audit', '/lists', '/activities/new']) {
    await open(viewer.page, path);
    await viewer.page.getByRole('heading', { name: '您的角色看不到这个页面' }).waitFor();
  }
  await look(viewer.page, 'console-forbidden-1280');
  await viewer.context.close();
  await context.close();
});

test('a budget above the amount is approved by a second person, and the trail tells both', async () => {
  const { context, page } = await stage.signedIn({ name: 'asker' });
  await page.getByRole('link', { name: '审批' }).click();
  await page.getByRole('heading', { name: '没有等待审批的事项' }).waitFor();
  await page.getByLabel('活动预算超过（元）').fill('500');
  await button(page, '保存').click();
  await page.getByText('已保存').waitFor();
  const api = await new Caller(stage.server).logIn('owner', 'asker');
  const draft = lotteryRule({ budgetFen: 100_000, limits: { drawsPerPerson: 3 } });
  const { activity } = (await api.post('/activities', { accountId: 'main', slug: 'big', name: '大活动', draft })).body;
  await api.post(`/activities/${activity.id}/publish`, { revision: activity.revision });
  await open(page, '/approvals');
  await page.getByText('您提交的，需要另一个人审批').waitFor();

  const second = await stage.signedIn({ name: 'second', role: 'finance' });
  await second.page.getByRole('link', { name: /审批\s*\(1 项等您审批\)/ }).click();
  await second.page.getByText('发布活动「大活动」').waitFor();
  await look(second.page, 'console-approvals-1280');
  await button(second.page, '同意并发布').click();
  await look(second.page, 'console-approve-1280', false);
  await dialog(second.page).getByRole('button', { name: '同意并发布' }).click();
  await second.page.getByRole('heading', { name: '没有等待审批的事项' }).waitFor();
  await open(page, '/audit');
  await page.getByText('decideApproval').first().waitFor();
  await page
    .getByRole('button', { name: /条的详情/ })
    .nth(2)
    .click();
  await look(page, 'console-audit-1280');
  await page.setViewportSize(PHONE);
  await look(page, 'console-audit-390');
  await second.context.close();
  await context.close();
});
