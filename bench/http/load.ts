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

/** Beside the time of the run itself: connections are opened before it and last answers awaited after it. */
const ANSWER_WITHIN_MS = 60_000;

/** Starts the process that makes load. */
export async function startLoad(): Promise<Load> {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)));
  await once(child, 'message');
  const tell = async (plan: LoadPlan): Promise<LoadResult> => {
    const ended = new AbortController();
    const died = once(child, 'exit', { signal: ended.signal }).then(() => {
      throw new Error('the load process ended before its answer');
    });
    died.catch(() => {});
    const answer = once(child, 'message', { signal: AbortSignal.timeout(plan.durationMs + ANSWER_WITHIN_MS) });
    child.send(plan);
    try {
      return (await Promise.race([answer, died]))[0] as LoadResult;
    } finally {
      ended.abort();
    }
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
