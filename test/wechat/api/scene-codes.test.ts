import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFollowerRecords } from '../../../src/wechat/api/follower-records.ts';
import { createSceneCodes } from '../../../src/wechat/api/scene-codes.ts';
import { apiWorld } from './api-world.ts';

test('a stranger follows by a code with its scene, a follower comes by with it', async (context) => {
  const { calls, account, simulator, desk, people, pushed } = await apiWorld(context);
  const codes = createSceneCodes(calls, simulator.httpUrl);
  const [person, other] = people;
  assert.ok(person !== undefined && other !== undefined);
  desk.people.setFollowing(person, false);
  const text = await codes.createTemporary(account, 'qrscene_门店 7&?', 600);
  await desk.sceneCodes.scan(person, text.ticket);
  assert.match(pushed.at(-1) ?? '', /<Event><!\[CDATA\[subscribe\]\]>[^]*<!\[CDATA\[qrscene_qrscene_门店 7&\?\]\]>/);
  const records = createFollowerRecords(calls);
  const told = await records.record(account, person);
  assert.deepEqual(told?.subscribed === true && [told.cameBy, told.scene], ['ADD_SCENE_QR_CODE', 'qrscene_门店 7&?']);
  await desk.sceneCodes.scan(person, text.ticket);
  assert.match(pushed.at(-1) ?? '', /<!\[CDATA\[SCAN\]\]>[^]*<EventKey><!\[CDATA\[qrscene_门店 7&\?\]\]>/);
  const number = await codes.createPermanent(account, 100_000);
  desk.people.setFollowing(other, false);
  await desk.sceneCodes.scan(other, number.ticket);
  const second = await records.record(account, other);
  assert.equal(second?.subscribed === true && second.scene, '100000');
});

test('the picture is there while the code lives, its ticket encoded in the address', async (context) => {
  const { calls, account, simulator, desk, people } = await apiWorld(context);
  const codes = createSceneCodes(calls, `${simulator.httpUrl}/`);
  const code = await codes.createTemporary(account, 4_294_967_295, 60);
  assert.equal(code.livesSeconds, 60);
  assert.match(code.pictureUrl, /showqrcode\?ticket=gQ\w+%2F\w+%2B\w+%3D%3D$/);
  const picture = await fetch(code.pictureUrl);
  assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpg']);
  simulator.clock.advance(60_000);
  assert.equal((await fetch(code.pictureUrl)).status, 404);
  await assert.rejects(desk.sceneCodes.scan(people[0] ?? '', code.ticket), /leads nowhere/);
  const permanent = await codes.createPermanent(account, 'x'.repeat(64));
  assert.equal(permanent.livesSeconds, null);
  simulator.clock.advance(400 * 86_400_000);
  assert.equal((await fetch(permanent.pictureUrl)).status, 200);
});

test('scenes and lives beyond the limits are refused before a call, and WeChat would refuse them too', async (context) => {
  const { calls, account, tokens, simulator } = await apiWorld(context);
  const codes = createSceneCodes(calls, 'https://mp.weixin.qq.com');
  const wrong = { code: 'arguments-wrong' };
  for (const scene of [0, -1, 1.5, 4_294_967_296, Number.NaN, '', 'x'.repeat(65), 'a\u0000b', '\ud83d']) {
    await assert.rejects(codes.createTemporary(account, scene, 60), wrong, String(scene));
  }
  for (const scene of [0, 100_001, '']) await assert.rejects(codes.createPermanent(account, scene), wrong);
  for (const seconds of [0, 2_592_001, 1.5]) await assert.rejects(codes.createTemporary(account, 1, seconds), wrong);
  const asked = [
    { action_name: 'QR_SCENE', action_info: { scene: { scene_id: 0 } } },
    { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 100_001 } } },
    { action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'x'.repeat(65) } } },
    { action_name: 'QR_SCENE', expire_seconds: 2_592_001, action_info: { scene: { scene_id: 1 } } },
    { action_name: 'QR', action_info: { scene: { scene_id: 1 } } },
  ];
  for (const json of asked) {
    const answer = await tokens.call(account, { method: 'POST', path: '/cgi-bin/qrcode/create', json });
    assert.equal(answer.kind === 'refused' && answer.errcode, 40035, JSON.stringify(json));
  }
  assert.equal(simulator.timeline.since(0).filter(({ kind }) => kind === 'fault').length, 0);
});
