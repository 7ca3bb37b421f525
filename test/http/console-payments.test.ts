import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { permissionsOf } from '../../src/flows/permissions.ts';
import type { Permission } from '../../src/flows/permissions.ts';
import type { Role } from '../../src/flows/ports/operators.ts';
import type { OpenState } from '../../src/flows/ports/payment-reads.ts';
import { withoutSecrets } from '../../src/http/presenters/raw-answer.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createReconciliationStore } from '../../src/store/reconciliation-store.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { buildActivity } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { buildOpenPayout } from '../support/open-payouts.ts';

const HOUR_MS = 3_600_000;
const SIGN = 'C380BEC2BFD727A4B6845133519F3AD6';
const RAW = `<xml><return_code>FAIL</return_code><sign><![CDATA[${SIGN}]]></sign><nonce_str>5K8264ILTKCH16CQ</nonce_str></xml>`;

let server: TestConsole;
let activity: BuiltActivity;
const callers = {} as Record<Role, Caller>;

before(async () => {
  server = await startConsole();
  activity = await buildActivity(server.database.client);
  await server.database.client.query(
    `insert into installation (order_prefix, secrets_check, created_at) values ('test', '', $1)`,
    [new Date()],
  );
  for (const role of ['owner', 'operator', 'finance', 'support', 'viewer'] as const) {
    callers[role] = await new Caller(server).logIn(role);
  }
});

beforeEach(async () => {
  await server.database.client.query(`
    delete from reissue_item; delete from reissue; delete from alarm; delete from payout_attempt; delete from payout;
    update merchant set state = 'open', stopped_reason = null, stopped_at = null;
    update installation set sending_stopped_at = null, sending_stopped_reason = null`);
});

after(() => server.close());

const payout = (state: OpenState, sentHoursAgo = 1): Promise<BuiltWin> =>
  buildOpenPayout(server.database.client, activity, { state, sentHoursAgo, raw: RAW });

const selection = () => ({
  merchantId: 'main',
  fromMs: Date.now() - 48 * HOUR_MS,
  untilMs: Date.now() + HOUR_MS,
  reason: 'NOTENOUGH',
  activityId: null,
});

test('everyone reads payments, finance and owners act, and no new route asks for anything else', () => {
  const may = (role: Role, permission: Permission): boolean => permissionsOf(role).includes(permission);
  for (const role of ['owner', 'operator', 'finance', 'support', 'viewer'] as const) {
    assert.ok(may(role, 'payments.view'), role);
    assert.equal(may(role, 'payments.operate'), role === 'owner' || role === 'finance', role);
  }
  // The keys of notices are secrets, which have a permission of their own.
  const routes = consoleRouteTable(server.dependencies).filter(
    ({ path }) =>
      /^\/(alarms|payments|merchants|payouts|reissues|reconciliations)/.test(path) && !path.endsWith('/notice-keys'),
  );
  assert.ok(routes.length >= 19);
  for (const route of routes) {
    const expected = route.method === 'GET' ? 'payments.view' : 'payments.operate';
    assert.equal(route.access, expected, route.name);
  }
});

test('who may only read is refused before anything happens', async () => {
  const win = await payout('parked');
  for (const role of ['operator', 'support', 'viewer'] as const) {
    for (const [method, path, body] of [
      ['POST', '/payments/stop', { reason: 'x' }],
      ['POST', '/merchants/main/stop', { reason: 'x' }],
      ['PATCH', '/merchants/main', { personDayPackets: 1 }],
      ['POST', `/payouts/main/${win.orderNumber}/retry`, {}],
      ['POST', '/reissues', { selection: selection(), why: 'x' }],
    ] as const) {
      const { status, body: answer } = await callers[role].send(method, path, body);
      assert.deepEqual([status, answer.code], [403, 'not-permitted'], `${role} ${path}`);
    }
  }
  const { body } = await callers.viewer.get('/payments');
  assert.deepEqual([body.sending.stopped, body.merchants[0].state], [false, 'open']);
  assert.equal((await server.database.client.query('select 1 from reissue')).rowCount, 0);
});

test('all sending is stopped with a reason, everyone sees the alarm, and resuming clears it', async () => {
  assert.equal((await callers.finance.post('/payments/stop', { reason: ' ' })).body.code, 'request-invalid');
  const stopped = await callers.finance.post('/payments/stop', { reason: '商户平台公告：维护' });
  assert.equal(stopped.status, 200, JSON.stringify(stopped.body));
  assert.deepEqual([stopped.body.sending.stopped, stopped.body.sending.reason], [true, '商户平台公告：维护']);
  const seen = await callers.viewer.get('/alarms');
  assert.equal(seen.body.open, 1);
  const [alarm] = seen.body.alarms;
  assert.deepEqual([alarm.kind, alarm.subject], ['sending-stopped', '']);
  const dismissed = await callers.owner.post(`/alarms/${alarm.id}/dismiss`);
  assert.deepEqual([dismissed.status, dismissed.body.code], [409, 'alarm-ends-otherwise']);
  const resumed = await callers.owner.post('/payments/resume');
  assert.deepEqual(resumed.body.sending, { stopped: false, reason: null, sinceMs: null });
  assert.equal((await callers.viewer.get('/alarms')).body.open, 0);
  assert.equal((await callers.owner.post('/payments/resume')).body.code, 'sending-not-stopped');
});

test('a merchant is stopped and resumed, and its queue is counted', async () => {
  await payout('parked');
  await payout('waiting');
  await payout('dead');
  const stopped = await callers.owner.post('/merchants/main/stop', { reason: '余额核对' });
  const [merchant] = stopped.body.merchants;
  assert.deepEqual([merchant.state, merchant.stoppedReason], ['stopped', '余额核对']);
  assert.deepEqual(
    merchant.queue.counts.map((line: { state: string; payouts: number }) => [line.state, line.payouts]),
    [
      ['dead', 1],
      ['parked', 1],
      ['waiting', 1],
    ],
  );
  const waiting = await callers.viewer.get('/payouts?state=waiting');
  assert.equal(waiting.body.rows[0].heldBy, 'merchant-stopped');
  assert.equal((await callers.owner.post('/merchants/main/resume')).body.merchants[0].state, 'open');
  assert.equal((await callers.owner.post('/merchants/main/resume')).body.code, 'merchant-not-stopped');
  for (const id of ['nobody', 'No!', '%00']) {
    const { status, body } = await callers.owner.post(`/merchants/${id}/stop`, { reason: 'x' });
    assert.deepEqual([status, body.code], [404, 'merchant-not-found'], id);
  }
});

test('a merchant’s settings change one by one, and what cannot be is named by its field', async () => {
  const changed = await callers.finance.send('PATCH', '/merchants/main', {
    amountMaxFen: 50_000,
    scenes: ['PRODUCT_2'],
    spacingMs: 40.5,
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const [merchant] = changed.body.merchants;
  assert.deepEqual(
    [merchant.limits.amountMaxFen, merchant.limits.scenes, merchant.limits.spacingMs, merchant.limits.amountMinFen],
    [50_000, ['PRODUCT_2'], 40.5, 100],
  );
  const faulty = await callers.finance.send('PATCH', '/merchants/main', { spacingMs: 10, amountMinFen: 0 });
  assert.deepEqual([faulty.status, faulty.body.code], [400, 'merchant-faulty']);
  assert.deepEqual(faulty.body.faults.map((fault: { path: string }) => fault.path).sort(), [
    'amountMinFen',
    'spacingMs',
  ]);
  const unknown = await callers.finance.send('PATCH', '/merchants/main', { apiKey: 'x' });
  assert.equal(unknown.body.code, 'request-invalid');
  const nothing = await callers.finance.send('PATCH', '/merchants/main', { subMchId: null });
  assert.equal(nothing.status, 200);
});

test('nothing secret of a merchant is ever answered', async () => {
  await server.database.client
    .query(`update merchant set api_key_sealed = 'sealed-key', private_key_sealed = 'sealed-private',
    certificate_pem = 'the-certificate'`);
  const win = await payout('parked');
  for (const path of ['/payments', '/payouts?state=parked', `/payouts/main/${win.orderNumber}`, '/alarms']) {
    const text = JSON.stringify((await callers.owner.get(path)).body);
    for (const secret of ['sealed', 'the-certificate', SIGN, '5K8264ILTKCH16CQ', 'leaseToken']) {
      assert.ok(!text.includes(secret), `${path} ${secret}`);
    }
  }
});

test('answers are shown without signatures, nonces and keys, in whatever shape or cut they came', () => {
  const number = '10000098201411111234567890';
  for (const [raw, shown] of [
    [
      `<sign><![CDATA[${SIGN}]]></sign><mch_billno>${number}</mch_billno>`,
      `<sign>***</sign><mch_billno>${number}</mch_billno>`,
    ],
    ['<nonce_str>abc</nonce_str>', '<nonce_str>***</nonce_str>'],
    ['<err_code>SYSTEMERROR</err_code><sign><![CDATA[C38', '<err_code>SYSTEMERROR</err_code><sign>***'],
    ['{"sign":"a\\"b","err_code":"X","key":"cut', '{"sign":"***","err_code":"X","key":"***'],
    ['sign=abc&mch_id=1', 'sign=***&mch_id=1'],
    [`said ${SIGN} of ${number}`, `said *** of ${number}`],
    ['', ''],
  ] as const) {
    assert.equal(withoutSecrets(raw), shown);
  }
});

test('the history of a number is whole, and a viewer sees no whole openid anywhere in it', async () => {
  const win = await payout('parked');
  const path = `/payouts/main/${win.orderNumber}`;
  const { status, body } = await callers.support.get(path);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.payout.openid, body.payout.request.openid], [win.openid, win.openid]);
  assert.deepEqual([body.attempts.length, body.attempts[0].outcome.code, body.entries.length], [1, 'NOTENOUGH', 2]);
  assert.ok(body.attempts[0].raw.includes(win.openid));
  for (const where of [path, '/payouts?state=parked']) {
    const seen = JSON.stringify((await callers.viewer.get(where)).body);
    assert.ok(!seen.includes(win.openid), where);
    assert.ok(seen.includes(win.openid.slice(0, 4)), where);
  }
  const found = await callers.viewer.get(`/payouts/find?number=%20${win.orderNumber}`);
  assert.deepEqual(found.body, { accountId: 'main', orderNumber: win.orderNumber });
  for (const wrong of ['/payouts/main/none', '/payouts/Main/x', '/payouts/find?number=none', '/payouts/main/%00']) {
    const { status: code, body: problem } = await callers.viewer.get(wrong);
    assert.deepEqual([code, problem.code], [404, 'payout-not-found'], wrong);
  }
});

test('a parked payout can be sent again within three days of its first send, and always asked about, by those who may act', async () => {
  const fresh = await payout('parked');
  const old = await payout('parked', 80);
  const rows = async (caller: Caller) => (await caller.get('/payouts?state=parked')).body.rows;
  assert.deepEqual(
    (await rows(callers.finance)).map((row: { orderNumber: string; actions: string[] }) => [
      row.orderNumber,
      row.actions,
    ]),
    [
      [old.orderNumber, ['ask']],
      [fresh.orderNumber, ['retry', 'ask']],
    ],
  );
  assert.ok((await rows(callers.support)).every((row: { actions: string[] }) => row.actions.length === 0));
  const retried = await callers.finance.post(`/payouts/main/${fresh.orderNumber}/retry`);
  assert.equal(retried.status, 200, JSON.stringify(retried.body));
  assert.ok(retried.body.payout.dueAtMs !== null);
  assert.deepEqual(retried.body.payout.actions, []);
  const refused = await callers.finance.post(`/payouts/main/${old.orderNumber}/retry`);
  assert.deepEqual([refused.status, refused.body.code], [409, 'payout-too-old']);
  assert.equal((await callers.finance.post('/payouts/main/none/retry')).body.code, 'payout-not-found');
  const asked = await callers.finance.post(`/payouts/main/${old.orderNumber}/ask`);
  assert.deepEqual([asked.status, asked.body.payout.nextCall, asked.body.payout.actions], [200, 'query', []]);
  const packet = await callers.finance.post(`/payouts/main/${fresh.orderNumber}/cancel`);
  assert.deepEqual([packet.status, packet.body.code], [409, 'payout-not-cancellable']);
  const dead = await payout('dead');
  const ended = await callers.finance.post(`/payouts/main/${dead.orderNumber}/ask`);
  assert.deepEqual([ended.status, ended.body.code], [409, 'payout-not-askable']);
});

test('open payouts come in pages, by state and merchant, and wrong questions are refused', async () => {
  for (let index = 0; index < 5; index += 1) await payout('unknown', index + 1);
  const first = await callers.viewer.get('/payouts?state=unknown&limit=3&merchant=main');
  assert.equal(first.body.rows.length, 3);
  const second = await callers.viewer.get(`/payouts?state=unknown&limit=3&after=${first.body.next}`);
  assert.equal(second.body.rows.length, 2);
  assert.equal(second.body.next, null);
  assert.equal((await callers.viewer.get('/payouts')).body.code, 'request-invalid');
  assert.equal((await callers.viewer.get('/payouts?state=sent')).body.code, 'request-invalid');
  assert.equal((await callers.viewer.get('/payouts?state=parked&after=x')).body.code, 'cursor-invalid');
  assert.equal((await callers.viewer.get('/payouts?state=parked&merchant=No!')).body.code, 'merchant-not-found');
});

test('a re-issue is previewed, asked for by one person and approved by another', async () => {
  const wins = [await payout('dead'), await payout('dead')];
  await payout('parked');
  const preview = await callers.finance.post('/reissues/preview', { selection: selection() });
  assert.equal(preview.status, 200, JSON.stringify(preview.body));
  assert.deepEqual([preview.body.payouts, preview.body.amountFen, preview.body.candidates.length], [2, 200, 2]);
  assert.equal(preview.body.candidates[0].proofAttempt, 2);

  const asked = await callers.finance.post('/reissues', { selection: selection(), why: '昨晚余额不足' });
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const { id } = asked.body;
  assert.deepEqual(
    [asked.body.state, asked.body.requestedBy.name, asked.body.actions],
    ['requested', 'finance', ['withdraw']],
  );
  const own = await callers.finance.post(`/reissues/${id}/decision`, { decision: 'approved' });
  assert.deepEqual([own.status, own.body.code], [403, 'reissue-own']);
  assert.deepEqual((await callers.owner.get('/reissues')).body.reissues[0].actions, ['approve', 'refuse']);
  const latest = (await callers.owner.get('/reissues?limit=1')).body;
  assert.deepEqual([latest.reissues.length, latest.reissues[0].id, latest.next], [1, id, null]);
  assert.deepEqual((await callers.viewer.get(`/reissues/${id}`)).body.reissue.actions, []);

  const approved = await callers.owner.post(`/reissues/${id}/decision`, { decision: 'approved' });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  assert.deepEqual(
    [approved.body.reissue.state, approved.body.reissue.decidedBy.name, approved.body.issued, approved.body.leftOut],
    ['approved', 'owner', 2, 0],
  );
  assert.deepEqual([approved.body.unfinished, approved.body.reissue.actions], [0, []]);
  const again = await callers.owner.post(`/reissues/${id}/decision`, { decision: 'refused' });
  assert.deepEqual([again.status, again.body.code], [409, 'reissue-decided']);
  assert.equal((await callers.viewer.get('/payouts?state=dead')).body.rows.length, 0);
  const [first] = wins;
  const history = await callers.viewer.get(`/payouts/main/${first?.orderNumber}`);
  assert.deepEqual(
    history.body.numbers.map((number: { series: number; state: string }) => [number.series, number.state]),
    [
      [0, 'dead'],
      [1, 'waiting'],
    ],
  );
});

test('an approval that was interrupted can be finished by the one who gave it', async () => {
  await payout('dead');
  const { id } = (await callers.finance.post('/reissues', { selection: selection(), why: '补发' })).body;
  const owner = (await server.database.client.query(`select id from operator where name = 'owner'`)).rows[0].id;
  await server.database.client.query(
    `update reissue set state = 'approved', decided_by = $2, decided_at = $3 where id = $1`,
    [id, owner, new Date()],
  );
  const seen = await callers.owner.get(`/reissues/${id}`);
  assert.deepEqual([seen.body.unfinished, seen.body.reissue.actions], [1, ['approve']]);
  const finished = await callers.owner.post(`/reissues/${id}/decision`, { decision: 'approved' });
  assert.deepEqual([finished.status, finished.body.issued, finished.body.unfinished], [200, 1, 0]);
});

test('a re-issue of nothing, of nonsense or that does not exist is refused', async () => {
  const empty = await callers.owner.post('/reissues', { selection: selection(), why: 'x' });
  assert.deepEqual([empty.status, empty.body.code], [409, 'reissue-empty']);
  const backwards = { ...selection(), untilMs: 5, fromMs: 10 };
  assert.equal((await callers.owner.post('/reissues/preview', { selection: backwards })).body.code, 'selection-faulty');
  const elsewhere = { ...selection(), activityId: 'x' };
  assert.equal((await callers.owner.post('/reissues/preview', { selection: elsewhere })).body.code, 'selection-faulty');
  for (const id of ['f'.repeat(32), '%00', 'A']) {
    assert.equal((await callers.owner.get(`/reissues/${id}`)).body.code, 'reissue-not-found', id);
  }
});

test('reconciliation reports are listed and shown with what breaks', async () => {
  const win = await payout('parked', 30);
  await server.database.client.query(`update payout set request = request || '{"amountFen": 1}'`);
  const store = createReconciliationStore(server.pool);
  await store.make('2026-11-20' as BeijingDay, Date.now());
  await store.make('2026-11-18' as BeijingDay, Date.now());
  const days = await callers.viewer.get('/reconciliations?limit=1');
  assert.deepEqual(days.body, { days: ['2026-11-20'], next: '2026-11-20' });
  const older = await callers.viewer.get('/reconciliations?limit=1&after=2026-11-20');
  assert.deepEqual(older.body, { days: ['2026-11-18'], next: null });
  assert.equal((await callers.viewer.get('/reconciliations?after=2026-02-30')).body.code, 'cursor-invalid');
  const { status, body } = await callers.viewer.get('/reconciliations/2026-11-20');
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(
    body.breaks.some((line: { kind: string }) => line.kind === 'parked'),
    JSON.stringify(body),
  );
  assert.equal(body.breakCount, body.breaks.length);
  assert.ok(
    body.breaks.some((line: { kind: string }) => line.kind === 'books'),
    JSON.stringify(body),
  );
  assert.ok(!JSON.stringify(body).includes(win.openid));
  assert.ok(JSON.stringify((await callers.owner.get('/reconciliations/2026-11-20')).body).includes(win.openid));
  assert.ok(body.totals.some((line: { state: string }) => line.state === 'parked'));
  for (const day of ['2026-11-19', '2026-02-30', 'today', '%00']) {
    assert.equal((await callers.viewer.get(`/reconciliations/${day}`)).body.code, 'reconciliation-not-found', day);
  }
});

test('an alarm that only a person can end is dismissed once, with a line in the log', async () => {
  const alarms = createAlarmStore(server.pool);
  await alarms.raise({ kind: 'contradiction', subject: 'test123', message: 'paid and failed' }, Date.now());
  const { body } = await callers.owner.get('/alarms');
  const [alarm] = body.alarms;
  const done = await callers.finance.post(`/alarms/${alarm.id}/dismiss`);
  assert.deepEqual(done.body, { alarms: [], open: 0 });
  assert.ok(JSON.stringify(server.log.lines).includes('alarm-dismissed'));
  for (const id of [alarm.id, 'x', '9'.repeat(30)]) {
    const again = await callers.finance.post(`/alarms/${id}/dismiss`);
    assert.deepEqual([again.status, again.body.code], [404, 'alarm-not-open']);
  }
});
