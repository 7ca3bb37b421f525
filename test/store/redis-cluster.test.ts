import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RedisMemory } from '../../src/store/redis-memory.ts';
import { sharedMemoryContract } from '../support/contracts/shared-memory.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import type { TestRedisCluster } from '../support/redis-cluster.ts';

describe('with a real Redis Cluster of three nodes', () => {
  let cluster: TestRedisCluster;
  let memory: RedisMemory;
  const log = quietLogger();

  before(async () => {
    cluster = await startRedisCluster();
    // Two of the nodes are enough to find the third by.
    memory = new RedisMemory({ url: cluster.urls.slice(0, 2).join(','), logger: log });
    await memory.start();
  });
  after(async () => {
    await memory.stop();
    await cluster.close();
  });

  sharedMemoryContract('a cluster', () => memory);

  it('spreads what it holds over the nodes, with no operation across two of them', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => memory.takeNonce(`spread-${index}`, 60_000)));
    await Promise.all(Array.from({ length: 60 }, (_, index) => memory.holdLease(`spread-${index}`, 'me', 60_000)));
    await Promise.all(Array.from({ length: 60 }, (_, index) => memory.countUp(`spread-${index}`, 60_000)));
    assert.equal(memory.health(), 'ok');
    const keys = await cluster.keys();
    assert.ok(
      keys.every((count) => count >= 20),
      `the nodes hold ${keys.join(', ')} keys`,
    );
    assert.ok(keys.reduce((sum, count) => sum + count, 0) >= 180);
  });

  it('goes on alone for what a lost node held', async () => {
    await cluster.kill(2);
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => memory.takeNonce(`lost-${index}`, 60_000)),
    );
    assert.ok(answers.every(Boolean));
    assert.ok(performance.now() - started < 5000);
    assert.ok(log.lines.some((line) => line.event === 'redis-away-going-on-alone'));
  });
});
