import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { RedisMemory } from '../../src/store/redis-memory.ts';
import { sharedMemoryContract } from '../support/contracts/shared-memory.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startRedis } from '../support/redis-server.ts';
import type { TestRedis } from '../support/redis-server.ts';

const alone = new ProcessMemory();
sharedMemoryContract('the memory of a process', () => alone);

describe('with a real Redis', () => {
  let server: TestRedis;
  let memory: RedisMemory;
  const log = quietLogger();

  before(async () => {
    server = await startRedis();
    memory = new RedisMemory({ url: server.url, logger: log });
    await memory.start();
  });
  after(async () => {
    await memory.stop();
    await server.kill();
  });

  sharedMemoryContract('Redis', () => memory);

  it('goes on alone at once while Redis is away, says so once, and comes back', async () => {
    await server.kill();
    const started = performance.now();
    assert.equal(await memory.takeNonce('away', 1000), true);
    assert.equal(await memory.takeNonce('away', 1000), false);
    assert.equal(await memory.holdLease('away', 'me', 1000), true);
    assert.ok(performance.now() - started < 2000);
    assert.equal(memory.health(), 'degraded');
    assert.equal(log.lines.filter((line) => line.event === 'redis-away-going-on-alone').length, 1);
    server = await startRedis(Number(new URL(server.url).port));
    for (let tries = 0; tries < 600 && memory.health() !== 'ok'; tries += 1) await sleep(50);
    assert.equal(memory.health(), 'ok');
    assert.equal(await memory.takeNonce('back', 1000), true);
  });

  it('starts degraded when there is no Redis, without an error', async () => {
    const lonely = new RedisMemory({ url: 'redis://127.0.0.1:1', logger: log });
    await lonely.start();
    assert.equal(lonely.health(), 'degraded');
    assert.equal(await lonely.takeNonce('x', 1000), true);
    await lonely.stop();
  });
});
