import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { randomId } from '../support/builders.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';

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
