import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DESK, PHONE } from '../support/browser.ts';
import { Caller } from '../support/console.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { lotteryRule } from '../support/live-activity.ts';

let stage: ConsoleInBrowser;
let api: Caller;
let made = 0;

before(async () => {
  stage = await startConsoleInBrowser();
  api = await new Caller(stage.server).logIn('owner', 'api');
});

after(() => stage?.close());

/** Makes an activity by the API and returns its id. */
async function activity(options: { publish?: boolean; name?: string; draft?: unknown } = {}): Promise<string> {
  made += 1;
  const draft = options.draft ?? { ...lotteryRule({ limits: { drawsPerPerson: 1 } }) };
  const created = await api.post('/activities', {
    accountId: 'main',
    slug: `care-${made}`,
    name: options.name ?? `活动 ${made}`,
    draft,
  });
  const { id, revision } = created.body.activity;
  if (options.publish === true) assert.equal((await api.post(`/activities/${id}/publish`, { revision })).status, 200);
  return id;
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);

test('a used or foreign link says what to do, and a pasted link signs in', async () => {
  const { context, page } = await stage.fresh();
  const token = await stage.server.link('pasted');
  await open(page, `/login?token=${'A'.repeat(43)}`);
  await page.getByText('登录链接无效').waitFor();
  assert.equal(new URL(page.url()).search, '');
  await look(page, 'console-login-refused-1280');
  await page.getByLabel('登录链接').fill('hello');
  await button(page, '用链接继续').click();
  await page.getByText('请粘贴完整的链接').waitFor();
  await page.getByLabel('登录链接').fill(` ${stage.server.url}/console/login?token=${token} `);
  await button(page, '用链接继续').click();
  await page.waitForURL(`${stage.server.url}/console/`);
  await button(page, '退出').click();
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  await context.close();
});

test('a session that ends while someone works asks to sign in again, at the same address', async () => {
  const id = await activity();
  const { context, page } = await stage.signedIn({ name: 'leaving' });
  await context.clearCookies();
  await open(page, `/activities/${id}`);
  await page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  assert.ok(page.url().endsWith(id));
  await context.close();
});

test('unsaved changes are not lost by a link or the back button, unless one says so', async () => {
  const id = await activity();
  const { context, page } = await stage.signedIn({ name: 'guarded' });
  await page.getByRole('link', { name: `活动 ${made}` }).click();
  await button(page, '继续编辑').click();
  const name = page.getByLabel('活动名称');
  await name.fill('改了一半');
  await page.getByText('有未保存的修改').waitFor();
  await page.goBack();
  await page.getByRole('dialog').getByText('有修改还没有保存').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '继续编辑' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await name.inputValue(), '改了一半');
  assert.ok(page.url().includes('/edit'));
  await page.getByRole('link', { name: '活动', exact: true }).click();
  await button(page, '放弃修改').click();
  await page.getByRole('heading', { name: '活动', exact: true }).waitFor();
  assert.notEqual((await api.get(`/activities/${id}`)).body.activity.name, '改了一半');
  await context.close();
});

test('two people who edit one activity are told, and nobody overwrites the other', async () => {
  const id = await activity();
  const anna = await stage.signedIn({ name: 'anna' });
  const bo = await stage.signedIn({ name: 'bo' });
  for (const { page } of [anna, bo]) await open(page, `/activities/${id}/edit`);
  await anna.page.getByLabel('活动名称').fill('安娜的');
  await anna.page.getByRole('button', { name: '保存草稿' }).click();
  // What was saved, not the passing note that says so: on a busy machine it is gone before it is looked for.
  const saved = async (): Promise<boolean> => (await api.get(`/activities/${id}`)).body.activity.name === '安娜的';
  for (let look = 0; look < 100 && !(await saved()); look += 1) await anna.page.waitForTimeout(100);
  await bo.page.getByLabel('活动名称').fill('波的');
  await bo.page.getByRole('button', { name: '保存草稿' }).click();
  await bo.page.getByText('别人刚刚改过这个活动').waitFor();
  await look(bo.page, 'console-editor-stale-1280');
  assert.equal((await api.get(`/activities/${id}`)).body.activity.name, '安娜的');
  bo.page.once('dialog', (dialog) => void dialog.accept());
  await button(bo.page, '载入最新内容').click();
  await bo.page.getByText('别人刚刚改过').waitFor({ state: 'hidden' });
  assert.equal(await bo.page.getByLabel('活动名称').inputValue(), '安娜的');
  await anna.context.close();
  await bo.context.close();
});

test('after a publication only texts can be changed, and the change is published', async () => {
  const id = await activity({ publish: true });
  const { context, page, faults } = await stage.signedIn({ name: 'texts' });
  await open(page, `/activities/${id}`);
  await button(page, '修改文案').click();
  await page.getByLabel('没中奖时', { exact: true }).fill('差一点点');
  await look(page, 'console-editor-locked-1280');
  await button(page, /^\S*\s*预算$/).click();
  assert.ok(await page.getByRole('textbox', { name: '预算', exact: true }).isDisabled());
  await button(page, /^\S*\s*奖品$/).click();
  assert.ok(await page.getByLabel(/^数量/).first().isDisabled());
  await button(page, /检查与发布/).click();
  await button(page, '发布修改').click();
  await button(page, '确认发布').click();
  await page.getByText(/第 2 版/).waitFor();
  const { rule } = (await api.get(`/activities/${id}`)).body;
  assert.deepEqual([rule.texts.lose, rule.budgetFen], ['差一点点', 1_000_000]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a draft of anything opens in the editor, and the review lists what is missing with the way there', async () => {
  const id = await activity({ draft: { trigger: 7, prizes: [{ id: 1 }], packet: { wishing: '福'.repeat(50) } } });
  const { context, page, faults } = await stage.signedIn({ name: 'mender' });
  await open(page, `/activities/${id}/edit/review`);
  await page.getByText(/还有 \d+ 处需要修改/).waitFor();
  assert.ok(await button(page, '发布活动').isDisabled());
  await look(page, 'console-editor-review-faults-1280');
  await page.locator('.fault-list li', { hasText: '参与方式' }).first().getByRole('button').click();
  await page.getByRole('heading', { name: '怎样参与' }).waitFor();
  await button(page, /文案$/).first().click();
  await page.getByText('150 / 128 字节').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a viewer is shown numbers and offered nothing that would be refused', async () => {
  await activity({ publish: true, name: '给人看的' });
  const { context, page } = await stage.signedIn({ role: 'viewer' });
  await page.getByRole('link', { name: '给人看的' }).click();
  await page.getByRole('tab', { name: '概览' }).waitFor();
  for (const name of ['参与记录', '奖品发放', '账本']) assert.equal(await page.getByRole('tab', { name }).count(), 0);
  for (const name of ['停止活动', '修改文案']) assert.equal(await button(page, name).count(), 0);
  await look(page, 'console-viewer-1280');
  await context.close();
});

test('keyword and check-in templates go through to publication, in English', async () => {
  const { context, page, faults } = await stage.signedIn({ name: 'english', language: 'en' });
  for (const [template, open] of [
    ['Live-room password', 'Password'],
    ['Check-in month', 'Check-in'],
  ] as const) {
    await page.goto(`${stage.server.url}/console/activities/new`);
    await page.getByRole('button', { name: `Use this template: ${template}` }).click();
    await button(page, 'Go through every step').click();
    for (const step of [
      'Who',
      'How to take part',
      'Prizes',
      'Money',
      'Texts',
      'Look of the page',
      'Review and publish',
    ]) {
      await button(page, 'Save and continue').click();
      await page.getByRole('heading', { name: step, exact: true }).first().waitFor();
      if (step === 'Prizes') await look(page, `console-en-prizes-${open.toLowerCase()}-1280`);
    }
    await look(page, `console-en-review-${open.toLowerCase()}-1280`);
    await button(page, 'Publish activity').click();
    await button(page, 'Publish now').click();
    await page.getByText('Running').waitFor();
  }
  await look(page, 'console-en-overview-1280');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.deepEqual(faults, []);
  await context.close();
});

test('on a phone every page fits its width and can be worked with', async () => {
  const id = await activity({ publish: true, name: '手机上看的活动' });
  const { context, page } = await stage.signedIn({ name: 'phone', size: PHONE });
  const pages = [
    ['/', 'list', '手机上看的活动'],
    ['/activities/new', 'templates', '春节抽奖'],
    ['/activities/new/spring', 'editor-basic', '活动名称'],
    [`/activities/${id}`, 'overview', '预算使用'],
    [`/activities/${id}/edit/texts`, 'editor-texts', '祝福语'],
    [`/activities/${id}/edit/prizes`, 'editor-prizes', '全部发完'],
    [`/activities/${id}/edit/review`, 'editor-review', '摘要|可以发布'],
    [`/activities/${id}/edit/look`, 'editor-look', '上传图片|活动页外观'],
    ['/accounts', 'accounts', '域名验证文件'],
    ['/accounts/main', 'account-texts', '兜底回复'],
    ['/accounts/main/replies', 'account-replies', '还没有关键词回复'],
    ['/accounts/main/menu', 'account-menu', '还没有菜单'],
    ['/accounts/main/codes', 'account-codes', '还没有一次性码'],
    ['/accounts/main/keys', 'account-keys', '服务器地址'],
    ['/payments/shop', 'shop-payments', '还没有收到付款通知'],
    ['/payments/shop/keys', 'notice-keys', 'APIv3 密钥'],
  ] as const;
  for (const [path, name, text] of pages) {
    await open(page, path);
    await page.getByText(new RegExp(text)).first().waitFor();
    await look(page, `console-${name}-390`);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the phone`);
  }
  await open(page, `/activities/${id}`);
  await page.getByRole('tab', { name: '账本' }).click();
  await page.getByText('账平').waitFor();
  await look(page, 'console-books-390');
  await context.close();
  const nobody = await stage.fresh({ size: PHONE });
  await open(nobody.page, '/');
  await nobody.page.getByRole('heading', { name: '登录红包运营台' }).waitFor();
  await look(nobody.page, 'console-login-390');
  await nobody.context.close();
  const lost = await stage.signedIn({ name: 'lost', size: DESK });
  await open(lost.page, '/nowhere');
  await lost.page.getByText('没有这个页面').waitFor();
  await look(lost.page, 'console-not-found-1280');
  await lost.context.close();
});
