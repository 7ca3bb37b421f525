import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller } from '../support/console.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { lotteryRule } from '../support/live-activity.ts';

let stage: ConsoleInBrowser;
let api: Caller;

before(async () => {
  stage = await startConsoleInBrowser();
  api = await new Caller(stage.server).logIn('owner', 'api');
});

after(() => stage?.close());

test('an activity is paused, given another text with the change shown, compared and goes on', async () => {
  const draft = lotteryRule({ limits: { drawsPerPerson: 1 } });
  const created = await api.post('/activities', { accountId: 'main', slug: 'life', name: '春节抽奖', draft });
  const { id, revision } = created.body.activity;
  await api.post(`/activities/${id}/publish`, { revision });
  const { context, page, faults } = await stage.signedIn({ name: 'anna' });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  await page.goto(`${stage.server.url}/console/activities/${id}`);
  await press('暂停');
  await page.getByRole('dialog', { name: '暂停这个活动？' }).waitFor();
  await press('暂停');
  await page.getByText('活动已暂停').waitFor();
  assert.equal((await api.get(`/activities/${id}`)).body.activity.state, 'paused');

  await press('修改文案');
  await page.getByLabel('没中奖时', { exact: true }).fill('差一点点');
  await page.getByRole('button', { name: /检查与发布/ }).click();
  await press('发布修改');
  await page.getByText('文案 · 没中奖时').waitFor();
  await look(page, 'console-publish-changes-1280');
  await press('确认发布');
  await page.getByText(/第 2 版/).waitFor();

  await page.getByRole('tab', { name: '版本' }).click();
  await page.getByText('文案 · 没中奖时').waitFor();
  await look(page, 'console-versions-1280');
  await press('恢复');
  await press('恢复');
  await page.getByText('活动已恢复').waitFor();
  assert.equal((await api.get(`/activities/${id}`)).body.activity.state, 'published');
  assert.deepEqual(faults, []);
  await context.close();
});

test('a budget below the worst case asks what happens then', async () => {
  const draft = lotteryRule({ limits: { drawsPerPerson: 1 }, budgetFen: 900 });
  const created = await api.post('/activities', { accountId: 'main', slug: 'tight', name: '小预算', draft });
  const { id } = created.body.activity;
  const { context, page, faults } = await stage.signedIn({ name: 'berta' });
  await page.goto(`${stage.server.url}/console/activities/${id}/edit`);
  await page.getByRole('button', { name: /检查与发布/ }).click();
  await page.getByText(/奖品全部发完要/).waitFor();
  await page.getByRole('button', { name: '去修改' }).click();
  await page.getByText('预算用完以后').first().waitFor();
  await look(page, 'console-worst-case-1280');
  await page.getByLabel('预算用完以后').last().click();
  await page.locator('.ant-select-dropdown:visible').getByText('不能再参与', { exact: true }).click();
  await page.getByRole('button', { name: /检查与发布/ }).click();
  await page.getByText('可以发布', { exact: true }).waitFor();
  assert.equal((await api.get(`/activities/${id}`)).body.activity.draft.whenBudgetEnds, 'close');
  assert.deepEqual(faults, []);
  await context.close();
});

test('an activity gets its start and end, texts within what WeChat allows, and is tried before it is published', async () => {
  const draft = lotteryRule({ limits: { drawsPerPerson: 1 } });
  const created = await api.post('/activities', { accountId: 'main', slug: 'planned', name: '周末抽奖', draft });
  const { id } = created.body.activity;
  const { context, page, faults } = await stage.signedIn({ name: 'clara' });
  const year = new Date().getFullYear() + 1;
  await page.goto(`${stage.server.url}/console/activities/${id}/edit`);
  await page.getByLabel('开始时间').fill(`${year}-02-03T10:00`);
  await page.getByLabel('结束时间').fill(`${year}-02-08T22:30`);

  await page.getByRole('button', { name: /文案/ }).first().click();
  const lost = page.getByLabel('没中奖时', { exact: true });
  await lost.fill('差一点');
  await page.getByText('9 / 2048 字节').first().waitFor();
  await lost.fill('福'.repeat(683));
  await page.locator('.over', { hasText: '2049 / 2048 字节' }).first().waitFor();
  await lost.fill('差一点，还有');
  await page.getByRole('list', { name: '可以插入到「没中奖时」' }).getByRole('button', { name: '剩余次数' }).click();
  assert.equal(await lost.inputValue(), '差一点，还有{chances}');

  await page.getByRole('button', { name: /检查与发布/ }).click();
  const tries = page.getByRole('region', { name: '发布前试一试' });
  await tries.getByText('第一次来的人').waitFor();
  await tries.getByText('同一个人一分钟后再来').waitFor();
  await tries.locator('summary').first().click();
  await tries.locator('details[open] li').first().waitFor();
  await look(page, 'console-try-1280');
  await page.getByRole('button', { name: '发布活动', exact: true }).click();
  await page.getByRole('button', { name: '确认发布', exact: true }).last().click();
  await page.getByText('已发布', { exact: true }).waitFor();
  const { startsAtMs, endsAtMs } = (await api.get(`/activities/${id}`)).body.activity.draft;
  assert.deepEqual(
    [startsAtMs, endsAtMs],
    [Date.parse(`${year}-02-03T10:00+08:00`), Date.parse(`${year}-02-08T22:30+08:00`)],
  );
  await page.getByRole('link', { name: '活动', exact: true }).click();
  await page.getByText(/02-03 10:00 开始/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
