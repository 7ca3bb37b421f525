import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { startCallback } from './callback-server.ts';
import { MerchantClient } from './merchant-client.ts';

describe('the control API of the playground', () => {
  let simulator: Simulator;
  let client: MerchantClient;
  let callback: Awaited<ReturnType<typeof startCallback>>;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-pages-'));
    await mkdir(join(folder, 'pages', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.js'), 'secret');
    await writeFile(join(folder, 'pages', 'index.html'), '<h1>playground</h1>');
    await writeFile(join(folder, 'pages', 'secret.js'), 'secret');
    await writeFile(join(folder, 'pages', 'assets', 'page-1a.js'), 'run()');
    callback = await startCallback(() => 'success');
    simulator = await startSimulator({
      seed: 'control',
      mode: 'plain',
      callbackUrl: callback.url,
      pagesDir: join(folder, 'pages'),
      explain: async (openid) => ({ openid, decided: 'nothing' }),
    });
    client = new MerchantClient(simulator);
  });
  after(async () => {
    client.close();
    await callback.close();
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  const get = async (path: string): Promise<{ status: number; value: unknown }> => {
    const response = await fetch(`${simulator.httpUrl}${path}`);
    return { status: response.status, value: await response.json() };
  };
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const all = { 'content-type': 'application/json', ...headers };
    const init = { method: 'POST', headers: all, body: JSON.stringify(body) };
    const response = await fetch(`${simulator.httpUrl}${path}`, init);
    return { status: response.status, value: (await response.json()) as Record<string, unknown>, response };
  };
  const openid = (): string => simulator.followers.list()[0]?.openid ?? '';

  test('a message, a packet and its opening show in chat, books and time line, without any secret', async () => {
    const sent = await post('/simulator/send', { openid: openid(), text: '抽奖' });
    assert.equal(sent.status, 200);
    const order = client.order({ total_amount: '666' });
    const number = order['mch_billno'];
    await client.send(order);
    const chat = (await get(`/simulator/chat?openid=${openid()}`)).value as { items: Record<string, unknown>[] };
    assert.deepEqual(
      chat.items.map(({ kind, from }) => [kind, from]),
      [
        ['text', 'user'],
        ['packet', 'account'],
      ],
    );
    assert.deepEqual([chat.items[1]?.['number'], chat.items[1]?.['state']], [number, 'SENT']);
    const opened = await post('/simulator/open', { number });
    assert.deepEqual(opened.value, { number, state: 'RECEIVED', amountFen: 666 });
    assert.equal((await post('/simulator/open', { number })).status, 409);
    assert.equal((await post('/simulator/open', { number: 'x' })).status, 404);
    const all = (await get(`/simulator/happened?openid=${openid()}`)).value as Record<string, unknown>[];
    const kinds = ['message', 'reply', 'pay-request', 'packet', 'books', 'pay-answer', 'packet', 'books'];
    assert.deepEqual(
      all.map(({ kind }) => kind),
      kinds,
    );
    const later = (await get(`/simulator/happened?since=${String(all[5]?.['id'])}`)).value as unknown[];
    assert.equal(later.length, 2);
    const everything = JSON.stringify([all, (await get('/simulator/state')).value]);
    const { account, merchant } = simulator;
    for (const secret of [account.appSecret, account.token, account.encodingAesKey, merchant.apiKey]) {
      assert.equal(everything.includes(secret), false);
    }
  });

  test('the state names people, clock, books and faults', async () => {
    const { value } = await get('/simulator/state');
    const state = value as Record<string, { length?: number; offsetMs?: number; balanceFen?: number }>;
    assert.equal(state['followers']?.length, 3);
    assert.deepEqual(state['links'], {});
    simulator.setLinks({ activity: 'http://127.0.0.1:8080/a/wheel' });
    const linked = (await get('/simulator/state')).value as { links: object };
    assert.deepEqual(linked.links, { activity: 'http://127.0.0.1:8080/a/wheel' });
    assert.equal(state['books']?.balanceFen, simulator.books.totals().balanceFen);
    await post('/simulator/advance', { ms: 3_600_000 });
    assert.equal(simulator.clock.offsetMs, 3_600_000);
    assert.deepEqual((await post('/simulator/faults', { kind: 'hang', count: 2 })).value, { pending: 2 });
    assert.deepEqual((await post('/simulator/faults', { kind: 'clear' })).value, { pending: 0 });
    assert.equal((await post('/simulator/deposit', { fen: 100 })).status, 200);
  });

  test('the embedding program explains, a new person joins, and an event is sent', async () => {
    const explained = await get(`/simulator/explain?openid=${openid()}`);
    assert.deepEqual(explained.value, { openid: openid(), decided: 'nothing' });
    const { value } = await post('/simulator/follower', { nickname: '新人' });
    assert.equal(simulator.followers.get(String(value['openid'])).nickname, '新人');
    const event = await post('/simulator/event', { openid: value['openid'], event: 'subscribe' });
    assert.equal(event.status, 200);
    assert.match(callback.received.at(-1)?.body ?? '', /subscribe/);
  });

  test('becoming somebody sets the cookie of web authorization', async () => {
    const { response } = await post('/simulator/become', { openid: openid() });
    assert.match(response.headers.get('set-cookie') ?? '', new RegExp(`^sim_openid=${openid()}; Path=/`));
  });

  for (const [what, path, body] of [
    ['a text that is none', '/simulator/send', { text: 1 }],
    ['an empty text', '/simulator/send', { text: '' }],
    ['an unknown fault', '/simulator/faults', { kind: 'boom' }],
    ['too many faults', '/simulator/faults', { kind: 'hang', count: 1e9 }],
    ['a clock that goes back', '/simulator/advance', { ms: -1 }],
    ['a deposit of nothing', '/simulator/deposit', { fen: 0 }],
    ['an event that is no name', '/simulator/event', { event: '<x>' }],
  ] as const) {
    test(`${what} is a clear 400`, async () => {
      const reply = await post(path, { openid: openid(), ...body });
      assert.equal(reply.status, 400);
      assert.equal(typeof reply.value['error'], 'string');
    });
  }

  test('a body that is no object is a clear 400', async () => {
    for (const body of [[], 'x', null]) assert.equal((await post('/simulator/send', body)).status, 400);
  });

  test('an unknown person or path is 404', async () => {
    assert.equal((await post('/simulator/send', { openid: 'x', text: 'x' })).status, 404);
    assert.equal((await get('/simulator/chat?openid=x')).status, 404);
    assert.equal((await get('/simulator/nothing')).status, 404);
  });

  test('another site can neither command nor read', async () => {
    const body = { openid: openid(), text: 'x' };
    assert.equal((await post('/simulator/send', body, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await post('/simulator/send', body, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post('/simulator/send', body, { origin: simulator.httpUrl })).status, 200);
    assert.equal(await statusOf('/simulator/state', 'rebound.example'), 403);
  });

  test('the page and its assets are served, everything beside them is not', async () => {
    const page = await fetch(`${simulator.httpUrl}/`);
    assert.equal(await page.text(), '<h1>playground</h1>');
    assert.equal(
      (await fetch(`${simulator.httpUrl}/assets/page-1a.js`)).headers.get('content-type'),
      'text/javascript; charset=utf-8',
    );
    for (const path of [
      '/secret.js',
      '/assets/../secret.js',
      '/assets/..%2fsecret.js',
      '/assets/%2e%2e/secret.js',
      '/assets/..%5csecret.js',
      '/assets/../../secret.js',
      '/assets//etc/passwd',
      '/assets/.hidden.js',
      '/assets/missing.js',
      '/assets/',
    ]) {
      assert.equal(await statusOf(path), 404, path);
    }
  });

  /** fetch would tidy the path up and forbid the host, so this asks as it is told. */
  async function statusOf(path: string, host = '127.0.0.1'): Promise<number> {
    const { port } = new URL(simulator.httpUrl);
    const call = request({ host: '127.0.0.1', port, path, headers: { host } }).end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  }
});
