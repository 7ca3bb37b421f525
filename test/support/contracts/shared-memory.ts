import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { SharedMemory } from '../../../src/flows/ports/shared-memory.ts';

/** What every shared memory must do. `names` makes names nobody else uses. */
export function sharedMemoryContract(title: string, memory: () => SharedMemory): void {
  let count = 0;
  const name = (): string => `${title}-${process.pid}-${(count += 1)}`;

  describe(`${title} as shared memory`, () => {
    it('takes a nonce once while it lives', async () => {
      const nonce = name();
      // Longer than a machine with much else to do takes for twenty calls.
      const taken = await Promise.all(Array.from({ length: 20 }, () => memory().takeNonce(nonce, 5000)));
      assert.equal(taken.filter(Boolean).length, 1);
      const brief = name();
      assert.equal(await memory().takeNonce(brief, 80), true);
      await sleep(120);
      assert.equal(await memory().takeNonce(brief, 80), true);
    });

    it('lets a bucket give its capacity at once and then its rate', async () => {
      const bucket = name();
      const rate = { capacity: 3, perSecond: 20 };
      const answers = await Promise.all(Array.from({ length: 5 }, () => memory().takeFromBucket(bucket, rate)));
      assert.equal(answers.filter((answer) => answer.allowed).length, 3);
      const wait = answers.find((answer) => !answer.allowed)?.retryAfterMs ?? 0;
      assert.ok(wait > 0 && wait <= 50, `waits ${wait} ms`);
      await sleep(wait + 10);
      assert.equal((await memory().takeFromBucket(bucket, rate)).allowed, true);
    });

    it('gives a lease to one owner until it is released or runs out', async () => {
      const lease = name();
      const held = await Promise.all(['a', 'b', 'c'].map((owner) => memory().holdLease(lease, owner, 100)));
      assert.equal(held.filter(Boolean).length, 1);
      const owner = ['a', 'b', 'c'][held.indexOf(true)] ?? '';
      assert.equal(await memory().holdLease(lease, owner, 100), true);
      await memory().releaseLease(lease, 'somebody else');
      assert.equal(await memory().holdLease(lease, 'somebody else', 100), false);
      await memory().releaseLease(lease, owner);
      assert.equal(await memory().holdLease(lease, 'somebody else', 50), true);
      await sleep(80);
      assert.equal(await memory().holdLease(lease, owner, 50), true);
    });

    it('counts each call once and begins anew when the time is over', async () => {
      const counted = name();
      const counts = await Promise.all(Array.from({ length: 5 }, () => memory().countUp(counted, 80)));
      assert.deepEqual(
        counts.toSorted((one, other) => one - other),
        [1, 2, 3, 4, 5],
      );
      await sleep(120);
      assert.equal(await memory().countUp(counted, 80), 1);
    });

    it('swaps a token only for whoever knows the one before', async () => {
      const token = name();
      assert.equal(await memory().readToken(token), null);
      assert.equal(await memory().swapToken(token, 'old', { token: 'x', ttlMs: 1000 }), false);
      const swapped = await Promise.all(
        ['one', 'two'].map((next) => memory().swapToken(token, null, { token: next, ttlMs: 1000 })),
      );
      assert.equal(swapped.filter(Boolean).length, 1);
      const stored = await memory().readToken(token);
      assert.equal(stored?.token, ['one', 'two'][swapped.indexOf(true)]);
      assert.ok(stored !== null && stored.livesMs > 900 && stored.livesMs <= 1000);
      assert.equal(await memory().swapToken(token, stored.token, { token: 'three', ttlMs: 50 }), true);
      await sleep(80);
      assert.equal(await memory().readToken(token), null);
    });
  });
}
