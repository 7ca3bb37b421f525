import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import type { ActivityId, Openid } from '../../src/base/ids.ts';
import { createRefreshFollowers } from '../../src/flows/people/refresh-followers.ts';
import { RefreshFollowersJob } from '../../src/jobs/refresh-followers.ts';
import { admit } from '../../src/rules/conditions.ts';
import { whoSchema } from '../../src/rules/conditions-schema.ts';
import { factsNeeded, NO_ORIGINS, PeopleInBatch } from '../../src/rules/person-facts.ts';
import { createFollowerBook } from '../../src/store/account/follower-book.ts';
import { createFollowerRefreshes } from '../../src/store/account/follower-refreshes.ts';
import { personFactsStatement, readPersonFacts } from '../../src/store/account/person-facts.ts';
import type { FactsAsked } from '../../src/store/account/person-facts.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createPool } from '../../src/store/database.ts';
import { createFollowerRecords, createFollowerTags } from '../../src/wechat/api/follower-records.ts';
import { buildAccount, randomId } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { apiWorld } from '../wechat/api/api-world.ts';
import type { ApiWorld } from '../wechat/api/api-world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const pseudonyms = createPseudonyms(randomBytes(32));
let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  await buildAccount(database.client);
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query('delete from follower; delete from follower_refresh');
});

/** The refresh of the simulator's followers into the database, by the simulator's time and what the test adds to it. */
function refreshOf({ simulator, account, calls }: ApiWorld) {
  const state = { addedMs: 0 };
  const nowMs = (): number => simulator.clock.nowMs() + state.addedMs;
  const make = () =>
    createRefreshFollowers({
      refreshes: createFollowerRefreshes(pool, pseudonyms),
      accounts: { account: async () => account },
      records: createFollowerRecords(calls),
      clock: { nowMs },
      luck: { randomId },
      logger: quietLogger(),
    });
  return { state, nowMs, make };
}

async function untilRested(refresh: ReturnType<ReturnType<typeof refreshOf>['make']>): Promise<number> {
  let people = 0;
  for (let step = 0; step < 50; step += 1) {
    const asked = await refresh.round();
    people += asked;
    if (asked === 0) return people;
  }
  throw new Error('the round never ended');
}

/** Whom of these people the rule admits now, by our own tables alone. */
async function admitted(people: readonly Openid[], must: object, atMs: number): Promise<readonly Openid[]> {
  const who = whoSchema.parse({ must });
  const account = 'main' as FactsAsked['account'];
  const asked: FactsAsked = {
    account,
    activity: randomId() as ActivityId,
    people: new Map(people.map((one) => [one, one])),
    needed: factsNeeded(who),
    atMs,
  };
  const { rows } = await pool.query<Record<string, unknown>>(personFactsStatement(asked));
  const loaded = { people: readPersonFacts(rows, asked), byOrigin: NO_ORIGINS };
  const batch = new PeopleInBatch(account, loaded);
  return people.filter((openid) => admit(who, batch.factsOf({ openid, origin: null, atMs })).admitted);
}

async function following(): Promise<number> {
  const found = await database.client.query<{ count: number }>(
    'select count(*)::integer as count from follower where following',
  );
  return found.rows[0]?.count ?? 0;
}

test('a day’s round tells follows, tags and union ids, and conditions are decided by them', async (context) => {
  const world = await apiWorld(context, { followers: 230 });
  const { people, desk, account, calls } = world;
  const [ann, ben, cat] = people as [Openid, Openid, Openid];
  desk.users.pageMax = 120;
  desk.people.boundToOpenPlatform = true;
  desk.people.setFollowing(cat, false);
  const tags = createFollowerTags(calls);
  const tagId = await tags.create(account, '常客');
  await tags.tag(account, tagId, [ann]);
  const { state, nowMs, make } = refreshOf(world);
  // We still take her for a follower: the event of her leaving never reached us.
  await createFollowerBook(pool, pseudonyms).followed(
    { account: account.id, openid: cat },
    { atMs: nowMs() - DAY_MS, scene: null },
  );
  const refresh = make();
  assert.equal(await refresh.round(), 0);
  state.addedMs = 11 * MINUTE_MS;
  const tagged = { kind: 'tagged', tagIds: [tagId] };
  assert.deepEqual(await admitted([ann, ben, cat], tagged, nowMs()), []);
  assert.deepEqual(await admitted([ann, ben, cat], { kind: 'not', of: tagged }, nowMs()), []);
  assert.equal(await untilRested(refresh), 230);
  assert.equal(await following(), 229);
  assert.deepEqual(await admitted([ann, ben, cat], tagged, nowMs()), [ann]);
  assert.deepEqual(await admitted([ann, ben, cat], { kind: 'not', of: tagged }, nowMs()), [ben, cat]);
  assert.deepEqual(await admitted([ann, ben, cat], { kind: 'follows' }, nowMs()), [ann, ben]);
  const union = { kind: 'union', counts: 'draws', below: 1 };
  assert.deepEqual(await admitted([ann, ben, cat], union, nowMs()), [ann, ben, cat]);
  assert.equal(await refresh.round(), 0, 'once a day');
  state.addedMs += DAY_MS;
  assert.equal(await untilRested(make()), 229, 'and the next day again');
});

test('an account without the right is left alone for a day', async (context) => {
  const world = await apiWorld(context, { followers: 3 });
  const { state, make } = refreshOf(world);
  const refresh = make();
  await refresh.round();
  state.addedMs = 11 * MINUTE_MS;
  world.desk.rights.kind = 'subscription-unverified';
  assert.equal(await refresh.round(), 0);
  const { rows } = await database.client.query<{ reason: string }>('select reason from follower_refresh');
  assert.deepEqual(rows, [{ reason: 'wechat-configuration' }]);
  world.desk.rights.kind = 'service-verified';
  state.addedMs += DAY_MS - MINUTE_MS;
  assert.equal(await refresh.round(), 0);
  state.addedMs += MINUTE_MS;
  assert.equal(await untilRested(refresh), 3);
});

test('the job keeps its pace', async (context) => {
  const world = await apiWorld(context, { followers: 1 });
  const { state, nowMs, make } = refreshOf(world);
  await make().round();
  state.addedMs = 11 * MINUTE_MS;
  const sleeps: number[] = [];
  const enough = Promise.withResolvers<void>();
  const clock = {
    nowMs,
    async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
      sleeps.push(durationMs);
      if (sleeps.length < 3) return;
      enough.resolve();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
  const job = new RefreshFollowersJob({ refresh: make(), clock, logger: quietLogger(), peoplePerMinute: 3000 });
  job.start();
  await enough.promise;
  assert.deepEqual(sleeps.slice(0, 3), [2000, 2000, 2000]);
  assert.equal(await following(), 1);
  await job.stop();
});
