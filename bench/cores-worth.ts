import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median } from './measure.ts';

const LASTS_MS = 300;
const ROUNDS = 3;

// What a service does most: makes small objects and texts, and forgets them.
const WORK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { barrier, workers, lastsMs } = workerData;
  const arrived = new Int32Array(barrier);
  if (Atomics.add(arrived, 0, 1) + 1 < workers) Atomics.wait(arrived, 1, 0, 10_000);
  Atomics.store(arrived, 1, 1);
  Atomics.notify(arrived, 1);
  let done = 0;
  for (const endMs = performance.now() + lastsMs; performance.now() < endMs; done += 1) {
    for (let index = 0; index < 100; index += 1) {
      JSON.parse(JSON.stringify({ text: '<xml>' + index + '</xml>', list: [index, index + 1] }));
    }
  }
  parentPort.postMessage(done);
`;

/**
 * Returns how many times as much all cores do at once as one does alone. Virtual processors may share a core, or a
 * neighbour may have it: then it is less than their number, and that bounds what can be reached beside one busy process.
 */
export async function coresWorth(cores: number): Promise<number> {
  const worths: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) worths.push((await doneBy(cores)) / (await doneBy(1)));
  return median(worths);
}

/** How much so many workers do in the same time, together. */
async function doneBy(workers: number): Promise<number> {
  const barrier = new SharedArrayBuffer(8);
  const done = Array.from({ length: workers }, async () => {
    const worker = new Worker(WORK, { eval: true, workerData: { barrier, workers, lastsMs: LASTS_MS } });
    const [count] = (await once(worker, 'message')) as [number];
    return count;
  });
  return (await Promise.all(done)).reduce((sum, count) => sum + count, 0);
}
