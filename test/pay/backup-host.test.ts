import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { makeCertificates } from '../../src/simulator/tls/certificates.ts';
import { payAsAsked } from '../support/pay-answers.ts';
import { redPacket } from '../support/red-packets.ts';
import { merchantWith, startTlsServer } from '../support/tls-server.ts';
import type { Answer, TlsServer } from '../support/tls-server.ts';

const NOBODY = 'https://127.0.0.1:1';
let first: TlsServer;
let backup: TlsServer;
let mute: Server;
let muteUrl: string;
const rails: WechatPayRail[] = [];

before(async () => {
  first = await startTlsServer(payAsAsked);
  backup = await startTlsServer(payAsAsked, first);
  mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  muteUrl = `https://127.0.0.1:${(mute.address() as { port: number }).port}`;
});
beforeEach(() => {
  first.answer = payAsAsked;
  first.seen.length = 0;
  backup.seen.length = 0;
});
after(async () => {
  await Promise.all(rails.map((rail) => rail.close()));
  mute.close();
  await Promise.all([first.close(), backup.close()]);
});

function railTo(baseUrl: string, options: { backupUrl?: string | null; deadlineMs?: number; caPem?: string } = {}) {
  const { caPem = first.caPem, backupUrl = backup.url, ...rest } = options;
  const rail = new WechatPayRail({ baseUrl, backupUrl, extraCaPem: caPem, ...rest });
  rails.push(rail);
  return rail;
}
const codeOf = (outcome: { kind: string; code?: string }) => `${outcome.kind} ${outcome.code ?? ''}`.trim();

test('a first host that refuses connections: the packet is paid, and found, through the backup', async () => {
  const rail = railTo(NOBODY);
  assert.equal(codeOf(await rail.send(first.merchant, redPacket())), 'paid');
  assert.equal(codeOf(await rail.query(first.merchant, redPacket())), 'found');
  assert.deepEqual(
    backup.seen.map((seen) => seen.path),
    ['/mmpaymkttransfers/sendredpack', '/mmpaymkttransfers/gethbinfo'],
  );
});

test('the backup is off unless it is set', async () => {
  const rail = new WechatPayRail({ baseUrl: NOBODY, extraCaPem: first.caPem });
  rails.push(rail);
  assert.equal(codeOf(await rail.send(first.merchant, redPacket())), 'unknown not-connected');
  assert.equal(
    codeOf(await railTo(NOBODY, { backupUrl: null }).send(first.merchant, redPacket())),
    'unknown not-connected',
  );
  assert.equal(backup.seen.length, 0);
});

test('a first host that works is the only one called', async () => {
  assert.equal(codeOf(await railTo(first.url).send(first.merchant, redPacket())), 'paid');
  assert.deepEqual([first.seen.length, backup.seen.length], [1, 0]);
});

const failures: readonly (readonly [string, string, Answer])[] = [
  [
    'takes the request and breaks the connection',
    'unknown connection-lost',
    (_seen, _response, socket) => socket.destroy(),
  ],
  ['takes the request and never answers', 'unknown deadline', () => undefined],
  [
    'answers with an error page',
    'unknown http-502',
    (_seen, response: ServerResponse) => response.writeHead(502).end(),
  ],
  ['answers with garbage', 'unknown answer-unreadable', (_seen, response: ServerResponse) => response.end('garbage')],
];
for (const [what, expected, answer] of failures) {
  test(`a first host that ${what} may have paid: the backup is never called`, async () => {
    first.answer = answer;
    const outcome = await railTo(first.url, { deadlineMs: 500 }).send(first.merchant, redPacket());
    assert.equal(codeOf(outcome), expected);
    assert.deepEqual([first.seen.length, backup.seen.length], [1, 0]);
  });
}

test('a kept connection that breaks under a request is no failed connecting', async () => {
  const rail = railTo(first.url);
  await rail.send(first.merchant, redPacket());
  first.answer = (_seen, _response, socket) => socket.destroy();
  assert.equal(codeOf(await rail.send(first.merchant, redPacket())), 'unknown connection-lost');
  assert.deepEqual([first.seen.length, backup.seen.length], [2, 0]);
});

test('a first host with a foreign certificate gets nothing, and the packet goes to the backup', async () => {
  const foreign = await startTlsServer(payAsAsked);
  const outcome = await railTo(foreign.url).send(first.merchant, redPacket());
  await foreign.close();
  assert.equal(codeOf(outcome), 'paid');
  assert.deepEqual([foreign.seen.length, backup.seen.length], [0, 1]);
});

test('a first host that hangs up within the TLS handshake got nothing: the packet goes to the backup', async () => {
  const rude = createServer((socket) => socket.once('data', () => socket.destroy()));
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(rude.address() as { port: number }).port}`;
  assert.equal(codeOf(await railTo(url).send(first.merchant, redPacket())), 'paid');
  rude.close();
  assert.equal(backup.seen.length, 1);
});

test('calls that wait for a connection all go to the backup, each once', async () => {
  const rail = new WechatPayRail({
    baseUrl: NOBODY,
    backupUrl: backup.url,
    extraCaPem: first.caPem,
    connectionsPerMerchant: 2,
  });
  rails.push(rail);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => rail.send(first.merchant, redPacket())));
  assert.deepEqual(outcomes.map(codeOf), Array(8).fill('paid'));
  assert.equal(backup.seen.length, 8);
});

test('a backup with a foreign certificate gets nothing either', async () => {
  const other = await makeCertificates('1900000109');
  const outcome = await railTo(NOBODY, { caPem: other.ca.certPem }).send(first.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.equal(backup.seen.length, 0);
});

test('a first host that never speaks TLS leaves the backup time to pay within the one deadline', async () => {
  const startedMs = performance.now();
  const outcome = await railTo(muteUrl, { deadlineMs: 4000 }).send(first.merchant, redPacket());
  assert.equal(codeOf(outcome), 'paid');
  assert.ok(performance.now() - startedMs < 4000);
  assert.equal(backup.seen.length, 1);
});

test('two hosts that never speak TLS take one deadline, not two', async () => {
  const startedMs = performance.now();
  const outcome = await railTo(muteUrl, { backupUrl: muteUrl, deadlineMs: 2000 }).send(first.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.ok(performance.now() - startedMs < 3500, `${performance.now() - startedMs} ms`);
});

test('a backup that never answers is given up when the deadline of the whole call is over', async () => {
  backup.answer = () => undefined;
  const startedMs = performance.now();
  const outcome = await railTo(muteUrl, { deadlineMs: 2000 }).send(first.merchant, redPacket());
  backup.answer = payAsAsked;
  assert.equal(codeOf(outcome), 'unknown deadline');
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs > 1900 && tookMs < 3500, `${tookMs} ms`);
});

test('two hosts that refuse are not-connected, and both reasons are told', async () => {
  const outcome = await railTo(NOBODY, { backupUrl: NOBODY }).send(first.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.match(outcome.kind === 'unknown' ? outcome.message : '', /ECONNREFUSED.*; backup: .*ECONNREFUSED/);
});

test('a caller that gives up, before or while connecting, never reaches the backup', async () => {
  const rail = railTo(muteUrl, { deadlineMs: 5000 });
  assert.equal(codeOf(await rail.send(first.merchant, redPacket(), AbortSignal.abort())), 'unknown not-connected');
  const giveUp = new AbortController();
  const call = rail.send(first.merchant, redPacket(), giveUp.signal);
  setTimeout(() => giveUp.abort(), 50);
  assert.equal(codeOf(await call), 'unknown not-connected');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(backup.seen.length, 0);
});

test('a closed rail never reaches the backup', async () => {
  const rail = railTo(muteUrl, { deadlineMs: 5000 });
  const call = rail.send(first.merchant, redPacket());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await rail.close();
  assert.equal(codeOf(await call), 'unknown not-connected');
  assert.equal(backup.seen.length, 0);
});

test('a certificate that cannot be used is used with neither host', async () => {
  const unusable = merchantWith(first.merchant.certificatePem, first.renewed.privateKeyPem);
  assert.equal(codeOf(await railTo(NOBODY).send(unusable, redPacket())), 'unknown certificate-unusable');
  assert.equal(backup.seen.length, 0);
});

test('a backup over plain http is refused at once', () => {
  assert.throws(() => new WechatPayRail({ baseUrl: first.url, backupUrl: 'http://127.0.0.1:1' }), RangeError);
});
