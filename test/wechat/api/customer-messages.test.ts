import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openid } from '../../../src/base/ids.ts';
import type { CustomerMessage } from '../../../src/flows/ports/customer-messages.ts';
import { createCustomerMessages } from '../../../src/wechat/api/customer-messages.ts';
import { createMediaLibrary } from '../../../src/wechat/api/media-library.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

const HELLO: CustomerMessage = { kind: 'text', content: '红包已到账🧧' };
const MINUTE_MS = 60_000;

/** A person who has just written, and what sends to them. */
async function chatting(context: Parameters<typeof apiWorld>[0]) {
  const world = await apiWorld(context);
  const person = world.people[0] ?? assert.fail('nobody there');
  const messages = createCustomerMessages(world.calls, world.clock);
  const send = (message: CustomerMessage = HELLO) => messages.send(world.account, person, message);
  const refused = async (why: string, errcode: number) =>
    assert.deepEqual(await send(), { kind: 'refused', why, errcode });
  return { ...world, person, messages, send, refused };
}

test('five messages go within 48 h of the person’s own', async (context) => {
  const { simulator, person, send, refused } = await chatting(context);
  await refused('window-over', 45015);
  await simulator.push.sendText(person, 'hi');
  for (let count = 0; count < 5; count += 1) assert.deepEqual(await send(), { kind: 'sent' });
  await refused('window-used-up', 45047);
  const last = simulator.followers.chat(person).at(-1);
  assert.equal(last?.kind === 'text' && last.text, '红包已到账🧧');
  await simulator.push.sendText(person, 'again');
  simulator.clock.advance(48 * 60 * MINUTE_MS - 1000);
  assert.deepEqual(await send(), { kind: 'sent' });
  simulator.clock.advance(2000);
  await refused('window-over', 45015);
});

for (const event of ['CLICK', 'scancode_push', 'scancode_waitmsg', 'subscribe', 'SCAN']) {
  test(`three messages go within a minute of ${event}`, async (context) => {
    const { simulator, person, send, refused } = await chatting(context);
    await simulator.push.sendEvent(person, { Event: event, EventKey: 'k' });
    for (let count = 0; count < 3; count += 1) assert.deepEqual(await send(), { kind: 'sent' });
    await refused('window-used-up', 45047);
    simulator.clock.advance(MINUTE_MS);
    await refused('window-over', 45015);
  });
}

test('VIEW and LOCATION open no window, a payment opens an endless one, and kinds do not add up', async (context) => {
  const { simulator, person, send, refused, desk } = await chatting(context);
  for (const Event of ['VIEW', 'LOCATION']) await simulator.push.sendEvent(person, { Event });
  await refused('window-over', 45015);
  await simulator.push.sendEvent(person, { Event: 'CLICK', EventKey: 'k' });
  await simulator.push.sendText(person, 'hi');
  for (let count = 0; count < 8; count += 1) assert.deepEqual(await send(), { kind: 'sent' });
  await refused('window-used-up', 45047);
  desk.customerMessages.acted(person, 'payment');
  for (let count = 0; count < 20; count += 1) assert.deepEqual(await send(), { kind: 'sent' });
});

test('who left, is blacklisted, switched messages off or is a stranger is left out', async (context) => {
  const { simulator, person, refused, desk, messages, account } = await chatting(context);
  await simulator.push.sendText(person, 'hi');
  const known = desk.people.get(person);
  known.blacklisted = true;
  await refused('person-unreachable', 43019);
  known.blacklisted = false;
  known.refusesMessages = true;
  await refused('person-unreachable', 48002);
  known.refusesMessages = false;
  desk.people.setFollowing(person, false);
  await refused('window-over', 45015);
  const stranger = await messages.send(account, openid('o1'), HELLO);
  assert.deepEqual(stranger, { kind: 'refused', why: 'person-unreachable', errcode: 40003 });
});

test('every kind of message arrives', async (context) => {
  const { simulator, person, send, desk, calls, account } = await chatting(context);
  const media = createMediaLibrary(calls);
  const file = (fileName: string) => ({ fileName, contentType: 'application/octet-stream', bytes: Buffer.from('x') });
  const { mediaId } = await media.upload(account, 'image', file('a.png'));
  const { mediaId: thumbMediaId } = await media.upload(account, 'thumb', file('a.jpg'));
  const words = { title: '题', description: '述' };
  const all: readonly CustomerMessage[] = [
    HELLO,
    { kind: 'image', mediaId },
    { kind: 'voice', mediaId },
    { kind: 'mpnews', mediaId },
    { kind: 'article', articleId: 'a1' },
    { kind: 'video', mediaId, thumbMediaId, ...words },
    { kind: 'music', ...words, musicUrl: 'https://a.example/1', hqMusicUrl: 'https://a.example/2', thumbMediaId },
    { kind: 'news', ...words, url: 'https://a.example', pictureUrl: '' },
    { kind: 'menu', head: '满意吗？', items: [{ id: '1', content: '满意' }], tail: '' },
    { kind: 'card', cardId: 'c1' },
    { kind: 'mini-program', title: '题', appId: 'wx0123456789abcdef', pagePath: 'p', thumbMediaId },
  ];
  desk.customerMessages.acted(person, 'payment');
  for (const message of all) assert.deepEqual(await send(message), { kind: 'sent' }, message.kind);
  assert.equal(simulator.followers.chat(person).length, all.length);
  simulator.clock.advance(3 * 86_400_000);
  desk.customerMessages.acted(person, 'payment');
  assert.deepEqual(await send({ kind: 'image', mediaId }), { kind: 'refused', why: 'media-gone', errcode: 40007 });
  desk.rights.kind = 'test';
  const menu = { kind: 'menu', head: '', items: [{ id: '1', content: 'x' }], tail: '' } as const;
  assert.deepEqual(await send(menu), { kind: 'refused', why: 'feature-off', errcode: 48008 });
});

test('what WeChat would refuse is refused before the call', async (context) => {
  const { calls, clock, account, sent } = await scriptedCalls(context, [{}]);
  const messages = createCustomerMessages(calls, clock);
  const wrong: readonly CustomerMessage[] = [
    { kind: 'text', content: '' },
    { kind: 'text', content: '红'.repeat(683) },
    { kind: 'image', mediaId: '' },
    { kind: 'menu', head: '', items: [], tail: '' },
    { kind: 'menu', head: '', items: [{ id: '', content: 'x' }], tail: '' },
    { kind: 'mini-program', title: '', appId: 'a', pagePath: 'p', thumbMediaId: 'm' },
  ];
  for (const message of wrong) {
    await assert.rejects(messages.send(account, openid('o1'), message), { code: 'arguments-wrong' });
  }
  assert.equal(sent().length, 0);
});

// binarywang/WxJava#2098
test('retry duplicates sends: a message that WeChat was too busy or too slow for is sent once and called unclear', async (context) => {
  const busy = await scriptedCalls(context, [{ errcode: -1, errmsg: 'system error' }]);
  const outcome = await createCustomerMessages(busy.calls, busy.clock).send(busy.account, openid('o1'), HELLO);
  assert.deepEqual(outcome, { kind: 'unclear', reason: 'wechat-busy' });
  assert.equal(busy.sent().length, 1);
  const garbled = await scriptedCalls(context, ['<html>']);
  const second = await createCustomerMessages(garbled.calls, garbled.clock).send(garbled.account, openid('o1'), HELLO);
  assert.deepEqual(second, { kind: 'unclear', reason: 'wechat-garbled' });
  assert.equal(garbled.sent().length, 1);
});

test('an account without the right is asked once an hour, not for each message', async (context) => {
  const { calls, clock, account, sent } = await scriptedCalls(context, [
    { errcode: 48001, errmsg: 'api unauthorized' },
  ]);
  const messages = createCustomerMessages(calls, clock);
  for (let count = 0; count < 10; count += 1) {
    const outcome = await messages.send(account, openid('o1'), HELLO);
    assert.deepEqual(outcome, { kind: 'refused', why: 'feature-off', errcode: 48001 });
  }
  assert.equal(await messages.typing(account, openid('o1'), true), false);
  assert.equal(sent().length, 1);
  clock.advance(3_600_001);
  await messages.send(account, openid('o1'), HELLO);
  assert.equal(sent().length, 2);
});

test('"is typing" shows only within 48 h of a message', async (context) => {
  const { simulator, messages, account, person } = await chatting(context);
  assert.equal(await messages.typing(account, person, true), false);
  await simulator.push.sendText(person, 'hi');
  assert.equal(await messages.typing(account, person, true), true);
  assert.equal(await messages.typing(account, person, false), true);
  simulator.clock.advance(48 * 60 * MINUTE_MS);
  assert.equal(await messages.typing(account, person, true), false);
});

for (const [kind, may] of [
  ['service-verified', true],
  ['subscription-verified', true],
  ['test', true],
  ['service-unverified', false],
  ['subscription-unverified', false],
] as const) {
  test(`a ${kind} account may ${may ? '' : 'not '}send customer messages`, async (context) => {
    const { simulator, person, send, desk } = await chatting(context);
    desk.rights.kind = kind;
    await simulator.push.sendText(person, 'hi');
    const outcome = await send();
    assert.deepEqual(outcome, may ? { kind: 'sent' } : { kind: 'refused', why: 'feature-off', errcode: 48001 });
  });
}
