import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { splitAtRandom, takeMiniPacket } from '../../src/simulator/pay/packet-kinds.ts';
import { Random } from '../../src/simulator/random.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { MerchantClient, type PayReply } from './merchant-client.ts';

const miniApp = 'wxcccccccccccccccc';
let simulator: Simulator;
let client: MerchantClient;

before(async () => {
  const payRules = { groupPacketsOpen: true, miniAppIds: [miniApp] };
  simulator = await startSimulator({ seed: 'kinds', appIds: [miniApp], payRules });
  client = new MerchantClient(simulator);
});
after(async () => {
  client.close();
  await simulator.close();
});
beforeEach(() => simulator.clock.advance(86_400_000));

const code = (reply: PayReply): string => reply.fields.get('err_code') ?? '';
type Given = Readonly<Record<string, string | undefined>>;
const group = (given: Given = {}): Record<string, string> =>
  client.order({ client_ip: undefined, total_num: '3', total_amount: '900', amt_type: 'ALL_RAND', ...given });
const mini = (given: Given = {}): Record<string, string> => {
  const person = simulator.followers.list()[0];
  assert.ok(person);
  const openid = simulator.followers.openidFor(person, miniApp);
  const own = { client_ip: undefined, wxappid: miniApp, re_openid: openid, notify_way: 'MINI_PROGRAM_JSAPI' };
  return client.order({ ...own, ...given });
};
const send = (page: string, fields: Record<string, string>): Promise<PayReply> =>
  client.post(`/mmpaymkttransfers/${page}`, client.xml(fields));

test('a shared packet needs the fields of its own page, an open product and shares of a yuan', async () => {
  const faulty: readonly (readonly [Given, string])[] = [
    [{ amt_type: undefined }, 'PARAM_ERROR'],
    [{ amt_type: 'ALL_SAME' }, 'PARAM_ERROR'],
    [{ total_num: '2' }, 'PARAM_ERROR'],
    [{ total_num: '21', total_amount: '2100' }, 'PARAM_ERROR'],
    [{ client_ip: '127.0.0.1' }, 'PARAM_ERROR'],
    [{ total_amount: '299' }, 'MONEY_LIMIT'],
    [{ wxappid: miniApp }, 'ILLEGAL_APPID'],
  ];
  for (const [given, wanted] of faulty) {
    assert.equal(code(await send('sendgroupredpack', group(given))), wanted, JSON.stringify(given));
  }
  simulator.payRules.groupPacketsOpen = false;
  assert.equal(code(await send('sendgroupredpack', group())), 'NO_AUTH');
  simulator.payRules.groupPacketsOpen = true;
});

test('what friends take is listed, each takes once, and the rest comes back after a day', async () => {
  const order = group();
  const number = order['mch_billno'] ?? '';
  const before = simulator.books.totals();
  assert.equal(code(await send('sendgroupredpack', order)), 'SUCCESS');
  const seed = simulator.books.takeShare(number, order['re_openid'] ?? '').taken?.[0]?.fen ?? 0;
  assert.throws(() => simulator.books.takeShare(number, order['re_openid'] ?? ''), /has a share/);
  simulator.clock.advance(2000);
  const sent = await client.query(number);
  assert.deepEqual(
    ['status', 'hb_type', 'total_num', 'amount'].map((name) => sent.fields.get(name)),
    ['SENT', 'GROUP', '3', String(seed)],
  );
  simulator.clock.advance(86_400_000);
  const back = await client.query(number);
  assert.deepEqual(
    ['status', 'refund_amount', 'total_amount'].map((name) => back.fields.get(name)),
    ['REFUND', String(900 - seed), '900'],
  );
  const totals = simulator.books.totals();
  assert.equal(totals.receivedFen - before.receivedFen, seed);
  assert.equal(totals.refundedFen - before.refundedFen, 900 - seed);
});

test('a random split gives every fen to one of the shares, and each share has some', () => {
  const random = new Random('split');
  for (let round = 0; round < 500; round += 1) {
    const [amount, shares] = [300 + random.whole(2000), 3 + random.whole(18)];
    const split = splitAtRandom(amount, shares, random);
    assert.equal(split.length, shares);
    assert.ok(split.every((share) => share >= 1));
    assert.equal(
      split.reduce((sum, share) => sum + share, 0),
      amount,
    );
  }
});

test('a packet of a mini program brings its package, shows no card and is taken by its own person after a scan only', async () => {
  assert.equal(code(await send('sendminiprogramhb', mini({ notify_way: undefined }))), 'PARAM_ERROR');
  assert.equal(code(await send('sendminiprogramhb', mini({ client_ip: '127.0.0.1' }))), 'PARAM_ERROR');
  const chatOrder = client.order({ client_ip: undefined, notify_way: 'MINI_PROGRAM_JSAPI' });
  assert.equal(code(await send('sendminiprogramhb', chatOrder)), 'ILLEGAL_APPID');
  const order = mini();
  const sent = await send('sendminiprogramhb', order);
  assert.equal(code(sent), 'SUCCESS');
  const text = sent.fields.get('package') ?? '';
  assert.match(text, /^sendid=[0-9a-f]{64}&(amp;)?ver=8&/);
  simulator.clock.advance(2000);
  assert.equal((await send('sendminiprogramhb', order)).fields.get('package'), text, 'the same number brings the same');
  const { apiKey } = simulator.merchant;
  const parts = { books: simulator.books, rules: simulator.payRules, apiKey };
  const claim = { appId: miniApp, timeStamp: '1', nonceStr: 'n', package: 'a%3Db', signType: 'MD5', paySign: '' };
  assert.throws(() => takeMiniPacket({ ...claim, scene: 1001 }, 'o', parts), /scene 1001 not support/);
  assert.throws(() => takeMiniPacket(claim, 'o', parts), /签名错误/);
  assert.throws(() => takeMiniPacket({ ...claim, package: 'ab' }, 'o', parts), /package/);
});

test('an official account’s page refuses the app id of a mini program', async () => {
  const { client_ip: _, notify_way: __, ...rest } = mini();
  assert.equal(code(await client.send(client.order({ ...rest, client_ip: '127.0.0.1' }))), 'ILLEGAL_APPID');
});
