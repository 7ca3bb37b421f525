import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openid } from '../../src/base/ids.ts';
import { readPersonTimeline } from '../../src/store/read-models/person-timeline.ts';
import { buildWeb } from '../../src/web/build.ts';
import { accessibilityViolations, DESK, PHONE, startBrowser, takeScreenshot, watchFaults } from '../support/browser.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const PAGES = fileURLToPath(new URL('../../dist/web/playground', import.meta.url));
const LOADED_MAX_BYTES = 61_440;
// Half-faded letters have no contrast worth measuring. What turns for ever is not waited for.
const STILL = `Promise.allSettled(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
  .map((animation) => animation.finished)).then(() => undefined)`;

describe('the playground', { timeout: 150_000 }, () => {
  let world: World;
  let browser: Browser;
  before(async () => {
    const [built] = await buildWeb({ names: ['playground'] });
    assert.ok(built !== undefined && built.gzipBytes < LOADED_MAX_BYTES);
    world = await startWorld({
      simulator: {
        followers: 2,
        pagesDir: PAGES,
        explain: (person) => readPersonTimeline(world.service.pool, openid(person)),
      },
    });
    world.simulator.setLinks({ activity: `${world.publicUrl}/a/spring`, console: `${world.publicUrl}/console/` });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  /** Opens the page as a follower nobody has played yet. */
  async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; check: () => Promise<void> }> {
    const context = await browser.newContext({ viewport: DESK, locale: 'zh-CN', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const faults = watchFaults(page);
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(world.simulator.httpUrl)) foreign.push(request.url());
    });
    const person = world.simulator.followers.add();
    await page.goto(`${world.simulator.httpUrl}/#${person.openid}`);
    await page.locator('.follower:has(input:checked)', { hasText: person.nickname }).waitFor();
    await page.locator('.story-empty').waitFor({ state: 'attached' });
    const check = async (): Promise<void> => {
      assert.deepEqual(faults, []);
      assert.deepEqual(foreign, [], 'the page asks the simulator alone');
      await context.close();
    };
    return { page, check };
  }

  /** A picture for a person, and what axe finds wrong with it. */
  async function look(page: Page, name: string): Promise<void> {
    await page.evaluate(STILL);
    await takeScreenshot(page, `playground-${name}`);
    assert.deepEqual(await accessibilityViolations(page), []);
  }

  const step = (page: Page, title: string): Locator => page.locator('.step-head', { hasText: title }).first();

  it('a word wins a packet, the packet is opened, and both books are equal', async () => {
    const { page, check } = await open();
    await look(page, 'desk-empty');
    await page.getByRole('button', { name: '恭喜发财', exact: true }).click();
    await page.getByRole('log').getByText('恭喜中奖').waitFor();
    const card = page.getByRole('button', { name: /恭喜发财，大吉大利/ });
    await card.click();
    await look(page, 'desk-packet');
    await page.getByRole('button', { name: '拆开红包' }).click();
    await page.getByRole('dialog').getByText('已存入零钱').waitFor();
    assert.match(await page.getByRole('dialog').innerText(), /1\.00/);
    await look(page, 'desk-opened');
    await page.keyboard.press('Escape');
    assert.equal(await card.getAttribute('data-state'), 'RECEIVED');

    for (const title of ['规则引擎做出判断', '写入数据库', '公众号回复', '请求微信支付发红包', '用户拆开红包'])
      await step(page, title).waitFor();
    await page.locator('.standing', { hasText: '已到手' }).waitFor();
    await page.getByRole('button', { name: '快进 1 小时' }).click();
    await page.locator('.track [data-here="true"]', { hasText: '已到手' }).waitFor();
    await page.locator('.books-verdict', { hasText: '一致' }).waitFor();
    await look(page, 'desk');
    await page.locator('.books summary').click();
    for (const title of ['微信把消息推给公众号', '写入数据库', '请求微信支付发红包']) await step(page, title).click();
    await page.locator('.code', { hasText: '商户订单号：重发永远用同一个' }).first().waitFor();
    await look(page, 'desk-details');
    await world.compareBooks();
    await check();
  });

  it('an answer lost after paying is asked again under the same number and paid once', async () => {
    const { page, check } = await open();
    await page.getByRole('button', { name: '制造意外' }).click();
    await page.getByRole('button', { name: /付款后丢失应答/ }).click();
    await page.getByText('下一次发放：付款后丢失应答').waitFor();
    await look(page, 'desk-trouble');
    await page.getByRole('button', { name: '制造意外' }).click();
    await page.getByRole('button', { name: '签到', exact: true }).click();
    await page.locator('.answer', { hasText: '结果未知' }).waitFor();
    await step(page, '用同一单号再请求一次（第 2 次）').waitFor();
    await page.locator('.answer', { hasText: '已付出' }).waitFor();
    assert.equal(await page.locator('.packet-card').count(), 1);
    await step(page, '请求微信支付发红包').click();
    await page.getByText('模拟器付了钱，然后断开连接').waitFor();
    await look(page, 'desk-fault');

    await page.getByRole('button', { name: '快进 24 小时' }).click();
    await page.locator('.packet-card[data-state="REFUND"]').waitFor();
    await page.locator('.track [data-here="true"]', { hasText: '已退回' }).waitFor();
    await eventually('equal books', () => world.compareBooks().then(() => true));
    await check();
  });

  it('on a phone it is all there in English, by tabs', async () => {
    const { page, check } = await open({ viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, locale: 'en-US' });
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await look(page, 'phone-empty');
    await page.getByRole('button', { name: /签到/ }).tap();
    await page.locator('.packet-card').tap();
    await look(page, 'phone-packet');
    await page.getByRole('button', { name: 'Open the red packet' }).tap();
    await page.getByRole('dialog').getByText('Saved to the balance').waitFor();
    await look(page, 'phone-opened');
    await page.getByRole('button', { name: 'Close' }).tap();
    await look(page, 'phone');
    await page.getByRole('button', { name: 'What happened' }).tap();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await step(page, 'The follower opens the packet').waitFor();
    await look(page, 'phone-happened');
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width, 'nothing sticks out');
    assert.equal(
      await page.getByRole('link', { name: /Activity page/ }).getAttribute('href'),
      `${world.publicUrl}/a/spring`,
    );
    await check();
  });

  it('keyboard alone suffices, markup stays text, and the chosen language stays', async () => {
    const { page, check } = await open({ reducedMotion: 'reduce' });
    const text = '<img src=x onerror="document.title=1"> https://example.com/x';
    await page.getByRole('textbox', { name: '消息' }).focus();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.locator('.line[data-from="user"] .bubble').getByText('<img src=x').waitFor();
    await page.locator('.story-said', { hasText: '<img src=x' }).waitFor();
    assert.equal(await page.locator('img').count(), 0);
    await page.getByRole('button', { name: '签到', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.packet-card').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '拆开红包' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('已存入零钱').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.packet-card:focus').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.locator('.packet-card[data-state="RECEIVED"]').waitFor();
    await look(page, 'desk-english');
    await check();
  });

  it('a simulator that cannot be reached is told calmly and found again', async () => {
    const { page } = await open();
    await page.context().setOffline(true);
    await page.getByText('暂时连不上模拟器').waitFor();
    await look(page, 'desk-offline');
    await page.context().setOffline(false);
    await page.getByText('暂时连不上模拟器').waitFor({ state: 'hidden' });
    await page.context().close();
  });
});
