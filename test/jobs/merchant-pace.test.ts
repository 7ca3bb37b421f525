import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merchantId } from '../../src/base/ids.ts';
import { MerchantPace } from '../../src/jobs/merchant-pace.ts';

const main = merchantId('main');

async function timesOf(count: number, pace: MerchantPace, merchant = main): Promise<readonly number[]> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      await pace.turn(merchant);
      times.push(performance.now());
    }),
  );
  return times;
}

function mostWithin(times: readonly number[], spanMs: number): number {
  return Math.max(...times.map((fromMs) => times.filter((atMs) => atMs >= fromMs && atMs < fromMs + spanMs).length));
}

test('seventy who want to call at once never make more than 30 calls in any second', async () => {
  assert.ok(mostWithin(await timesOf(70, new MerchantPace(34.5)), 1000) <= 30);
});

test('a process that stood still does not let the waiting loose in a bunch', async () => {
  const calls = timesOf(30, new MerchantPace(34.5));
  for (let pause = 0; pause < 3; pause += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const endMs = performance.now() + 200;
    while (performance.now() < endMs);
  }
  const times = await calls;
  assert.equal(times.length, 30);
  assert.ok(mostWithin(times, 100) <= 4);
});

test('one merchant does not slow another', async () => {
  const pace = new MerchantPace(100);
  const startedMs = performance.now();
  await Promise.all([timesOf(1, pace), timesOf(1, pace, merchantId('other'))]);
  assert.ok(performance.now() - startedMs < 90);
});
