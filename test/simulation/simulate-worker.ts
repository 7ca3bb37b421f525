import { parentPort } from 'node:worker_threads';
import type { PlantedBug } from './planted-bugs.ts';
import { playInMemory } from './play-many.ts';

/** What a thread is asked to play. */
export interface SeedTask {
  readonly seed: string;
  readonly bug: PlantedBug | null;
}

parentPort?.on('message', ({ seed, bug }: SeedTask) => {
  playInMemory(seed, { bug }).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
