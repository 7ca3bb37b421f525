import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createPool } from '../../src/store/database.ts';
import { buildPool } from '../support/code-pools.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { lotteryRule, publishActivity } from '../support/live-activity.ts';
import { meetingDrawStores } from '../support/meeting-draw-stores.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const PEOPLE = 64;
const PROCESSES = 2;

describe('one code and 64 people at two processes', () => {
  let database: TestDatabase;
  let pools: readonly pg.Pool[];
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    pools = Array.from({ length: PROCESSES }, (_, index) =>
      createPool({ url: database.url, connectionsMax: 4, name: `race-${index}` }, log),
    );
    // The twins are to be judged by what they give, not stopped by the database's last line.
    await database.client.query(`alter table prize_counter drop constraint prize_never_over_stock;
      alter table code_pool drop constraint code_pool_used_possible`);
  });
  beforeEach(async () => {
    await database.client.query(`alter table book_entry disable trigger user;
      truncate book_entry, payout, award, draw, participant, activity_day, prize_counter, activity_counter, rule_version,
        activity, code_use, code, code_pool cascade;
      alter table book_entry enable trigger user;`);
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
  });

  const codes = Array.from({ length: 200 }, (_, index) => `abcde${String(index).padStart(5, '0')}`);

  async function everyoneDraws(activity: LiveActivity, locked: boolean): Promise<readonly string[]> {
    const stores = meetingDrawStores(pools, { locked });
    const replies = stores.flatMap((store, process) => {
      const batcher = batcherOver(store, log);
      return Array.from({ length: PEOPLE / PROCESSES }, (_, index) =>
        batcher.draw({
          activity,
          openid: follower(process * PEOPLE + index),
          key: messageKey(`${process}-${index}`),
          said: 'ABCDE-22222',
          render: (text) => text,
        }),
      );
    });
    return (await Promise.all(replies)).map(({ reply }) => reply);
  }
  const count = async (table: string): Promise<number> =>
    Number((await database.client.query(`select count(*) from ${table}`)).rows[0].count);

  async function oneCode(locked: boolean): Promise<number> {
    const activity = await publishActivity(database.client, {
      trigger: { codes: 'boxes' },
      mechanic: { kind: 'code', pool: 'boxes', prizeId: 'one-yuan' },
    });
    await buildPool(database.client, 'boxes', ['abcde22222', 'abcde33333']);
    await everyoneDraws(activity, locked);
    return count('award');
  }

  it('give exactly one award, and tell the others so', async () => {
    assert.equal(await oneCode(true), 1);
    const uses = await database.client.query(`select code, award_id = (select id from award) as same from code_use`);
    assert.deepEqual(uses.rows, [{ code: 'abcde22222', same: true }]);
    const ends = await database.client.query(
      `select coalesce(trace ->> 'why', 'won') as why, count(*)::int as people from draw group by 1 order by 1`,
    );
    assert.deepEqual(ends.rows, [
      { why: 'code-used', people: PEOPLE - 1 },
      { why: 'won', people: 1 },
    ]);
    assert.deepEqual((await database.client.query('select used from code_pool')).rows, [{ used: 1 }]);
  });

  it('twin: without the lock and the unique key they give two', async () => {
    await database.client.query('alter table code_use drop constraint code_use_pk');
    try {
      assert.equal(await oneCode(false), 2);
    } finally {
      await database.client.query(
        'delete from code_use; alter table code_use add constraint code_use_pk primary key (account_id, pool_id, code)',
      );
    }
  });

  async function vouchers(locked: boolean): Promise<readonly string[]> {
    const activity = await publishActivity(database.client, {
      mechanic: { kind: 'keyword', prizeId: 'film' },
      prizes: [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 100 }],
      texts: { ...lotteryRule().texts, win: '{code}' },
    });
    await buildPool(database.client, 'films', codes);
    return everyoneDraws(activity, locked);
  }

  it('hand out 64 different vouchers to 64 winners, in the order of the pool', async () => {
    const told = await vouchers(true);
    assert.deepEqual(told.toSorted(), codes.slice(0, PEOPLE));
    const uses = await database.client.query<{ code: string }>(
      `select code_use.code from code_use join award on award.id = award_id and award.openid = code_use.openid order by code`,
    );
    assert.deepEqual(
      uses.rows.map(({ code }) => code),
      codes.slice(0, PEOPLE),
    );
  });

  it('twin: without the lock and the unique key one voucher is handed out twice', async () => {
    await database.client.query('alter table code_use drop constraint code_use_pk');
    try {
      assert.equal(new Set(await vouchers(false)).size, PEOPLE / PROCESSES);
    } finally {
      await database.client.query(
        'delete from code_use; alter table code_use add constraint code_use_pk primary key (account_id, pool_id, code)',
      );
    }
  });
});
