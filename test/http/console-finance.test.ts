import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '../../src/flows/ports/operators.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

const DAY_MS = 86_400_000;
const HEAD =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';

let server: TestConsole;
let activity: BuiltActivity;
let received: readonly BuiltWin[];
let returned: readonly BuiltWin[];
let sent: readonly BuiltWin[];
const callers = {} as Record<Role, Caller>;

before(async () => {
  server = await startConsole();
  const { client } = server.database;
  activity = await buildActivity(client);
  received = await buildEndedWins(client, activity, 3, { state: 'received' });
  returned = await buildEndedWins(client, activity, 1, { state: 'returned', atMs: NOON_MS });
  sent = await buildEndedWins(client, activity, 1, { state: 'sent' });
  await buildEndedWins(client, activity, 1, { state: 'received', atMs: NOON_MS - 40 * DAY_MS });
  // The third was received by whom the first was: one person, two receipts.
  const [first, , third] = received;
  for (const table of ['award', 'payout'])
    await client.query(`update ${table} set openid = $1 where openid = $2`, [first?.openid, third?.openid]);
  for (const role of ['owner', 'finance', 'operator'] as const) callers[role] = await new Caller(server).logIn(role);
});
after(() => server.close());

function yuan(amountFen: number): string {
  return (amountFen / 100).toFixed(2);
}

function billLine(
  win: BuiltWin,
  direction: '支出' | '收入',
  change: { amountFen?: number; number?: string } = {},
): string {
  const { amountFen = win.amountFen, number = win.orderNumber } = change;
  const cells = ['2026-11-21 10:00:00', '100004', '1900', '现金红包', '现金红包', direction, yuan(amountFen)];
  return [...cells, '100.00', '1900000109API', '恭喜发财', number].map((cell) => `\`${cell}`).join(',');
}

function bill(lines: readonly string[]): string {
  const sums = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`5.0,`1.0,`1.00,`4.0,`4.00';
  return `\ufeff${HEAD}\n${lines.join('\n')}\n${sums}\n`;
}

async function compare(text: string, day = '2026-11-21') {
  const path = `/finance/merchants/${activity.account.merchant.id}/fund-flow?day=${day}`;
  return callers.finance.send('POST', path, text, { 'content-type': 'text/csv' });
}

async function download(path: string): Promise<string> {
  const answer = await fetch(`${server.url}/api/console${path}`, { headers: { cookie: callers.finance.cookie } });
  assert.equal(answer.status, 200);
  return answer.text();
}

test('people of a month are exported with what each received and the tax on incidental income', async () => {
  const text = await download('/finance/people?month=2026-11&language=en');
  const rows = text.replace('\ufeff', '').trim().split('\r\n');
  assert.match(rows[0] ?? '', /^Month,Account,AppID,OpenID,Receipts,Amount \(yuan\),.*Tax on incidental income, 20%/);
  assert.equal(rows.length, 3, 'two people; what came back, was sent only, or is of another month is not income');
  const [first, second] = received;
  const amountFen = first?.amountFen ?? 0;
  const line = rows.find((row) => row.includes(first?.openid ?? '-'));
  const tax = yuan(2 * Math.round(amountFen * 0.2));
  const borne = yuan(2 * Math.round(amountFen * 0.25));
  assert.ok(line?.endsWith(`,2,${yuan(2 * amountFen)},${yuan(amountFen)},${tax},${borne}`), line);
  assert.ok(rows.some((row) => row.includes(second?.openid ?? '-')));
  const zh = await download('/finance/people?month=2026-10');
  assert.match(zh, /偶然所得个税 20%（元）/);
  assert.equal(zh.trim().split('\r\n').length, 2);
});

test('what left a merchant and came back is told day by day', async () => {
  const { body } = await callers.finance.get('/finance/merchant-days?from=2026-11-20&to=2026-11-21');
  const all = [...received, ...returned, ...sent];
  const sentFen = all.reduce((sum, win) => sum + win.amountFen, 0);
  const total = (name: string) =>
    body.days.reduce((sum: number, day: Record<string, number>) => sum + (day[name] ?? 0), 0);
  assert.deepEqual([total('sent'), total('sentFen'), total('returned')], [all.length, sentFen, 1]);
  assert.equal((await callers.finance.get('/finance/merchant-days?from=2026-01-01&to=2026-11-21')).status, 400);
});

test('a bill that agrees has no breaks', async () => {
  const lines = [...received, ...returned, ...sent].map((win) => billLine(win, '支出'));
  const back = returned.map((win) => billLine(win, '收入'));
  const { status, body } = await compare(
    bill([...lines, ...back, '`2026-11-21,`1,`2,`交易,`交易,`收入,`8.00,`9.00,`,`,`shop1']),
  );
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.breaks, body.matched, body.lines, body.others], [[], 6, 7, 1]);
  assert.deepEqual(body.bill.sentFen, body.books.sentFen);
});

test('every difference between bill and books is named', async () => {
  const [one, two, three] = received;
  const [back] = returned;
  const [waiting] = sent;
  assert.ok(one && two && three && back && waiting);
  const text = bill([
    billLine(one, '支出', { amountFen: one.amountFen + 1 }),
    billLine(two, '支出'),
    billLine(two, '支出'),
    billLine(three, '支出', { number: 'somebodyelses1' }),
    billLine(waiting, '支出'),
    billLine(waiting, '收入'),
    billLine(back, '支出'),
  ]);
  const { body } = await compare(text);
  const found = body.breaks.map((item: { kind: string; number: string }) => [item.kind, item.number]);
  assert.deepEqual(found, [
    ['amount-differs', one.orderNumber],
    ['twice-in-bill', two.orderNumber],
    ['not-in-books', 'somebodyelses1'],
    ['not-returned-in-books', waiting.orderNumber],
    ['not-in-bill', three.orderNumber],
  ]);
  assert.equal(body.breaks[0].line, 2);
});

test('what is no bill is refused, and so is who may not see money', async () => {
  const wrong = await compare('openid,金额\no1,2\n');
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'bill-empty']);
  assert.equal((await callers.operator.get('/finance/people?month=2026-11')).status, 403);
  assert.equal((await callers.finance.get('/finance/people?month=2026-13')).status, 400);
});
