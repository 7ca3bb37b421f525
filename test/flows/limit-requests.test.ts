import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrongRequest } from '../../src/base/errors.ts';
import { accountId } from '../../src/base/ids.ts';
import { createRequestLimits } from '../../src/flows/limit-requests.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { follower } from '../support/draws.ts';

const rates = { person: { draw: 5, view: 10 }, address: { draw: 300, view: 600 } };
const account = accountId('main');

/** Limits on a clock that stands still until it is moved. */
function still() {
  const clock = { ms: 0 };
  const memory = new ProcessMemory(() => clock.ms);
  return { clock, limits: createRequestLimits({ memory, rates }) };
}

/** How many of so many requests at one moment are taken. */
async function taken(requests: number, ask: () => Promise<void>): Promise<number> {
  const ends = await Promise.allSettled(Array.from({ length: requests }, ask));
  return ends.filter(({ status }) => status === 'fulfilled').length;
}

test('a person draws ten times at once and five times a second from then on', async () => {
  const { clock, limits } = still();
  const ask = (): Promise<void> => limits.ofPerson('draw', { account, openid: follower(1) });
  assert.equal(await taken(100, ask), 10);
  clock.ms += 1000;
  assert.equal(await taken(100, ask), 5);
  assert.equal(await taken(100, () => limits.ofPerson('draw', { account, openid: follower(2) })), 10);
  assert.equal(await taken(100, () => limits.ofPerson('view', { account, openid: follower(1) })), 20);
});

test('whoever is too fast is told so, and when to come again', async () => {
  const { limits } = still();
  const ask = (): Promise<void> => limits.ofPerson('draw', { account, openid: follower(1) });
  await taken(10, ask);
  const error = await ask().catch((thrown: unknown) => thrown);
  assert.ok(error instanceof WrongRequest);
  assert.deepEqual(
    [error.status, error.code, error.retryAfterMs, error.message],
    [429, 'too-many-requests', 200, '操作太快了，请 1 秒后再试'],
  );
});

test('fifty people behind one address open, play and reload for a minute without meeting a limit', async () => {
  const { clock, limits } = still();
  for (let second = 0; second < 60; second += 1) {
    for (let person = 0; person < 50; person += 1) {
      const key = { account, openid: follower(person) };
      // Four taps and six loads a second are more than a thumb can do.
      for (let tap = 0; tap < 4; tap += 1) {
        await limits.ofAddress('draw', 'carrier');
        await limits.ofPerson('draw', key);
      }
      for (let load = 0; load < 6; load += 1) {
        await limits.ofAddress('view', 'carrier');
        await limits.ofPerson('view', key);
      }
    }
    clock.ms += 1000;
  }
});

test('five hundred people in one hall draw at the same moment', async () => {
  const { limits } = still();
  assert.equal(await taken(500, () => limits.ofAddress('draw', 'hall')), 500);
  assert.equal(await taken(500, () => limits.ofAddress('draw', 'hall')), 100);
});
