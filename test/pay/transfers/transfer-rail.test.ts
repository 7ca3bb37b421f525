import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '../../../src/base/fen.ts';
import type { OrderNumber } from '../../../src/base/ids.ts';
import type { NoticeKeys } from '../../../src/flows/ports/payments.ts';
import type { TransferRequest } from '../../../src/flows/ports/transfers.ts';
import { TransferRail } from '../../../src/pay/transfers/transfer-rail.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import { simulatedKeys, simulatedMerchant, transfer } from '../../support/transfers.ts';

let simulator: Simulator;
let rail: TransferRail;
let keys: NoticeKeys;
let count = 0;

before(async () => {
  simulator = await startSimulator({ seed: 'transfers' });
  keys = simulatedKeys(simulator);
  rail = new TransferRail({
    baseUrl: simulator.payUrl,
    extraCaPem: simulator.caPem,
    keys: { keys: async () => keys },
    nowMs: () => simulator.clock.nowMs(),
    deadlineMs: 2000,
  });
});
after(async () => {
  await rail.close();
  await simulator.close();
});

const merchant = () => simulatedMerchant(simulator);
function somebodys(changes: Partial<TransferRequest> = {}): TransferRequest {
  count += 1;
  const [person] = simulator.followers.list();
  const orderNumber = `test${String(count).padStart(22, '0')}` as OrderNumber;
  const openid = person?.openid as TransferRequest['openid'];
  return transfer({ orderNumber, appId: simulator.account.appId, mchId: simulator.merchant.mchId, openid, ...changes });
}
const codeOf = (outcome: { kind: string; code?: string }) => `${outcome.kind} ${outcome.code ?? ''}`.trim();

test('a transfer waits for the person, who confirms it and has the money', async () => {
  const request = somebodys({ look: 'RED_PACKET', notifyUrl: 'https://pay.example.com/notify/transfer/main' });
  const sent = await rail.send(merchant(), request);
  assert.ok(sent.kind === 'paid' && sent.packageInfo !== undefined, sent.raw);
  const waiting = await rail.query(merchant(), request);
  assert.deepEqual([waiting.kind === 'found' && waiting.transferState], ['WAIT_USER_CONFIRM']);
  simulator.transferNotices.confirm(sent.packageInfo);
  const ended = await rail.query(merchant(), request);
  assert.ok(ended.kind === 'found' && ended.status === 'RECEIVED' && ended.openedAtMs !== null);
});

test('the same request again brings the same transfer and what it is confirmed with', async () => {
  const request = somebodys();
  const [first, second] = [await rail.send(merchant(), request), await rail.send(merchant(), request)];
  assert.deepEqual({ ...first, raw: '' }, { ...second, raw: '' });
  assert.equal(simulator.books.paidCountByNumber.get(request.orderNumber), 1);
});

test('a number with other fields is refused and never paid twice', async () => {
  const request = somebodys();
  await rail.send(merchant(), request);
  assert.equal(codeOf(await rail.send(merchant(), { ...request, amountFen: fen(200) })), 'refused ALREADY_EXISTS');
});

test('one that nobody confirmed runs out after 24 hours and comes back', async () => {
  const request = somebodys();
  await rail.send(merchant(), request);
  simulator.clock.advance(24 * 3_600_000 + 1000);
  const found = await rail.query(merchant(), request);
  assert.ok(found.kind === 'found' && found.status === 'REFUND' && found.returnedFen === 100);
  assert.equal(found.reason, 'FAIL OVERDUE_CLOSE');
});

test('one can be taken back before it is confirmed, and not after', async () => {
  const [taken, confirmed] = [somebodys(), somebodys()];
  await rail.send(merchant(), taken);
  assert.deepEqual(await rail.cancel(merchant(), taken), { said: '200 CANCELING' });
  simulator.clock.advance(10_000);
  const found = await rail.query(merchant(), taken);
  assert.deepEqual(found.kind === 'found' && [found.status, found.transferState], ['FAILED', 'CANCELLED']);
  const sent = await rail.send(merchant(), confirmed);
  assert.ok(sent.kind === 'paid' && sent.packageInfo !== undefined);
  simulator.transferNotices.confirm(sent.packageInfo);
  assert.deepEqual(await rail.cancel(merchant(), confirmed), { said: '400 INVALID_REQUEST' });
  const ended = await rail.query(merchant(), confirmed);
  assert.equal(ended.kind === 'found' && ended.status, 'RECEIVED');
});

test('a person whose account takes no money makes it fail, with the reason', async () => {
  const person = simulator.followers.add({ nickname: '风险', risky: true });
  const request = somebodys({ openid: person.openid as TransferRequest['openid'] });
  assert.equal(codeOf(await rail.send(merchant(), request)), 'unknown PROCESSING');
  simulator.clock.advance(2000);
  const found = await rail.query(merchant(), request);
  assert.deepEqual(found.kind === 'found' && [found.status, found.reason], ['FAILED', 'FAIL PAYEE_ACCOUNT_ABNORMAL']);
});

test('a number that was never sent is not found', async () => {
  assert.equal((await rail.query(merchant(), somebodys())).kind, 'not-found');
});

const spoiled = [
  ['answer-lost-after-paying', 'unknown connection-lost'],
  ['system-error', 'unknown SYSTEM_ERROR'],
  ['processing', 'unknown PROCESSING'],
  ['unknown-code', 'unknown NEW_CODE'],
  ['garbage', 'unknown answer-unreadable'],
  ['http-500', 'unknown http-500'],
  ['hang', 'unknown deadline'],
] as const;
for (const [fault, expected] of spoiled) {
  test(`a send that meets ${fault} is ${expected}`, async () => {
    simulator.faults.next(fault);
    assert.equal(codeOf(await rail.send(merchant(), somebodys())), expected);
  });
}

const faulty: readonly (readonly [string, Partial<TransferRequest>, RegExp])[] = [
  ['with less than 10 fen', { amountFen: fen(9) }, /amountFen/],
  ['of 2000 yuan without a name', { amountFen: fen(200_000) }, /userName/],
  ['like a packet above 200 yuan', { amountFen: fen(20_001), look: 'RED_PACKET' }, /look/],
  ['with a remark of 33 characters', { remark: '奖'.repeat(33) }, /remark/],
  ['without a reward', { reward: '' }, /reward/],
  ['told of at an address with a query', { notifyUrl: 'https://a.example/x?y=1' }, /notifyUrl/],
  ['of another merchant', { mchId: '1900000110' }, /frozen for merchant/],
];
for (const [what, changes, message] of faulty) {
  test(`a transfer ${what} never leaves`, async () => {
    const from = simulator.books.arrivals.length;
    const outcome = await rail.send(merchant(), somebodys(changes));
    assert.ok(outcome.kind === 'refused' && outcome.code === 'REQUEST_INVALID');
    assert.match(outcome.message, message);
    assert.equal(simulator.books.arrivals.length, from);
  });
}

test('a real name goes sealed, by the key it names', async () => {
  simulator.books.deposit(1_000_000);
  const sent = await rail.send(merchant(), somebodys({ amountFen: fen(200_000), userName: '张三' }));
  assert.equal(sent.kind, 'paid', sent.raw);
  assert.doesNotMatch(sent.raw, /张三/);
});

test('without a key of WeChat Pay nothing leaves, and the merchant has to be set up', async () => {
  const before = keys;
  keys = { ...keys, verifiers: {} };
  assert.equal(codeOf(await rail.send(merchant(), somebodys())), 'refused RAIL_NOT_SET_UP');
  keys = before;
});

test('an answer that another key signed proves nothing, not even that a number is not known', async () => {
  const before = keys;
  const other = await startSimulator({ seed: 'another' });
  const [id = ''] = Object.keys(keys.verifiers);
  keys = { ...keys, verifiers: { [id]: other.shopNotices.publicKey.pem } };
  assert.equal(codeOf(await rail.send(merchant(), somebodys())), 'unknown answer-not-signed');
  assert.equal(codeOf(await rail.query(merchant(), somebodys())), 'unknown NOT_FOUND');
  keys = before;
  await other.close();
});

test('another merchant’s key or a clock ten minutes off is told as a wrong signature', async () => {
  const other = await startSimulator({ seed: 'stranger' });
  const stranger = { ...merchant(), privateKeyPem: other.merchant.keyPem };
  assert.equal(codeOf(await rail.send(stranger, somebodys())), 'refused SIGN_ERROR');
  await other.close();
  const wrong = new TransferRail({
    baseUrl: simulator.payUrl,
    extraCaPem: simulator.caPem,
    keys: { keys: async () => keys },
    nowMs: () => simulator.clock.nowMs() - 600_000,
  });
  assert.equal(codeOf(await wrong.send(merchant(), somebodys())), 'unknown SIGN_ERROR');
  await wrong.close();
});

test('an empty account is told as such, and nothing is written down', async () => {
  const poor = await startSimulator({ seed: 'poor', merchantBalanceFen: 50 });
  const keysThere = simulatedKeys(poor);
  const there = new TransferRail({
    baseUrl: poor.payUrl,
    extraCaPem: poor.caPem,
    keys: { keys: async () => keysThere },
    nowMs: () => poor.clock.nowMs(),
  });
  const [person] = poor.followers.list();
  const openid = person?.openid as TransferRequest['openid'];
  const request = transfer({ appId: poor.account.appId, mchId: poor.merchant.mchId, openid });
  assert.equal(codeOf(await there.send(simulatedMerchant(poor), request)), 'refused NOT_ENOUGH');
  assert.equal((await there.query(simulatedMerchant(poor), request)).kind, 'not-found');
  await there.close();
  await poor.close();
});
