import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RequestTurns } from '../../src/http/request-turns.ts';

test('no more are begun in a turn than may be, in the order they came, and all in the end', async () => {
  const turns = new RequestTurns(3);
  const begun: number[] = [];
  for (let index = 0; index < 8; index += 1) turns.take(() => void begun.push(index));
  assert.deepEqual(begun, [0, 1, 2]);
  await nextTurn();
  assert.equal(begun.length, 6);
  turns.take(() => void begun.push(8));
  assert.equal(begun.length, 6, 'whoever comes later waits behind those that wait');
  await nextTurn();
  await nextTurn();
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await nextTurn();
  turns.take(() => void begun.push(9));
  assert.equal(begun.at(-1), 9, 'where nobody waits it is begun at once');
});

test('what is under way goes on between two turns, however many wait', async () => {
  const begunWhenAnswered = async (perTurn: number): Promise<number> => {
    const turns = new RequestTurns(perTurn);
    let begun = 0;
    const answered = nextTurn();
    for (let index = 0; index < 1000; index += 1) turns.take(() => void (begun += 1));
    await answered;
    return begun;
  };
  assert.ok((await begunWhenAnswered(10)) <= 20);
  assert.equal(await begunWhenAnswered(Infinity), 1000, 'without a bound everybody is begun first');
});

test('the delay is what the one begun last had waited', async () => {
  const turns = new RequestTurns(1);
  const delays: number[] = [];
  turns.take(() => void delays.push(turns.delayMs));
  turns.take(() => void delays.push(turns.delayMs));
  const untilMs = performance.now() + 30;
  while (performance.now() < untilMs);
  // One turn for the one that waits, one in which nobody does.
  await nextTurn();
  await nextTurn();
  assert.equal(delays[0], 0);
  assert.ok((delays[1] ?? 0) >= 29, `waited ${delays[1]} ms`);
  turns.take(() => void delays.push(turns.delayMs));
  assert.equal(delays[2], 0, 'over with the queue');
});
