import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { accountId } from '../../src/base/ids.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { PHONE } from '../support/browser.ts';
import { buildActivity } from '../support/builders.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { Caller } from '../support/console.ts';

let simulator: Simulator;
let stage: ConsoleInBrowser;
before(async () => {
  simulator = await startSimulator({ seed: 'console accounts' });
  stage = await startConsoleInBrowser({ wechatUrl: simulator.httpUrl });
});
after(async () => {
  await stage?.close();
  await simulator?.close();
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
const dialog = (page: Page) => page.getByRole('dialog');
const tab = (page: Page, name: string) => page.locator('.subnav').getByRole('link', { name }).click();
const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);

/** Chooses an option of a select that is not the browser's own. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).last().click();
  await page.locator('.ant-select-dropdown:visible').getByText(option, { exact: true }).click();
}

test('an owner adds an account, and its secrets are never shown again', async () => {
  const { context, page, faults } = await stage.signedIn({ name: 'owner-one' });
  await page.getByRole('link', { name: '公众号', exact: true }).click();
  await page.getByRole('heading', { name: '域名验证文件' }).waitFor();
  await look(page, 'console-accounts-1280');
  await button(page, '添加公众号').click();
  await page.getByLabel('短名').fill('Shop');
  await page.getByLabel('AppID').fill('wx1');
  await button(page, '添加公众号').click();
  await page.getByText('应该是 wx 加 16 位字母或数字').waitFor();
  await look(page, 'console-account-new-fault-1280');
  const { appId, appSecret, token, encodingAesKey } = simulator.account;
  await page.getByLabel('短名').fill('shop');
  await page.getByLabel('AppID').fill(appId);
  await page.getByLabel('AppSecret').fill(appSecret);
  await page.getByLabel('令牌（Token）').fill(token);
  await page.getByLabel('消息加解密密钥（EncodingAESKey）').fill(encodingAesKey);
  await page.getByLabel('付款商户').fill('main');
  await button(page, '添加公众号').click();
  await page.getByRole('heading', { name: 'shop' }).waitFor();
  await tab(page, '接口与密钥');
  await page.getByLabel('服务器地址（URL）').waitFor();
  await look(page, 'console-account-keys-1280');
  const inputs = await page.locator('main input').all();
  const shown = (await Promise.all(inputs.map((input) => input.inputValue()))).join(' ');
  assert.ok(shown.includes(appId));
  for (const secret of [appSecret, token, encodingAesKey]) assert.ok(!shown.includes(secret));
  assert.deepEqual(
    faults.filter((fault) => !/400/.test(fault)),
    [],
  );
  await context.close();
});

test('an operator sets the welcome, is held back with unsaved changes, and writes keyword replies in their order', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'texts' });
  await open(page, '/accounts/shop');
  const welcome = page.getByLabel('欢迎语', { exact: true });
  await welcome.fill('字'.repeat(683));
  await page.getByText('2049 / 2047 字节').waitFor();
  await button(page, /保\s*存$/).click();
  await page.getByText('最多 2047 字节').waitFor();
  await welcome.fill('欢迎关注！回复「抽奖」参加活动。');
  await page.getByRole('link', { name: '公众号' }).first().click();
  await dialog(page).getByText('有修改还没有保存').waitFor();
  await dialog(page).getByRole('button', { name: '继续编辑' }).click();
  await button(page, /保\s*存$/).click();
  await page.getByText('已保存').waitFor();
  await look(page, 'console-account-texts-1280');
  await tab(page, '关键词回复');
  await page.getByText('还没有关键词回复').waitFor();
  await look(page, 'console-account-replies-empty-1280');
  await addReply(page, '客服\n人工', '客服电话 400-000-0000');
  await addReply(page, '营业时间', '每天 9:00–21:00');
  await look(page, 'console-account-replies-1280');
  await button(page, '上移 营业时间').click();
  await page.locator('.reply-list > li').first().getByText('营业时间', { exact: true }).waitFor();
  await button(page, '删除 客服 人工').click();
  await dialog(page)
    .getByRole('button', { name: /删\s*除$/ })
    .click();
  await page.getByText('客服电话').waitFor({ state: 'detached' });
  assert.deepEqual(
    faults.filter((fault) => !/400/.test(fault)),
    [],
  );
  await context.close();
});

async function addReply(page: Page, words: string, reply: string): Promise<void> {
  await button(page, '添加回复').click();
  await dialog(page).getByLabel('词', { exact: true }).fill(words);
  await dialog(page).getByLabel('回复', { exact: true }).fill(reply);
  await dialog(page)
    .getByRole('button', { name: /保\s*存$/ })
    .click();
  await page.locator('.reply-list').getByText(reply).waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
}

test('with motion a button that was busy for a moment is itself again', async () => {
  const { context, page } = await stage.signedIn({ role: 'operator', name: 'moving', motion: true });
  await open(page, '/accounts/shop');
  // The answer may come before the icon has begun to grow, or after: several tries meet both.
  for (const text of ['一', '二', '三', '四', '五', '六']) {
    await page.getByLabel('欢迎语', { exact: true }).fill(text);
    await button(page, /保\s*存$/).click();
    // What is read out: an icon that stays would be the first word of the name.
    await page.getByRole('button', { name: '保存', exact: true, disabled: true }).waitFor();
  }
  await context.close();
});

test('a reply is written by the keyboard alone', async () => {
  const { context, page } = await stage.signedIn({ role: 'operator', name: 'keys' });
  await open(page, '/accounts/shop/replies');
  await button(page, '添加回复').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), '跳到正文');
  await page.keyboard.press('Enter');
  await tabTo(page, '添加回复');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await tabTo(page, '词');
  await page.keyboard.type('地址');
  await tabTo(page, '回复');
  await page.keyboard.type('人民路 1 号');
  await tabTo(page, '保存');
  await page.keyboard.press('Enter');
  await page.locator('.reply-list').getByText('人民路 1 号').waitFor();
  await context.close();
});

/** The name of what has the focus, as it is read out. */
async function focused(page: Page): Promise<string> {
  const name = await page.evaluate<string>(
    `(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent ?? ''`,
  );
  return name.replaceAll(/\s/g, '');
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is out of reach of the keyboard`);
}

test('an operator draws the menu in a phone, is told a fault at its field, and publishes it at WeChat', async () => {
  const { client } = stage.server.database;
  const account = { ...(await buildActivity(client)).account, id: accountId('shop') };
  await buildActivity(client, { account });
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'menu' });
  await open(page, '/accounts/shop');
  await tab(page, '菜单');
  await page.getByText('还没有菜单').waitFor();
  await button(page, '添加菜单').click();
  await page.getByLabel('名称', { exact: true }).fill('领红包');
  await choose(page, '点了以后', '在聊天里参与活动');
  await button(page, '添加菜单').click();
  await page.getByLabel('名称', { exact: true }).fill('关于我们');
  await choose(page, '点了以后', '展开子菜单');
  await page.locator('.menu-below').getByRole('button', { name: '菜单', exact: true }).click();
  await page.getByLabel('名称', { exact: true }).fill('门店');
  await page.getByLabel('网址').fill('example.com');
  await button(page, '保存草稿').click();
  await page.getByText('网址要以 https:// 或 http:// 开头').waitFor();
  await look(page, 'console-account-menu-fault-1280');
  await page.getByLabel('网址').fill('https://example.com/');
  await button(page, '保存草稿').click();
  await page.getByText('还没有发布过').waitFor();
  await button(page, '发布到微信').click();
  await dialog(page).getByRole('button', { name: '发布到微信' }).click();
  await page.getByText('已发布到微信').waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  await look(page, 'console-account-menu-1280');
  const live = await new Caller(stage.server).logIn('viewer', 'looker');
  const { menu } = (await live.get('/accounts/shop/menu/live')).body;
  assert.deepEqual(menu.buttons[1].sub_button[0], { name: '门店', type: 'view', url: 'https://example.com/' });
  assert.deepEqual(
    faults.filter((fault) => !/400/.test(fault)),
    [],
  );
  await context.close();
});

test('an operator makes a code for a till, and sees it beside its numbers', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'scenes' });
  await open(page, '/accounts/shop');
  await tab(page, '带参二维码');
  await page.getByText('还没有带参二维码').waitFor();
  await button(page, '新建二维码').click();
  await dialog(page).getByLabel('名称').fill('门店收银台');
  await choose(page, '有效期', '永久');
  await dialog(page)
    .getByRole('button', { name: /生\s*成$/ })
    .click();
  await button(page, '门店收银台').waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  await look(page, 'console-account-scenes-1280');
  await button(page, '门店收银台').click();
  await dialog(page).locator('svg').first().waitFor();
  await look(page, 'console-account-scene-1280', false);
  await button(page, '修改名称、活动和回复').click();
  await dialog(page).getByLabel('名称').fill('门店二楼收银台');
  await dialog(page)
    .getByRole('button', { name: /保\s*存$/ })
    .click();
  await button(page, '门店二楼收银台').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a verification file is put where WeChat looks, and taken away again', async () => {
  const { context, page } = await stage.signedIn({ role: 'operator', name: 'files' });
  await open(page, '/accounts');
  await page.getByLabel('文件名').fill('MP_verify_abcdEFGH12345678.txt');
  await page.getByLabel('内容').fill('abcdEFGH12345678');
  await button(page, '放上去').click();
  const link = page.getByRole('link', { name: 'MP_verify_abcdEFGH12345678.txt' });
  await link.waitFor();
  assert.equal(
    await (await fetch(new URL((await link.getAttribute('href')) ?? '', stage.server.url))).text(),
    'abcdEFGH12345678',
  );
  await button(page, '删除 MP_verify_abcdEFGH12345678.txt').click();
  await dialog(page).getByRole('button', { name: '删除文件' }).click();
  await link.waitFor({ state: 'detached' });
  await context.close();
});

test('on a phone and in English a viewer reads the account and changes nothing', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'viewer', name: 'eve', language: 'en', size: PHONE });
  await open(page, '/accounts/shop');
  await page.getByLabel('Welcome', { exact: true }).waitFor();
  await look(page, 'console-account-texts-en-390');
  await tab(page, 'Menu');
  await page.getByText('Tap a button in the phone').waitFor();
  await look(page, 'console-account-menu-en-390');
  assert.equal(
    await page
      .locator('main')
      .getByRole('button', { name: /Save|Publish|Add/ })
      .count(),
    0,
  );
  await tab(page, 'QR codes');
  await button(page, '门店二楼收银台').waitFor();
  await look(page, 'console-account-scenes-en-390');
  assert.deepEqual(faults, []);
  await context.close();
});
