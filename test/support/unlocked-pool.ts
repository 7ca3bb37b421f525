import type pg from 'pg';

/**
 * Returns how to make a pool whose statements lock no rows: the twin that a race test must catch. As many callers as
 * `parties` wait for one another after their first statement with a lock, so that each has read before anyone writes.
 */
export function withoutRowLocks(parties: number): (pool: pg.Pool) => pg.Pool {
  const met = Promise.withResolvers<void>();
  let arrived = 0;
  const meet = (): Promise<void> => {
    arrived += 1;
    if (arrived === parties) met.resolve();
    return met.promise;
  };
  return (pool) =>
    new Proxy(pool, {
      get(target, name) {
        if (name === 'connect') return async () => unlocked(await target.connect(), meet);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
}

/** What comes second after the lock is what a decision is made from: there everyone waits. */
function unlocked(client: pg.PoolClient, meet: () => Promise<void>): pg.PoolClient {
  let afterLock = 0;
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return async (text: string, values?: unknown[]) => {
        const answer = await target.query(text.replace('for update', ''), values);
        if (afterLock === 0 && !text.includes('for update')) return answer;
        afterLock += 1;
        if (afterLock === 2) await meet();
        return answer;
      };
    },
  });
}
