import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { buildActivity, buildWin } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

const PLACE = '/accounts/main/webhooks';
const EVENTS = ['award.created', 'payout.sent'];
let server: TestConsole;
let anna: Caller;

before(async () => {
  server = await startConsole();
  const activity = await buildActivity(server.database.client);
  const { awardId } = await buildWin(server.database.client, activity);
  await server.pool.query(
    `insert into webhook_delivery (account_id, endpoint_id, event, award_id, occurred_at, state, settled_at, retry_from, tries, last_status)
     select 'main', 'parked', 'award.created', $1, $2, 'parked', $2, $2, 50, 503 from generate_series(1, 5)`,
    [awardId, new Date()],
  );
  anna = await new Caller(server).logIn('owner', 'anna');
});
after(() => server.close());

const add = (body: Record<string, unknown> = {}) =>
  anna.post(PLACE, { name: '商城', url: 'https://shop.example.com/hongbao', events: EVENTS, ...body });
const list = async () => (await anna.get(PLACE)).body.webhooks;

test('an endpoint is added, changed, switched off and removed; its secret is shown once', async () => {
  const made = await add();
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.match(made.body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const [line] = await list();
  assert.deepEqual(
    [line.name, line.url, line.events, line.state, line.waiting, line.parked],
    ['商城', 'https://shop.example.com/hongbao', EVENTS, 'on', 0, 0],
  );
  assert.ok(!JSON.stringify(line).includes('whsec_'));
  const place = `${PLACE}/${made.body.id}`;
  const changed = await anna.send('PATCH', place, { state: 'off', name: ' 新商城 ' });
  assert.equal(changed.status, 200);
  const rotated = await anna.post(`${place}/rotate`, {});
  assert.notEqual(rotated.body.secret, made.body.secret);
  const [after] = await list();
  assert.deepEqual([after.name, after.state, after.url], ['新商城', 'off', line.url]);
  assert.equal(after.previousUntilMs, rotated.body.previousUntilMs);
  assert.equal((await anna.send('DELETE', place)).status, 200);
  assert.deepEqual(await list(), []);
  assert.deepEqual((await anna.send('PATCH', place, { state: 'on' })).body.code, 'webhook-not-found');
  const logged = JSON.stringify(server.log.lines);
  assert.ok(!logged.includes(made.body.secret) && !logged.includes(rotated.body.secret));
  const audited = JSON.stringify((await server.pool.query('select * from audit_entry')).rows);
  assert.ok(audited.includes('addWebhook') && !audited.includes(made.body.secret.slice(6)));
});

test('what is wrong with an endpoint is said by field, and an account has ten', async () => {
  const { status, body } = await add({ name: '  ', url: 'ftp://shop.example.com', events: [] });
  assert.deepEqual([status, body.code], [400, 'webhook-faulty']);
  assert.deepEqual(
    body.faults.map(({ path }: { path: string }) => path),
    ['name', 'url', 'events'],
  );
  assert.equal(
    (await anna.post('/accounts/nobody/webhooks', { name: 'x', url: 'https://a.example.com', events: EVENTS })).status,
    404,
  );
  const made = await Promise.all(Array.from({ length: 12 }, () => add({ name: randomUUID() })));
  assert.equal(made.filter((one) => one.status === 200).length, 10);
  assert.ok(made.filter((one) => one.status !== 200).every((one) => one.body.code === 'webhooks-many'));
});

test('deliveries come in pages, and one or all parked are ordered again', async () => {
  await server.pool.query(
    `insert into webhook_endpoint (account_id, id, name, url, secret_sealed, events, state, made_by, created_at, updated_at)
     values ('main', 'parked', 'x', 'https://a.example.com', 'x', '{award.created}', 'off', 'anna', $1, $1)`,
    [new Date()],
  );
  const place = `${PLACE}/parked`;
  const seen: number[] = [];
  let next: string | null = null;
  do {
    const page = await anna.get(`${place}/deliveries?limit=2&state=parked${next === null ? '' : `&after=${next}`}`);
    assert.equal(page.status, 200, JSON.stringify(page.body));
    seen.push(...page.body.rows.map(({ id }: { id: number }) => id));
    next = page.body.next as string | null;
  } while (next !== null);
  assert.deepEqual(
    seen,
    seen.toSorted((left, right) => right - left),
  );
  assert.equal(new Set(seen).size, 5);
  const one = await anna.post(`${place}/deliveries/${seen[0]}/redeliver`, {});
  assert.deepEqual(one.body, { ordered: 1 });
  assert.equal((await anna.post(`${place}/deliveries/999999/redeliver`, {})).body.code, 'delivery-not-found');
  assert.deepEqual((await anna.post(`${place}/redeliver-parked`, {})).body, { ordered: 4 });
  const { rows } = (await anna.get(`${place}/deliveries`)).body;
  assert.ok(rows.every((row: { state: string; tries: number }) => row.state === 'waiting' && row.tries === 0));
  assert.equal((await anna.get(`${place}/deliveries?after=nonsense`)).body.code, 'cursor-invalid');
});

test('endpoints are for owners alone', async () => {
  for (const role of ['operator', 'finance', 'support', 'viewer'] as const) {
    const somebody = await new Caller(server).logIn(role, `a ${role}`);
    assert.equal((await somebody.get(PLACE)).status, 403, role);
  }
});
