import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { buildPool } from '../support/code-pools.ts';
import { countDraws } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

const prizes: ActivityRuleInput['prizes'] = [
  { id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 0, stock: 20 },
  { id: 'second', name: '二等奖', kind: 'red-packet', amountFen: 888, tickets: 1, stock: 200 },
  { id: 'third', name: '三等奖', kind: 'red-packet', amountFen: 188, tickets: 0, stock: 2000 },
  { id: 'cup', name: '保温杯', kind: 'text', tickets: 0, stock: 5 },
];
const winning: Partial<ActivityRuleInput> = {
  trigger: { words: [], page: true },
  prizes,
  limits: { drawsPerPersonPerDay: 3 },
};

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

interface Opened {
  readonly world: PageWorld;
  readonly page: Page;
  readonly faults: readonly string[];
}

async function openPage(
  context: TestContext,
  rule: Partial<ActivityRuleInput>,
  phoneOptions: Parameters<typeof wechatPhone>[1] = {},
): Promise<Opened> {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, { ...winning, ...rule });
  await world.database.client.query(`update activity set name = '新春抽奖'`);
  const phone = await wechatPhone(browser, phoneOptions);
  context.after(() => phone.close());
  const page = await phone.newPage();
  const faults = watchFaults(page);
  await page.goto(`${world.doors[0]}/a/${slug}`);
  await page.locator('.play-action').waitFor();
  return { world, page, faults };
}

const still = { reducedMotion: 'reduce' } as const;

it('the light of the nine fields stops on what the server has drawn', async (context) => {
  const { page, faults } = await openPage(context, { look: { play: 'nine-grid', theme: 'playful' } });
  await takeScreenshot(page, 'play-nine-grid', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.waitForTimeout(1500);
  await takeScreenshot(page, 'play-nine-grid-running');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal(await page.locator('.grid-lit').textContent(), '8.88 元');
  assert.deepEqual(faults, []);
});

it('a scratch card is rubbed off with a finger', async (context) => {
  const { world, page, faults } = await openPage(context, { look: { play: 'scratch' } });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '刮一张' }).tap();
  await page.getByText('用手指刮开').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0, 'nothing is told before it is scratched');
  const box = await page.locator('.scratch-cover').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 5, box.y + 20);
  await page.mouse.down();
  for (let row = 0; row < 5; row += 1) {
    const y = box.y + 20 + row * 40;
    await page.mouse.move(box.x + (row % 2 === 0 ? box.width - 5 : 5), y, { steps: 20 });
    if (row === 1) await takeScreenshot(page, 'play-scratch');
    await page.mouse.move(box.x + (row % 2 === 0 ? box.width - 5 : 5), Math.min(y + 40, box.y + box.height - 5));
  }
  await page.mouse.up();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
  assert.deepEqual(faults, []);
});

it('a scratch card is shown by keyboard, and one left unscratched shows the same result on coming back', async (context) => {
  const { world, page } = await openPage(context, { look: { play: 'scratch' } });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '直接看结果' }).waitFor();
  await page.reload();
  await page.getByText('用手指刮开').waitFor();
  await page.waitForFunction(`document.activeElement.textContent === '直接看结果'`);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
  await page.reload();
  await page.locator('.play-action').waitFor();
  await page.waitForTimeout(400);
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('packets rain for ten seconds or until somebody has seen enough', async (context) => {
  const { world, page, faults } = await openPage(context, { look: { play: 'rain', theme: 'dark' } });
  await takeScreenshot(page, 'play-rain-before', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '开抢' }).tap();
  await page.getByText('抓到 0 个').waitFor();
  await page.waitForTimeout(1500);
  await page.locator('.drop').first().dispatchEvent('pointerdown');
  await page.getByText('抓到 1 个').waitFor();
  await page.getByRole('button', { name: '抓一个' }).press('Enter');
  await page.getByText('抓到 2 个').waitFor();
  await page.waitForTimeout(1500);
  await takeScreenshot(page, 'play-rain');
  await page.getByRole('button', { name: '直接看结果' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1, 'catching draws nothing');
  assert.deepEqual(faults, []);
});

it('people who want less motion wait for no rain', async (context) => {
  const { page } = await openPage(context, { look: { play: 'rain' } }, still);
  await page.getByRole('button', { name: '开抢' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor({ timeout: 5000 });
});

it('a riddle draws for the right answer only, however it is written', async (context) => {
  const { world, page } = await openPage(context, {
    trigger: { words: [{ match: 'exact', word: '红包 88' }], page: true },
    look: { question: '什么东西大家过年都爱抢？（打一物，后接两个八）', theme: 'plain' },
  });
  await takeScreenshot(page, 'play-riddle', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  const field = page.getByLabel('你的答案');
  await field.fill('饺子');
  await page.getByRole('button', { name: '提交答案' }).tap();
  await page.locator('.notice', { hasText: '答案不对' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 0);
  await field.fill('红包８８！');
  await field.press('Enter');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('a code draws once, and one that does not exist costs nothing', async (context) => {
  const { world, page, faults } = await openPage(context, {
    mechanic: { kind: 'code', pool: 'caps', prizeId: 'second' },
    look: { theme: 'dark' },
  });
  await buildPool(world.database.client, 'caps', ['hk7m3qwx9trp']);
  await takeScreenshot(page, 'play-code', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  const field = page.getByLabel('输入兑换码');
  await field.fill('HK7M3QWX9TRZ');
  await page.getByRole('button', { name: '兑换' }).tap();
  await page.getByRole('dialog', { name: '没有这个兑换码' }).waitFor();
  await page.keyboard.press('Escape');
  await field.fill('HK7M-3QWX-9TRP');
  await field.press('Enter');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).won, 1);
  assert.deepEqual(faults, []);
});

it('a calendar shows the days of the streak and what it is good for', async (context) => {
  const { world, page, faults } = await openPage(context, {
    mechanic: {
      kind: 'check-in',
      milestones: [
        { streakDays: 1, prizeId: 'third' },
        { streakDays: 7, prizeId: 'first' },
      ],
    },
  });
  assert.equal(await page.locator('.calendar-done').count(), 0);
  await takeScreenshot(page, 'play-calendar', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '签到' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  await page.locator('.calendar-today.calendar-done').waitFor({ state: 'attached' });
  await page.getByText('已连续签到 1 天').waitFor({ state: 'attached' });
  // The first of the month, written as the rules remember it.
  const today = await page.locator('.calendar-today').getAttribute('data-day');
  await world.database.client.query(
    `update participant set state = jsonb_set(state, '{main,months}', state->'main'->'months' || jsonb_build_object($1::text, 1 | (state->'main'->'months'->>$1::text)::int))`,
    [today?.slice(0, 7)],
  );
  await page.reload();
  await page.locator('.calendar-done').first().waitFor();
  assert.match(await page.locator('.calendar-done').first().innerText(), /^1\b/);
  assert.deepEqual(faults, []);
});

it('a missed day is made up with a card, and chances that checking in gave are spent on the page', async (context) => {
  const { world, page, faults } = await openPage(context, {
    mechanic: {
      kind: 'check-in',
      milestones: [{ streakDays: 2, leadsTo: { kind: 'chances', in: 'wheel', count: 1 } }],
      totals: [{ of: 'total', days: 20, prizeId: 'first' }],
    },
    chained: [
      { id: 'card', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 1, reachBackDays: 1 } },
      { id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 0, chances: 'earned' } },
    ],
    startsAtMs: Date.now() - 10 * 86_400_000,
    limits: {},
  });
  await page.getByRole('button', { name: '签到', exact: true }).tap();
  await page.getByRole('dialog', { name: '签到成功' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('累计 1 / 20 天').waitFor();
  await takeScreenshot(page, 'play-calendar-missed', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: /^补签 \d/ }).press('Enter');
  await page.getByRole('dialog', { name: '获得抽奖机会' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('没有补签卡').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '用一次机会抽奖' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('还没有抽奖机会').waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 3);
  assert.deepEqual(faults, []);
});
