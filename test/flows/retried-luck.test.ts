import assert from 'node:assert/strict';
import { after, afterEach, before, it } from 'node:test';
import type pg from 'pg';
import type { Luck } from '../../src/flows/ports/time-and-luck.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, realLuck } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { rewritten, textOf } from '../support/rewritten-query.ts';
import type { Statements } from '../support/rewritten-query.ts';

const PEOPLE = 20;
const log = quietLogger();
let database: TestDatabase;
let pool: pg.Pool;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test-retried' }, log);
});
afterEach(() => emptyDatabase(database.client));
after(async () => {
  await pool.end();
  await database.close();
});

/** The pool, whose first batches meet the trouble that a statement makes instead of being written. */
function failing(times: number, trouble: string): pg.Pool {
  let left = times;
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return (query: Statements) => {
          if (!textOf(query).startsWith('copy draw') || left === 0) return target.query(query as string);
          left -= 1;
          return target.query(rewritten(query, (text) => `${trouble};\n${text}`) as string);
        };
      },
    });
  };
  return { connect } as pg.Pool;
}

/** Tickets that all lose, once for each person; whoever took others after that would win. */
function luckForOnce(): Luck {
  let taken = 0;
  return {
    ...realLuck,
    below: (bound) => {
      taken += 1;
      return taken <= PEOPLE ? bound - taken : 0;
    },
  };
}

const troubles: readonly (readonly [string, string])[] = [
  [
    'the database says that it could not be serialized',
    `do $$ begin raise exception 'again' using errcode = '40001'; end $$`,
  ],
  ['its connection is lost', 'select pg_terminate_backend(pg_backend_pid())'],
];

for (const [trouble, statement] of troubles) {
  it(`a batch that is tried again because ${trouble} keeps the luck it had`, async () => {
    const activity = await publishActivity(database.client, {
      mechanic: { kind: 'lottery', blankTickets: 99 },
    });
    const batcher = batcherOver(createDrawStore(failing(3, statement)), log, { luck: luckForOnce() });
    await Promise.all(
      Array.from({ length: PEOPLE }, (_, person) =>
        batcher.draw({ activity, openid: follower(person), key: messageKey(person), render: (text) => text }),
      ),
    );
    const found = await database.client.query('select openid, outcome, ticket::int from draw order by openid');
    assert.deepEqual(
      found.rows,
      Array.from({ length: PEOPLE }, (_, person) => ({
        openid: follower(person),
        outcome: 'lost',
        ticket: 99 - person,
      })),
    );
  });
}
