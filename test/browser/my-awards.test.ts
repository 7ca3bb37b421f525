import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Openid, OrderNumber } from '../../src/base/ids.ts';
import { TransferRail } from '../../src/pay/transfers/transfer-rail.ts';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { randomId } from '../support/builders.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';
import { simulatedKeys, simulatedMerchant, transfer } from '../support/transfers.ts';

const STATES = ['waiting', 'waiting', 'unknown', 'sent', 'received', 'returned', 'parked'];

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

it('a follower sees of every award how far it has come, and when one that waits goes out', async (context) => {
  const world = await startPageWorld(context);
  const { client } = world.database;
  const { slug } = await publishActivity(client, { limits: { drawsPerPerson: 10 } });
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  const faults = watchFaults(page);
  await page.goto(`${world.doors[0]}/a/${slug}`);
  await page.locator('.hub').waitFor();
  for (const _ of STATES) {
    const answer = await page.request.post(`${world.doors[0]}/api/a/${slug}/draw`, {
      data: { token: randomId() },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(answer.status(), 200, await answer.text());
  }
  const { rows } = await client.query<{ order_number: string }>('select order_number from payout order by created_at');
  for (const [index, state] of STATES.entries()) {
    const dueAt = new Date(index === 0 ? '2026-12-31T16:01:00Z' : '2026-01-01T00:00:00Z');
    await client.query('update payout set state = $2, due_at = $3 where order_number = $1', [
      rows[index]?.order_number,
      state,
      dueAt,
    ]);
  }
  await page.goto(`${world.doors[0]}/me/awards`);
  await page.getByText('今天的红包已达微信上限，将于 1月1日 00:01 后自动发放').waitFor();
  for (const text of ['准备中', '正在核对', '已发出', '已领取', '已退回', '处理中']) {
    await page.getByText(text, { exact: true }).waitFor();
  }
  await takeScreenshot(page, 'my-awards-phone', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);

  await client.query(`update merchant set state = 'stopped', stopped_reason = 'NOTENOUGH'`);
  await page.goto(`${world.doors[0]}/me/awards?lang=en`);
  await page.getByText('The merchant has paused sending').first().waitFor();
  await takeScreenshot(page, 'my-awards-paused-en-phone', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  assert.deepEqual(faults, []);
});

/** Sends the one award there is as a transfer, and writes down what came back as the worker does. */
async function sendAsTransfer({ database, simulator }: PageWorld): Promise<string> {
  const { rows } = await database.client.query<{ number: OrderNumber; openid: Openid }>(
    'select order_number as number, openid from payout',
  );
  const [payout] = rows;
  assert.ok(payout !== undefined);
  const { number: orderNumber, openid } = payout;
  const { account, merchant } = simulator;
  const request = transfer({ orderNumber, openid, appId: account.appId, mchId: merchant.mchId });
  const nowMs = () => simulator.clock.nowMs();
  const keys = { keys: async () => simulatedKeys(simulator) };
  const rail = new TransferRail({ baseUrl: simulator.payUrl, extraCaPem: simulator.caPem, keys, nowMs });
  const { raw, ...outcome } = await rail.send(simulatedMerchant(simulator), request);
  await rail.close();
  assert.equal(outcome.kind, 'paid', raw);
  const now = new Date(nowMs());
  await database.client.query(
    `update payout set state = 'sent', request = $1, first_sent_at = $2 where order_number = $3`,
    [request, now, orderNumber],
  );
  await database.client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome)
     values ('main', $1, 1, 'send', '', $2, $2, $3)`,
    [orderNumber, now, outcome],
  );
  return orderNumber;
}

it('a transfer is collected by a tap: WeChat lays its confirmation over the page, which then says that it is there', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client);
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  const faults = watchFaults(page);
  await page.goto(`${world.doors[0]}/a/${slug}`);
  await page.request.post(`${world.doors[0]}/api/a/${slug}/draw`, {
    data: { token: randomId() },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const number = await sendAsTransfer(world);
  await page.goto(`${world.doors[0]}/me/awards`);
  const button = page.getByRole('button', { name: '领取' });
  await button.waitFor();
  await takeScreenshot(page, 'my-awards-collect-phone', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await button.click();
  await page.getByText('新年活动：1.00 元').waitFor();
  await page.getByRole('link', { name: '返回' }).click();
  await button.waitFor();
  assert.equal(world.simulator.books.packet(number)?.status, 'SENT', 'leaving it confirms nothing');
  await button.click();
  await page.getByRole('button', { name: '确认收款' }).click();
  await page.waitForURL(`${world.doors[0]}/me/awards`);
  assert.equal(world.simulator.books.packet(number)?.status, 'RECEIVED');
  assert.deepEqual(faults, []);

  // Where WeChat's script cannot be had, the page says where to open it.
  await page.route('**/open/js/**', (route) => route.abort());
  await page.goto(`${world.doors[0]}/me/awards`);
  await button.click();
  await page.getByRole('button', { name: '请用新版手机微信打开本页领取' }).waitFor();
});
