import type pg from 'pg';
import type { DrawStore } from '../../src/flows/ports/draws.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { rewritten } from './rewritten-query.ts';
import type { Statements } from './rewritten-query.ts';

/** The draw store with its lock taken out: the twin that a race test must catch. */
export function unlockedDrawStore(pool: pg.Pool): DrawStore {
  return createDrawStore({
    connect: async () => {
      const client = await pool.connect();
      return new Proxy(client, {
        get(target, name) {
          if (name === 'query') {
            return (query: Statements) =>
              target.query(rewritten(query, (text) => text.replace('for update', '')) as string);
          }
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  } as pg.Pool);
}
