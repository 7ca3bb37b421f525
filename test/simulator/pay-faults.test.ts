import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { faultKinds } from '../../src/simulator/pay/faults.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { MerchantClient, type PayReply } from './merchant-client.ts';

describe('faults of WeChat Pay on request', () => {
  let simulator: Simulator;
  let client: MerchantClient;

  before(async () => {
    simulator = await startSimulator({ seed: 'faults' });
    client = new MerchantClient(simulator);
  });
  after(async () => {
    client.close();
    await simulator.close();
  });
  beforeEach(() => {
    simulator.faults.clear();
    simulator.clock.advance(86_400_000);
  });

  const code = (reply: PayReply): string => reply.fields.get('err_code') ?? '';
  const number = (order: Record<string, string>): string => order['mch_billno'] ?? '';
  const paidCount = (order: Record<string, string>): number =>
    simulator.books.paidCountByNumber.get(number(order)) ?? 0;
  const again = async (order: Record<string, string>): Promise<PayReply> => {
    simulator.clock.advance(1000);
    return client.send(order);
  };

  test('an answer lost after paying leaves a packet that a repeat finds and does not pay again', async () => {
    simulator.faults.next('answer-lost-after-paying');
    const order = client.order();
    await assert.rejects(client.send(order), /hang up|ECONNRESET/);
    assert.equal(paidCount(order), 1);
    assert.equal(code(await again(order)), 'SUCCESS');
    assert.equal(paidCount(order), 1);
  });

  test('a reset before booking pays nothing until the repeat', async () => {
    simulator.faults.next('reset');
    const order = client.order();
    await assert.rejects(client.send(order), /hang up|ECONNRESET/);
    assert.equal(paidCount(order), 0);
    assert.equal(code(await client.query(number(order))), 'NOT_FOUND');
    assert.equal(code(await again(order)), 'SUCCESS');
    assert.equal(paidCount(order), 1);
  });

  for (const paying of [false, true]) {
    test(`SYSTEMERROR ${paying ? 'after' : 'without'} paying tells nothing of the request`, async () => {
      simulator.faults.next('system-error', 1, { paying });
      const order = client.order();
      const reply = await client.send(order);
      assert.deepEqual([code(reply), reply.fields.has('mch_billno')], ['SYSTEMERROR', false]);
      assert.equal(paidCount(order), paying ? 1 : 0);
      assert.equal(code(await again(order)), 'SUCCESS');
      assert.equal(paidCount(order), 1);
    });

    test(`garbage and a gateway error ${paying ? 'after' : 'without'} paying`, async () => {
      simulator.faults.next('garbage', 1, { paying });
      simulator.faults.next('http-500', 1, { paying });
      for (const status of [200, 500]) {
        const order = client.order();
        const reply = await client.send(order);
        assert.equal(reply.status, status);
        assert.match(reply.text, /^<html>/);
        assert.equal(paidCount(order), paying ? 1 : 0);
      }
    });
  }

  test('PROCESSING with the money taken shows SENDING and arrives after 20 minutes', async () => {
    simulator.faults.next('processing');
    const order = client.order();
    assert.equal(code(await client.send(order)), 'PROCESSING');
    assert.equal((await client.query(number(order))).fields.get('status'), 'SENDING');
    assert.equal(code(await again(order)), 'PROCESSING');
    simulator.clock.advance(20 * 60_000);
    assert.equal((await client.query(number(order))).fields.get('status'), 'SENT');
    assert.equal(paidCount(order), 1);
  });

  test('PROCESSING without money fails after a day', async () => {
    simulator.faults.next('processing', 1, { paying: false });
    const order = client.order();
    assert.equal(code(await client.send(order)), 'PROCESSING');
    simulator.clock.advance(24 * 3_600_000);
    assert.equal((await client.query(number(order))).fields.get('status'), 'FAILED');
    assert.equal(paidCount(order), 0);
  });

  test('a paid packet can be unknown to the query for a while, also behind SYSTEMERROR', async () => {
    simulator.faults.next('not-found-for', 1, { ms: 300_000 });
    simulator.faults.next('system-error', 1, { paying: true, notFoundForMs: 300_000 });
    const orders = [client.order(), client.order()] as const;
    assert.equal(code(await client.send(orders[0])), 'SUCCESS');
    assert.equal(code(await client.send(orders[1])), 'SYSTEMERROR');
    for (const order of orders) assert.equal(code(await client.query(number(order))), 'NOT_FOUND');
    simulator.clock.advance(300_000);
    for (const order of orders) assert.equal((await client.query(number(order))).fields.get('status'), 'SENT');
  });

  test('a hanging answer never comes, and nothing is paid', async () => {
    simulator.faults.next('hang');
    const order = client.order();
    const sent = client.post('/mmpaymkttransfers/sendredpack', client.xml(order), AbortSignal.timeout(300));
    await assert.rejects(sent, /abort|timeout/i);
    assert.equal(paidCount(order), 0);
  });

  test('a trickling answer arrives byte by byte and is paid', async () => {
    simulator.faults.next('trickle', 1, { ms: 1 });
    const order = client.order();
    assert.equal(code(await client.send(order)), 'SUCCESS');
    simulator.faults.next('trickle', 1, { ms: 100 });
    const slow = client.order();
    const sent = client.post('/mmpaymkttransfers/sendredpack', client.xml(slow), AbortSignal.timeout(2000));
    await assert.rejects(sent, /abort|timeout/i);
    assert.deepEqual([paidCount(order), paidCount(slow)], [1, 1]);
  });

  test('a code that no table knows', async () => {
    simulator.faults.next('unknown-code', 1, { paying: true });
    const order = client.order();
    const reply = await client.send(order);
    assert.equal(reply.fields.get('result_code'), 'FAIL');
    assert.equal(code(reply), 'ACCOUNT_CHECK_PENDING');
    assert.equal(paidCount(order), 1);
  });

  test('faults of the query leave the send alone', async () => {
    simulator.faults.next('system-error', 1, { on: 'query' });
    simulator.faults.next('garbage', 1, { on: 'query' });
    const order = client.order();
    assert.equal(code(await client.send(order)), 'SUCCESS');
    assert.equal(code(await client.query(number(order))), 'SYSTEMERROR');
    simulator.clock.advance(1000);
    assert.match((await client.query(number(order))).text, /^<html>/);
  });

  test('a wrong request uses up no fault', async () => {
    simulator.faults.next('system-error');
    assert.equal(code(await client.send(client.order({ sign: 'x' }))), 'SIGN_ERROR');
    assert.equal(simulator.faults.pending().length, 1);
  });

  test('faults by luck come at about their rate and never pay a number twice', async () => {
    const kinds = faultKinds.filter((kind) => kind !== 'hang' && kind !== 'trickle');
    simulator.faults.byLuck(0.5, kinds);
    simulator.payRules.sendsPerSecondMax = 1000;
    const people = simulator.followers.addMany(60);
    const orders = people.map((person) => client.order({ re_openid: person.openid }));
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(orders.map((order) => client.send(order).catch(() => undefined)));
      simulator.clock.advance(1000);
    }
    const counts = orders.map(paidCount);
    assert.deepEqual([Math.min(...counts), Math.max(...counts)], [1, 1]);
    simulator.payRules.sendsPerSecondMax = 30;
  });

  test('an unknown kind or a senseless count is refused', () => {
    assert.throws(() => simulator.faults.next('boom' as 'hang'), /unknown fault/);
    assert.throws(() => simulator.faults.next('hang', 0), /cannot queue/);
    assert.throws(() => simulator.faults.next('hang', 1e9), /cannot queue/);
  });
});
