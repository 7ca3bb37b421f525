import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWebAuthorization } from '../../../src/wechat/oauth.ts';
import { createWebProfiles } from '../../../src/wechat/api/web-profiles.ts';
import { anAccount } from '../builders.ts';
import { scriptedWechat } from '../scripted-wechat.ts';
import { apiWorld, speakTo } from './api-world.ts';

type Scope = 'snsapi_base' | 'snsapi_userinfo';

/** A person who opens our page; `code` is what comes back with them. */
async function visiting(context: Parameters<typeof apiWorld>[0]) {
  const world = await apiWorld(context);
  const authorization = createWebAuthorization({ api: world.api, openUrl: world.simulator.httpUrl });
  const profiles = createWebProfiles(world.api);
  const code = async (scope: Scope): Promise<string> => {
    const redirectUri = 'http://127.0.0.1:8080/oauth/callback';
    const url = authorization.authorizeUrl(world.account, { redirectUri, scope, state: 'abc123' });
    const answer = await fetch(url, { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? 'x:').searchParams.get('code') ?? '';
  };
  const enter = async (scope: Scope) => profiles.exchange(world.account, await code(scope));
  return { ...world, authorization, profiles, code, enter };
}

test('a name is told after consent only, and again by a refreshed grant until 30 days are over', async (context) => {
  const { account, simulator, profiles, enter, people } = await visiting(context);
  const base = await enter('snsapi_base');
  assert.equal(base.grant.mayReadProfile, false);
  assert.equal(await profiles.profile(account, base.person, base.grant), null);
  assert.equal(await profiles.profile(account, base.person, { ...base.grant, mayReadProfile: true }), null);
  const { person, grant } = await enter('snsapi_userinfo');
  assert.equal(person.openid, people[0]);
  const nickname = simulator.followers.list()[0]?.nickname;
  assert.deepEqual(await profiles.profile(account, person, grant), { nickname, pictureUrl: null });
  simulator.clock.advance(7_200_000);
  assert.equal(await profiles.profile(account, person, grant), null);
  const fresh = await profiles.refresh(account, person, grant);
  assert.ok(fresh !== null && fresh.livesMs === 7_200_000 && fresh.mayReadProfile);
  assert.equal((await profiles.profile(account, person, fresh))?.nickname, nickname);
  simulator.clock.advance(30 * 86_400_000);
  assert.equal(await profiles.refresh(account, person, fresh), null);
});

test('a snapshot user is recognised, and nothing is read of what is made up', async (context) => {
  const { account, simulator, desk, profiles, enter, people } = await visiting(context);
  desk.people.boundToOpenPlatform = true;
  simulator.authorization.snapshotMode = true;
  const told = await enter('snsapi_userinfo');
  assert.deepEqual([told.person.snapshotUser, told.grant.mayReadProfile], [true, false]);
  assert.equal(await profiles.profile(account, told.person, told.grant), null);
  const real = desk.people.unionId({ follower: simulator.followers.get(people[0] ?? '') });
  assert.notEqual(told.person.unionId, real);
});

test('a snapshot user whose flag is missing reads no profile and is no follower', async (context) => {
  const { account, simulator, profiles, enter, desk } = await visiting(context);
  simulator.authorization.snapshotMode = true;
  simulator.authorization.snapshotFlag = 'missing';
  const { person, grant } = await enter('snsapi_userinfo');
  assert.equal(person.snapshotUser, false, 'WeChat did not say so');
  assert.equal(await profiles.profile(account, person, grant), null);
  assert.equal(desk.people.find(person.openid), undefined);
});

test('bound accounts tell the unionid to pages', async (context) => {
  const { simulator, desk, enter, people } = await visiting(context);
  desk.people.boundToOpenPlatform = true;
  const { person } = await enter('snsapi_base');
  assert.equal(person.unionId, desk.people.unionId({ follower: simulator.followers.get(people[0] ?? '') }));
});

// binarywang/WxJava#402, #1626, #1951; JeffreySu/WeiXinMPSDK#252; antgan/wx-tools#15; node-webot/wechat-oauth#31
test('OAuth code reuse: a code that is forwarded, reloaded or asked for twice works once', async (context) => {
  const { account, authorization, profiles, code, simulator } = await visiting(context);
  const own = await code('snsapi_userinfo');
  const twice = await Promise.allSettled([profiles.exchange(account, own), profiles.exchange(account, own)]);
  assert.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await assert.rejects(authorization.exchangeCode(account, own), { code: 'oauth-code-used' });
  simulator.clock.advance(300_001);
  await assert.rejects(authorization.exchangeCode(account, own), { code: 'oauth-code-invalid' });
});

// Eleme-IMF/DRDNetworking#32; panva/oauth4webapi PR#155
test('text/plain from sns is read as the JSON it is', async (context) => {
  const { url } = await scriptedWechat(context, (_request, response) => {
    response.setHeader('content-type', 'text/plain');
    const scope = 'snsapi_base,snsapi_userinfo';
    response.end(JSON.stringify({ access_token: 'a', expires_in: 7200, refresh_token: 'r', openid: 'o1', scope }));
    return undefined;
  });
  const { api } = speakTo(context, url);
  const { person, grant } = await createWebProfiles(api).exchange(anAccount(), 'code');
  assert.equal(person.openid, 'o1');
  assert.deepEqual(grant, { accessToken: 'a', livesMs: 7_200_000, refreshToken: 'r', mayReadProfile: true });
});

test('a profile of somebody else is none', async (context) => {
  const { url } = await scriptedWechat(context, () => ({ openid: 'o2', nickname: 'x', headimgurl: '' }));
  const profiles = createWebProfiles(speakTo(context, url).api);
  const person = { openid: 'o1' as never, snapshotUser: false, unionId: null };
  const grant = { accessToken: 'a', livesMs: 1, refreshToken: 'r', mayReadProfile: true };
  await assert.rejects(profiles.profile(anAccount(), person, grant), { code: 'wechat-garbled' });
  await assert.rejects(profiles.refresh(anAccount(), person, grant), { code: 'wechat-garbled' });
});

test('an account that may not authorize people shows fault 10005', async (context) => {
  const { desk, simulator, authorization, account } = await visiting(context);
  desk.rights.kind = 'subscription-verified';
  const redirectUri = 'http://127.0.0.1/';
  const url = authorization.authorizeUrl(account, { redirectUri, scope: 'snsapi_base', state: 'a' });
  assert.match(await (await fetch(url, { redirect: 'manual' })).text(), /10005/);
  assert.equal(simulator.timeline.since(0).filter(({ kind }) => kind === 'authorization').length, 0);
});
