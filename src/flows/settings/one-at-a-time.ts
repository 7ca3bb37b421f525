import { WrongRequest } from '../../base/errors.ts';
import type { SharedMemory } from '../ports/shared-memory.ts';
import type { Luck } from '../ports/time-and-luck.ts';

/** Longer than a call to WeChat with its repeats. */
const LEASE_MS = 60_000;

/** Runs work that two operators must not do at once, in whichever process they are. */
export type OneAtATime = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;

/** Builds it over shared memory. What it makes throws WrongRequest `already-running` (409) to the second one. */
export function createOneAtATime(options: {
  readonly memory: Pick<SharedMemory, 'holdLease' | 'releaseLease'>;
  readonly luck: Pick<Luck, 'randomId'>;
}): OneAtATime {
  const { memory, luck } = options;
  return async (what, work) => {
    const owner = luck.randomId();
    if (!(await memory.holdLease(what, owner, LEASE_MS))) {
      const message = 'someone else is doing this just now: look again in a moment';
      throw new WrongRequest('already-running', message, { status: 409 });
    }
    try {
      return await work();
    } finally {
      await memory.releaseLease(what, owner);
    }
  };
}
