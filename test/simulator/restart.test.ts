import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { MerchantClient } from './merchant-client.ts';

describe('a simulator with a folder of its own', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  });
  after(async () => rm(folder, { recursive: true }));

  test('comes back with the same keys, people, chats, packets and time', async () => {
    const dataDir = join(folder, 'first');
    const one = await startSimulator({ dataDir });
    const client = new MerchantClient(one);
    const order = client.order({ total_amount: '500' });
    const number = order['mch_billno'] ?? '';
    await client.send(order);
    await client.send(client.order({ total_amount: '300' }));
    one.followers.openPacket(number);
    one.clock.advance(3_600_000);
    client.close();
    await one.close();
    const two = await startSimulator({ dataDir });
    assert.deepEqual(two.account, one.account);
    assert.deepEqual(two.merchant, one.merchant);
    assert.equal(two.caPem, one.caPem);
    assert.deepEqual(two.followers.list(), one.followers.list());
    assert.deepEqual(two.books.packets(), one.books.packets());
    assert.deepEqual(two.books.totals(), one.books.totals());
    const openid = order['re_openid'] ?? '';
    assert.deepEqual(two.followers.chat(openid), one.followers.chat(openid));
    assert.equal(two.clock.offsetMs, 3_600_000);
    const again = new MerchantClient(two);
    const repeated = await again.send(order);
    assert.equal(repeated.fields.get('send_listid'), one.books.packet(number)?.listId);
    const fresh = await again.send(again.order({ mch_billno: 'AFTER' }));
    const lists = two.books.packets().map(({ listId }) => listId);
    assert.equal(fresh.fields.get('err_code'), 'SUCCESS');
    assert.equal(new Set(lists).size, lists.length, 'numbers of WeChat never repeat');
    two.clock.advance(24 * 3_600_000);
    assert.equal(two.books.totals().refundedFen, 400);
    again.close();
    await two.close();
    assert.equal((await stat(join(dataDir, 'simulator.json'))).mode & 0o077, 0, 'keys are for the owner alone');
  });

  test('after kill -9 no paid packet is forgotten, not even its card', async () => {
    const dataDir = join(folder, 'killed');
    const here = new URL('.', import.meta.url).pathname;
    const script = `
      const { startSimulator } = await import('${here}../../src/simulator/simulator.ts');
      const { MerchantClient } = await import('${here}merchant-client.ts');
      const simulator = await startSimulator({ dataDir: ${JSON.stringify(dataDir)} });
      const client = new MerchantClient(simulator);
      await client.send(client.order({ total_amount: '700' }));
      process.kill(process.pid, 'SIGKILL');
    `;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'inherit' });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    await appendFile(join(dataDir, 'books.jsonl'), '{"packet":{"number":"cut o');
    const simulator = await startSimulator({ dataDir });
    const { sentFen, pendingFen, balanceFen } = simulator.books.totals();
    assert.deepEqual([sentFen, pendingFen, balanceFen], [700, 700, 999_300]);
    const [person] = simulator.followers.list();
    const cards = simulator.followers.chat(person?.openid ?? '').filter(({ kind }) => kind === 'packet');
    assert.equal(cards.length, 1);
    simulator.followers.openPacket('T0000000001');
    await simulator.close();
    const third = await startSimulator({ dataDir });
    assert.equal(third.books.totals().receivedFen, 700, 'the cut line did not spoil what came after');
    await third.close();
  });

  test('moves on to the next free port', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const simulator = await startSimulator({ httpPort: port, payPort: port });
    const ports = [simulator.httpUrl, simulator.payUrl].map((url) => Number(new URL(url).port));
    assert.ok(ports.every((taken) => taken > port && taken < port + 20));
    assert.notEqual(ports[0], ports[1]);
    await simulator.close();
    occupant.close();
  });

  test('starts at another time and with the same people for the same seed', async () => {
    const startAtMs = Date.parse('2026-01-31T15:59:59Z');
    const [one, two] = await Promise.all([
      startSimulator({ seed: 'same', startAtMs, followers: 5 }),
      startSimulator({ seed: 'same', startAtMs, followers: 5 }),
    ]);
    assert.ok(Math.abs(one.clock.nowMs() - startAtMs) < 10_000);
    const openids = (people: { openid: string }[]): string[] => people.map(({ openid }) => openid);
    assert.deepEqual(openids(one.followers.list()), openids(two.followers.list()));
    assert.equal(new Set(openids(one.followers.list()).map((openid) => openid.slice(0, 6))).size, 1);
    assert.deepEqual(one.account, two.account);
    assert.notEqual(one.caPem, two.caPem);
    await Promise.all([one.close(), two.close()]);
  });
});
