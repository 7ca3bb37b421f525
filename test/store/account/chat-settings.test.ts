import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../../src/base/errors.ts';
import type { AccountId, RequestKey } from '../../../src/base/ids.ts';
import { createChatSettings, createSceneVisits } from '../../../src/store/account/chat-settings.ts';
import { createPool } from '../../../src/store/database.ts';
import { openDoor } from '../../support/breakable-door.ts';
import type { BreakableDoor } from '../../support/breakable-door.ts';
import { buildAccount, buildActivity, NOON_MS, randomId, somebody } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MAIN = 'main' as AccountId;
const OTHER = 'other' as AccountId;
let database: TestDatabase;
let door: BreakableDoor;
let pool: pg.Pool;
let activityId: string;

before(async () => {
  database = await freshDatabase();
  door = await openDoor(database.url);
  pool = createPool({ url: door.url, connectionsMax: 4, name: 'test' }, quietLogger());
  activityId = (await buildActivity(database.client)).id;
  await buildAccount(database.client, { id: OTHER, appId: 'wx0000000000000002' });
  await addReply(MAIN, { words: ['营业时间'], position: 2, reply: '9:00' });
  await addReply(MAIN, { words: ['地址', '在哪'], position: 1, reply: '人民路', activityId });
  await addReply(MAIN, { words: ['旧'], position: 0, enabled: false });
  await addReply(OTHER, { words: ['地址'], position: 1, reply: '别处' });
  for (const account of [MAIN, OTHER]) {
    await database.client.query(
      `insert into scene_code (account_id, scene, name, lasting, ticket, url, reply, activity_id, created_by, created_at, updated_at)
         values ($1, 'shop-1', '门店', true, 't', 'u', $1, $2, 'x', $3, $3)`,
      [account, account === MAIN ? activityId : null, new Date(NOON_MS)],
    );
  }
});

after(async () => {
  await pool.end();
  await door.close();
  await database.close();
});

async function addReply(
  account: AccountId,
  given: { words: string[]; position: number; reply?: string; enabled?: boolean; activityId?: string },
): Promise<void> {
  await database.client.query(
    `insert into keyword_reply (account_id, id, words, match, reply, activity_id, enabled, position, created_at, updated_at)
       values ($1, $2, $3, 'exact', $4, $5, $6, $7, $8, $8)`,
    [
      account,
      randomId(),
      given.words,
      given.reply ?? '',
      given.activityId ?? null,
      given.enabled ?? true,
      given.position,
      new Date(NOON_MS),
    ],
  );
}

test('the replies switched on come in the operators’ order, each account’s own', async () => {
  const settings = createChatSettings({ pool, logger: quietLogger() });
  const mine = await settings.keywordReplies(MAIN);
  assert.deepEqual(
    mine.map(({ words, match, reply, activityId: linked }) => [words, match, reply, linked]),
    [
      [['地址', '在哪'], 'exact', '人民路', activityId],
      [['营业时间'], 'exact', '9:00', null],
    ],
  );
  assert.deepEqual(
    (await settings.keywordReplies(OTHER)).map(({ reply }) => reply),
    ['别处'],
  );
  assert.deepEqual(await settings.keywordReplies('none' as AccountId), []);
});

test('a change shows within a second, and while the database is away the old texts are served', async () => {
  let nowMs = 0;
  const log = quietLogger();
  const settings = createChatSettings({ pool, logger: log, nowMs: () => nowMs });
  const count = async (): Promise<number> => (await settings.keywordReplies(OTHER)).length;
  const first = await count();
  await addReply(OTHER, { words: ['电话'], position: 2 });
  nowMs = 999;
  assert.equal(await count(), first);
  nowMs = 1001;
  assert.equal(await count(), first + 1);
  nowMs = 10_000;
  await door.closedWhile(async () => {
    assert.equal(await count(), first + 1);
    await assert.rejects(settings.scene(MAIN, 'shop-1'), OutsideTrouble);
    const begun = createChatSettings({ pool, logger: log });
    await assert.rejects(begun.keywordReplies(MAIN), OutsideTrouble);
  });
  assert.ok(log.lines.some(({ event }) => event === 'keyword-replies-served-stale'));
});

test('a scene is known to the account it was made for, whatever the scan says', async () => {
  const settings = createChatSettings({ pool, logger: quietLogger() });
  assert.deepEqual(await settings.scene(MAIN, 'shop-1'), { reply: 'main', activityId });
  assert.deepEqual(await settings.scene(OTHER, 'shop-1'), { reply: 'other', activityId: null });
  for (const scene of ['shop-2', '', '\u0000', '\ud800', "'; drop table scene_code"]) {
    assert.equal(await settings.scene(MAIN, scene), undefined);
  }
});

test('a visit counts once however often it is told, and only for a code made here', async () => {
  const visits = createSceneVisits(pool);
  const openid = somebody();
  const visit = { account: MAIN, key: 'e:1' as RequestKey, scene: 'shop-1', openid, followed: true, atMs: NOON_MS };
  await Promise.all([visits.visited(visit), visits.visited(visit), visits.visited({ ...visit, followed: false })]);
  await visits.visited({ ...visit, key: 'e:2' as RequestKey, scene: 'made-elsewhere' });
  const found = await database.client.query('select account_id, scene, openid, visited_at from scene_visit');
  assert.deepEqual(found.rows, [{ account_id: MAIN, scene: 'shop-1', openid, visited_at: new Date(NOON_MS) }]);
});
