import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Merchant } from '../../src/flows/ports/accounts.ts';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { payAsAsked } from '../support/pay-answers.ts';
import { redPacket } from '../support/red-packets.ts';
import { startTlsServer } from '../support/tls-server.ts';
import type { TlsServer } from '../support/tls-server.ts';

let server: TlsServer;
let rail: WechatPayRail;

before(async () => {
  server = await startTlsServer(payAsAsked);
});
beforeEach(() => {
  server.answer = payAsAsked;
  server.seen.length = 0;
  rail = new WechatPayRail({
    baseUrl: server.url,
    extraCaPem: server.caPem,
    connectionsPerMerchant: 2,
    deadlineMs: 5000,
  });
});
afterEach(() => rail.close());
after(() => server.close());

const serialOf = (merchant: Merchant) => new X509Certificate(merchant.certificatePem).serialNumber;
const send = (merchant: Merchant) => rail.send(merchant, redPacket());
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map((outcome) => outcome.kind);

async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < endMs, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a certificate swapped under a running rail: old calls end under the old, new ones go under the new, none fails', async () => {
  const held: (() => void)[] = [];
  server.answer = (seen, response, socket) => void held.push(() => payAsAsked(seen, response, socket));
  // Two are on the wire, three still wait for a connection when the certificate changes.
  const old = Array.from({ length: 5 }, () => send(server.merchant));
  await until(() => held.length === 2);

  server.answer = payAsAsked;
  assert.deepEqual(
    kinds(await Promise.all(Array.from({ length: 5 }, () => send(server.renewed)))),
    Array(5).fill('paid'),
  );
  assert.equal(server.seen.filter((seen) => seen.serial === serialOf(server.merchant)).length, 2);

  for (const answer of held) answer();
  assert.deepEqual(kinds(await Promise.all(old)), Array(5).fill('paid'));
  const count = (merchant: Merchant) => server.seen.filter((seen) => seen.serial === serialOf(merchant)).length;
  assert.deepEqual([count(server.merchant), count(server.renewed), server.seen.length], [5, 5, 10]);
});

test('callers that learn of the new certificate one after the other all get through, each under its own', async () => {
  const merchants = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? server.renewed : server.merchant));
  assert.deepEqual(kinds(await Promise.all(merchants.map(send))), Array(12).fill('paid'));
  assert.equal(server.seen.filter((seen) => seen.serial === serialOf(server.renewed)).length, 4);
});

test('a connection belongs to one certificate for as long as it lives', async () => {
  for (const merchant of [server.merchant, server.renewed, server.merchant, server.renewed]) await send(merchant);
  const serials = new Map<number, Set<string>>();
  for (const seen of server.seen)
    serials.set(seen.connection, (serials.get(seen.connection) ?? new Set()).add(seen.serial));
  assert.deepEqual(
    [...serials.values()].map((used) => used.size),
    Array(serials.size).fill(1),
  );
});

test('closing right after a swap ends the old calls too, at once', async () => {
  server.answer = () => undefined;
  const old = send(server.merchant);
  await until(() => server.seen.length === 1);
  server.answer = payAsAsked;
  assert.equal((await send(server.renewed)).kind, 'paid');
  const startedMs = performance.now();
  await rail.close();
  assert.ok(performance.now() - startedMs < 5000);
  assert.equal((await old).kind, 'unknown');
});
