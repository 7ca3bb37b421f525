import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { makeCertificates } from '../../src/simulator/tls/certificates.ts';
import { MerchantClient, type PayReply } from './merchant-client.ts';

describe('red packets over mutual TLS', () => {
  let simulator: Simulator;
  let client: MerchantClient;
  const mobileAppId = 'wxaaaaaaaaaaaaaaaa';
  const secondAppId = 'wxbbbbbbbbbbbbbbbb';

  before(async () => {
    const payRules = { illegalAppIds: [mobileAppId], scenes: ['PRODUCT_2'] };
    simulator = await startSimulator({ seed: 'red packets', appIds: [secondAppId], payRules });
    client = new MerchantClient(simulator);
  });
  after(async () => {
    client.close();
    await simulator.close();
  });
  /** A new day for the limits, and no request within the second before. */
  beforeEach(() => simulator.clock.advance(86_400_000));

  const code = (reply: PayReply): string => reply.fields.get('err_code') ?? '';
  const status = async (number: string): Promise<string> => {
    const reply = await client.query(number);
    simulator.clock.advance(1000);
    return reply.fields.get('status') ?? code(reply);
  };
  const openid = (at = 0): string => simulator.followers.list()[at]?.openid ?? '';

  test('a correct request is paid once, queried, opened, and the books say so', async () => {
    const beforeFen = simulator.books.totals();
    const order = client.order({ total_amount: '888', wishing: '恭喜 <发财> & ]]> 😀' });
    const number = order['mch_billno'] ?? '';
    const sent = await client.send({ ...order, wishing: '恭喜 & 发财 😀' });
    assert.equal(sent.status, 200);
    assert.equal(code(sent), 'SUCCESS');
    assert.equal(sent.fields.get('result_code'), 'SUCCESS');
    assert.equal(sent.fields.get('total_amount'), '888');
    assert.equal(sent.fields.get('re_openid'), openid());
    assert.match(sent.fields.get('send_listid') ?? '', /^\d{31}$/);
    assert.equal(sent.fields.has('sign'), false, 'red packet answers carry no signature');
    assert.equal(await status(number), 'SENT');
    const card = simulator.followers.chat(openid()).at(-1);
    assert.equal(card?.kind === 'packet' && card.state, 'SENT');
    simulator.followers.openPacket(number);
    const found = await client.query(number);
    assert.equal(found.fields.get('status'), 'RECEIVED');
    assert.equal(found.fields.get('detail_id'), sent.fields.get('send_listid'));
    assert.match(found.text, /<hbinfo>\s*<openid>/);
    assert.match(found.fields.get('send_time') ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const afterFen = simulator.books.totals();
    assert.equal(afterFen.sentFen - beforeFen.sentFen, 888);
    assert.equal(afterFen.receivedFen - beforeFen.receivedFen, 888);
    assert.equal(beforeFen.balanceFen - afterFen.balanceFen, 888);
    assert.equal(simulator.books.paidCountByNumber.get(number), 1);
    assert.throws(() => simulator.followers.openPacket(number), /RECEIVED/);
  });

  for (const [what, given, expected] of [
    ['a changed signature', { sign: '0'.repeat(32) }, 'SIGN_ERROR'],
    ['a 64-character signature', { sign: '0'.repeat(64) }, 'SIGN_ERROR'],
    ['no wishing', { wishing: undefined }, 'PARAM_ERROR'],
    ['eleven Chinese characters as a sender, 33 bytes', { send_name: '一二三四五六七八九十一' }, 'PARAM_ERROR'],
    ['a dash in the number', { mch_billno: '123-456' }, 'PARAM_ERROR'],
    ['a number of 29 characters', { mch_billno: '1'.repeat(29) }, 'PARAM_ERROR'],
    ['two packets at once', { total_num: '2' }, 'PARAM_ERROR'],
    ['an amount in yuan', { total_amount: '1.00' }, 'PARAM_ERROR'],
    ['a negative amount', { total_amount: '-100' }, 'PARAM_ERROR'],
    ['a host name for an address', { client_ip: 'localhost' }, 'PARAM_ERROR'],
    ['a scene that does not exist', { scene_id: 'PRODUCT_9' }, 'PARAM_ERROR'],
    ['a scene that is not switched on', { scene_id: 'PRODUCT_3' }, 'PARAM_ERROR'],
    ['an app id to reach people by, from no provider', { msgappid: 'wx1' }, 'PARAM_ERROR'],
    ['a sub-merchant of no provider', { sub_mch_id: '1900000110', msgappid: 'wx1' }, 'PARAM_ERROR'],
    ['a fund-authorising merchant with letters', { consume_mch_id: 'main' }, 'PARAM_ERROR'],
    ['a risk_info that is not encoded', { risk_info: 'posttime=1&deviceid=IOS' }, 'PARAM_ERROR'],
    ['a risk_info encoded twice', { risk_info: 'posttime%253d1' }, 'PARAM_ERROR'],
    ['a risk_info with an item nobody knows', { risk_info: 'posttime%3d1%26ip%3d1' }, 'PARAM_ERROR'],
    ['a risk_info of 129 characters', { risk_info: `posttime%3d1%26deviceid%3d${'a'.repeat(103)}` }, 'PARAM_ERROR'],
    ['an app id that is not bound', { wxappid: 'wxcccccccccccccccc' }, 'PARAM_ERROR'],
    ['the app id of a mobile app', { wxappid: mobileAppId }, 'ILLEGAL_APPID'],
    ['an openid of nobody', { re_openid: 'o'.repeat(28) }, 'OPENID_ERROR'],
    ['the openid of another account', { wxappid: secondAppId }, 'OPENID_ERROR'],
    ['less than a yuan', { total_amount: '99' }, 'MONEY_LIMIT'],
    ['more than 200 yuan', { total_amount: '20001' }, 'MONEY_LIMIT'],
    ['a merchant that is not the certificate\u2019s', { mch_id: '1900000000' }, 'CA_ERROR'],
  ] as const) {
    test(`${what} is ${expected}, not stored and not paid`, async () => {
      const sentFen = simulator.books.totals().sentFen;
      const order = client.order(given);
      const reply = await client.send(order);
      assert.equal(reply.status, 200);
      assert.equal(code(reply), expected);
      assert.equal(reply.fields.get('result_code'), 'FAIL');
      assert.equal(simulator.books.totals().sentFen, sentFen);
      if (/^[0-9A-Za-z]{1,28}$/.test(order['mch_billno'] ?? '')) {
        assert.equal(await status(order['mch_billno'] ?? ''), 'NOT_FOUND');
      }
    });
  }

  test('an extra field that is signed is accepted, a signed sign_type is not', async () => {
    assert.equal(code(await client.send(client.order({ extra: 'x' }))), 'SUCCESS');
    assert.equal(code(await client.send(client.order({ sign_type: 'MD5' }))), 'SIGN_ERROR');
  });

  test('a fund-authorising merchant and the published risk_info are accepted', async () => {
    const published = 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS';
    const order = client.order({ consume_mch_id: '1222000096', risk_info: published });
    assert.equal(code(await client.send(order)), 'SUCCESS');
  });

  test('a provider pays for its own sub-merchants, reaching people by their app ids', async () => {
    const { payRules } = simulator;
    payRules.subMerchants = { '1900000110': ['wxdddddddddddddddd'] };
    const given = (sub_mch_id?: string, msgappid?: string) => client.send(client.order({ sub_mch_id, msgappid }));
    assert.equal(code(await given('1900000110', 'wxdddddddddddddddd')), 'SUCCESS');
    assert.equal(code(await given('1900000110')), 'PARAM_ERROR');
    assert.equal(code(await given(undefined, 'wxdddddddddddddddd')), 'PARAM_ERROR');
    assert.equal(code(await given('1900000111', 'wxdddddddddddddddd')), 'ACCEPTMODE_ERROR');
    assert.equal(code(await given('toString', 'wxdddddddddddddddd')), 'PARAM_ERROR');
    assert.equal(code(await given('1900000110', 'wxeeeeeeeeeeeeeeee')), 'MSGAPPID_ERROR');
    payRules.subMerchants = {};
  });

  test('a scene that is switched on allows less than a yuan', async () => {
    assert.equal(code(await client.send(client.order({ total_amount: '30', scene_id: 'PRODUCT_2' }))), 'SUCCESS');
  });

  test('the same person is paid under a second account by its own openid', async () => {
    const other = simulator.followers.list()[0]?.otherOpenids[secondAppId];
    assert.equal(code(await client.send(client.order({ wxappid: secondAppId, re_openid: other }))), 'SUCCESS');
  });

  test('a body that is not flat XML is XML_ERROR', async () => {
    for (const body of ['', 'hello', '<xml><a>1</xml>', '<!DOCTYPE xml><xml></xml>']) {
      const reply = await client.post('/mmpaymkttransfers/sendredpack', body);
      assert.equal(code(reply), 'XML_ERROR');
      assert.equal(reply.fields.get('return_code'), 'FAIL');
    }
  });

  test('a missing and a foreign certificate are CA_ERROR in a normal answer, sending and asking', async () => {
    const stranger = await makeCertificates(simulator.merchant.mchId);
    const foreign = { pfx: stranger.merchant.p12, passphrase: simulator.merchant.mchId };
    for (const credentials of [{}, foreign]) {
      const other = new MerchantClient(simulator, credentials);
      const reply = await other.send(other.order({ mch_billno: 'CA1' }));
      assert.equal(code(reply), 'CA_ERROR');
      assert.equal(reply.fields.get('return_code'), 'SUCCESS');
      assert.equal(code(await other.query('CA1')), 'CA_ERROR');
      other.close();
    }
  });

  test('a resumed TLS session still knows its certificate', async () => {
    const { p12, mchId } = simulator.merchant;
    const url = new URL(simulator.payUrl);
    const key = { host: url.hostname, port: Number(url.port), ca: simulator.caPem, pfx: p12, passphrase: mchId };
    const first = connect(key);
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const second = connect({ ...key, session });
    await once(second, 'secureConnect');
    assert.equal(second.isSessionReused(), true);
    const reply = await rawPost(second, client.xml(client.order()));
    assert.match(reply, /<err_code><!\[CDATA\[SUCCESS\]\]>/);
  });

  test('switches of the merchant platform refuse without storing', async () => {
    const { payRules } = simulator;
    payRules.productOpen = false;
    assert.equal(code(await client.send(client.order())), 'NO_AUTH');
    Object.assign(payRules, { productOpen: true, apiSwitchOn: false });
    assert.equal(code(await client.send(client.order())), 'API_METHOD_CLOSED');
    Object.assign(payRules, { apiSwitchOn: true, allowedAddresses: ['10.0.0.1'] });
    const order = client.order();
    assert.equal(code(await client.send(order)), 'NO_AUTH');
    payRules.allowedAddresses = [];
    assert.equal(await status(order['mch_billno'] ?? ''), 'NOT_FOUND');
  });

  test('a repeat after a second gets the same packet and pays nothing more', async () => {
    const order = client.order();
    const first = await client.send(order);
    simulator.clock.advance(1000);
    const again = await client.send({ ...order, nonce_str: 'another' });
    assert.equal(code(again), 'SUCCESS');
    assert.equal(again.fields.get('send_listid'), first.fields.get('send_listid'));
    assert.equal(simulator.books.paidCountByNumber.get(order['mch_billno'] ?? ''), 1);
  });

  test('a repeat after success may be told to be refused, and still pays nothing more', async () => {
    simulator.payRules.repeatAfterSuccess = 'refuse';
    const order = client.order();
    await client.send(order);
    simulator.clock.advance(1000);
    assert.equal((await client.send(order)).fields.get('result_code'), 'FAIL');
    simulator.payRules.repeatAfterSuccess = 'same-answer';
    assert.equal(await status(order['mch_billno'] ?? ''), 'SENT');
  });

  test('a repeat within a second is FREQ_LIMIT and a violation', async () => {
    const order = client.order();
    await client.send(order);
    assert.equal(code(await client.send(order)), 'FREQ_LIMIT');
    const violation = simulator.books.violations.at(-1);
    assert.deepEqual([violation?.kind, violation?.number], ['repeated-too-soon', order['mch_billno']]);
  });

  test('another openid or amount under a known number is FATAL_ERROR and a violation', async () => {
    const order = client.order({ total_amount: '150' });
    await client.send(order);
    for (const changed of [{ re_openid: openid(1) }, { total_amount: '151' }]) {
      simulator.clock.advance(1000);
      assert.equal(code(await client.send({ ...order, ...changed })), 'FATAL_ERROR');
      assert.equal(simulator.books.violations.at(-1)?.kind, 'changed-request');
    }
    assert.equal(simulator.books.packet(order['mch_billno'] ?? '')?.amountFen, 150);
  });

  test('the 31st packet within a second is FREQ_LIMIT and not stored', async () => {
    const people = simulator.followers.addMany(31);
    const orders = people.map((person) => client.order({ re_openid: person.openid }));
    const replies = await Promise.all(orders.map((order) => client.send(order)));
    const limited = replies.filter((reply) => code(reply) === 'FREQ_LIMIT');
    assert.ok(limited.length >= 1 && limited.length <= 2, `${limited.length} of 31 limited`);
    assert.equal(replies.filter((reply) => code(reply) === 'SUCCESS').length, 31 - limited.length);
  });

  test('limits of the day are stored as SENDING with a reason, fail after a day, and end at midnight in Beijing', async () => {
    const { payRules, clock, books } = simulator;
    const person = simulator.followers.add().openid;
    for (let sent = 0; sent < 10; sent += 1) await client.send(client.order({ re_openid: person }));
    const eleventh = client.order({ re_openid: person });
    assert.equal(code(await client.send(eleventh)), 'SENDNUM_LIMIT');
    const rich = simulator.followers.add().openid;
    for (let sent = 0; sent < 5; sent += 1) await client.send(client.order({ re_openid: rich, total_amount: '20000' }));
    assert.equal(code(await client.send(client.order({ re_openid: rich }))), 'RCVDAMOUNT_LIMIT');
    payRules.merchantFenPerDayMax = 1;
    assert.equal(code(await client.send(client.order({ re_openid: openid(1) }))), 'SENDAMOUNT_LIMIT');
    payRules.merchantFenPerDayMax = 100_000_000;
    const reply = await client.query(eleventh['mch_billno'] ?? '');
    assert.equal(reply.fields.get('status'), 'SENDING');
    assert.match(reply.fields.get('reason') ?? '', /上限/);
    clock.advance(24 * 3_600_000);
    assert.equal(await status(eleventh['mch_billno'] ?? ''), 'FAILED');
    assert.equal(code(await client.send(eleventh)), 'SEND_FAILED');
    assert.equal(code(await client.send(client.order({ re_openid: person }))), 'SUCCESS');
    assert.equal(books.paidCountByNumber.has(eleventh['mch_billno'] ?? ''), false);
  });

  test('a dangerous account is NO_AUTH', async () => {
    const risky = simulator.followers.add({ risky: true });
    assert.equal(code(await client.send(client.order({ re_openid: risky.openid }))), 'NO_AUTH');
  });

  test('without money it is NOTENOUGH, and the same number pays after a deposit', async () => {
    const poor = await startSimulator({ merchantBalanceFen: 50 });
    const merchant = new MerchantClient(poor);
    const order = merchant.order();
    assert.equal(code(await merchant.send(order)), 'NOTENOUGH');
    poor.books.deposit(1000);
    poor.clock.advance(1000);
    assert.equal(code(await merchant.send(order)), 'SUCCESS');
    assert.equal(poor.books.totals().balanceFen, 950);
    poor.clock.advance(25 * 3_600_000);
    assert.equal(poor.books.packet(order['mch_billno'] ?? '')?.status, 'REFUND', 'the old refusal ends nothing');
    merchant.close();
    await poor.close();
  });

  test('the query tells an unknown number in both known shapes and forgets after 30 days', async () => {
    assert.equal(await status('UNKNOWN1'), 'NOT_FOUND');
    simulator.payRules.notFoundShape = 'system-error';
    const old = await client.query('UNKNOWN2');
    simulator.payRules.notFoundShape = 'not-found';
    assert.deepEqual([old.fields.get('return_code'), code(old)], ['FAIL', 'SYSTEMERROR']);
    const order = client.order();
    await client.send(order);
    simulator.clock.advance(30 * 86_400_000 - 60_000);
    assert.equal(await status(order['mch_billno'] ?? ''), 'REFUND');
    simulator.clock.advance(120_000);
    assert.equal(await status(order['mch_billno'] ?? ''), 'NOT_FOUND');
  });

  test('a query is as strict about its fields, its signature and its pace', async () => {
    const order = client.order();
    const number = order['mch_billno'] ?? '';
    await client.send(order);
    assert.equal(code(await client.query(number, { bill_type: 'X' })), 'PARAM_ERROR');
    assert.equal(code(await client.query(number, { sign: 'x' })), 'SIGN_ERROR');
    assert.equal(code(await client.query(number, { appid: 'wxcccccccccccccccc' })), 'PARAM_ERROR');
    assert.equal(code(await client.query(number)), 'SUCCESS');
    assert.equal(code(await client.query(number)), 'FREQ_LIMIT');
    assert.equal(simulator.books.violations.at(-1)?.kind, 'queried-too-soon');
  });

  test('every arrival is noted with its time and number', async () => {
    const order = client.order({ sign: 'wrong' });
    await client.send(order);
    const { path, number, atMs } = simulator.books.arrivals.at(-1) ?? {};
    assert.deepEqual([path, number], ['/mmpaymkttransfers/sendredpack', order['mch_billno']]);
    assert.ok(Math.abs((atMs ?? 0) - simulator.clock.nowMs()) < 5000);
  });

  test('other paths, methods and huge bodies are refused by HTTP', async () => {
    assert.equal((await client.post('/mmpaymkttransfers/other', '<xml></xml>')).status, 404);
    const huge = await client.post('/mmpaymkttransfers/sendredpack', 'x'.repeat(70_000));
    assert.equal(huge.status, 413);
  });
});

async function rawPost(socket: TLSSocket, body: string): Promise<string> {
  const head = `POST /mmpaymkttransfers/sendredpack HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
  socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return (await socket.setEncoding('utf8').toArray()).join('');
}
