import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, DESK, startBrowser, takeScreenshot } from '../support/browser.ts';
import { watchFaults, wechatPhone } from '../support/browser.ts';
import { countDraws } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld, PageWorldOptions } from '../support/page-world.ts';

const prizes: ActivityRuleInput['prizes'] = [
  { id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 0, stock: 20 },
  { id: 'second', name: '二等奖', kind: 'red-packet', amountFen: 888, tickets: 1, stock: 200 },
  { id: 'third', name: '三等奖', kind: 'red-packet', amountFen: 188, tickets: 0, stock: 2000 },
  { id: 'cup', name: '保温杯', kind: 'text', tickets: 0, stock: 0 },
];
const winning: Partial<ActivityRuleInput> = {
  trigger: { words: [], page: true },
  prizes,
  limits: { drawsPerPersonPerDay: 3 },
};
const losing: Partial<ActivityRuleInput> = {
  ...winning,
  mechanic: { kind: 'lottery', blankTickets: 1 },
  prizes: prizes.map((prize) => ({ ...prize, tickets: 0 })),
};

const MOVING = { reducedMotion: 'no-preference' } as const;

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

interface Opened {
  readonly world: PageWorld;
  readonly page: Page;
  readonly faults: readonly string[];
  readonly slug: string;
}

/** Publishes an activity and opens its page on a phone, through web authorization at the simulator. */
async function openPage(
  context: TestContext,
  rule: Partial<ActivityRuleInput>,
  options: PageWorldOptions & { readonly query?: string; readonly phone?: Parameters<typeof wechatPhone>[1] } = {},
): Promise<Opened> {
  // A wheel turns for four seconds, which only those wait for who look at it.
  const phoneOptions = { reducedMotion: 'reduce' as const, ...options.phone };
  const world = await startPageWorld(context, options);
  const activity = await publishActivity(world.database.client, rule);
  await world.database.client.query(`update activity set name = '新春抽奖'`);
  const phone = await wechatPhone(browser, phoneOptions);
  context.after(() => phone.close());
  const page = await phone.newPage();
  const faults = watchFaults(page);
  await page.goto(`${world.doors[0]}/a/${activity.slug}${options.query ?? ''}`);
  await page.locator('.play-action').waitFor();
  return { world, page, faults, slug: activity.slug };
}

it('a follower authorizes, spins, wins and is told what happens next', async (context) => {
  const { world, page, faults, slug } = await openPage(context, winning, { phone: MOVING });
  assert.equal(page.url(), `${world.doors[0]}/a/${slug}`, 'nothing of the authorization is left in the address');
  await page.getByText('还有 3 次机会').waitFor();
  await takeScreenshot(page, 'activity-phone', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);

  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.waitForTimeout(1500);
  await takeScreenshot(page, 'activity-phone-spinning');
  const card = page.getByRole('dialog', { name: '恭喜中奖' });
  await card.waitFor();
  assert.match(await card.innerText(), /8\.88\s*元\s*二等奖[^]*24 小时/);
  assert.equal(await page.getByRole('status').textContent(), '恭喜，抽中二等奖，8.88 元');
  await page.waitForTimeout(500);
  await takeScreenshot(page, 'activity-phone-won');
  assert.deepEqual(await accessibilityViolations(page), []);

  await card.getByRole('link', { name: '我的奖品' }).tap();
  await page.getByText('红包马上发到公众号聊天里').waitFor();
  await takeScreenshot(page, 'awards-phone');
  assert.deepEqual(await accessibilityViolations(page), []);
  assert.deepEqual(faults, []);
  const counts = await countDraws(world.database.client);
  assert.deepEqual([counts.draws, counts.won, counts.payouts], [1, 1, 1]);
});

it('the wheel stops on the piece that the server has drawn', async (context) => {
  const { page } = await openPage(context, winning, { phone: MOVING });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.getByRole('dialog').waitFor();
  // Of all names above the hub, the one nearest to the wheel's upright.
  const underPointer = await page.evaluate<string>(`(() => {
    const wheel = document.querySelector('.wheel').getBoundingClientRect();
    const away = (name) => {
      const box = name.getBoundingClientRect();
      const below = box.top + box.height / 2 > wheel.top + wheel.height / 2;
      return Math.abs(box.left + box.width / 2 - wheel.left - wheel.width / 2) + (below ? 10_000 : 0);
    };
    const names = [...document.querySelectorAll('.wheel-disc .piece-name')];
    return names.sort((left, right) => away(left) - away(right))[0].textContent;
  })()`);
  assert.equal(underPointer, '二等奖');
});

it('three taps in a row are one draw', async (context) => {
  const { world, page } = await openPage(context, winning);
  await page.evaluate(`[1, 2, 3].forEach(() => document.querySelector('.hub').click())`);
  await page.getByRole('dialog').waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('an answer lost on the way is asked for again and is still one draw', async (context) => {
  const { world, page } = await openPage(context, winning);
  let lost = 0;
  await page.route('**/api/a/*/draw', async (route) => {
    if (lost === 2) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '正在重试' }).waitFor();
  await takeScreenshot(page, 'activity-phone-retrying');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal(lost, 2);
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('when too many wait, the page queues and then gets its one draw', async (context) => {
  let refused = 0;
  const { world, page } = await openPage(context, winning, {
    aroundBatcher: (batcher) => ({
      draw: async (input) => {
        if (refused === 2) return batcher.draw(input);
        refused += 1;
        throw new OutsideTrouble('busy', 'too many draws are waiting');
      },
    }),
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '正在排队' }).waitFor();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('the back button brings the page back as it is now, and draws nothing', async (context) => {
  const { world, page } = await openPage(context, winning);
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.getByRole('dialog').getByRole('link', { name: '我的奖品' }).tap();
  await page.getByText('红包马上发到公众号聊天里').waitFor();
  await page.goBack();
  await page.getByText('还有 2 次机会').first().waitFor();
  await page.waitForTimeout(300);
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('a page reloaded before its answer came shows that answer without a tap', async (context) => {
  const { world, page } = await openPage(context, winning);
  await page.route('**/api/a/*/draw', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await page.reload();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
  await page.reload();
  await page.waitForTimeout(500);
  assert.equal(await page.getByRole('dialog').count(), 0, 'an answer that was shown is not drawn again');
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('offline for a while, the same draw goes on when the phone is back', async (context) => {
  const { world, page } = await openPage(context, losing);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '正在重试' }).waitFor();
  await page.context().setOffline(false);
  const card = page.getByRole('dialog', { name: '差一点点' });
  await card.waitFor();
  // The number of chances stands there once it was read anew, and never as it was before.
  await card.getByText(/还有 \d+ 次机会/).waitFor();
  assert.match(await card.innerText(), /没有中奖[^]*还有 2 次机会/);
  await page.waitForTimeout(400);
  await takeScreenshot(page, 'activity-phone-lost');
  assert.deepEqual(await accessibilityViolations(page), []);
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

for (const script of ['button', 'later', 'words-en'] as const) {
  it(`a script that did not come at first is asked for again (${script})`, async (context) => {
    // Chromium gives the same failed import again and again, until the page is loaded anew.
    const world = await startPageWorld(context);
    const activity = await publishActivity(world.database.client, { ...losing, look: { play: 'button' } });
    const phone = await wechatPhone(browser, { reducedMotion: 'reduce' });
    context.after(() => phone.close());
    const page = await phone.newPage();
    // The page's own hint to load it early asks, too: under its first address it never comes.
    await page.route(`**/h5/assets/${script}-*.js`, (route) => route.abort('internetdisconnected'));
    await page.goto(`${world.doors[0]}/a/${activity.slug}?lang=en`);
    await page.locator('.play-action').waitFor();
    // What comes later moves the button.
    await page.waitForLoadState('networkidle');
    await page.locator('.play-action').tap();
    const card = page.getByRole('dialog', { name: 'So close' });
    await card.getByText(/chances? left/).waitFor();
  });
}

it('a play whose script never comes is told, with the way to try again', async (context) => {
  const world = await startPageWorld(context);
  const activity = await publishActivity(world.database.client, { ...losing, look: { play: 'button' } });
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  await page.route('**/h5/assets/button-*.js*', async (route) => {
    // Offline only then: without its other scripts the page could not say anything.
    if (route.request().url().includes('?again')) await phone.setOffline(true);
    await route.abort('internetdisconnected');
  });
  await page.goto(`${world.doors[0]}/a/${activity.slug}`);
  await page.locator('.notice').getByRole('button').waitFor();
});

it('a session that ran out leads through WeChat again and on with the same draw', async (context) => {
  const { world, page } = await openPage(context, winning);
  await page.context().clearCookies();
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.getByRole('button', { name: '重新进入页面' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('everything works by keyboard, and the dialog keeps the focus until Escape', async (context) => {
  const { page } = await openPage(context, winning);
  // The card comes after what the page needs to be played.
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate<string>(`document.activeElement.textContent`);
  assert.equal(await focused(), '抽奖');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  const seen: string[] = [await focused()];
  for (let press = 0; press < 3; press += 1) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  assert.deepEqual(seen, ['再抽一次', '知道了', '我的奖品', '再抽一次']);
  // Beside the card, which takes the focus away from it.
  await page.mouse.click(4, 4);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForTimeout(100);
  assert.equal(await focused(), '抽奖');
});

it('people who want less motion get the result at once and no confetti', async (context) => {
  const { page } = await openPage(context, winning, { phone: { reducedMotion: 'reduce' } });
  await page.getByRole('button', { name: '抽奖' }).tap();
  // The wheel would turn for four seconds.
  await page.getByRole('dialog').waitFor({ timeout: 3500 });
  assert.equal(await page.locator('.confetti').isVisible(), false);
});

it('with the last chance used up the button says so and draws no more', async (context) => {
  const { world, page } = await openPage(context, { ...winning, limits: { drawsPerPerson: 1 } });
  await page.getByRole('button', { name: '抽奖' }).tap();
  const card = page.getByRole('dialog');
  await card.waitFor();
  await page.getByText('机会已用完').waitFor({ state: 'attached' });
  assert.equal(await card.getByRole('button', { name: '再抽一次' }).count(), 0);
  await card.getByRole('button', { name: '知道了' }).tap();
  await page.evaluate(`document.querySelector('.hub').click()`);
  await page.waitForTimeout(300);
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('before the start it counts down, in English too, and opens by itself', async (context) => {
  const startsAtMs = Date.now() + 15_000;
  const { page } = await openPage(context, { ...winning, startsAtMs }, { query: '?lang=en' });
  await page.getByText('Not started yet').waitFor();
  await takeScreenshot(page, 'activity-phone-early-en', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByText('3 chances left').waitFor();
  await page.getByRole('button', { name: 'Spin' }).tap();
  await page.getByRole('dialog', { name: 'You won' }).waitFor();
});

it('a check-in has a packet to open', async (context) => {
  const { page } = await openPage(context, {
    ...winning,
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 1, prizeId: 'third' }] },
  });
  await takeScreenshot(page, 'activity-phone-check-in');
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '签到' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  await page.getByText('今天签过了').waitFor({ state: 'attached' });
  await page.getByText('已连续签到 1 天').waitFor({ state: 'attached' });
});

it('a snapshot page shows the hint and nothing to tap', async (context) => {
  const world = await startPageWorld(context);
  world.simulator.authorization.snapshotMode = true;
  const { slug } = await publishActivity(world.database.client, winning);
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  await page.goto(`${world.doors[0]}/a/${slug}`);
  await page.getByText('使用完整服务').waitFor();
  assert.equal(await page.locator('.play-action').count(), 0);
  assert.equal((await countDraws(world.database.client)).draws, 0);
});

it('it fits a small phone, a desk and thirty prizes', async (context) => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    id: `p${index}`,
    name: `第${index + 1}号超级无敌大奖品名称很长很长`,
    kind: 'red-packet' as const,
    amountFen: 100 + index * 111,
    tickets: 1,
    stock: 5,
  }));
  const { page } = await openPage(
    context,
    { ...winning, prizes: many },
    { phone: { viewport: { width: 320, height: 568 } } },
  );
  const overflow = () => page.evaluate<number>(`document.documentElement.scrollWidth - innerWidth`);
  assert.equal(await overflow(), 0);
  await takeScreenshot(page, 'activity-small-many');
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(400);
  await takeScreenshot(page, 'activity-small-won');
  await page.keyboard.press('Escape');
  await page.setViewportSize(DESK);
  assert.equal(await overflow(), 0);
  await page.waitForTimeout(300);
  await takeScreenshot(page, 'activity-desk');
});

it('notices are pages of their own', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, winning);
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  await page.goto(`${world.doors[0]}/a/nothing`);
  await page.getByRole('heading', { name: '没有这个活动' }).waitFor();
  assert.deepEqual(await accessibilityViolations(page), []);
  const desk = await browser.newPage();
  context.after(() => desk.close());
  await desk.goto(`${world.doors[0]}/a/${slug}`);
  await desk.getByRole('heading', { name: '请在微信中打开' }).waitFor();
  await takeScreenshot(desk, 'notice-desk');
  assert.deepEqual(await accessibilityViolations(desk), []);
});
