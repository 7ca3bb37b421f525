import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { countDraws } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld, PageWorldOptions } from '../support/page-world.ts';

const rule: Partial<ActivityRuleInput> = {
  trigger: { words: [], page: true },
  prizes: [{ id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 888, tickets: 1, stock: 20 }],
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
  readonly address: string;
}

/** Opens an activity's page on the first follower's phone. */
async function openPage(
  context: TestContext,
  options: PageWorldOptions & { readonly query?: string; readonly before?: (world: PageWorld) => void } = {},
): Promise<Opened> {
  const world = await startPageWorld(context, options);
  const { slug } = await publishActivity(world.database.client, rule);
  await world.database.client.query(`update activity set name = '新春抽奖'`);
  options.before?.(world);
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  const faults = watchFaults(page);
  const address = `${world.doors[0]}/a/${slug}${options.query ?? ''}`;
  await page.goto(address);
  await page.locator('.hub').waitFor();
  return { world, page, faults, address };
}

function firstFollower(world: PageWorld) {
  const [follower] = world.simulator.followers.list();
  assert.ok(follower);
  return follower;
}

it('a person is a short code until a tap and consent show the nickname', async (context) => {
  const name = 'أحمد 👨‍👩‍👧 <b>小明</b>\u202Exfdp';
  const { page, faults, address } = await openPage(context, {
    before: (world) => void (firstFollower(world).nickname = name),
  });
  await page.getByText(/微信用户 [2-9B-Z]{6}/).waitFor();
  await takeScreenshot(page, 'activity-phone-code', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('link', { name: '显示我的微信昵称' }).tap();
  const line = page.locator('.person-line', { hasText: '你好' });
  await line.waitFor();
  assert.equal(await line.textContent(), '你好，أحمد 👨‍👩‍👧 <b>小明</b>xfdp');
  assert.equal(page.url(), address, 'nothing of the authorization is left in the address');
  assert.equal(await page.getByText(/微信用户/).count(), 0);
  await takeScreenshot(page, 'activity-phone-nickname', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  assert.deepEqual(faults, []);
});

it('whoever refuses to show a name is back on the page, in the same language', async (context) => {
  const { world, page, address } = await openPage(context, { query: '?lang=en' });
  world.simulator.authorization.consent = 'refused';
  await page.getByRole('link', { name: 'Show my WeChat nickname' }).tap();
  await page.waitForURL(address);
  await page.getByText(/WeChat user [2-9B-Z]{6}/).waitFor();
  await page.getByRole('button', { name: 'Spin' }).tap();
  await page.getByRole('dialog', { name: 'You won' }).waitFor();
});

it('somebody the account does not know is told what to do, and draws once they follow', async (context) => {
  const { world, page } = await openPage(context, {
    before: (world) => void (firstFollower(world).subscribed = false),
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  const notice = page.locator('.notice', { hasText: '请先关注公众号' });
  await notice.waitFor();
  assert.match(await notice.innerText(), /机会还在[^]*使用完整服务[^]*再试一次/);
  await page.getByText('还有 3 次机会').waitFor();
  await takeScreenshot(page, 'activity-phone-follow-needed', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  assert.equal((await countDraws(world.database.client)).draws, 0);
  firstFollower(world).subscribed = true;
  world.clockAhead.ms = 3000;
  await page.getByRole('button', { name: '再试一次' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('the same in English', async (context) => {
  const { page } = await openPage(context, {
    query: '?lang=en',
    before: ({ simulator }) => {
      simulator.authorization.snapshotMode = true;
      simulator.authorization.snapshotFlag = 'missing';
    },
  });
  await page.getByRole('button', { name: 'Spin' }).tap();
  await page.locator('.notice', { hasText: 'Please follow the account first' }).waitFor();
  await takeScreenshot(page, 'activity-phone-follow-needed-en', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
});

it('while WeChat does not say who follows the page waits, and then draws once', async (context) => {
  let asked = 0;
  const { world, page } = await openPage(context, {
    aroundRecords: (records) => ({
      record: async (account, person) => {
        asked += 1;
        if (asked <= 2) throw new OutsideTrouble('wechat-unreachable', 'WeChat cannot be reached');
        return records.record(account, person);
      },
    }),
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '微信还没有回应，正在重试' }).waitFor();
  await takeScreenshot(page, 'activity-phone-unproven');
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});

it('a WeChat that never answers costs no chance: the same tap goes on later', async (context) => {
  let gone = true;
  const { world, page } = await openPage(context, {
    aroundRecords: (records) => ({
      record: async (account, person) => {
        if (gone) throw new OutsideTrouble('wechat-unreachable', 'WeChat cannot be reached');
        return records.record(account, person);
      },
    }),
  });
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '微信一直没有回应' }).waitFor({ timeout: 25_000 });
  assert.equal((await countDraws(world.database.client)).draws, 0);
  gone = false;
  await page.getByRole('button', { name: '继续' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
  assert.equal((await countDraws(world.database.client)).draws, 1);
});
