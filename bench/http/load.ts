import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load-plan.ts';

/** Load from a process of its own. */
export interface Load {
  /** Throws when an answer was not one asked for, or a connection broke. */
  play(plan: LoadPlan): Promise<LoadResult>;
  /** The same without looking at what was answered. */
  tell(plan: LoadPlan): Promise<LoadResult>;
  stop(): void;
}

/** Starts the process that makes load. */
export async function startLoad(): Promise<Load> {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)));
  await once(child, 'message');
  const tell = async (plan: LoadPlan): Promise<LoadResult> => {
    const answer = once(child, 'message');
    child.send(plan);
    return (await answer)[0] as LoadResult;
  };
  return {
    tell,
    play: async (plan) => {
      const result = await tell(plan);
      const { wrong, broken, busy, example } = result;
      if (wrong + broken + busy === 0) return result;
      throw new Error(`${wrong} wrong answers, ${busy} busy, ${broken} connections broken: ${example}`);
    },
    stop: () => child.disconnect(),
  };
}
