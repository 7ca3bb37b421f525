import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { beijingDay } from '../../src/base/beijing-day.ts';
import type { AccountId, RequestKey } from '../../src/base/ids.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { AccountDesk } from '../../src/simulator/weixin/account-desk.ts';
import { createSceneVisits } from '../../src/store/account/chat-settings.ts';
import { buildActivity, buildMerchant, somebody } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { follower } from '../support/draws.ts';

const SCENES = '/accounts/shop/scenes';
const SHOP = 'shop' as AccountId;
const DAY_MS = 86_400_000;

let server: TestConsole;
let simulator: Simulator;
let desk: AccountDesk;
let activity: BuiltActivity;
let operator: Caller;

before(async () => {
  simulator = await startSimulator({ seed: 'scenes' });
  server = await startConsole([], { wechatUrl: simulator.httpUrl });
  const merchant = await buildMerchant(server.database.client);
  const owner = await new Caller(server).logIn('owner');
  const { appId, appSecret, token, encodingAesKey } = simulator.account;
  const added = await owner.post('/accounts', {
    id: SHOP,
    appId,
    appSecret,
    token,
    encodingAesKey,
    merchantId: 'main',
  });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  activity = await buildActivity(server.database.client, { account: { id: SHOP, appId, merchant } });
  const found = simulator.desks.get(appId);
  assert.ok(found);
  desk = found;
  operator = await new Caller(server).logIn('operator');
});

beforeEach(async () => {
  await server.database.client.query('delete from scene_visit; delete from scene_code');
  desk.rights.refused.clear();
});

after(async () => {
  await server.close();
  await simulator.close();
});

const make = (more: object = {}) => operator.post(SCENES, { name: '门店', livesSeconds: 3600, ...more });
const count = async (): Promise<number> =>
  (await server.database.client.query('select 1 from scene_code')).rowCount ?? 0;

test('a code is made at WeChat, for a time or for ever, and its picture can be fetched', async () => {
  const before = Date.now();
  const temporary = await make({ scene: 'shop-1', reply: '欢迎光临', activityId: activity.id });
  assert.equal(temporary.status, 200, JSON.stringify(temporary.body));
  const { scene } = temporary.body;
  assert.deepEqual(
    [scene.scene, scene.name, scene.state, scene.lasting, scene.reply, scene.activityId],
    ['shop-1', '门店', 'works', false, '欢迎光临', activity.id],
  );
  assert.ok(scene.expiresAtMs >= before + 3_600_000 - 1000 && scene.expiresAtMs <= Date.now() + 3_600_000);
  const lasting = await make({ livesSeconds: null });
  assert.match(lasting.body.scene.scene, /^[0-9a-f]{16}$/);
  assert.deepEqual([lasting.body.scene.lasting, lasting.body.scene.expiresAtMs], [true, null]);
  for (const { body } of [temporary, lasting]) {
    const picture = await fetch(body.scene.pictureUrl);
    assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpg']);
    await picture.arrayBuffer();
  }
  const made = server.log.lines.filter(({ event }) => event === 'scene-code-made');
  assert.deepEqual(
    made.map(({ fields }) => [fields['scene'], fields['lasting']]),
    [
      ['shop-1', false],
      [lasting.body.scene.scene, true],
    ],
  );
});

test('there are never two codes for one scene, however many ask at once', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => make({ scene: 'one', livesSeconds: null })));
  assert.deepEqual(statusesOf(answers), [200, 409, 409, 409]);
  for (const { status, body } of answers)
    if (status === 409) assert.match(body.code, /^(scene-taken|already-running)$/);
  assert.equal((await make({ scene: 'one' })).body.code, 'scene-taken');
  assert.equal(await count(), 1);
});

test('what a code cannot be is named by its field', async () => {
  for (const [given, path] of [
    [{ scene: 'a b' }, 'scene'],
    [{ scene: 'x'.repeat(65) }, 'scene'],
    [{ scene: '' }, 'scene'],
    [{ livesSeconds: 59 }, 'livesSeconds'],
    [{ livesSeconds: 2_592_001 }, 'livesSeconds'],
    [{ name: ' ' }, 'name'],
    [{ activityId: '0'.repeat(32) }, 'activityId'],
  ] as const) {
    const { status, body } = await make(given);
    assert.deepEqual([status, body.faults[0]?.path], [400, path], JSON.stringify(body));
  }
  assert.equal(await count(), 0);
  assert.equal((await operator.post('/accounts/none/scenes', { name: 'x', livesSeconds: 60 })).status, 404);
  assert.equal((await operator.get('/accounts/none/scenes')).status, 404);
  for (const scene of ['none', '%00', '%20', 'x'.repeat(80)]) {
    assert.equal((await operator.get(`${SCENES}/${scene}`)).body.code, 'scene-not-found');
  }
});

test('a refusal of WeChat’s frees the scene and says why', async () => {
  desk.rights.refused.add('/cgi-bin/qrcode/create');
  const refused = await make({ scene: 'r', livesSeconds: null });
  assert.deepEqual([refused.status, refused.body.code], [409, 'wechat-configuration']);
  assert.match(refused.body.message, /no right to this API/);
  assert.equal(await count(), 0);
  desk.rights.refused.clear();
  assert.equal((await make({ scene: 'r', livesSeconds: null })).status, 200);
});

test('a lasting code whose making was cut off keeps its scene, and is asked for again on command only', async () => {
  // As a process leaves it that dies between its reservation and WeChat's answer.
  await server.database.client.query(
    `insert into scene_code (account_id, scene, name, lasting, ticket, url, created_by, created_at, updated_at)
       values ('shop', 'cut', '断', true, '', '', 'x', $1, $1)`,
    [new Date()],
  );
  const seen = (await operator.get(`${SCENES}/cut`)).body.scene;
  assert.deepEqual([seen.state, seen.pictureUrl, seen.url], ['unfinished', null, null]);
  assert.equal((await make({ scene: 'cut', livesSeconds: null })).body.code, 'scene-taken');
  const renewed = await operator.post(`${SCENES}/cut/renew`);
  assert.deepEqual([renewed.body.scene.state, renewed.body.scene.expiresAtMs], ['works', null]);
  const again = await operator.post(`${SCENES}/cut/renew`);
  assert.deepEqual([again.status, again.body.code], [409, 'scene-lasts']);
});

test('when WeChat’s answer is lost, a lasting code is unfinished and a temporary one is free again', async () => {
  const away = await startConsole();
  try {
    const { client } = away.database;
    const owner = await new Caller(away).logIn('owner');
    const keys = { appSecret: 'x'.repeat(32), token: 'token', encodingAesKey: 'x'.repeat(43) };
    await owner.post('/accounts', { id: SHOP, appId: `wx${'0'.repeat(16)}`, ...keys });
    for (const [scene, livesSeconds, rows] of [
      ['t', 60, 0],
      ['p', null, 1],
    ] as const) {
      const { status, body } = await owner.post(SCENES, { name: 'x', scene, livesSeconds });
      assert.deepEqual([status, body.code], [502, 'wechat-unreachable']);
      assert.equal((await client.query('select 1 from scene_code where scene = $1', [scene])).rowCount, rows);
    }
    assert.equal((await owner.get(SCENES)).body.rows[0].state, 'unfinished');
    await owner.post(`${SCENES}/p/renew`);
    assert.equal((await owner.get(SCENES)).body.rows[0].state, 'unfinished', 'still nobody knows');
  } finally {
    await away.close();
  }
});

test('a temporary code that is over gets a new one under its scene', async () => {
  const { body } = await make({ scene: 'old' });
  await server.database.client.query('update scene_code set expires_at = $1', [new Date(Date.now() - 1000)]);
  assert.equal((await operator.get(`${SCENES}/old`)).body.scene.state, 'over');
  const { scene } = (await operator.post(`${SCENES}/old/renew`, { livesSeconds: 120 })).body;
  assert.equal(scene.state, 'works');
  assert.notEqual(scene.url, body.scene.url);
  assert.ok(scene.expiresAtMs < Date.now() + 121_000);
});

test('name, reply and activity change; a stale writer is told what stands now', async () => {
  const { updatedAtMs } = (await make({ scene: 's' })).body.scene;
  const path = `${SCENES}/s`;
  const changed = await operator.send('PATCH', path, { updatedAtMs, name: '新店', activityId: activity.id });
  assert.deepEqual([changed.body.scene.name, changed.body.scene.activityId], ['新店', activity.id]);
  assert.ok(changed.body.scene.updatedAtMs > updatedAtMs);
  const stale = await operator.send('PATCH', path, { updatedAtMs, reply: 'x' });
  assert.deepEqual([stale.status, stale.body.code, stale.body.present.name], [409, 'revision-stale', '新店']);
  const seen = changed.body.scene.updatedAtMs as number;
  const racers = await Promise.all(['a', 'b'].map((name) => operator.send('PATCH', path, { updatedAtMs: seen, name })));
  assert.deepEqual(statusesOf(racers), [200, 409]);
  const wrong = await operator.send('PATCH', path, { updatedAtMs: 1e300, name: 'x' });
  assert.equal(wrong.body.code, 'request-invalid');
  assert.equal((await operator.send('PATCH', `${SCENES}/none`, { updatedAtMs: 1 })).body.code, 'scene-not-found');
});

test('the statistics count visits, people, new followers and who left again, by Beijing day', async () => {
  await make({ scene: 'counted' });
  await make({ scene: 'quiet' });
  const visits = createSceneVisits(server.pool);
  const nowMs = Date.now();
  const [ann, bob, eve] = [follower(1), follower(2), somebody()];
  const came = [
    [ann, true, nowMs],
    [ann, false, nowMs],
    [bob, true, nowMs - DAY_MS],
    [eve, false, nowMs - DAY_MS],
    [somebody(), true, nowMs - 40 * DAY_MS],
  ] as const;
  for (const [index, [openid, followed, atMs]] of came.entries()) {
    const key = `e:${index}` as RequestKey;
    await visits.visited({ account: SHOP, key, scene: 'counted', openid, followed, atMs });
  }
  for (const [openid, following] of [
    [ann, true],
    [bob, false],
    [eve, false],
  ] as const) {
    await server.database.client.query(
      'insert into follower (account_id, openid, following, seen_at) values ($1, $2, $3, $4)',
      [SHOP, openid, following, new Date()],
    );
  }
  const { body } = await operator.get(SCENES);
  assert.deepEqual(
    body.rows.map((row: { scene: string }) => row.scene),
    ['quiet', 'counted'],
  );
  const [quiet, counted] = body.rows;
  assert.deepEqual([quiet.numbers, quiet.days], [{ visits: 0, people: 0, newFollowers: 0, left: 0 }, []]);
  assert.deepEqual(counted.numbers, { visits: 5, people: 4, newFollowers: 3, left: 1 });
  assert.deepEqual(counted.days, [
    { day: beijingDay(nowMs), visits: 2, people: 1, newFollowers: 1, left: 0 },
    { day: beijingDay(nowMs - DAY_MS), visits: 2, people: 2, newFollowers: 1, left: 1 },
  ]);
  assert.deepEqual((await operator.get(`${SCENES}/counted`)).body.scene, counted);
});

test('a day of the statistics begins at midnight in Beijing', async () => {
  await make({ scene: 'midnight' });
  const visits = createSceneVisits(server.pool);
  const midnight = Date.parse(`${beijingDay(Date.now())}T00:00:00+08:00`);
  for (const [index, atMs] of [midnight - 1, midnight].entries()) {
    const key = `e:${index}` as RequestKey;
    await visits.visited({ account: SHOP, key, scene: 'midnight', openid: somebody(), followed: false, atMs });
  }
  const { days } = (await operator.get(`${SCENES}/midnight`)).body.scene;
  assert.deepEqual(
    days.map(({ day }: { day: string }) => day),
    [beijingDay(midnight), beijingDay(midnight - 1)],
  );
});

test('codes come in pages, newest first', async () => {
  for (const scene of ['a', 'b', 'c']) await make({ scene });
  const first = await operator.get(`${SCENES}?limit=2`);
  const second = await operator.get(`${SCENES}?limit=2&after=${first.body.next}`);
  const names = [...first.body.rows, ...second.body.rows].map((row: { scene: string }) => row.scene);
  assert.deepEqual([names, second.body.next], [['c', 'b', 'a'], null]);
  assert.equal((await operator.get(`${SCENES}?after=x`)).body.code, 'cursor-invalid');
});
