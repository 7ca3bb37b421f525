import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openid } from '../../../src/base/ids.ts';
import type { Openid } from '../../../src/base/ids.ts';
import { createFollowerRecords, createFollowerTags } from '../../../src/wechat/api/follower-records.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

const STRANGER = openid(`o${'x'.repeat(27)}`);
const first = ([person]: readonly Openid[]): Openid => person ?? assert.fail('nobody there');

test('a follower is told with tags, remark and scene; who left is only an openid; a stranger is nobody', async (context) => {
  const { calls, account, desk, people, simulator } = await apiWorld(context);
  const records = createFollowerRecords(calls);
  const tags = createFollowerTags(calls);
  const person = first(people);
  await records.setRemark(account, person, '张三🧧');
  const tagId = await tags.create(account, '常客');
  await tags.tag(account, tagId, [person]);
  assert.deepEqual(await records.record(account, person), {
    openid: person,
    subscribed: true,
    unionId: null,
    subscribedAtMs: Math.floor(simulator.followers.get(person).subscribedAtMs / 1000) * 1000,
    remark: '张三🧧',
    tagIds: [tagId],
    cameBy: 'ADD_SCENE_SEARCH',
    scene: null,
  });
  desk.people.boundToOpenPlatform = true;
  desk.people.setFollowing(person, false);
  const gone = await records.record(account, person);
  assert.equal(gone?.subscribed, false);
  assert.match(gone?.unionId ?? '', /^o[\w-]{27}$/);
  assert.equal(await records.record(account, STRANGER), null);
});

test('a batch tells up to 100 people, all of them and nobody else', async (context) => {
  const { calls, account, people } = await apiWorld(context, { followers: 100 });
  const records = createFollowerRecords(calls);
  const told = await records.records(account, people);
  assert.deepEqual(told.map((one) => one.openid).toSorted(), people.toSorted());
  for (const wrong of [[], [...people, STRANGER]]) {
    await assert.rejects(records.records(account, wrong), { code: 'arguments-wrong' });
  }
  await assert.rejects(records.records(account, [STRANGER]), { code: 'wechat-said-no', message: /40003, rid \w{8}-/ });
});

test('pages of followers lead from one to the next and end', async (context) => {
  const { calls, account, desk, people } = await apiWorld(context, { followers: 7 });
  desk.users.pageMax = 3;
  const records = createFollowerRecords(calls);
  const seen: Openid[] = [];
  let after: Openid | null = null;
  for (let pages = 0; pages < 4; pages += 1) {
    const page = await records.page(account, after);
    assert.equal(page.total, 7);
    seen.push(...page.openids);
    after = page.next;
  }
  assert.equal(after, null);
  assert.deepEqual(seen, people);
});

test('tags are made, renamed, given, taken and removed, and their faults are the operator’s', async (context) => {
  const { calls, account, desk, people } = await apiWorld(context);
  const tags = createFollowerTags(calls);
  const tagId = await tags.create(account, '新人');
  await assert.rejects(tags.create(account, '新人'), { code: 'wechat-said-no', message: /45157/ });
  await tags.rename(account, tagId, '老友');
  await tags.tag(account, tagId, people);
  assert.deepEqual(await tags.tagsOf(account, first(people)), [tagId]);
  assert.deepEqual((await tags.members(account, tagId, null)).openids, people);
  await tags.untag(account, tagId, people.slice(1));
  const own = (await tags.tags(account)).find(({ id }) => id === tagId);
  assert.deepEqual(own, { id: tagId, name: '老友', followers: 1 });
  await assert.rejects(tags.rename(account, 2, 'x'), { message: /45058/ });
  await assert.rejects(tags.tag(account, 999, people), { message: /45159/ });
  await assert.rejects(tags.tag(account, tagId, [STRANGER]), { message: /49003/ });
  desk.tags.deletableMax = 0;
  await assert.rejects(tags.remove(account, tagId), { message: /45057/ });
  desk.tags.deletableMax = 1;
  await tags.remove(account, tagId);
  assert.deepEqual(await tags.tagsOf(account, first(people)), []);
  for (const name of ['', ' ', '红'.repeat(11)]) {
    await assert.rejects(tags.create(account, name), { code: 'arguments-wrong' });
  }
  await assert.rejects(tags.tag(account, tagId, Array<Openid>(51).fill(STRANGER)), { code: 'arguments-wrong' });
  await assert.rejects(tags.block(account, Array<Openid>(21).fill(STRANGER)), { code: 'arguments-wrong' });
});

test('an account has at most 100 tags and a person at most 20', async (context) => {
  const { calls, account, people } = await apiWorld(context);
  const tags = createFollowerTags(calls);
  for (let number = 0; number < 100; number += 1) {
    const tagId = await tags.create(account, `标签${number}`);
    if (number < 20) await tags.tag(account, tagId, people.slice(0, 1));
    if (number === 20) await assert.rejects(tags.tag(account, tagId, people.slice(0, 1)), { message: /45059/ });
  }
  await assert.rejects(tags.create(account, '多一个'), { message: /45056/ });
});

test('the blacklist holds who was put there', async (context) => {
  const { calls, account, people } = await apiWorld(context);
  const tags = createFollowerTags(calls);
  await tags.block(account, people.slice(0, 2));
  assert.deepEqual((await tags.blacklist(account, null)).openids, people.slice(0, 2));
  await tags.unblock(account, people.slice(0, 1));
  const page = await tags.blacklist(account, null);
  assert.deepEqual(page.openids, people.slice(1, 2));
  assert.deepEqual(await tags.blacklist(account, page.next), { openids: [], next: null });
});

test('reads are repeated while WeChat is busy, twice at most', async (context) => {
  const busy = { errcode: -1, errmsg: 'system error' };
  const { calls, account, sent } = await scriptedCalls(context, [busy, busy, { tags: [] }]);
  assert.deepEqual(await createFollowerTags(calls).tags(account), []);
  assert.equal(sent().length, 3);
  const stuck = await scriptedCalls(context, [busy]);
  await assert.rejects(createFollowerTags(stuck.calls).tags(account), { code: 'wechat-busy' });
  assert.equal(stuck.sent().length, 3);
  await assert.rejects(createFollowerTags(stuck.calls).create(account, 'x'), { code: 'wechat-busy' });
  assert.equal(stuck.sent().length, 4, 'a second try could find its own tag in the way');
});

test('an answer about somebody else, or an odd one, is none', async (context) => {
  const odd = [
    { openid: 'o2', subscribe: 1, subscribe_time: 1 },
    { openid: 'o1', subscribe: '1', subscribe_time: 1 },
    { openid: 'o1', subscribe: 1 },
    { openid: 'o1', subscribe: 2, subscribe_time: 1 },
    { openid: 'o1', subscribe: 1, subscribe_time: 1, tagid_list: ['1'] },
  ];
  const { calls, account } = await scriptedCalls(context, odd);
  for (const _ of odd) {
    await assert.rejects(createFollowerRecords(calls).record(account, openid('o1')), { code: 'wechat-garbled' });
  }
});

// binarywang/weixin-java-miniapp-demo#53, weixin-java-mp-demo#138, WxJava#710, #1913
test('wrong openid per appid: another account’s openid is nobody, and the same person has another there', async (context) => {
  const other = 'wxbbbbbbbbbbbbbbbb';
  const { calls, account, simulator, people } = await apiWorld(context, { appIds: [other] });
  const records = createFollowerRecords(calls);
  const there = openid(simulator.followers.get(first(people)).otherOpenids[other] ?? '');
  assert.notEqual(there, first(people));
  assert.equal(await records.record(account, there), null);
  const second = { ...account, appId: other, appSecret: simulator.secrets.get(other) ?? '' };
  assert.equal(await records.record(second, first(people)), null);
  assert.equal(
    (await records.record(second, there))?.subscribed,
    false,
    'following one account is not following another',
  );
  for (const desk of simulator.desks.values()) desk.people.boundToOpenPlatform = true;
  simulator.desks.get(other)?.people.setFollowing(there, true);
  const [here, beyond] = await Promise.all([records.record(account, first(people)), records.record(second, there)]);
  assert.equal(beyond?.subscribed, true);
  assert.equal(here?.unionId, beyond?.unionId);
  assert.notEqual(here?.unionId, null);
});

// Production log of a bot that took the account for a parameter but did not switch to it.
test('multi-account thread-local bug: calls of two accounts at once keep to their own tokens', async (context) => {
  const other = 'wxbbbbbbbbbbbbbbbb';
  const { calls, account, simulator, people } = await apiWorld(context, { appIds: [other] });
  const second = { ...account, appId: other, appSecret: simulator.secrets.get(other) ?? '' };
  const records = createFollowerRecords(calls);
  const both = people.map(
    (person) => [person, openid(simulator.followers.get(person).otherOpenids[other] ?? '')] as const,
  );
  const told = await Promise.all(
    both.flatMap(([here, there]) => [records.record(account, here), records.record(second, there)]),
  );
  assert.ok(told.every((one) => one !== null));
});
