import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { isPublicAddress } from '../../src/notify/public-address.ts';
import { createWebhookSender } from '../../src/notify/webhook-sender.ts';
import { newWebhookSecret } from '../../src/notify/webhook-signature.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../support/webhook-receiver.ts';

let receiver: WebhookReceiver;
const sender = createWebhookSender({ testHostsAllowed: true, timeoutMs: 400 });
const strict = createWebhookSender({ testHostsAllowed: false, timeoutMs: 2000 });
const message = { id: 'evt_main_7', atMs: 1_795_000_000_999, body: '{"金额":100}' };

before(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => {
  receiver.answer = (_received, response) => void response.writeHead(204).end();
});
after(async () => {
  await Promise.all([sender.close(), strict.close()]);
  await receiver.close();
});

const send = (secrets: readonly string[] = [newWebhookSecret()]) =>
  sender.send({ ...message, url: receiver.url, secrets });

test('a published example is signed as its specification shows', async () => {
  // From the documentation of the specification's reference libraries.
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
  const body = '{"test": 2432232314}';
  await sender.send({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000, body, url: receiver.url, secrets });
  const { headers } = receiver.received.at(-1) ?? {};
  assert.equal(headers?.['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('the signature is what openssl makes of id, seconds and body, under each secret', async () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  assert.deepEqual(await send(secrets), { status: 204, error: null });
  const { headers, text } = receiver.received.at(-1) ?? { headers: {}, text: '' };
  assert.equal(text, message.body);
  assert.deepEqual([headers['webhook-id'], headers['webhook-timestamp']], ['evt_main_7', '1795000000']);
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64').toString('hex');
    const made = spawnSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${key}`, '-binary'], {
      input: `evt_main_7.1795000000.${text}`,
    });
    return `v1,${made.stdout.toString('base64')}`;
  });
  assert.equal(headers['webhook-signature'], expected.join(' '));
});

test('whatever is no 2xx is a failure with its reason, and redirects are not followed', async () => {
  const count = receiver.received.length;
  for (const [status, error] of [
    [500, 'status 500'],
    [404, 'status 404'],
    [302, 'redirects are not followed (302)'],
  ] as const) {
    receiver.answer = (_received, response) => void response.writeHead(status, { location: receiver.url }).end('no');
    assert.deepEqual(await send(), { status, error });
  }
  assert.equal(receiver.received.length, count + 3);
});

test('who does not answer, drips for ever or cuts the line is left alone at the deadline', async () => {
  const began = performance.now();
  receiver.answer = () => {};
  assert.deepEqual(await send(), { status: null, error: 'no answer within 400 ms' });
  receiver.answer = (_received, response) => {
    const drip = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(drip));
  };
  assert.deepEqual(await send(), { status: null, error: 'no answer within 400 ms' });
  assert.ok(performance.now() - began < 10_000);
  receiver.answer = (_received, response) => void response.destroy();
  assert.match((await send()).error ?? '', /^it cannot be reached: /);
  assert.match(
    (await sender.send({ ...message, url: 'http://127.0.0.1:9/x', secrets: [] })).error ?? '',
    /ECONNREFUSED/,
  );
});

test('of a long answer no more than 16 KB is read', async () => {
  receiver.answer = (_received, response) => {
    response.writeHead(200);
    const flood = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', flood);
    flood();
  };
  assert.deepEqual(await send(), { status: 200, error: null });
});

test('only https at public addresses is told anything, however it is written', async () => {
  for (const url of [
    'http://shop.example.com/x',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/x',
    'https://db.internal/x',
    'https://redis/x',
    'https://user:pass@shop.example.com/x',
    'ftp://shop.example.com/x',
    'shop.example.com',
  ]) {
    assert.notEqual(strict.fault(url), null, url);
    assert.equal((await strict.send({ ...message, url, secrets: [] })).status, null, url);
  }
  assert.equal(strict.fault('https://shop.example.com:8443/hooks?key=1'), null);
});

test('a name that stands for one of our own addresses is not connected to, whatever it stood for before', async () => {
  const answers = [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['::1'], []];
  const rebinding = createWebhookSender({
    testHostsAllowed: false,
    timeoutMs: 2000,
    resolve: (_name, _options, callback) =>
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
  });
  const url = receiver.url.replace('http:', 'https:').replace('127.0.0.1', 'shop.example.com');
  for (const _ of [1, 2, 3, 4]) {
    const end = await rebinding.send({ ...message, url, secrets: [] });
    assert.deepEqual(end, { status: null, error: 'its address is not public' });
  }
  assert.equal(answers.length, 0, 'each call looks anew');
  await rebinding.close();
});

test('public is what anybody may have', () => {
  for (const address of ['8.8.8.8', '119.29.29.29', '2400:3200::1', '172.32.0.1', '100.128.0.1']) {
    assert.equal(isPublicAddress(address), true, address);
  }
  for (const address of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2002:a00:1::',
    'nonsense',
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
});
