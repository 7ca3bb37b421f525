import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { Openid } from '../../src/base/ids.ts';
import type { DrawResult, LiveActivity } from '../../src/flows/ports/draws.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import type { ConditionInput } from '../../src/rules/conditions-schema.ts';
import { createFollowerBook } from '../../src/store/account/follower-book.ts';
import { createPersonLists } from '../../src/store/account/person-lists.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { readTrace } from '../../src/store/draw-trace.ts';
import type { StoredTrace } from '../../src/store/draw-trace.ts';
import { somebody } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const pseudonyms = createPseudonyms(randomBytes(32));
let database: TestDatabase;
let pool: pg.Pool;
let messages = 0;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 6, name: 'test' }, quietLogger());
});
after(async () => {
  await pool.end();
  await database.close();
});

const batcher = () => batcherOver(createDrawStore(pool, pseudonyms));

/** An activity that everyone wins who may take part. */
function activityFor(who: ActivityRuleInput['who'], limits: ActivityRuleInput['limits'] = {}): Promise<LiveActivity> {
  return publishActivity(database.client, { who, limits });
}

function draw(activity: LiveActivity, openid: Openid, by = batcher()): Promise<DrawResult> {
  messages += 1;
  return by.draw({ activity, openid, key: messageKey(`c${messages}`), render: (text) => text });
}

async function traceOf({ id }: LiveActivity, openid: Openid) {
  const found = await database.client.query<{ outcome: string; trace: StoredTrace }>(
    'select outcome, trace from draw where activity_id = $1 and openid = $2 order by created_at desc limit 1',
    [id, openid],
  );
  return found.rows.map(({ outcome, trace }) => ({ outcome, trace: readTrace(trace) }))[0];
}

describe('conditions', () => {
  test('refuse who stands on a list or is not known to follow, with their own text and every step written down', async () => {
    const must: ConditionInput = {
      kind: 'all',
      of: [{ kind: 'follows' }, { kind: 'not', of: { kind: 'listed', list: 'black' } }],
    };
    const activity = await activityFor({ must, text: '只限粉丝' });
    const [fan, barred, stranger] = [somebody(), somebody(), somebody()];
    const account = activity.accountId;
    for (const openid of [fan, barred]) {
      await createFollowerBook(pool, pseudonyms).followed({ account, openid }, { atMs: 0, scene: null });
    }
    await createPersonLists(pool, pseudonyms).add({ account, list: 'black' }, [barred], { operator: 't', nowMs: 0 });
    const results = await Promise.all([fan, barred, stranger].map((openid) => draw(activity, openid)));
    assert.deepEqual(
      results.map(({ won, reply }) => (won ? 'won' : reply)),
      ['won', '只限粉丝', '只限粉丝'],
    );
    const { outcome, trace } = (await traceOf(activity, stranger)) ?? assert.fail('the refusal is stored');
    assert.deepEqual([outcome, trace.why], ['refused', 'not-eligible']);
    assert.deepEqual(
      trace.steps.filter(({ check }) => check.startsWith('who.')).map(({ check, seen }) => [check, seen]),
      [
        ['who.must.of.0:follows', null],
        ['who.must.of.1.of:listed', ''],
        ['who.must', 'unknown'],
      ],
    );
  });

  test('that are only tried refuse nobody and say whom they would', async () => {
    const activity = await activityFor({ shadow: { kind: 'follows' } });
    const stranger = somebody();
    assert.equal((await draw(activity, stranger)).won, true);
    const steps = (await traceOf(activity, stranger))?.trace.steps ?? [];
    assert.equal(steps.find(({ check }) => check === 'who.shadow')?.passed, false);
  });

  test('of time alone need nothing loaded', async () => {
    const activity = await activityFor({ must: { kind: 'period', untilMs: 1 } });
    assert.equal((await draw(activity, somebody())).won, false);
  });

  test('let a person draw three times in a minute, however many processes and messages there are', async () => {
    const activity = await activityFor({ must: { kind: 'velocity', draws: 3, seconds: 60 } });
    const person = somebody();
    const processes = [batcher(), batcher(), batcher()];
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, index) => draw(activity, person, processes[index % 3])),
    );
    assert.equal(results.filter(({ won }) => won).length, 3);
  });

  test('let one of two people with the same union id win, in one batch or in two', async () => {
    for (const together of [true, false]) {
      const activity = await activityFor({ must: { kind: 'union', counts: 'wins', below: 1 } });
      const people = [somebody(), somebody()];
      const unionId = `u${randomBytes(8).toString('hex')}`;
      for (const openid of people) {
        const person = { account: activity.accountId, openid };
        await createFollowerBook(pool, pseudonyms).unionIdSeen(person, { unionId, atMs: 0 });
      }
      const one = batcher();
      const results = await Promise.all(people.map((openid) => draw(activity, openid, together ? one : batcher())));
      assert.equal(results.filter(({ won }) => won).length, 1);
    }
  });

  test('go on counting for somebody who was erased and comes back', async () => {
    const activity = await activityFor({ must: { kind: 'not', of: { kind: 'won' } } });
    const person = somebody();
    assert.equal((await draw(activity, person)).won, true);
    const pseudonym = pseudonyms.of({ account: activity.accountId, openid: person });
    await database.client.query(
      `insert into erasure (account_id, pseudonym, reason, requested_by, requested_at, finished_at)
       values ($1, $2, 'request', 't', $3, $3)`,
      [activity.accountId, pseudonym, new Date(0)],
    );
    for (const table of ['award', 'draw', 'participant']) {
      await database.client.query(`update ${table} set openid = $2 where openid = $1`, [person, pseudonym]);
    }
    assert.equal((await draw(activity, person)).won, false);
  });
});
