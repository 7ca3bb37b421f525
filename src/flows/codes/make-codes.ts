import type { Logger } from '../../base/logger.ts';
import { CODE_LENGTH, CODE_LETTERS } from '../../rules/code-shape.ts';
import type { CodePool, CodePools, PoolKey } from '../ports/code-pools.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

/** Codes written, or removed, in one transaction. */
export const CODES_A_STEP = 5000;

// Somebody sends a file part by part; who has sent nothing for so long has gone.
const FILE_SILENT_MS = 600_000;
const POOLS_A_ROUND = 20;
const HALF = CODE_LENGTH / 2;
const HALVES = CODE_LETTERS.length ** HALF;

/** Goes on with pools that are not whole. Any number of processes may: whoever adds first counts. */
export interface MakeCodes {
  /** Works on each pool once. Returns true while there is more to do at once. */
  round(signal: AbortSignal): Promise<boolean>;
}

/** Builds what generates the codes that pools still want, and clears away pools that were dropped or left half sent. */
export function createMakeCodes(options: {
  readonly pools: Pick<CodePools, 'unfinished' | 'add' | 'finish' | 'drop' | 'clear'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'below'>;
  readonly logger: Logger;
}): MakeCodes {
  const { pools, clock, luck, logger } = options;
  const work = async (pool: CodePool, key: PoolKey): Promise<boolean> => {
    const fields = { account: key.account, pool: key.pool };
    if (pool.state === 'dropped') return pools.clear(key, CODES_A_STEP);
    if (pool.origin === 'imported') {
      logger.warn({ ...fields, codes: pool.size }, 'code-file-given-up');
      return pools.drop(key);
    }
    const count = Math.min(CODES_A_STEP, pool.wanted - pool.size);
    // A code that is there already spoils its part; the next round draws another.
    if (count > 0) await pools.add(key, newCodes(pool.prefix, count, luck), { after: pool.size, nowMs: clock.nowMs() });
    else {
      const length = pool.prefix.length + CODE_LENGTH;
      await pools.finish(key, { lengthMin: length, lengthMax: length });
      logger.info({ ...fields, codes: pool.size }, 'codes-made');
    }
    return count > 0;
  };
  return {
    async round(signal) {
      let more = false;
      const nowMs = clock.nowMs();
      for (const pool of await pools.unfinished(POOLS_A_ROUND)) {
        if (signal.aborted) return false;
        const sending = pool.origin === 'imported' && pool.state === 'making';
        if (sending && nowMs - pool.lookedAtMs < FILE_SILENT_MS) continue;
        more = (await work(pool, { account: pool.account, pool: pool.id })) || more;
      }
      return more;
    },
  };
}

/** Returns so many different new codes, folded: 49.5 random bits each. */
export function newCodes(prefix: string, count: number, luck: Pick<Luck, 'below'>): readonly string[] {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(prefix + half(luck.below(HALVES)) + half(luck.below(HALVES)));
  return [...codes];
}

function half(number: number): string {
  let rest = number;
  let text = '';
  for (let index = 0; index < HALF; index += 1) {
    text += CODE_LETTERS[rest % CODE_LETTERS.length];
    rest = Math.floor(rest / CODE_LETTERS.length);
  }
  return text;
}
