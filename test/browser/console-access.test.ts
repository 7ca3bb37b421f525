import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/flows/ports/operators.ts';
import { createOperatorWithSetUpLink } from '../../src/store/operator-store.ts';
import { codeBefore, codeOf, GOOD_PASSWORD } from '../support/console-credentials.ts';
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
  await page.getByLabel('验证码').fill(await codeBefore(secret));
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

test('a session that ended elsewhere is called over, also where many loads meet its end', async () => {
  const { context, page } = await stage.signedIn({ name: 'overtaken' });
  await page.waitForLoadState('networkidle');
  await stage.server.pool.query(
    "delete from operator_session where operator_id = (select id from operator where name = 'overtaken')",
  );
  // What looks for alarms now and then may meet the end before a click could.
  await page.evaluate(
    `history.pushState(null, '', '/console/approvals'); dispatchEvent(new PopStateEvent('popstate'))`,
  );
  await page.getByText('登录已失效，请再次登录。').waitFor();
  await page.waitForLoadState('networkidle');
  assert.equal(await page.getByText('登录已失效，请再次登录。').count(), 1);
  await context.close();
});

test('whoever signs out is not told that the session is over by what was still being loaded', async () => {
  const { context, page } = await stage.signedIn({ name: 'leaves' });
  const held = Promise.withResolvers<void>();
  await page.route('**/logout', async (route) => {
    const answer = await route.fetch();
    await held.promise;
    await route.fulfill({ response: answer });
  });
  await button(page, '退出').click();
  const refused = page.waitForResponse((answer) => answer.status() === 401);
  await page.getByRole('link', { name: '审批' }).click();
  await refused;
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  const signedOut = page.waitForResponse('**/logout');
  held.resolve();
  await signedOut;
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await context.close();
});

test('a sign-out that did not reach the service is said, and can be tried again', async () => {
  const { context, page, faults } = await stage.signedIn({ name: 'stays' });
  await page.route('**/logout', (route) => route.abort(), { times: 1 });
  await button(page, '退出').click();
  await page.getByText('连不上服务器').waitFor();
  await look(page, 'console-sign-out-failed-1280', false);
  await button(page, '退出').click();
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  assert.deepEqual(
    faults.filter((fault) => fault.startsWith('script error')),
    [],
  );
  await context.close();
});

test('an owner adds a colleague, and passes a link on', async () => {
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
  await context.close();
});

/** Which pages each role finds; any other says honestly that it is not for them. */
const PAGES: Readonly<Record<string, readonly Role[]>> = {
  '/numbers': ['owner', 'operator', 'finance', 'support', 'viewer'],
  '/activities/new': ['owner', 'operator'],
  '/payments': ['owner', 'operator', 'finance', 'support', 'viewer'],
  '/payments/reissues/new': ['owner', 'finance'],
  '/payments/trial': ['owner', 'operator', 'finance', 'support', 'viewer'],
  '/accounts': ['owner', 'operator', 'finance', 'support', 'viewer'],
  '/people': ['owner', 'operator', 'finance', 'support'],
  '/lists': ['owner', 'operator', 'finance', 'support'],
  '/approvals': ['owner', 'operator', 'finance', 'support', 'viewer'],
  '/team': ['owner'],
  '/audit': ['owner', 'finance'],
  '/me': ['owner', 'operator', 'finance', 'support', 'viewer'],
};

for (const role of ['owner', 'operator', 'finance', 'support', 'viewer'] as const) {
  test(`the role ${role} finds its pages, and is told honestly of those it has not`, async () => {
    const { context, page, faults } = await stage.signedIn({ role, name: `walks-${role}` });
    for (const [path, roles] of Object.entries(PAGES)) {
      // A new load for each of fifty pages would take a minute; the back button's way is the application's own.
      await page.evaluate(
        `history.pushState(null, '', '/console${path}'); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      const forbidden = page.getByRole('heading', { name: '您的角色看不到这个页面' });
      if (roles.includes(role)) await page.locator('main h1').first().waitFor();
      else await forbidden.waitFor();
      await page.waitForLoadState('networkidle');
      assert.equal(await forbidden.count(), roles.includes(role) ? 0 : 1, `${role} ${path}`);
      assert.equal(new URL(page.url()).pathname, `/console${path}`);
    }
    assert.deepEqual(faults, [], role);
    if (role === 'viewer') {
      await open(page, '/team');
      await look(page, 'console-forbidden-1280');
    }
    await context.close();
  });
}

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
  await open(page, `/activities/${activity.id}/edit/review`);
  await button(page, '发布活动').click();
  await dialog(page).getByRole('button', { name: '确认发布' }).click();
  await page.getByText('已提交给第二个人审批').waitFor();
  await page.getByText('等待第二个人审批').waitFor();
  assert.equal(await button(page, '继续编辑').count(), 0);
  await look(page, 'console-awaiting-1280');
  await page.getByRole('link', { name: '去审批页' }).click();
  await page.getByText('您提交的，需要另一个人审批').waitFor();
  assert.equal(await button(page, '同意并发布').count(), 0);

  const second = await stage.signedIn({ name: 'second', role: 'finance' });
  await second.page.getByRole('link', { name: /审批\s*\(1 项等您审批\)/ }).click();
  await second.page.getByText('发布活动「大活动」').waitFor();
  await second.page.getByRole('button', { name: '看内容 大活动' }).click();
  await second.page.getByRole('columnheader', { name: '最多发出' }).waitFor();
  await look(second.page, 'console-approvals-1280');
  await button(second.page, '同意并发布').click();
  await look(second.page, 'console-approve-1280', false);
  await dialog(second.page).getByRole('button', { name: '同意并发布' }).click();
  await second.page.getByRole('heading', { name: '没有等待审批的事项' }).waitFor();
  assert.equal((await api.get(`/activities/${activity.id}`)).body.activity.state, 'published');
  await open(page, '/audit');
  await page.getByText('审批发布', { exact: false }).first().waitFor();
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

test('packets for a file of people that come to much are sent once a second person says so', async () => {
  const operator = await new Caller(stage.server).logIn('operator', 'filer');
  const packet = { wishing: '感谢支持', activityName: '老客回馈', remark: '名单发放' };
  const made = await operator.post('/accounts/main/issues', { name: '老客回馈', packet, defaultAmountFen: 20_000 });
  const place = `/accounts/main/issues/${made.body.id}`;
  const file = Array.from({ length: 10 }, (_, index) => `oFile${String(index).padStart(23, '0')}`).join('\n');
  await operator.send('POST', `${place}/file`, file, { 'content-type': 'text/csv' });
  const confirmed = await operator.post(`${place}/confirm`, { people: 10, amountFen: 200_000 });
  assert.equal(confirmed.body.state, 'asked', JSON.stringify(confirmed.body));
  const { context, page } = await stage.signedIn({ name: 'pays', role: 'finance', language: 'en' });
  await open(page, '/approvals');
  await page.getByText('Send “老客回馈” to 10 people').waitFor();
  await look(page, 'console-approvals-issue-1280');
  await button(page, 'Approve and send').click();
  await dialog(page).getByRole('button', { name: 'Approve and send' }).click();
  await page.getByRole('heading', { name: 'Nothing waits for approval' }).waitFor();
  assert.equal((await operator.get(place)).body.state, 'running');
  await context.close();
});

test('somebody asks for a packet to themselves, and another person has it sent', async () => {
  const { context, page } = await stage.signedIn({ name: 'tries', role: 'operator' });
  await open(page, '/payments/trial');
  await page.getByText('还没有试发过').waitFor();
  await button(page, '申请试发').click();
  await page.getByText('请填写您的 openid').waitFor();
  await page.getByLabel('您自己的 openid').fill(`oSelf${'1'.repeat(23)}`);
  await page.getByLabel('金额（元）').fill('11');
  await page.getByText('请填写不超过 10 元的金额').waitFor();
  await page.getByLabel('金额（元）').fill('1.5');
  await button(page, '申请试发').click();
  await page.getByText('等待第二个人').waitFor();
  await look(page, 'console-trial-1280');
  const second = await stage.signedIn({ name: 'lets', role: 'finance' });
  await open(second.page, '/approvals');
  await second.page.getByText('tries 给自己试发一个红包').waitFor();
  await button(second.page, '同意并发放').click();
  await dialog(second.page).getByRole('button', { name: '同意并发放' }).click();
  await second.page.getByRole('heading', { name: '没有等待审批的事项' }).waitFor();
  await second.context.close();
  await button(page, '刷新').click();
  await page.getByText('正在发出').waitFor();
  await page.setViewportSize(PHONE);
  await look(page, 'console-trial-390');
  await context.close();
});
