import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { buildWeb } from '../../src/web/build.ts';
import { startBrowser, watchFaults, wechatPhone } from '../support/browser.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { look, orTellWhatIsShown } from '../support/console-browser.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

// What was published is known to every process within a second.
const KNOWN_WITHIN_MS = 10_000;
const DAY_MS = 86_400_000;
const TRIES_MAX = 200;
/** A red square of 96 pixels, as PNG. */
const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAABgCAIAAABt+uBvAAAAjklEQVR42u3QMQ0AAAgDsPnAAprRigNOriZV0Ew1hygQJEiQIEGCBAlCkCBBggQJEiQIQYIECRIkSJAgBAkSJEiQIEGCBCFIkCBBggQJEoQgQYIECRIkSBCCBAkSJEiQIEGCECRIkCBBggQJQpAgQYIECRIkCEGCBAkSJEiQIEEIEiRIkCBBggQhSJCgPwt6aDXht2tKpAAAAABJRU5ErkJggg==';

/** Each template from nothing to its first winner, by one new operator, in the order the days allow. */
describe('a new operator takes each template to its first winner', () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  let faults: readonly string[] = [];
  before(async () => {
    await buildWeb({ names: ['console', 'h5'] });
    world = await startWorld();
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '新人', role: 'owner', nowMs: clock.nowMs() });
    browser = await startBrowser();
    page = await (await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(30_000);
    faults = watchFaults(page);
    await page.goto(`${world.publicUrl}/console/login?token=${token}`);
    await page.waitForURL(`${world.publicUrl}/console/`);
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });

  /** Fills what the template asks for, publishes, and returns the activity's id. */
  async function publish(template: string, given: Readonly<Record<string, string>>): Promise<string> {
    await page.goto(`${world.publicUrl}/console/activities/new`);
    await page.getByRole('button', { name: `用这个模板：${template}` }).click();
    for (const [label, value] of Object.entries(given)) await page.getByLabel(label, { exact: true }).fill(value);
    await button('检查并发布').click();
    await page.getByText('可以发布', { exact: true }).waitFor();
    await button('发布活动').click();
    await button('确认发布').click();
    await orTellWhatIsShown(page, page.getByText('进行中', { exact: true }).waitFor());
    assert.deepEqual(faults, []);
    return /\/activities\/([0-9a-f]{32})$/.exec(new URL(page.url()).pathname)?.[1] ?? '';
  }

  /** Nothing was wrong but what was refused on purpose, which is not held against the tests that follow. */
  function expectRefused(): void {
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('400')),
      [],
    );
    faults = watchFaults(page);
  }

  const winOf = async (id: string): Promise<string | undefined> => {
    const found = await world.service.pool.query<{ openid: string }>(
      'select openid from award where activity_id = $1 limit 1',
      [id],
    );
    return found.rows[0]?.openid;
  };
  const paid = (openid: string) =>
    eventually('the packet', () =>
      world.simulator.books.packets().find((one) => one.openid === openid && one.status === 'SENT'),
    );
  const say = async (openid: string, text: string): Promise<string> => {
    const { reply } = await world.simulator.push.sendText(openid, text);
    return reply?.type === 'text' ? reply.content : '';
  };
  /** Lets new followers send a word until one of them wins. */
  async function firstWinner(id: string, word: string): Promise<string> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await say(world.simulator.followers.add().openid, word);
      const winner = await winOf(id);
      if (winner !== undefined) return winner;
    }
    throw new Error(`nobody of ${TRIES_MAX} won by ${word}`);
  }
  const answersTo = (word: string) =>
    eventually(
      `${word} to be heard`,
      async () => !(await say(world.simulator.followers.add().openid, word)).startsWith('你好'),
      KNOWN_WITHIN_MS,
    );

  it('the spring festival wheel', async () => {
    const id = await publish('春节抽奖', { 活动名称: '新春转盘', 口令: '新春好运', 总预算: '500' });
    await answersTo('新春好运');
    await paid((await winOf(id)) ?? (await firstWinner(id, '新春好运')));
  });

  it('a picture uploaded in the editor is shown on the page, whose code is there to print, and all of it is copied', async () => {
    const published = await world.service.pool.query<{ id: string; slug: string }>(
      `select id, slug from activity where name = '新春转盘'`,
    );
    const { id = '', slug = '' } = published.rows[0] ?? {};
    await page.goto(`${world.publicUrl}/console/activities/${id}/edit/look`);
    await page.getByText('更多设置').click();
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: '标志' }).click();
    const logo = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(LOGO, 'base64') };
    await (await choosing).setFiles(logo);
    await page.getByRole('img', { name: '标志' }).waitFor();
    await look(page, 'console-editor-picture-1280');
    await page.getByRole('button', { name: /检查与发布/ }).click();
    await button('发布修改').click();
    await button('确认发布').click();
    await page.getByText(/第 2 版/).waitFor();
    const { look: shown } = (await ruleOf(id)).rule;
    const file = await fetch(`${world.publicUrl}${shown.logo}`);
    assert.equal(file.headers.get('content-type'), 'image/png');
    await button('二维码').click();
    await page.getByRole('dialog').locator('svg').first().waitFor();
    await look(page, 'console-page-code-1280', false);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载 SVG' }).click();
    assert.equal((await downloading).suggestedFilename(), `${slug}.svg`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^复\s*制$/ }).click();
    await page.waitForURL(/\/activities\/[0-9a-f]{32}\/edit$/);
    assert.equal(await page.getByLabel('活动名称').inputValue(), '新春转盘（副本）');
    assert.deepEqual(faults, []);
  });

  const ruleOf = (id: string): Promise<{ rule: { look: { logo: string } } }> =>
    page.evaluate(`fetch('/api/console/activities/${id}').then((answer) => answer.json())`);

  it('the live-room password', async () => {
    const id = await publish('直播间口令红包', { 活动名称: '周五直播', 口令: '直播红包', 总预算: '100' });
    await answersTo('直播红包');
    await paid((await winOf(id)) ?? (await firstWinner(id, '直播红包')));
  });

  it('the gift for following', async () => {
    const id = await publish('关注见面礼', { 活动名称: '见面礼', 总预算: '100' });
    const { openid } = world.simulator.followers.add();
    await eventually(
      'the gift',
      async () => {
        const newcomer = world.simulator.followers.add();
        await world.simulator.push.sendEvent(newcomer.openid, { Event: 'subscribe', EventKey: '' });
        return winOf(id);
      },
      KNOWN_WITHIN_MS,
    );
    assert.notEqual(await winOf(id), openid);
    await paid((await winOf(id)) ?? '');
  });

  it('codes on receipts, on the page', async () => {
    const id = await publish('小票兑奖', { 活动名称: '小票有奖', 总预算: '300', 生成几个兑换码: '20' });
    const code = await firstCode();
    const phone = await wechatPhone(browser);
    const visitor = await phone.newPage();
    visitor.setDefaultTimeout(30_000);
    const { rows } = await world.service.pool.query<{ slug: string }>('select slug from activity where id = $1', [id]);
    await eventually(
      'the page to be known',
      async () => (await visitor.goto(`${world.publicUrl}/a/${rows[0]?.slug}`))?.ok(),
      KNOWN_WITHIN_MS,
    );
    await visitor.getByLabel('输入兑换码').fill(code);
    await visitor.getByRole('button', { name: '兑换', exact: true }).tap();
    await visitor.getByRole('dialog', { name: '恭喜中奖' }).waitFor();
    await paid((await winOf(id)) ?? '');
    await phone.close();
  });

  /** A code out of the file that the operator takes to the printer. */
  async function firstCode(): Promise<string> {
    const pools = await page.evaluate<{ rows: { id: string }[] }>(
      `fetch('/api/console/accounts/main/code-pools').then((answer) => answer.json())`,
    );
    const pool = pools.rows[0]?.id ?? '';
    const file = await page.evaluate<string>(
      `fetch('/api/console/accounts/main/code-pools/${pool}/codes.csv').then((answer) => answer.text())`,
    );
    return file.split(/\r?\n/)[1]?.split(',')[1]?.replaceAll(/["']/g, '') ?? '';
  }

  it('spend and get', async () => {
    const { shopNotices } = world.simulator;
    const { id: keyId, pem } = shopNotices.publicKey;
    const keys = { apiV3Key: shopNotices.apiV3Key, verifiers: { [keyId]: pem } };
    await page.evaluate(
      `fetch('/api/console/merchants/main/notice-keys', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(keys))} })`,
    );
    shopNotices.setNotifyUrl(`${world.publicUrl}/notify/pay/main`);
    const id = await publish('消费有礼', { 活动名称: '满额有礼', 总预算: '300' });
    await eventually(
      'the payer to win',
      async () => {
        const { openid } = world.simulator.followers.add();
        await shopNotices.pay({ openid, appId: world.simulator.account.appId }, 6000, { version: 3 });
        return winOf(id);
      },
      KNOWN_WITHIN_MS,
    );
    await paid((await winOf(id)) ?? '');
  });

  it('the codes, who used one, and the payments are seen where operators look for them', async () => {
    await page.goto(`${world.publicUrl}/console/accounts/main/codes`);
    await page.getByText('已用 1 / 20').waitFor();
    await look(page, 'console-codes-1280');
    await button('查码 小票有奖').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('码', { exact: true }).fill(await firstCode());
    await dialog.getByRole('button', { name: '查码' }).click();
    await dialog.getByText(/用过，使用人/).waitFor();
    await look(page, 'console-code-looked-up-1280', false);
    await page.keyboard.press('Escape');
    await page.goto(`${world.publicUrl}/console/payments/shop`);
    await page.getByText('¥60.00').first().waitFor();
    await look(page, 'console-shop-payments-1280');
    await page.getByRole('link', { name: '设置通知地址和密钥' }).click();
    const address = page.getByLabel('通知地址', { exact: true });
    await address.waitFor();
    assert.match(await address.inputValue(), /^http.*\/notify\/pay\/[a-z0-9-]+$/);
    await page.getByLabel('转发密钥').fill('short');
    // Its wheel may still stand there from the time before.
    const save = page.getByRole('button', { name: /保存$/ });
    await save.click();
    await page.getByText('要 32 到 128 个随机字符。').waitFor();
    await look(page, 'console-notice-keys-1280');
    await page.getByLabel('转发密钥').fill('f'.repeat(40));
    await save.click();
    await page.getByText(/上次修改/).waitFor();
    await button('移除转发密钥').waitFor();
    assert.equal(await page.getByLabel('转发密钥').inputValue(), '');
    expectRefused();
  });

  it('vouchers come from a file that is taken whole or not at all, and one is shown to whoever may see it', async () => {
    await page.goto(`${world.publicUrl}/console/accounts/main/codes`);
    await button('新建码池').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称').fill('电影票');
    await dialog.getByLabel('短名').fill('films');
    await dialog.getByRole('button', { name: /取\s*消/ }).click();
    const asking = page.getByText('离开并放弃修改？').last();
    await asking.waitFor();
    await page.getByRole('button', { name: '继续编辑' }).click();
    await asking.waitFor({ state: 'hidden' });
    await choose('用途', '券码（奖品）');
    await choose('来源', '从文件导入');
    await give(dialog, 'AB12CD34\nAB12CD34\n');
    await dialog.getByRole('button', { name: /开\s*始$/ }).click();
    await dialog.getByText('第 2 行').waitFor();
    await look(page, 'console-codes-faulty-1280', false);
    await give(dialog, 'AB12CD34\nEF56GH78\n');
    await dialog.getByRole('button', { name: /开\s*始$/ }).click();
    await page.getByText('已用 0 / 2').waitFor();
    const prizes = [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', tickets: 1, stock: 2 }];
    const draft = { ...lotteryRule({ budgetFen: 0, trigger: { batch: true } }), prizes };
    const id = await published('film', draft);
    await batch(id);
    await page.getByRole('tab', { name: '奖品发放' }).click();
    await page.getByRole('button', { name: '查看券码' }).first().click();
    await page.getByText(/^(AB12CD34|EF56GH78)$/).waitFor();
    await look(page, 'console-awards-voucher-1280');
    expectRefused();
  });

  /** Chooses an option of a select that is not the browser's own. */
  async function choose(label: string, option: string): Promise<void> {
    await page.getByLabel(label, { exact: true }).last().click();
    await page.locator('.ant-select-dropdown:visible').getByText(option, { exact: true }).click();
  }

  async function give(dialog: Locator, text: string): Promise<void> {
    const choosing = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: /选择文件|films/ }).click();
    await (await choosing).setFiles({ name: 'films.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  }

  async function published(slug: string, draft: object): Promise<string> {
    const ask = (path: string, body: object): Promise<{ activity: { id: string; revision: number } }> =>
      page.evaluate(
        `fetch('/api/console${path}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} }).then((answer) => answer.json())`,
      );
    const made = await ask('/activities', { accountId: 'main', slug, name: slug, draft });
    const { id, revision } = made.activity;
    await ask(`/activities/${id}/publish`, { revision });
    return id;
  }

  /** Lets two people of a pasted list draw. */
  async function batch(id: string): Promise<void> {
    const openids = [world.simulator.followers.add().openid, world.simulator.followers.add().openid];
    // Only people whom the account has met draw by a list.
    for (const openid of openids) await say(openid, '抽奖');
    await page.goto(`${world.publicUrl}/console/activities/${id}`);
    await page.getByRole('tab', { name: '名单抽奖' }).click();
    await button('用名单抽奖').click();
    await page.getByLabel('openid，每行一个').fill([...openids, '小王'].join('\n'));
    await button('读入并核对').click();
    await page.getByText('1 行不能抽').waitFor();
    await look(page, 'console-batches-1280');
    await button('确认开始').click();
    await page.getByRole('dialog').getByRole('button', { name: '确认开始' }).click();
    await page.getByText('已完成', { exact: true }).waitFor();
    await page.getByText('中奖 2').waitFor();
    await button('逐行查看').click();
    await page.getByText('不是 openid').waitFor();
    assert.equal(await page.getByText(/^中奖$/).count(), 2);
    await look(page, 'console-batch-lines-1280', false);
    await page.keyboard.press('Escape');
    await page.getByText('不是 openid').waitFor({ state: 'hidden' });
  }

  it('the month of check-ins, whose first prize is on the third day', async () => {
    const id = await publish('签到月', { 活动名称: '天天签到', 口令: '天天来', 总预算: '500' });
    await answersTo('天天来');
    const { openid } = world.simulator.followers.add();
    for (let day = 1; day <= 3; day += 1) {
      assert.match(await say(openid, '天天来'), day < 3 ? new RegExp(`已连续 ${day} 天`) : /连签 3 天/);
      if (day < 3) world.simulator.clock.advance(DAY_MS);
    }
    assert.equal(await winOf(id), openid);
    await paid(openid);
    await world.compareBooks();
  });
});
