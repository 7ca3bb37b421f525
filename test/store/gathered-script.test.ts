import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GatheredScript } from '../../src/store/gathered-script.ts';

interface Sent {
  readonly keys: readonly string[];
  readonly values: readonly (string | number)[];
}

function recorded(apart = false): {
  script: GatheredScript;
  sent: Sent[];
  answer: (numbers: readonly number[]) => void;
} {
  const sent: Sent[] = [];
  let answers: readonly number[] | null = null;
  const script = new GatheredScript(
    async (keys, values) => {
      sent.push({ keys, values });
      return answers ?? keys.map((key) => Number(key.slice(1)));
    },
    { apart },
  );
  return { script, sent, answer: (numbers) => (answers = numbers) };
}

test('calls of one turn are one, and each gets its own answer', async () => {
  const { script, sent } = recorded();
  const answers = [3, 1, 2].map((at) => script.call(`k${at}`, [`v${at}`, at]));
  assert.deepEqual(await Promise.all(answers), [3, 1, 2]);
  assert.deepEqual(sent, [{ keys: ['k3', 'k1', 'k2'], values: ['v3', 3, 'v1', 1, 'v2', 2] }]);
  assert.equal(await script.call('k7', []), 7);
  assert.equal(sent.length, 2);
});

test('more than 256 at once are several calls', async () => {
  const { script, sent } = recorded();
  const answers = await Promise.all(Array.from({ length: 600 }, (_, at) => script.call(`k${at}`, [at])));
  assert.deepEqual(
    sent.map(({ keys }) => keys.length),
    [256, 256, 88],
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 600 }, (_, at) => at),
  );
});

test('apart, each key has a call of its own', async () => {
  const { script, sent } = recorded(true);
  assert.deepEqual(await Promise.all([script.call('k1', []), script.call('k2', [])]), [1, 2]);
  assert.deepEqual(
    sent.map(({ keys }) => keys),
    [['k1'], ['k2']],
  );
});

test('where a call fails, each in it has failed, and the next is made anew', async () => {
  let away = true;
  const script = new GatheredScript(
    async (keys) => {
      if (away) throw new Error('redis is away');
      return keys.map(() => 1);
    },
    { apart: false },
  );
  const both = await Promise.allSettled([script.call('a', []), script.call('b', [])]);
  for (const one of both) assert.match(String((one as PromiseRejectedResult).reason), /redis is away/);
  away = false;
  assert.equal(await script.call('a', []), 1);
});

test('too few answers are an error for those without one', async () => {
  const { script, answer } = recorded();
  answer([1]);
  const [first, second] = await Promise.allSettled([script.call('k1', []), script.call('k2', [])]);
  await turn();
  assert.equal(first.status, 'fulfilled');
  assert.equal(second.status, 'rejected');
});
