import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DrawStore } from '../../src/flows/ports/draws.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { rewritten, textOf, withoutDrawLocks } from './rewritten-query.ts';
import type { Statements } from './rewritten-query.ts';

/** How long those who have read wait for the others, whom a lock may hold. */
const MEETING_MS = 300;

/**
 * Draw stores, one for each pool, that meet once: nobody who has read the counters goes on before all have, or before
 * 300 ms are over because the lock keeps the others out. `locked: false` takes the lock out: then all decide on the same
 * counters, every time.
 */
export function meetingDrawStores(
  pools: readonly pg.Pool[],
  { locked }: { readonly locked: boolean },
): readonly DrawStore[] {
  const met = Promise.withResolvers<void>();
  let readers = 0;
  const meet = async (): Promise<void> => {
    readers += 1;
    if (readers === pools.length) met.resolve();
    await Promise.race([met.promise, sleep(MEETING_MS)]);
  };
  return pools.map((pool) =>
    createDrawStore({
      connect: async () => {
        const client = await pool.connect();
        return new Proxy(client, {
          get(target, name) {
            if (name !== 'query') {
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? value.bind(target) : value;
            }
            return async (query: Statements) => {
              const unlocked = rewritten(query, (text) => (locked ? text : withoutDrawLocks(text)));
              const answer = await target.query(unlocked as string);
              if (textOf(query).startsWith('begin')) await meet();
              return answer;
            };
          },
        });
      },
    } as pg.Pool),
  );
}
