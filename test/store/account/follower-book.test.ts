import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type pg from 'pg';
import type { PersonKey } from '../../../src/flows/ports/followers.ts';
import { createFollowerBook } from '../../../src/store/account/follower-book.ts';
import { createPseudonyms } from '../../../src/store/account/pseudonyms.ts';
import { createPool } from '../../../src/store/database.ts';
import { buildAccount, NOON_MS, somebody } from '../../support/builders.ts';
import type { BuiltAccount } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

type Told =
  | { readonly kind: 'followed'; readonly atMs: number; readonly scene: string | null }
  | { readonly kind: 'left'; readonly atMs: number };

const pseudonyms = createPseudonyms(randomBytes(32));
let database: TestDatabase;
let pool: pg.Pool;
let account: BuiltAccount;
let person: PersonKey;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  account = await buildAccount(database.client);
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(() => {
  person = { account: account.id, openid: somebody() };
});

const book = () => createFollowerBook(pool, pseudonyms);
const tell = (told: Told, who: PersonKey = person): Promise<unknown> =>
  told.kind === 'left' ? book().left(who, told.atMs) : book().followed(who, told);

async function row(who: PersonKey = person): Promise<Record<string, unknown> | undefined> {
  const found = await database.client.query(
    `select following, first_followed_at, followed_at, left_at, scene, union_id, seen_at from follower
     where account_id = $1 and openid = $2`,
    [who.account, who.openid],
  );
  return found.rows[0] as Record<string, unknown> | undefined;
}

async function erased(requestedAtMs: number): Promise<void> {
  await database.client.query(
    `insert into erasure (account_id, pseudonym, reason, requested_by, requested_at, finished_at)
     values ($1, $2, 'request', 'test', $3, $3)`,
    [person.account, pseudonyms.of(person), new Date(requestedAtMs)],
  );
}

const seconds = (count: number): number => NOON_MS + count * 1000;

describe('the follower book', () => {
  test('comes to the same in whatever order, and however often, follows and leaves are told', async () => {
    const told = fc.oneof(
      fc.record({
        kind: fc.constant('followed' as const),
        atMs: fc.integer({ min: 0, max: 6 }).map(seconds),
        scene: fc.option(fc.constantFrom('shop', 'street')),
      }),
      fc.record({ kind: fc.constant('left' as const), atMs: fc.integer({ min: 0, max: 6 }).map(seconds) }),
    );
    const story = fc.array(told, { minLength: 1, maxLength: 5 });
    const orders = story.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(orders, async ([events, shuffled]) => {
        const [one, other] = [somebody(), somebody()].map((openid) => ({ account: account.id, openid }));
        assert.ok(one && other);
        for (const event of events.toSorted((left, right) => left.atMs - right.atMs)) await tell(event, one);
        for (const event of shuffled) await tell(event, other);
        assert.deepEqual(await row(other), await row(one));
      }),
      { numRuns: 150 },
    );
  });

  test('goes by the time WeChat told: the last word decides who follows, the last follow the scene', async () => {
    await tell({ kind: 'left', atMs: seconds(20) });
    assert.equal((await row())?.['following'], false);
    await tell({ kind: 'followed', atMs: seconds(10), scene: 'shop' });
    assert.equal((await row())?.['following'], false);
    await tell({ kind: 'followed', atMs: seconds(30), scene: null });
    await tell({ kind: 'followed', atMs: seconds(5), scene: 'street' });
    assert.deepEqual(await row(), {
      following: true,
      first_followed_at: new Date(seconds(5)),
      followed_at: new Date(seconds(30)),
      left_at: new Date(seconds(20)),
      scene: null,
      union_id: null,
      seen_at: new Date(seconds(30)),
    });
  });

  test('counts who follows and leaves in one second as gone', async () => {
    await tell({ kind: 'left', atMs: seconds(1) });
    await tell({ kind: 'followed', atMs: seconds(1), scene: null });
    assert.equal((await row())?.['following'], false);
  });

  test('keeps the union id told last, and makes nobody a follower by it', async () => {
    await book().unionIdSeen(person, { unionId: 'u-one', atMs: seconds(1) });
    assert.deepEqual([(await row())?.['following'], (await row())?.['union_id']], [false, 'u-one']);
    await book().unionIdSeen(person, { unionId: 'u-two', atMs: seconds(3) });
    await book().unionIdSeen(person, { unionId: 'u-one', atMs: seconds(2) });
    assert.equal((await row())?.['union_id'], 'u-two');
    await tell({ kind: 'followed', atMs: seconds(4), scene: null });
    assert.deepEqual([(await row())?.['following'], (await row())?.['union_id']], [true, 'u-two']);
  });

  test('keeps the profile shown last until it is forgotten, whatever is in it', async () => {
    assert.equal(await book().profileOf(person), null);
    const hostile = { nickname: `🧧\u0000\ud83d\u202e'"\\</script>${'长'.repeat(5000)}`, pictureUrl: null };
    await book().profileSeen(person, hostile, seconds(2));
    const seen = await book().profileOf(person);
    assert.match(seen?.nickname ?? '', /^🧧�\u202e'"\\<\/script>长+$/);
    assert.ok((seen?.nickname.length ?? 0) <= 256);
    await book().profileSeen(person, { nickname: 'older', pictureUrl: null }, seconds(1));
    assert.deepEqual(await book().profileOf(person), seen);
    const newer = { nickname: '小王', pictureUrl: 'https://thirdwx.qlogo.cn/x/132' };
    await book().profileSeen(person, newer, seconds(3));
    assert.deepEqual(await book().profileOf(person), newer);
    await book().forgetProfile(person);
    assert.equal(await book().profileOf(person), null);
  });

  test('knows an account’s people apart from another account’s of the same openid', async () => {
    const other = await buildAccount(database.client, { id: 'other', appId: 'wx0000000000000002' });
    await tell({ kind: 'followed', atMs: seconds(1), scene: null });
    assert.equal(await row({ account: other.id, openid: person.openid }), undefined);
    assert.equal(await book().knownFromPush({ account: other.id, openid: person.openid }), false);
  });
});

describe('a follow', () => {
  const followed = (at: number): Promise<boolean> => book().followed(person, { atMs: seconds(at), scene: null });
  const left = (at: number): Promise<void> => book().left(person, seconds(at));

  test('is the first one of somebody nobody knew, however often it is told', async () => {
    assert.equal(await followed(5), true);
    assert.equal(await followed(5), true, 'told again');
    await left(7);
    assert.equal(await followed(5), true, 'told again after the leave');
    assert.equal(await followed(9), false);
    assert.equal(await followed(5), true);
  });

  test('is not the first one of somebody who left before', async () => {
    await left(3);
    assert.equal(await followed(5), false);
  });

  test('is the first one where it is told after a later one', async () => {
    assert.equal(await followed(9), true, 'nothing earlier was known then');
    assert.equal(await followed(5), true);
    assert.equal(await followed(9), false);
  });

  test('is the first one of somebody who only opened pages', async () => {
    await book().unionIdSeen(person, { unionId: 'u', atMs: seconds(1) });
    assert.equal(await followed(5), true);
  });

  test('is not the first one of somebody erased, before or after', async () => {
    await erased(seconds(3));
    assert.equal(await followed(1), false);
    assert.equal(await row(), undefined);
    assert.equal(await followed(5), false);
    assert.notEqual(await row(), undefined);
  });
});

describe('somebody known from a push', () => {
  const draw = (key: string): Promise<unknown> =>
    database.client.query(
      `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, reply, trace, created_at)
       values ($1, $2, 'a', 1, $3, 'lost', '', '{}', $4)`,
      [person.account, key, person.openid, new Date(NOON_MS)],
    );
  const known = (): Promise<boolean> => book().knownFromPush(person);

  test('is nobody who only opened pages, drew there or showed a union id and a profile', async () => {
    assert.equal(await known(), false);
    await draw(`p:a:00:${person.openid}`);
    await book().unionIdSeen(person, { unionId: 'u', atMs: seconds(1) });
    await book().profileSeen(person, { nickname: 'x', pictureUrl: null }, seconds(1));
    assert.equal(await known(), false);
  });

  const pushes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['followed', () => tell({ kind: 'followed', atMs: seconds(1), scene: null })],
    ['left', () => tell({ kind: 'left', atMs: seconds(1) })],
    ['drew by a message', () => draw(`m:1:${person.openid}`)],
    ['drew by an event', () => draw(`e:1:${person.openid}:click:x`)],
    [
      'scanned a code',
      () =>
        database.client.query(
          `insert into scene_visit (account_id, request_key, scene, openid, followed, visited_at)
           values ($1, $2, 'shop', $3, false, $4)`,
          [person.account, `e:1:${person.openid}:scan:shop`, person.openid, new Date(NOON_MS)],
        ),
    ],
  ];
  for (const [name, happens] of pushes)
    test(`is who ${name}`, async () => {
      await happens();
      assert.equal(await known(), true);
    });
});

describe('of an erased person', () => {
  test('nothing that happened before comes back, however late it is told', async () => {
    await erased(seconds(100) + 400);
    await tell({ kind: 'followed', atMs: seconds(99), scene: 'shop' });
    await tell({ kind: 'left', atMs: seconds(98) });
    await book().unionIdSeen(person, { unionId: 'u', atMs: seconds(99) });
    await book().profileSeen(person, { nickname: 'x', pictureUrl: null }, seconds(99));
    assert.equal(await row(), undefined);
    assert.equal(await book().profileOf(person), null);
    assert.equal(await book().knownFromPush(person), false);
  });

  test('a new follow starts a new row, with nothing of the old one', async () => {
    await erased(seconds(100) + 400);
    await tell({ kind: 'followed', atMs: seconds(200), scene: null });
    await tell({ kind: 'followed', atMs: seconds(50), scene: 'shop' });
    const now = await row();
    assert.deepEqual([now?.['following'], now?.['scene']], [true, null]);
    assert.deepEqual(now?.['first_followed_at'], new Date(seconds(200)));
    await tell({ kind: 'left', atMs: seconds(300) });
    assert.equal((await row())?.['following'], false);
  });

  test('leaving afterwards writes nothing down', async () => {
    await erased(seconds(100));
    await tell({ kind: 'left', atMs: seconds(200) });
    assert.equal(await row(), undefined);
  });
});

describe('a pseudonym', () => {
  test('is one person’s under one key, and never looks like an openid', () => {
    const one = pseudonyms.of(person);
    assert.match(one, /^x:[A-Za-z0-9_-]{43}$/);
    assert.equal(pseudonyms.of({ ...person }), one);
    assert.notEqual(createPseudonyms(randomBytes(32)).of(person), one);
    assert.notEqual(pseudonyms.of({ account: person.account, openid: somebody() }), one);
  });

  test('is another one under another account', async () => {
    const other = await buildAccount(database.client, { id: 'third', appId: 'wx0000000000000003' });
    assert.notEqual(pseudonyms.of({ account: other.id, openid: person.openid }), pseudonyms.of(person));
  });
});
