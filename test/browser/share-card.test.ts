import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

const JS_SDK_PATH = '/open/js/jweixin-1.6.0.js';
const look = { title: '周年庆', shareTitle: '快来抽红包', shareText: '人人有奖，先到先得' };

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

interface Told {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly url?: string;
}

interface Opened {
  readonly world: PageWorld;
  readonly page: Page;
  readonly address: string;
  readonly faults: readonly string[];
}

async function open(context: TestContext, changes: Partial<ActivityRuleInput>): Promise<Opened> {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, {
    trigger: { words: [], page: true },
    look,
    ...changes,
  });
  const phone = await wechatPhone(browser);
  context.after(() => phone.close());
  const page = await phone.newPage();
  return { world, page, address: `${world.doors[0]}/a/${slug}`, faults: watchFaults(page) };
}

/** What the page told the stand-in for WeChat's script. */
async function toldBy(page: Page): Promise<readonly Told[]> {
  await page.waitForFunction(() => ((globalThis as { wxTold?: readonly unknown[] }).wxTold ?? []).length >= 3);
  return page.evaluate<readonly Told[]>('globalThis.wxTold');
}

it('the card of a shared page has the operator’s title, text, link and a picture, under a signature of this very address', async (context) => {
  const { world, page, address, faults } = await open(context, {});
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${address}?lang=en`);
  const [config, message, timeline] = await toldBy(page);
  const settings = config?.data ?? {};
  assert.equal(config?.url, `${address}?lang=en`);
  const { ticket } = await ticketOf(world);
  const text = `jsapi_ticket=${ticket}&noncestr=${String(settings['nonceStr'])}&timestamp=${String(settings['timestamp'])}&url=${address}?lang=en`;
  assert.equal(settings['signature'], createHash('sha1').update(text).digest('hex'));
  const { imgUrl } = message?.data ?? {};
  assert.deepEqual(message, {
    name: 'updateAppMessageShareData',
    data: { title: '快来抽红包', desc: '人人有奖，先到先得', link: address, imgUrl },
  });
  assert.deepEqual(timeline, { name: 'updateTimelineShareData', data: { title: '快来抽红包', link: address, imgUrl } });
  const picture = await fetch(String(imgUrl));
  assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png']);
  const { origin } = new URL(address);
  const foreign = asked.filter((url) => !url.startsWith(origin)).map((url) => new URL(url).pathname);
  assert.deepEqual(foreign, ['/connect/oauth2/authorize', JS_SDK_PATH]);
  assert.deepEqual(faults, []);
});

it('where friends bring chances the card leads by the person’s own invitation, and the page counts them', async (context) => {
  const { page, address, faults } = await open(context, {
    trigger: { words: [], page: true, invite: true, invitesPerPerson: 3, payment: true, paymentAtLeastFen: 2000 },
  });
  await page.goto(address);
  await page.getByText('已邀请 0 / 3 位').waitFor();
  await page.getByText('到店用微信支付满 20 元').waitFor();
  const told = await toldBy(page);
  assert.match(String(told[1]?.data['link']), /\/a\/[a-z0-9-]+\?i=[0-9a-f]{12}$/);
  await takeScreenshot(page, 'invite', { fullPage: true });
  assert.deepEqual(await accessibilityViolations(page), []);
  await page.getByRole('button', { name: '复制邀请链接' }).press('Enter');
  await page.locator('.invite-link', { hasText: /已复制|i=/ }).waitFor();
  assert.deepEqual(faults, []);
});

it('without WeChat’s script, or outside WeChat, the page works as it is', async (context) => {
  const { page, address } = await open(context, {});
  await page.route(`**${JS_SDK_PATH}`, (route) => route.abort());
  const failed = page.waitForEvent('requestfailed');
  await page.goto(address);
  await failed;
  await page.getByRole('button', { name: '抽奖' }).tap();
  await page.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
});

it('whoever opens an invitation at a desk takes it along to the phone by the code that is drawn', async (context) => {
  const { address } = await open(context, { trigger: { words: [], page: true, invite: true } });
  const codeAt = async (url: string): Promise<string> => {
    const text = await (await fetch(url)).text();
    return /<svg[^]*?<\/svg>/.exec(text)?.[0] ?? '';
  };
  const plain = await codeAt(address);
  const invited = await codeAt(`${address}?i=0123456789ab`);
  assert.notEqual(invited, '');
  assert.notEqual(invited, plain);
  assert.equal(await codeAt(`${address}?i=<script>`), plain);
});

async function ticketOf(world: PageWorld): Promise<{ readonly ticket: string }> {
  const { appId, appSecret } = world.simulator.account;
  const base = world.simulator.httpUrl;
  const token = await fetch(`${base}/cgi-bin/stable_token`, {
    method: 'POST',
    body: JSON.stringify({ grant_type: 'client_credential', appid: appId, secret: appSecret }),
  });
  const { access_token: access } = (await token.json()) as { access_token: string };
  const ticket = await fetch(`${base}/cgi-bin/ticket/getticket?access_token=${access}&type=jsapi`);
  return (await ticket.json()) as { ticket: string };
}
