import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { readXml } from '../../src/base/xml.ts';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { makeCertificates } from '../../src/simulator/tls/certificates.ts';
import { payAsAsked } from '../support/pay-answers.ts';
import { redPacket } from '../support/red-packets.ts';
import { merchantWith, startTlsServer } from '../support/tls-server.ts';
import type { TlsServer } from '../support/tls-server.ts';

let server: TlsServer;
const rails: WechatPayRail[] = [];

before(async () => {
  server = await startTlsServer(payAsAsked);
});
after(async () => {
  await Promise.all(rails.map((rail) => rail.close()));
  await server.close();
});

function railTo(url: string, options: { deadlineMs?: number; connectionsPerMerchant?: number; caPem?: string } = {}) {
  const { caPem, ...rest } = options;
  const rail = new WechatPayRail({ baseUrl: url, extraCaPem: caPem ?? server.caPem, ...rest });
  rails.push(rail);
  return rail;
}

async function sendWith(answer: TlsServer['answer'], options?: Parameters<typeof railTo>[1]) {
  server.answer = answer;
  try {
    return await railTo(server.url, options).send(server.merchant, redPacket());
  } finally {
    server.answer = payAsAsked;
  }
}
const codeOf = (outcome: { kind: string; code?: string }) => `${outcome.kind} ${outcome.code ?? ''}`.trim();

test('a send and a query go over mutual TLS, on one kept connection, and keep the raw answer', async () => {
  const rail = railTo(server.url, { connectionsPerMerchant: 1 });
  const from = server.seen.length;
  const sent = await rail.send(server.merchant, redPacket());
  const found = await rail.query(server.merchant, redPacket());
  assert.equal(sent.kind === 'paid' && sent.railNumber, '1000041701202611213000000001');
  assert.match(sent.raw, /^<xml>.*send_listid/);
  assert.equal(found.kind === 'found' && found.status, 'SENT');
  const [first, second] = server.seen.slice(from);
  assert.equal(first?.path, '/mmpaymkttransfers/sendredpack');
  assert.equal(second?.path, '/mmpaymkttransfers/gethbinfo');
  assert.equal(first?.connection, second?.connection);
});

test('two sends of one packet differ in nonce and sign only', async () => {
  const rail = railTo(server.url);
  const from = server.seen.length;
  await rail.send(server.merchant, redPacket());
  await rail.send(server.merchant, redPacket());
  const [first, second] = server.seen.slice(from).map((seen) => readXml(seen.body));
  const changed = Object.keys(first ?? {}).filter((name) => first?.[name] !== second?.[name]);
  assert.deepEqual(changed.toSorted(), ['nonce_str', 'sign']);
});

test('another server certificate is not trusted, and nothing is sent to it', async () => {
  const other = await makeCertificates('1900000109');
  const from = server.seen.length;
  const outcome = await railTo(server.url, { caPem: other.ca.certPem }).send(server.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.equal(server.seen.length, from);
});

test('nobody listening is unknown, not-connected', async () => {
  const outcome = await railTo('https://127.0.0.1:1').send(server.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
});

test('a server that accepts and then never speaks TLS is given up at the deadline, not-connected', async () => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as { port: number };
  const startedMs = performance.now();
  const outcome = await railTo(`https://127.0.0.1:${port}`, { deadlineMs: 300 }).send(server.merchant, redPacket());
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.ok(performance.now() - startedMs < 5000);
  mute.close();
});

test('an answer that never comes is given up at the deadline', async () => {
  const startedMs = performance.now();
  assert.equal(codeOf(await sendWith(() => undefined, { deadlineMs: 300 })), 'unknown deadline');
  assert.ok(performance.now() - startedMs < 5000);
});

test('a body that trickles does not stretch the deadline', async () => {
  const startedMs = performance.now();
  const trickle: TlsServer['answer'] = (_seen, response) => {
    response.write('<xml>');
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  };
  assert.equal(codeOf(await sendWith(trickle, { deadlineMs: 400 })), 'unknown deadline');
  assert.ok(performance.now() - startedMs < 5000);
});

test('headers that trickle do not stretch the deadline', async () => {
  const startedMs = performance.now();
  const trickle: TlsServer['answer'] = (_seen, _response, socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    const timer = setInterval(() => socket.write('x'), 50);
    socket.on('error', () => undefined);
    socket.on('close', () => clearInterval(timer));
  };
  assert.equal(codeOf(await sendWith(trickle, { deadlineMs: 400 })), 'unknown deadline');
  assert.ok(performance.now() - startedMs < 5000);
});

test('a TLS handshake that trickles does not stretch the deadline, and nothing was sent', async () => {
  const timers: NodeJS.Timeout[] = [];
  const slow = createServer((socket) => {
    // The head of a handshake record that promises 16 KB, then a byte of it at a time.
    socket.write(Buffer.from([0x16, 0x03, 0x03, 0x40, 0x00]));
    timers.push(setInterval(() => socket.write(Buffer.from([0x02])), 50));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const { port } = slow.address() as { port: number };
  const startedMs = performance.now();
  const outcome = await railTo(`https://127.0.0.1:${port}`, { deadlineMs: 400 }).send(server.merchant, redPacket());
  for (const timer of timers) clearInterval(timer);
  slow.close();
  assert.equal(codeOf(outcome), 'unknown not-connected');
  assert.ok(performance.now() - startedMs < 5000);
});

test('a connection cut before or within the answer is unknown', async () => {
  assert.equal(codeOf(await sendWith((_seen, _response, socket) => socket.destroy())), 'unknown connection-lost');
  const within: TlsServer['answer'] = (_seen, response, socket) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('<xml>');
    setTimeout(() => socket.destroy(), 20);
  };
  assert.equal(codeOf(await sendWith(within)), 'unknown connection-lost');
});

test('error pages, redirects and garbage are unknown', async () => {
  const page = (status: number) =>
    sendWith((_seen, response) => response.writeHead(status, { location: '/' }).end('<xml/>'));
  assert.equal(codeOf(await page(502)), 'unknown http-502');
  assert.equal(codeOf(await page(302)), 'unknown http-302');
  assert.equal(codeOf(await page(404)), 'unknown http-404');
  assert.equal(codeOf(await sendWith((_seen, response) => response.end('garbage'))), 'unknown answer-unreadable');
  const bytes = Buffer.from([0x3c, 0xff, 0xfe, 0x00]);
  assert.equal(codeOf(await sendWith((_seen, response) => response.end(bytes))), 'unknown answer-not-utf8');
});

test('an answer of more than 256 KB is not read to its end', async () => {
  const endless: TlsServer['answer'] = (_seen, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  };
  assert.equal(codeOf(await sendWith(endless)), 'unknown answer-too-large');
});

test('a caller that gives up leaves the packet unknown', async () => {
  const giveUp = new AbortController();
  server.answer = () => giveUp.abort();
  const outcome = await railTo(server.url).send(server.merchant, redPacket(), giveUp.signal);
  server.answer = payAsAsked;
  assert.equal(codeOf(outcome), 'unknown aborted');
  const from = server.seen.length;
  const late = await railTo(server.url).send(server.merchant, redPacket(), giveUp.signal);
  assert.equal(codeOf(late), 'unknown not-connected');
  assert.equal(server.seen.length, from);
});

test('a broken call is made once and not repeated below', async () => {
  const from = server.seen.length;
  await sendWith((_seen, _response, socket) => socket.destroy());
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.seen.length, from + 1);
});

test('a new certificate is used from the next call on, and calls under the old one end in peace', async () => {
  const rail = railTo(server.url);
  const from = server.seen.length;
  let answerFirst: () => void = () => undefined;
  server.answer = (seen, response, socket) => void (answerFirst = () => payAsAsked(seen, response, socket));
  const first = rail.send(server.merchant, redPacket());
  while (server.seen.length === from) await new Promise((resolve) => setTimeout(resolve, 5));
  server.answer = payAsAsked;
  assert.equal((await rail.send(server.renewed, redPacket())).kind, 'paid');
  const unusable = merchantWith(server.merchant.certificatePem, server.renewed.privateKeyPem);
  assert.equal(codeOf(await rail.send(unusable, redPacket())), 'unknown certificate-unusable');
  answerFirst();
  assert.equal((await first).kind, 'paid');
  const serials = server.seen.slice(from).map((seen) => seen.serial);
  const serialOf = (pem: string) => new X509Certificate(pem).serialNumber;
  assert.deepEqual(
    serials,
    [server.merchant, server.renewed].map((merchant) => serialOf(merchant.certificatePem)),
  );
});

test('what WeChat Pay would refuse never leaves', async () => {
  const from = server.seen.length;
  const rail = railTo(server.url);
  const tooLong = await rail.send(server.merchant, redPacket({ wishing: '喜'.repeat(43) }));
  assert.equal(codeOf(tooLong), 'refused REQUEST_INVALID');
  const foreign = await rail.send(server.merchant, redPacket({ mchId: '1900000110' }));
  assert.equal(codeOf(foreign), 'refused REQUEST_INVALID');
  assert.equal(server.seen.length, from);
});

test('plain http is refused at once', () => {
  assert.throws(() => new WechatPayRail({ baseUrl: 'http://127.0.0.1:1' }), RangeError);
});

test('closing ends a call under way at once, as unknown', async () => {
  const rail = railTo(server.url);
  let arrived: () => void = () => undefined;
  const there = new Promise<void>((resolve) => (arrived = resolve));
  server.answer = () => arrived();
  const call = rail.send(server.merchant, redPacket());
  await there;
  server.answer = payAsAsked;
  await rail.close();
  assert.equal(codeOf(await call), 'unknown aborted');
  assert.equal(codeOf(await rail.send(server.merchant, redPacket())), 'unknown not-connected');
});
