import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type pg from 'pg';
import type { AccountId, Openid } from '../../../src/base/ids.ts';
import type { FollowerRecord, StrangerRecord } from '../../../src/flows/ports/follower-records.ts';
import type { RefreshRound } from '../../../src/flows/ports/follower-refreshes.ts';
import { createFollowerBook } from '../../../src/store/account/follower-book.ts';
import { createFollowerRefreshes } from '../../../src/store/account/follower-refreshes.ts';
import { createPseudonyms } from '../../../src/store/account/pseudonyms.ts';
import { createPool } from '../../../src/store/database.ts';
import { buildAccount, NOON_MS, somebody } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const pseudonyms = createPseudonyms(randomBytes(32));
let database: TestDatabase;
let pool: pg.Pool;
let account: AccountId;
let ann: Openid;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  account = (await buildAccount(database.client)).id;
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  ann = somebody();
  await database.client.query('delete from follower_refresh; delete from follower');
});

const refreshes = () => createFollowerRefreshes(pool, pseudonyms);
const follows = (openid: Openid, changes: Partial<FollowerRecord> = {}): FollowerRecord => ({
  openid,
  subscribed: true,
  unionId: null,
  subscribedAtMs: NOON_MS - DAY_MS,
  remark: '',
  tagIds: [],
  cameBy: 'ADD_SCENE_SEARCH',
  scene: null,
  ...changes,
});
const stranger = (openid: Openid, unionId: string | null = null): StrangerRecord => ({
  openid,
  subscribed: false,
  unionId,
});

async function note(
  told: readonly (FollowerRecord | StrangerRecord)[],
  askedAtMs = NOON_MS,
  keepFromMs: number | null = null,
): Promise<void> {
  await refreshes().note({ account, told, askedAtMs, keepFromMs });
}

async function row(openid: Openid = ann): Promise<Record<string, unknown> | undefined> {
  const found = await database.client.query<Record<string, unknown>>(
    `select following, first_followed_at as first, followed_at as latest, left_at as gone, scene, union_id as union,
      tag_ids as tags, refreshed_at as refreshed, seen_at as seen from follower where account_id = $1 and openid = $2`,
    [account, openid],
  );
  return found.rows[0];
}

describe('what WeChat tells of a follower', () => {
  test('is written down, and somebody who never did anything was seen when they followed', async () => {
    await note([follows(ann, { tagIds: [101, 2], unionId: 'u', scene: 'shop' })]);
    const followedAt = new Date(NOON_MS - DAY_MS);
    assert.deepEqual(await row(), {
      following: true,
      first: followedAt,
      latest: followedAt,
      gone: null,
      scene: 'shop',
      union: 'u',
      tags: [101, 2],
      refreshed: new Date(NOON_MS),
      seen: followedAt,
    });
  });

  test('keeps the first follow that is known, and what the latest told', async () => {
    await createFollowerBook(pool, pseudonyms).followed(
      { account, openid: ann },
      { atMs: NOON_MS - 9 * DAY_MS, scene: 'old' },
    );
    await note([follows(ann, { unionId: 'u', scene: 'new' })]);
    await note([follows(ann, { scene: 'new', tagIds: [3] })], NOON_MS + MINUTE_MS);
    const { first, latest, union, scene, tags } = (await row()) ?? {};
    assert.deepEqual(
      [first, latest, union, scene, tags],
      [new Date(NOON_MS - 9 * DAY_MS), new Date(NOON_MS - DAY_MS), 'u', 'new', [3]],
    );
  });

  test('puts right a leave that we heard of and that is not so', async () => {
    await createFollowerBook(pool, pseudonyms).left({ account, openid: ann }, NOON_MS - DAY_MS);
    await note([follows(ann)]);
    assert.equal((await row())?.['following'], true);
  });

  test('does not undo a leave of the last seconds', async () => {
    await createFollowerBook(pool, pseudonyms).left({ account, openid: ann }, NOON_MS - 5000);
    await note([follows(ann)]);
    assert.equal((await row())?.['following'], false);
  });

  test('ends a follow whose end we never heard of, but none of the last seconds', async () => {
    const ben = somebody();
    const book = createFollowerBook(pool, pseudonyms);
    await book.followed({ account, openid: ann }, { atMs: NOON_MS - DAY_MS, scene: null });
    await book.followed({ account, openid: ben }, { atMs: NOON_MS - 5000, scene: null });
    await note([stranger(ann, 'u'), stranger(ben)]);
    const { following, gone, union, tags } = (await row()) ?? {};
    assert.deepEqual([following, gone, union, tags], [false, new Date(NOON_MS - 10_000), 'u', []]);
    assert.equal((await row(ben))?.['following'], true);
  });

  test('of somebody we do not know and who does not follow leaves nothing', async () => {
    await note([stranger(ann, 'u')]);
    assert.equal(await row(), undefined);
  });

  test('is not written down of somebody erased since they followed, nor of somebody long forgotten', async () => {
    const [erased, back] = [somebody(), somebody()];
    for (const openid of [erased, back]) {
      await database.client.query(
        `insert into erasure (account_id, pseudonym, reason, requested_by, requested_at, finished_at)
         values ($1, $2, 'request', 'test', $3, $3)`,
        [account, pseudonyms.of({ account, openid }), new Date(NOON_MS - MINUTE_MS)],
      );
    }
    const told = [follows(erased), follows(back, { subscribedAtMs: NOON_MS - 1000 }), follows(ann)];
    await note(told, NOON_MS, NOON_MS - DAY_MS + 1);
    assert.deepEqual([await row(erased), await row(ann)], [undefined, undefined]);
    assert.equal((await row(back))?.['following'], true);
    await database.client.query(
      `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, reply, trace, created_at)
       values ($1, $2, 'a', 1, $2, 'lost', '', '{}', $3)`,
      [account, ann, new Date(NOON_MS)],
    );
    await note(told, NOON_MS, NOON_MS - DAY_MS + 1);
    assert.equal((await row(ann))?.['following'], true);
  });
});

describe('a round of refreshing', () => {
  /** Takes a round that is due. */
  async function due(holder = 'one', nowMs = NOON_MS): Promise<RefreshRound> {
    const round = await refreshes().take(holder, nowMs);
    assert.ok(round);
    return round;
  }

  test('begins ten minutes after an account is first seen, in one process’s hands as long as that one is heard of', async () => {
    assert.equal(await refreshes().take('one', NOON_MS - 10 * MINUTE_MS), null);
    assert.equal(await refreshes().take('one', NOON_MS - 1), null);
    const round = await due();
    assert.equal(round.account, account);
    assert.equal(await refreshes().take('two', NOON_MS + MINUTE_MS - 1), null);
    assert.deepEqual(await refreshes().take('one', NOON_MS + MINUTE_MS - 1), round);
    assert.deepEqual(await refreshes().take('two', NOON_MS + 2 * MINUTE_MS), round);
  });

  test('is taken by one of many who come at once', async () => {
    await refreshes().take('one', NOON_MS - 10 * MINUTE_MS);
    const taken = await Promise.all(Array.from({ length: 8 }, (_, index) => refreshes().take(`p${index}`, NOON_MS)));
    assert.equal(taken.filter((round) => round !== null).length, 1);
  });

  test('asks about everyone once, wherever it goes on', async () => {
    await refreshes().take('one', NOON_MS - 10 * MINUTE_MS);
    const round = await due();
    const [ben, cat] = [somebody(), somebody()];
    await note([follows(ann)], NOON_MS + 1);
    assert.deepEqual(await refreshes().notAsked(round, [cat, ann, ben]), [cat, ben]);
    await createFollowerBook(pool, pseudonyms).followed({ account, openid: ben }, { atMs: NOON_MS, scene: null });
    assert.deepEqual(await refreshes().leftOver(round, 10), [ben]);
    await refreshes().leaveOut(round, [ben], NOON_MS + 1);
    assert.deepEqual(await refreshes().leftOver(round, 10), []);
  });

  test('comes again a day after it began, or at once when it took longer', async () => {
    await refreshes().take('one', NOON_MS - 10 * MINUTE_MS);
    const round = await due();
    await refreshes().finish(round, NOON_MS + MINUTE_MS);
    assert.equal(await refreshes().take('one', round.beganAtMs + DAY_MS - 1), null);
    const next = await due('two', round.beganAtMs + DAY_MS);
    assert.equal(next.beganAtMs, round.beganAtMs + DAY_MS);
    await refreshes().finish(next, next.beganAtMs + 3 * DAY_MS);
    assert.ok(await refreshes().take('one', next.beganAtMs + 3 * DAY_MS));
  });

  test('that rests goes on where it was', async () => {
    await refreshes().take('one', NOON_MS - 10 * MINUTE_MS);
    const round = await due();
    await refreshes().rest(round, NOON_MS + DAY_MS, 'wechat-quota');
    assert.equal(await refreshes().take('one', NOON_MS + DAY_MS - 1), null);
    assert.deepEqual(await refreshes().take('two', NOON_MS + DAY_MS), round);
  });
});
