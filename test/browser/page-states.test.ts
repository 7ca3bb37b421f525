import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { WrongRequest } from '../../src/base/errors.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, PHONE, startBrowser, takeScreenshot, watchFaults } from '../support/browser.ts';
import { wechatPhone } from '../support/browser.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld, PageWorldOptions } from '../support/page-world.ts';

const SMALL = { width: 320, height: 568 };
const rule: Partial<ActivityRuleInput> = {
  trigger: { words: [], page: true },
  prizes: [
    { id: 'first', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 1, stock: 20 },
    { id: 'second', name: '二等奖', kind: 'red-packet', amountFen: 888, tickets: 9, stock: 200 },
    {
      id: 'lucky',
      name: '手气红包',
      kind: 'random-packet',
      minFen: 100,
      maxFen: 500,
      meanFen: 200,
      tickets: 90,
      stock: 999,
    },
  ],
  mechanic: { kind: 'lottery', blankTickets: 200 },
  limits: { drawsPerPersonPerDay: 3, winsPerPerson: 2 },
};

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

interface Opened {
  readonly world: PageWorld;
  readonly page: Page;
  readonly address: string;
}

async function openWorld(
  context: TestContext,
  changes: Partial<ActivityRuleInput> = {},
  options: PageWorldOptions & { readonly prepare?: (world: PageWorld) => Promise<unknown> } = {},
): Promise<Opened> {
  const world = await startPageWorld(context, options);
  const { slug } = await publishActivity(world.database.client, { ...rule, ...changes });
  await options.prepare?.(world);
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  return { world, page, address: `${world.doors[0]}/a/${slug}` };
}

for (const theme of ['spring', 'plain', 'dark', 'playful'] as const) {
  it(`the ${theme} theme fits a phone, a small one, one lying on its side and large letters, for everyone`, async (context) => {
    const { page, address } = await openWorld(context, {
      look: {
        theme,
        brandColour: '#0b7a53',
        title: '周年庆大抽奖',
        subtitle: '红包天天有，好运等你来',
        organiser: '好味道餐厅',
      },
    });
    const faults = watchFaults(page);
    const overflow = () => page.evaluate<number>(`document.documentElement.scrollWidth - innerWidth`);
    await page.goto(address);
    await page.locator('.play-action').waitFor();
    for (const [name, viewport] of [
      ['phone', PHONE],
      ['small', SMALL],
      ['side', { width: 844, height: 390 }],
    ] as const) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(150);
      await takeScreenshot(page, `theme-${theme}-${name}`);
      assert.equal(await overflow(), 0, name);
    }
    await page.setViewportSize(SMALL);
    // As a phone with letters half as large again does it.
    await page.evaluate(`document.documentElement.style.setProperty('zoom', '1.5')`);
    assert.ok((await overflow()) <= 0, 'large letters');
    await page.evaluate(`document.documentElement.style.removeProperty('zoom')`);
    await page.setViewportSize(PHONE);
    assert.deepEqual(await accessibilityViolations(page), []);
    await page.goto(`${address}/rules`);
    await takeScreenshot(page, `theme-${theme}-rules`, { fullPage: true });
    assert.deepEqual(await accessibilityViolations(page), []);
    assert.deepEqual(faults, [], 'nothing is refused by the content security policy');
  });
}

it('a brand colour of the operator reaches the plain theme before any script runs', async (context) => {
  const { page, address } = await openWorld(context, { look: { theme: 'plain', brandColour: '#0b7a53' } });
  await page.goto(address);
  const colour = await page.evaluate(`getComputedStyle(document.querySelector('.prizes h2')).color`);
  assert.equal(colour, 'rgb(11, 122, 83)');
});

it('what is over, paused, stopped or sold out says so and has nothing to tap', async (context) => {
  const { world, page, address } = await openWorld(context);
  const { client } = world.database;
  const see = async (name: string, title: string): Promise<void> => {
    // The directory of activities looks for changes once in a second.
    for (let tries = 0; tries < 20; tries += 1) {
      await page.goto(address);
      if ((await page.getByRole('heading', { name: title }).count()) > 0) break;
      await page.waitForTimeout(300);
    }
    await page.locator('.closed').getByRole('heading', { name: title }).waitFor();
    assert.equal(await page.locator('.play-action').count(), 0);
    await page.locator('.closed').getByRole('link', { name: '我的奖品' }).waitFor();
    await takeScreenshot(page, `state-${name}`);
    assert.deepEqual(await accessibilityViolations(page), []);
  };
  await client.query('update prize_counter set drawn = stock');
  await see('sold-out', '奖品已全部送完');
  await client.query(`update activity set state = 'paused'`);
  await see('paused', '活动暂停中');
  await client.query(`update activity set state = 'stopped'`);
  await see('stopped', '活动已停止');
});

it('an activity that is over says so', async (context) => {
  const { page, address } = await openWorld(context, { startsAtMs: Date.now() - 2000, endsAtMs: Date.now() - 1000 });
  await page.goto(address);
  await page.locator('.closed').getByRole('heading', { name: '活动已结束' }).waitFor();
});

it('who does not follow yet is shown the code of the account that leads here, and comes back', async (context) => {
  let follows = false;
  const { page, address } = await openWorld(
    context,
    { look: { theme: 'playful' } },
    {
      aroundVisitors: (visitors) => ({
        ...visitors,
        prove: async () => {
          if (!follows) throw new WrongRequest('follow-needed', 'follow first', { status: 403 });
        },
      }),
      prepare: ({ database }) =>
        database.client.query(
          `insert into scene_code (account_id, scene, name, lasting, ticket, url, activity_id, created_by, created_at, updated_at)
           select account_id, 'door', 'door', true, 't', 'http://weixin.qq.com/q/02AbCd', id, 'operator', published_at, published_at from activity`,
        ),
    },
  );
  await page.goto(address);
  await page.getByRole('button', { name: '抽奖' }).tap();
  const code = page.getByAltText('公众号二维码');
  await code.waitFor();
  await page.waitForFunction(`document.querySelector('.follow-code img')?.naturalWidth > 100`);
  await takeScreenshot(page, 'state-follow');
  assert.deepEqual(await accessibilityViolations(page), []);
  follows = true;
  await page.getByRole('button', { name: '再试一次' }).tap();
  await page.getByRole('dialog').waitFor();
});

it('outside WeChat a code leads from the desk to the phone', async (context) => {
  const { address } = await openWorld(context);
  const desk = await browser.newPage();
  context.after(() => desk.close());
  await desk.goto(address);
  await desk.getByRole('img', { name: '本页的二维码' }).waitFor();
  await takeScreenshot(desk, 'state-outside');
  assert.deepEqual(await accessibilityViolations(desk), []);
});

it('somebody too fast is told so, and the draw goes on by itself', async (context) => {
  const { page, address } = await openWorld(context);
  let refused = 0;
  await page.route('**/api/a/*/draw', async (route) => {
    refused += 1;
    if (refused > 1) return route.continue();
    await route.fulfill({ status: 429, json: { code: 'too-many-requests', message: '', retryAfterSeconds: 1 } });
  });
  await page.goto(address);
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.locator('.notice', { hasText: '操作太频繁了' }).waitFor();
  await page.getByRole('dialog').waitFor();
  assert.equal(refused, 2);
});

it('the rules name odds as exact fractions, quantities, limits and how a prize is claimed', async (context) => {
  const { page, address } = await openWorld(context, { look: { organiser: '好味道餐厅' } });
  await page.goto(`${address}/rules`);
  const text = await page.locator('.rules').innerText();
  for (const part of [
    '1 / 300，约 0.333%',
    '9 / 300，3%',
    '200 / 300，约 66.7%',
    '共 999 份',
    '1–5 元随机微信红包，平均 2 元',
  ])
    assert.ok(text.includes(part), `${part} in ${text}`);
  for (const part of ['好味道餐厅', '每人每天最多参与 3 次', '每人最多中奖 2 次', '24 小时内打开', '10000 元'])
    assert.ok(text.includes(part), `${part} in ${text}`);
  await page.goto(`${address}/rules?lang=en`);
  await page.getByText('1 / 300, about 0.333%').waitFor();
  await page.getByRole('link', { name: 'Back to the activity' }).waitFor();
});

it('winners are masked and come by themselves', async (context) => {
  const { world, page, address } = await openWorld(context);
  await page.goto(address);
  await world.database.client.query(
    `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
     select account_id, 'a1', id, 'second', 'openid-of-somebody', 'k1', 888, 'sent', published_at, published_at from activity`,
  );
  const winner = page.locator('.winner');
  await winner.waitFor();
  assert.match(await winner.innerText(), /微信用户 \w\*{4}\w[^]*二等奖 8\.88 元/);
  assert.ok(!(await page.content()).includes('openid-of-somebody'));
});
