import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildAccount, NOON_MS } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { anOrder, keyOf } from '../support/payments-world.ts';
import { createPaymentStore } from '../../src/store/payments/payment-store.ts';

const API_V3_KEY = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb';
const FORWARD_KEY = 'the-forward-key-of-the-shops-system';

let server: TestConsole;
let owner: Caller;
let viewer: Caller;
before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  owner = await new Caller(server).logIn('owner');
  viewer = await new Caller(server).logIn('viewer');
});
after(() => server.close());

test('keys of notices are set one by one, never shown and never stored in the clear', async () => {
  const path = '/merchants/main/notice-keys';
  assert.equal((await owner.send('PATCH', path, { apiV3Key: API_V3_KEY })).status, 200);
  const set = await owner.send('PATCH', path, { forwardKey: FORWARD_KEY });
  const shown = JSON.stringify(set.body);
  assert.match(shown, /"apiV3Key":true/);
  assert.match(shown, /"forwardKey":true/);
  const { rows } = await server.database.client.query('select * from merchant_notice_key');
  for (const text of [shown, JSON.stringify(rows), JSON.stringify(server.log)])
    for (const secret of [API_V3_KEY, FORWARD_KEY]) assert.ok(!text.includes(secret));
  const taken = await owner.send('PATCH', path, { forwardKey: null });
  assert.match(JSON.stringify(taken.body), /"apiV3Key":true.*"forwardKey":false|"forwardKey":false.*"apiV3Key":true/);
});

test('each faulty key is named', async () => {
  const faulty = { apiV3Key: 'short', forwardKey: 'short', verifiers: { 'a b': 'x' } };
  const refused = await owner.send('PATCH', '/merchants/main/notice-keys', faulty);
  assert.equal(refused.status, 400);
  for (const field of ['apiV3Key', 'forwardKey', 'verifiers', 'verifiers.a b'])
    assert.ok(JSON.stringify(refused.body).includes(`"path":"${field}"`), field);
  const nobody = await owner.send('PATCH', '/merchants/nobody/notice-keys', { apiV3Key: API_V3_KEY });
  assert.equal(nobody.status, 404);
});

test('payments are listed with a shortened openid for whoever may not see people, and only failed ones are tried again', async () => {
  const payments = createPaymentStore(server.pool);
  const order = anOrder();
  await payments.notePaid(keyOf(order), order, NOON_MS);
  const line = JSON.stringify((await viewer.send('GET', '/shop-payments')).body);
  assert.ok(line.includes(order.transactionId) && !line.includes(order.openid));
  assert.ok(JSON.stringify((await owner.send('GET', '/shop-payments?state=drawing')).body).includes(order.openid));
  const path = `/shop-payments/main/main/${order.transactionId}/retry`;
  assert.equal((await owner.send('POST', path, {})).status, 409);
  await server.database.client.query(`update payment set state = 'failed', due_at = null`);
  assert.equal((await owner.send('POST', path, {})).status, 200);
  assert.equal((await viewer.send('POST', path, {})).status, 403);
  assert.equal((await owner.send('GET', '/shop-payments?after=nonsense')).status, 400);
});
