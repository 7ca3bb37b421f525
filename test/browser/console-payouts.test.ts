import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page, Request, Route } from 'playwright-core';
import { addDays, beijingDay, startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createReconciliationStore } from '../../src/store/reconciliation-store.ts';
import { buildAccount, buildActivity, buildMerchant } from '../support/builders.ts';
import type { BuiltWin } from '../support/builders.ts';
import { PHONE } from '../support/browser.ts';
import { look, orTellWhatIsShown, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';
import { buildOpenPayout } from '../support/open-payouts.ts';

const DAY_MS = 86_400_000;
const RAW = `<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<result_code><![CDATA[FAIL]]></result_code>
<err_code><![CDATA[NO_AUTH]]></err_code>
<sign><![CDATA[C380BEC2BFD727A4B6845133519F3AD6]]></sign>
</xml>`;

let stage: ConsoleInBrowser;
let parked: BuiltWin;
const today = beijingDay(Date.now());

before(async () => {
  stage = await startConsoleInBrowser();
  const { client } = stage.server.database;
  const activity = await buildActivity(client, {
    rule: {
      prizes: [{ id: 'big', name: '一等奖', kind: 'red-packet', amountFen: 8888, tickets: 1, stock: 1_000_000 }],
    },
  });
  const merchant = await buildMerchant(client, { id: 'gifts', mchId: '1900000110', sendName: '礼品公司' });
  await buildAccount(client, { id: 'gifts', appId: 'wx0000000000000002', merchant });
  await client.query(`insert into installation (order_prefix, secrets_check, created_at) values ('test', '', $1)`, [
    new Date(),
  ]);
  await client.query('update merchant set certificate_not_after = $1', [new Date(Date.now() + 20.5 * DAY_MS)]);
  const tomorrowMs = startOfBeijingDayMs(addDays(today, 1)) + 60_000;
  const payout = (given: Parameters<typeof buildOpenPayout>[2]) => buildOpenPayout(client, activity, given);
  parked = await payout({ state: 'parked', sentHoursAgo: 5, code: 'NO_AUTH', message: '发放失败', raw: RAW });
  await payout({ state: 'parked', sentHoursAgo: 80, code: 'PARAM_ERROR', message: '参数错误：非法的 openid' });
  for (let index = 0; index < 12; index += 1) await payout({ state: 'dead', sentHoursAgo: 9 + index / 10 });
  await payout({ state: 'unknown', sentHoursAgo: 0.05, code: 'SYSTEMERROR', message: '系统繁忙' });
  for (let index = 0; index < 3; index += 1) {
    await payout({ state: 'waiting', sentHoursAgo: 1, dueAtMs: index === 0 ? Date.now() - 1000 : tomorrowMs });
  }
  await client.query(
    `insert into merchant_pace (merchant_id, next_send_at, next_query_at, slow_until, day, day_fen) values ('main', $1, $1, $2, $3, 48000000)`,
    [new Date(), new Date(Date.now() + 60_000), today],
  );
  const reconciliations = createReconciliationStore(stage.server.pool);
  await reconciliations.make(addDays(today, -2), Date.now());
  // A row that somebody wrote by hand.
  await client.query(
    `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
     values ($1, $2, 'main', $3, 'received', 'delivered', 'in-flight', 8888, $4)`,
    [parked.accountId, parked.activityId, parked.awardId, new Date()],
  );
  await reconciliations.make(addDays(today, -1), Date.now());
});

after(() => stage?.close());

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');
const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);

test('finance stops everything with a reason, every page shows the alarm, and resumes it', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'finance', name: 'fang' });
  await page.getByRole('link', { name: '资金' }).click();
  await page.getByRole('heading', { name: '正在发放' }).waitFor();
  await page.getByText('还有 20 天到期').first().waitFor();
  await look(page, 'console-payments-1280');
  await button(page, '停止全部发放').click();
  await dialog(page).getByRole('button', { name: '确认停止' }).click();
  await page.getByText('请写明原因').waitFor();
  await look(page, 'console-stop-all-1280', false);
  await page.getByLabel('原因').fill('商户平台通知：今晚维护');
  await dialog(page).getByRole('button', { name: '确认停止' }).click();
  const banner = page.getByRole('region', { name: '告警' });
  await banner.getByText('全部红包已暂停发放').waitFor();
  await page.getByRole('heading', { name: '全部红包已暂停发放' }).waitFor();
  await look(page, 'console-payments-stopped-1280');
  await page.getByRole('link', { name: '活动', exact: true }).click();
  await page.getByRole('heading', { name: '活动', exact: true }).waitFor();
  await banner.getByText('商户平台通知：今晚维护').waitFor();
  await look(page, 'console-alarm-1280');
  await banner.getByRole('button', { name: '恢复发放' }).click();
  await dialog(page).getByRole('button', { name: '确认恢复' }).click();
  await banner.waitFor({ state: 'detached' });
  const { rows } = await stage.server.database.client.query('select sending_stopped_at from installation');
  assert.equal(rows[0].sending_stopped_at, null);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a merchant is stopped, resumed and set, and what cannot be is said at its field', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'owner', name: 'olga' });
  await open(page, '/payments');
  const card = page.getByRole('region', { name: '红包商户' });
  await card.getByRole('button', { name: '停止' }).click();
  await page.getByLabel('原因').fill('核对余额');
  await dialog(page).getByRole('button', { name: '确认停止' }).click();
  await card.getByText('停止原因').waitFor();
  await page.getByRole('region', { name: '告警' }).getByText('商户 main 已停止发红包').waitFor();
  await look(page, 'console-merchant-stopped-1280');
  await card.getByRole('button', { name: '恢复发放' }).click();
  await dialog(page).getByRole('button', { name: '确认恢复' }).click();
  await card.getByText('停止原因').waitFor({ state: 'detached' });

  await card.getByRole('button', { name: '设置' }).click();
  const drawer = dialog(page);
  await drawer.getByLabel('单个红包最大金额（元）').fill('499');
  await drawer.getByLabel('两次发送的最短间隔（毫秒）').fill('20');
  await drawer.getByRole('button', { name: '保存' }).click();
  await drawer.getByText('33.34 到 60000 毫秒').waitFor();
  await look(page, 'console-merchant-form-1280', false);
  await drawer.getByLabel('两次发送的最短间隔（毫秒）').fill('40');
  await drawer.getByRole('checkbox', { name: 'PRODUCT_2 抽奖' }).check();
  await drawer.getByRole('button', { name: '保存' }).click();
  await card.getByText('¥1.00 – ¥499.00').waitFor();
  await card.getByText('每秒最多 25.0 个').waitFor();
  await card.getByText('PRODUCT_2').waitFor();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('400 (Bad Request)')),
    [],
  );
  await context.close();
});

test('support sees why a payout waits, since when and what comes next; finance sends a parked one again', async () => {
  const support = await stage.signedIn({ role: 'support', name: 'susi' });
  await open(support.page, '/payments/payouts/waiting');
  await support.page.getByText('马上自动发送').waitFor();
  await support.page
    .getByText(/00:01 自动发送/)
    .first()
    .waitFor();
  await look(support.page, 'console-payouts-waiting-1280');
  await support.page.getByRole('link', { name: '结果不明' }).click();
  await support.page.getByText('微信支付系统繁忙，自动核对。').waitFor();
  await support.page.getByRole('link', { name: '需要人工处理' }).click();
  await support.page.getByText('风控拦截了这个人').waitFor();
  await support.page.getByRole('button', { name: `查看 ${parked.orderNumber}` }).click();
  await dialog(support.page).getByText('请求记录').waitFor();
  assert.equal(await button(support.page, '用原单号重试').count(), 0);
  await support.context.close();

  const { context, page, faults } = await stage.signedIn({ role: 'finance', name: 'fei' });
  await open(page, '/payments/payouts/parked');
  await page.getByText('风控拦截了这个人').waitFor();
  await look(page, 'console-payouts-parked-1280');
  await page.getByLabel('商户订单号').fill('none');
  await button(page, '查找').click();
  await page.getByText('没有这个单号的红包').waitFor();
  await page.getByLabel('商户订单号').fill(` ${parked.orderNumber} `);
  await button(page, '查找').click();
  const drawer = dialog(page);
  await drawer.getByText('微信支付的原始回答').click();
  const raw = (await drawer.locator('.raw').textContent()) ?? '';
  assert.ok(raw.includes('NO_AUTH') && !raw.includes('C380BEC2'), raw);
  await look(page, 'console-payout-history-1280', false);
  await drawer.getByRole('button', { name: '用原单号重试' }).click();
  await page.getByRole('button', { name: '确认重试' }).click();
  await page.getByText('已安排重试').waitFor();
  await drawer.getByRole('button', { name: '用原单号重试' }).waitFor({ state: 'detached' });
  const { rows } = await stage.server.database.client.query('select retry_at from payout where order_number = $1', [
    parked.orderNumber,
  ]);
  assert.notEqual(rows[0].retry_at, null);
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('404 (Not Found)')),
    [],
  );
  await context.close();
});

test('one person asks for a re-issue of a night’s dead numbers, another approves it', async () => {
  const asking = await stage.signedIn({ role: 'finance', name: '方会计' });
  const { page } = asking;
  await open(page, '/payments/payouts/dead');
  await page.getByText('共 12 条').waitFor();
  await page.getByRole('link', { name: '重新发放' }).click();
  await page.getByText('还没有重新发放的申请').waitFor();
  await look(page, 'console-reissues-empty-1280');
  await page.getByRole('button', { name: '申请重新发放' }).click();
  await page.getByLabel('原因包含').fill('NOTENOUGH');
  await button(page, '查看会重发哪些').click();
  await page.getByText('共 12 个红包，¥1,066.56').waitFor();
  await look(page, 'console-reissue-preview-1280');
  await page.getByLabel('申请说明').fill('昨晚商户余额不足，今早已充值 10 万元');
  await button(page, '提交，请另一个人批准').click();
  await page.getByText('这是你自己的申请，等待另一个人批准').waitFor();
  assert.equal(await button(page, '批准').count(), 0);
  await look(page, 'console-reissue-own-1280');
  const address = page.url();
  await asking.context.close();

  const approving = await stage.signedIn({ role: 'owner', name: '王老板' });
  const second = approving.page;
  await open(second, '/payments/reissues');
  await second.getByText('等待批准').waitFor();
  await look(second, 'console-reissues-1280');
  await second.goto(address);
  await button(second, '批准').click();
  await second.getByText('批准重新发放 12 个红包，共 ¥1,066.56？').waitFor();
  await look(second, 'console-reissue-approve-1280', false);
  await dialog(second).getByRole('button', { name: '批准' }).click();
  await second.getByText('已批准', { exact: true }).waitFor();
  await second
    .getByText(/新单号 test/)
    .first()
    .waitFor();
  await look(second, 'console-reissue-done-1280');
  await open(second, '/payments/payouts/dead');
  await second.getByText('没有确认未付的红包').waitFor();
  const { rows } = await stage.server.database.client.query('select count(*)::int from payout where series = 1');
  assert.equal(rows[0].count, 12);
  assert.deepEqual([...asking.faults, ...approving.faults], []);
  await approving.context.close();
});

test('the daily reconciliation shows its breaks with their age, and its alarm leads there', async () => {
  const day = addDays(today, -1);
  const alarms = createAlarmStore(stage.server.pool);
  await alarms.raise({ kind: 'books-differ', subject: day, message: '账本与奖品差 ¥88.88' }, Date.now() - 3_600_000);
  await alarms.raise(
    { kind: 'certificate-expires', subject: 'main', message: '2026-12-12 到期，还有 20 天' },
    Date.now(),
  );
  const { context, page, faults } = await stage.signedIn({ role: 'finance', name: 'fu' });
  const banner = page.getByRole('region', { name: '告警' });
  await banner.getByText(`${day} 的对账有差异`).waitFor();
  await look(page, 'console-alarms-1280');
  await banner.getByRole('link', { name: new RegExp(`查看 ${day}`) }).click();
  await page.getByText('各状态合计').waitFor();
  await page.getByText('等待人工处理').first().waitFor();
  await look(page, 'console-reconciliation-1280');
  const history = page.getByRole('link', { name: parked.orderNumber });
  assert.match((await history.getAttribute('href')) ?? '', new RegExp(`/payouts/of/main/${parked.orderNumber}$`));
  await banner.getByRole('button', { name: '已处理' }).click();
  await dialog(page).getByRole('button', { name: '已处理' }).click();
  await orTellWhatIsShown(page, banner.getByText('的对账有差异').waitFor({ state: 'detached' }));
  await alarms.clear({ kind: 'certificate-expires', subject: 'main' }, Date.now());
  assert.deepEqual(faults, []);
  await context.close();
});

test('an alarm that was done away with does not come back from a look that began before', async () => {
  const alarms = createAlarmStore(stage.server.pool);
  const subject = 'a'.repeat(32);
  await alarms.raise({ kind: 'forecast-left', subject, message: '「新年活动」参与次数少于预测' }, Date.now());
  const { context, page } = await stage.signedIn({ role: 'finance', name: 'late' });
  const alarm = page.getByRole('region', { name: '告警' }).getByText('活动实际情况超出预测范围');
  await alarm.waitFor();
  await look(page, 'console-alarm-forecast-1280');
  const place = await page.getByRole('region', { name: '告警' }).getByRole('link').getAttribute('href');
  assert.equal(place, `/console/activities/${subject}`);
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Request>();
  const late = async (route: Route): Promise<void> => {
    const response = await route.fetch();
    asked.resolve();
    await mayAnswer.promise;
    await route.fulfill({ response });
    answered.resolve(route.request());
  };
  await page.route(/\/alarms$/, late, { times: 1 });
  await page.getByRole('link', { name: '资金' }).click();
  await asked.promise;
  await page.getByRole('region', { name: '告警' }).getByRole('button', { name: '已处理' }).click();
  await dialog(page).getByRole('button', { name: '已处理' }).click();
  await alarm.waitFor({ state: 'detached' });
  mayAnswer.resolve();
  await (await (await answered.promise).response())?.finished();
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  assert.equal(await alarm.count(), 0);
  await context.close();
});

test('a viewer reads everything and is offered nothing that would be refused, in English too', async () => {
  const alarms = createAlarmStore(stage.server.pool);
  await alarms.raise({ kind: 'merchant-stopped', subject: 'main', message: 'NOTENOUGH: 余额不足' }, Date.now());
  const { context, page, faults } = await stage.signedIn({ role: 'viewer', language: 'en' });
  await page.getByRole('region', { name: 'Alarms' }).getByText('Merchant main has stopped sending').waitFor();
  await page.getByRole('link', { name: 'Payments' }).click();
  await page.getByText('Your role can look.').waitFor();
  await page.getByText('at most 29.0 a second').waitFor();
  for (const name of ['Resume', 'Stop', 'Settings', 'Stop all sending'])
    assert.equal(await button(page, name).count(), 0);
  await look(page, 'console-en-payments-1280');
  for (const [path, text] of [
    ['/payments/payouts/parked', 'Outside|risk control|Needs a person'],
    ['/payments/reissues', 'Approved'],
    ['/payments/reconciliation', 'Sums by state'],
  ] as const) {
    await open(page, path);
    await page.getByText(new RegExp(text)).first().waitFor();
  }
  await look(page, 'console-en-reconciliation-1280');
  assert.deepEqual(faults, []);
  await context.close();
  await alarms.clear({ kind: 'merchant-stopped', subject: 'main' }, Date.now());
});

test('on a phone every page of payments fits its width', async () => {
  const alarms = createAlarmStore(stage.server.pool);
  await alarms.raise(
    { kind: 'merchant-stopped', subject: 'main', message: 'NOTENOUGH: 余额不足' },
    Date.now() - DAY_MS,
  );
  const { context, page } = await stage.signedIn({ role: 'owner', name: 'phone', size: PHONE });
  const { rows } = await stage.server.database.client.query('select id from reissue');
  const pages = [
    ['/payments', 'payments', '今天发放'],
    ['/payments/payouts/parked', 'payouts', 'PARAM_ERROR'],
    ['/payments/reissues', 'reissues', '已批准'],
    ['/payments/reissues/new', 'reissue-new', '查看会重发哪些'],
    [`/payments/reissues/${rows[0].id}`, 'reissue', '新单号'],
    ['/payments/reconciliation', 'reconciliation', '各状态合计'],
    [`/payments/payouts/of/main/${parked.orderNumber}`, 'payout', '请求记录'],
    ['/payments/finance', 'finance', '按领取人和月份导出'],
    ['/payments/issues', 'issues', '还没有批次'],
    ['/numbers', 'numbers', '数据总览'],
    ['/people', 'people', '找谁'],
  ] as const;
  for (const [path, name, text] of pages) {
    await open(page, path);
    await page.getByText(new RegExp(text)).first().waitFor();
    await look(page, `console-${name}-390`);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the phone`);
  }
  await open(page, '/payments/payouts/parked');
  await page
    .getByRole('button', { name: /^查看 test/ })
    .first()
    .click();
  await dialog(page).getByText('请求记录').waitFor();
  await look(page, 'console-payout-history-390', false);
  await context.close();
});
