import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { batcherOver, follower, messageKey, wallClock } from '../support/draws.ts';

let stage: ConsoleInBrowser;

before(async () => {
  stage = await startConsoleInBrowser();
});

after(() => stage?.close());

async function drawAll(slug: string, people: number): Promise<void> {
  const directory = createActivityDirectory({
    pool: stage.server.pool,
    clock: wallClock,
    logger: stage.server.log,
    parseRule: (stored) => activityRuleSchema.parse(stored),
  });
  const activity = await directory.bySlug(slug);
  assert.ok(activity, 'the published activity is live');
  const batcher = batcherOver(createDrawStore(stage.server.pool));
  for (let number = 0; number < people; number += 1) {
    const openid = follower(number % 30);
    await batcher.draw({ activity, openid, key: messageKey(`${slug}-${number}`), render: (text) => text });
  }
}

async function slugOf(page: Page): Promise<string> {
  return page.getByLabel('活动页地址').inputValue();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a new operator logs in, makes a lottery from a template, publishes it and sees what it gives', async () => {
  const { context, page, faults } = await stage.signedIn();
  await page.getByText('还没有活动').waitFor();
  assert.ok(!(await page.evaluate<string>('location.href + JSON.stringify(history.state)')).includes('token'));
  await look(page, 'console-empty-1280');

  await button(page, '新建活动').first().click();
  await page.getByRole('heading', { name: '春节抽奖' }).waitFor();
  await look(page, 'console-templates-1280');
  await page.getByRole('button', { name: '用这个模板：春节抽奖' }).click();
  const name = page.getByLabel('活动名称');
  await name.fill('');
  await button(page, '检查并发布').click();
  await page.getByText('这一项必须填写').waitFor();
  await look(page, 'console-editor-quick-fault-1280');
  await name.fill('2027 新春抽奖');
  await button(page, '逐步设置每一项').click();
  const slug = await slugOf(page);
  await look(page, 'console-editor-basic-1280');
  await button(page, '保存并继续').click();

  await page.getByRole('heading', { name: '谁能参加' }).waitFor();
  assert.match(page.url(), /\/activities\/[0-9a-f]{32}\/edit\/who$/);
  await look(page, 'console-editor-who-1280');
  await button(page, '保存并继续').click();
  await page.getByRole('heading', { name: '怎样参与' }).waitFor();
  await page.frameLocator('iframe').getByRole('heading', { name: '2027 新春抽奖' }).waitFor();
  await look(page, 'console-editor-win-1280');
  await button(page, '保存并继续').click();

  await fillPrizes(page);
  await button(page, '保存并继续').click();
  await page.getByText('预算足够发完所有奖品').waitFor();
  await look(page, 'console-editor-money-1280');
  await button(page, '保存并继续').click();
  await page.getByText('粉丝看到的样子').waitFor();
  await look(page, 'console-editor-texts-1280');
  await button(page, '保存并继续').click();
  await page.getByText('右边是真的活动页').waitFor();
  await look(page, 'console-editor-look-1280');
  await button(page, '保存并继续').click();
  await page.getByText('可以发布').waitFor();
  await button(page, '开始预测').click();
  await page.getByRole('heading', { name: '累计花费（元）与 99.9% 区间' }).waitFor();
  await look(page, 'console-editor-review-1280');
  await button(page, '发布活动').click();
  await page.getByText('从此不能再改').waitFor();
  await look(page, 'console-publish-1280', false);
  await button(page, '确认发布').click();
  await page.getByText('进行中').waitFor();
  await look(page, 'console-overview-new-1280');

  await drawAll(slug, 70);
  await page.reload();
  await seeWhatItGave(page);
  await stop(page);
  assert.deepEqual(faults, []);
  await context.close();
});

/** Sees a fault at its field, then sets prizes whose odds are plain to read. */
async function fillPrizes(page: Page): Promise<void> {
  const prize = (name: string) => page.getByRole('group', { name, exact: true });
  const amount = prize('一等奖').getByLabel('金额');
  await amount.fill('0.5');
  await button(page, '保存并继续').click();
  await page.getByRole('heading', { name: '预算', exact: true }).waitFor();
  await page.getByRole('navigation').getByRole('button', { name: /奖品/ }).click();
  await page.getByText('微信规定每个红包 1 至 200 元').waitFor();
  await look(page, 'console-editor-prizes-fault-1280');
  await amount.fill('88.88');
  await prize('一等奖').getByLabel('奖券数').fill('10');
  await prize('二等奖').getByLabel('奖券数').fill('90');
  await prize('三等奖').getByLabel('奖券数').fill('400');
  await prize('不中奖').getByLabel('不中奖的奖券数').fill('500');
  await page.getByText('400 / 1,000').waitFor();
  assert.equal(await page.getByText('总中奖率').locator('xpath=../dd').textContent(), '50%');
  await look(page, 'console-editor-prizes-1280');
}

async function seeWhatItGave(page: Page): Promise<void> {
  await page.getByText('设定 50%').waitFor();
  const counted = await stage.server.database.client.query("select count(*) from draw where outcome <> 'refused'");
  const draws = await page.locator('.tile', { hasText: '参与次数' }).locator('.tile-value').textContent();
  assert.equal(draws, counted.rows[0].count);
  await look(page, 'console-overview-1280');

  await page.getByRole('tab', { name: '参与记录' }).click();
  await page.getByText('加载更多').click();
  await page.getByText(/共 70 条/).waitFor();
  await page.evaluate('window.scrollTo(0, 0)');
  await look(page, 'console-draws-1280');
  await page
    .getByRole('row', { name: /抽到的奖券不中奖/ })
    .first()
    .getByRole('button')
    .click();
  await page.getByText('抽到第').waitFor();
  await look(page, 'console-why-1280', false);
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: '奖品发放' }).click();
  await page.getByText('等待发送').first().waitFor();
  await look(page, 'console-awards-1280');
  await page.getByRole('tab', { name: '账本' }).click();
  await page.getByText('账平').waitFor();
  assert.match((await page.locator('.sums').textContent()) ?? '', /资金来源−¥6,424.80/);
  await look(page, 'console-books-1280');
}

async function stop(page: Page): Promise<void> {
  await button(page, '停止活动').click();
  await page.getByText('停止后不能再开始').waitFor();
  await look(page, 'console-stop-1280', false);
  await button(page, '确认停止').click();
  await page.locator('.state-stopped').waitFor();
  await page.getByRole('link', { name: '活动', exact: true }).click();
  await page.getByRole('link', { name: '2027 新春抽奖' }).waitFor();
  await look(page, 'console-list-1280');
}
