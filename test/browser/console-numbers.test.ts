import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Openid } from '../../src/base/ids.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { PHONE } from '../support/browser.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';

const DAY_MS = 86_400_000;
let stage: ConsoleInBrowser;
let activity: LiveActivity;
const winner: Openid = follower(1);

before(async () => {
  stage = await startConsoleInBrowser();
  activity = await publishActivity(stage.server.database.client, {
    mechanic: { kind: 'lottery', blankTickets: 3 },
    limits: { drawsPerPersonPerDay: 1 },
  });
  await drawDays();
});
after(() => stage?.close());

/** Five days of draws by keyword and code, the last of them today. */
async function drawDays(): Promise<void> {
  const { client } = stage.server.database;
  const { pool } = stage.server;
  for (let back = 4; back >= 0; back -= 1) {
    const atMs = Date.now() - back * DAY_MS;
    const clock = { nowMs: () => atMs, sleep: async () => {} };
    const batcher = batcherOver(createDrawStore(pool), undefined, { clock });
    const draws = Array.from({ length: 30 - back * 4 }, (_, index) =>
      batcher.draw({
        activity,
        openid: follower((index % 24) + 1),
        key: messageKey(`b${back}-${index}`),
        way: index % 3 === 0 ? 'scenes/门店海报' : 'words/抽奖',
        render: (text) => text,
      }),
    );
    await Promise.all(draws);
  }
  await client.query(
    `insert into web_profile (account_id, openid, nickname, seen_at) values ('main', $1, '王小明', $2)`,
    [winner, new Date()],
  );
  await client.query(
    `insert into payout_tally (account_id, activity_id, day, slot, sent, sent_fen, opened, opened_fen, returned, returned_fen)
     select account_id, activity_id, day, 0, wins, won_fen, wins / 2, won_fen / 2, 0, 0 from activity_day`,
  );
}

const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);
const tab = (page: Page) => page.getByRole('tab', { name: '数据' });

test('an operator sees people, draws, money, ways in and odds of a period, and takes a file away', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'xiao' });
  await open(page, '/numbers');
  await page.getByRole('heading', { name: '数据总览' }).waitFor();
  await page.locator('.chart svg').waitFor();
  await look(page, 'console-numbers-1280');
  await page.getByRole('link', { name: '新年活动' }).click();
  await tab(page).click();
  await page.getByText('二维码 · 门店海报').waitFor();
  await page.getByRole('heading', { name: '中奖概率核对' }).waitFor();
  await page.locator('.chart svg').waitFor();
  await look(page, 'console-activity-numbers-1280');
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: '抽奖记录' }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /-draws-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.xlsx$/);
  assert.equal(await download.failure(), null);
  await page.getByText('已完成').waitFor();
  await page.getByText('今天', { exact: true }).click();
  await page.getByRole('heading', { name: '各小时抽奖次数' }).waitFor();
  await look(page, 'console-activity-numbers-today-1280');
  assert.deepEqual(faults, []);
  await context.close();
});

test('an operator forecasts an activity, sees what came drawn over it and where it leaves the band', async () => {
  const { client } = stage.server.database;
  await client.query(`update activity set published_at = $2 where id = $1`, [
    activity.id,
    new Date(Date.now() - 4.5 * DAY_MS),
  ]);
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'xiao' });
  await open(page, `/activities/${activity.id}`);
  await page.getByRole('tab', { name: '预测' }).click();
  await page.getByText('还没有预测').waitFor();
  await page.getByLabel('参与人数').fill('1000');
  await page.getByRole('button', { name: '开始预测' }).click();
  await page.getByRole('heading', { name: '累计花费（元）与 99.9% 区间' }).waitFor();
  await page.getByText('真实曲线离开了 99.9% 区间').waitFor();
  await page.getByText('来的人比预计少').waitFor();
  await page.locator('.chart svg').nth(3).waitFor();
  await look(page, 'console-forecast-1280');
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载归档文件（留存两年）' }).click();
  assert.match((await downloading).suggestedFilename(), /\.archive$/);
  await page.setViewportSize(PHONE);
  await look(page, 'console-forecast-390');
  assert.deepEqual(faults, []);
  await context.close();
});

test('support finds somebody by name and sees why each draw ended so', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'support', name: 'su' });
  await page.getByRole('link', { name: '粉丝', exact: true }).click();
  await page.getByLabel('找谁').fill('王小');
  await page.getByRole('button', { name: '查找' }).click();
  await look(page, 'console-people-1280');
  await page.getByRole('link', { name: '王小明' }).click();
  await page.getByRole('heading', { name: '经过' }).waitFor();
  await page.getByText('今天的机会已经用完', { exact: false }).first().waitFor();
  await look(page, 'console-person-1280');
  await page.getByRole('button', { name: '加入黑名单' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '加入黑名单' }).click();
  await page.getByText('blacklist', { exact: true }).first().waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载个人信息' }).click();
  assert.match((await downloading).suggestedFilename(), /^personal-data-.*\.json$/);
  await page.getByRole('button', { name: '删除个人信息' }).click();
  await look(page, 'console-person-erase-1280', false);
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();
  const { rows } = await stage.server.database.client.query('select openid from award limit 1');
  await open(page, `/people/main/${rows[0].openid}`);
  await page.getByRole('link', { name: /^订单/ }).first().click();
  await page.getByRole('heading', { name: '红包详情' }).waitFor();
  await page.getByText('请求记录').waitFor();
  await look(page, 'console-payout-1280');
  await page.getByRole('link', { name: rows[0].openid }).click();
  await page.getByRole('heading', { name: '经过' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('finance enters a balance and is told when it ends, and that WeChat Pay found it empty', async () => {
  const { client } = stage.server.database;
  await client.query(
    `insert into merchant_flow (merchant_id, from_at, slot, sent_fen) values ('main', $1, 0, 600000)`,
    [new Date(Date.now() - 1_200_000)],
  );
  const { context, page, faults } = await stage.signedIn({ role: 'finance', name: 'fang' });
  await open(page, '/payments');
  await page.getByText('还没有录入余额').waitFor();
  await page.getByRole('button', { name: '录入' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '录入' }).click();
  await dialog.getByText('请填写金额。').waitFor();
  await look(page, 'console-balance-enter-1280', false);
  await dialog.getByLabel('金额').fill('20000');
  await dialog.getByRole('button', { name: '录入' }).click();
  await page.getByText(/照这个速度，\d{4}-\d\d-\d\d \d\d:\d\d 用完/).waitFor();
  await dialog.waitFor({ state: 'hidden' });
  await look(page, 'console-balance-1280');
  await client.query(
    `insert into merchant_balance (merchant_id, kind, amount_fen, flow_fen, note, entered_by, entered_at)
     values ('main', 'empty', 0, 600000, '', 'wechat', $1)`,
    [new Date()],
  );
  await page.reload();
  await page.getByText('微信支付说余额不足（NOTENOUGH）').waitFor();
  await look(page, 'console-balance-empty-1280');
  assert.deepEqual(faults, []);
  await context.close();
});

test('in English and on a phone the numbers are read', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'viewer', name: 'vi', language: 'en', size: PHONE });
  await open(page, `/activities/${activity.id}`);
  await page.getByRole('tab', { name: 'Numbers' }).click();
  await page.getByRole('heading', { name: 'Odds kept' }).waitFor();
  await page.locator('.chart svg').waitFor();
  await look(page, 'console-activity-numbers-en-390');
  assert.equal(await page.getByRole('heading', { name: 'Export' }).count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});
