import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openid } from '../../../src/base/ids.ts';
import {
  createSubscriptionNotices,
  createTemplateMessages,
  readNoticeErrorCode,
  readTemplateStatus,
} from '../../../src/wechat/api/notices.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

const WON = { thing1: '现金红包', amount2: '1.88元' };

async function noticing(context: Parameters<typeof apiWorld>[0]) {
  const world = await apiWorld(context);
  const person = world.people[0] ?? assert.fail('nobody there');
  const templates = createTemplateMessages(world.calls);
  const notices = createSubscriptionNotices(world.calls);
  const [won, arrived] = await templates.templates(world.account);
  assert.ok(won !== undefined && arrived !== undefined);
  return { ...world, person, templates, notices, won, arrived };
}

test('a template message is accepted, shown, and its end told by an event with the same id', async (context) => {
  const { account, person, templates, won, desk, pushed, simulator } = await noticing(context);
  assert.deepEqual(won.places, ['thing1', 'amount2']);
  const notice = { person, templateId: won.id, values: WON, url: 'https://a.example' };
  const outcome = await templates.send(account, { ...notice, clientMessageId: 'award-1' });
  assert.ok(outcome.kind === 'accepted' && BigInt(outcome.messageId ?? 0) > 2n ** 53n);
  await desk.notices.settled();
  const event = pushed.at(-1) ?? '';
  assert.ok(event.includes('TEMPLATESENDJOBFINISH') && event.includes(`<MsgID>${outcome.messageId}</MsgID>`), event);
  const shown = simulator.followers.chat(person).at(-1);
  assert.match(shown?.kind === 'text' ? shown.text : '', /奖品：现金红包\n金额：1\.88元/);
});

for (const [status, meaning] of [
  ['success', 'delivered'],
  ['failed:user block', 'blocked-by-person'],
  ['failed: system failed', 'failed'],
] as const) {
  test(`an event can say ${status}`, async (context) => {
    const { account, person, templates, won, desk, pushed } = await noticing(context);
    desk.notices.templateStatus = status;
    await templates.send(account, { person, templateId: won.id, values: WON, clientMessageId: 'a' });
    await desk.notices.settled();
    const told = /<Status><!\[CDATA\[(.*?)\]\]>/.exec(pushed.at(-1) ?? '')?.[1] ?? '';
    assert.equal(readTemplateStatus(told), meaning);
  });
}

test('statuses are read with and without blanks, and an unknown one is no delivery', () => {
  assert.equal(readTemplateStatus('failed: user block'), 'blocked-by-person');
  assert.equal(readTemplateStatus('failed:system failed'), 'failed');
  assert.equal(readTemplateStatus('successful?'), 'failed');
  assert.deepEqual(['0', ' 0', '43101', ''].map(readNoticeErrorCode), ['delivered', 'delivered', 'failed', 'failed']);
});

test('the same client id sends once within ten minutes', async (context) => {
  const { account, person, templates, won, desk, simulator, pushed } = await noticing(context);
  const notice = { person, templateId: won.id, values: WON, clientMessageId: 'award-1' };
  const first = await templates.send(account, notice);
  assert.deepEqual(await templates.send(account, notice), first);
  await desk.notices.settled();
  assert.equal(pushed.length, 1);
  simulator.clock.advance(600_000);
  assert.notDeepEqual(await templates.send(account, notice), first);
  await desk.notices.settled();
});

test('refusals of a template message have their reasons', async (context) => {
  const { account, person, templates, won, desk } = await noticing(context);
  const send = async (given: object) => {
    const notice = { person, templateId: won.id, values: WON, clientMessageId: 'a', ...given };
    const outcome = await templates.send(account, notice);
    return outcome.kind === 'refused' ? [outcome.why, outcome.errcode] : [outcome.kind];
  };
  assert.deepEqual(await send({ values: { thing1: 'x' } }), ['values-wrong', 47003]);
  assert.deepEqual(await send({ templateId: 'gone' }), ['template-gone', 40037]);
  assert.deepEqual(await send({ person: openid('o1') }), ['person-unreachable', 40003]);
  desk.people.setFollowing(person, false);
  assert.deepEqual(await send({}), ['person-unreachable', 43004]);
  desk.rights.kind = 'subscription-verified';
  assert.deepEqual(await send({}), ['feature-off', 48001]);
  for (const clientMessageId of ['', 'x'.repeat(33), 'a b']) {
    await assert.rejects(send({ clientMessageId }), { code: 'arguments-wrong' });
  }
  await assert.rejects(send({ values: { 'thing1.DATA': 'x' } }), { code: 'arguments-wrong' });
});

test('a template message is repeated while WeChat is busy, because its id makes that harmless', async (context) => {
  const busy = { errcode: -1, errmsg: 'system error' };
  const { calls, account, sent } = await scriptedCalls(context, [busy, { errcode: 0, msgid: 7 }]);
  const notice = { person: openid('o1'), templateId: 't', values: { a: 'b' }, clientMessageId: 'x' };
  const outcome = await createTemplateMessages(calls).send(account, notice);
  assert.deepEqual(outcome, { kind: 'accepted', messageId: '7' });
  assert.equal(sent().length, 2);
  assert.ok(sent().every(({ body }) => body.includes('"client_msg_id":"x"')));
  const stuck = await scriptedCalls(context, [busy]);
  const unclear = await createTemplateMessages(stuck.calls).send(stuck.account, notice);
  assert.deepEqual(unclear, { kind: 'unclear', reason: 'wechat-busy' });
});

test('each consent is good for one subscription notice', async (context) => {
  const { account, person, notices, arrived, desk, pushed } = await noticing(context);
  const send = () => notices.send(account, { person, templateId: arrived.id, values: { thing1: '红包到账' } });
  const refused = await send();
  assert.deepEqual(refused.kind === 'refused' && [refused.why, refused.errcode], ['no-consent', 43101]);
  await desk.notices.consent(person, arrived.id);
  assert.match(pushed.at(-1) ?? '', /subscribe_msg_popup_event[^]*<List>[^]*accept/);
  assert.deepEqual(await send(), { kind: 'accepted', messageId: null });
  await desk.notices.settled();
  assert.match(pushed.at(-1) ?? '', /subscribe_msg_sent_event[^]*<ErrorCode>0<\/ErrorCode>/);
  assert.equal((await send()).kind, 'refused');
  await desk.notices.consent(person, arrived.id, false);
  assert.equal((await send()).kind, 'refused');
});

test('wrong names of places are the values’ fault even where WeChat blames the openid', async (context) => {
  const { account, person, notices, arrived, desk } = await noticing(context);
  await desk.notices.consent(person, arrived.id);
  const outcome = await notices.send(account, { person, templateId: arrived.id, values: { thing9: 'x' } });
  assert.deepEqual(outcome.kind === 'refused' && [outcome.why, outcome.errcode], ['values-wrong', 40003]);
});

test('values beyond their limits are told by path before anything is sent', async (context) => {
  const { calls, account, sent } = await scriptedCalls(context, [{ errcode: 0 }]);
  const send = (values: Record<string, string>) =>
    createSubscriptionNotices(calls).send(account, { person: openid('o1'), templateId: 't', values });
  const wrong: Record<string, string> = {
    thing1: '红'.repeat(21),
    number2: '1'.repeat(33),
    letter3: '红',
    symbol4: '!!!!!!',
    character_string5: '红',
    amount6: '12345678901元',
    phone_number7: '1'.repeat(18),
    car_number8: '粤A12345678',
    name9: '红'.repeat(11),
    phrase10: '红'.repeat(6),
    time11: 'soon',
    other: '',
  };
  await assert.rejects(send(wrong), (error: { faults?: readonly { path: string }[] }) => {
    assert.deepEqual(
      error.faults?.map(({ path }) => path),
      Object.keys(wrong).map((name) => `values.${name}`),
    );
    return true;
  });
  assert.equal(sent().length, 0);
  const right = { thing1: '🧧'.repeat(20), amount2: '¥1.88', phrase3: '已到账', time4: '2026年11月21日 10:00' };
  assert.equal((await send({ ...right, name5: '张三', car_number6: '粤A1234' })).kind, 'accepted');
});

test('a subscription notice that may have gone is never repeated', async (context) => {
  const { calls, account, sent } = await scriptedCalls(context, [{ errcode: -1, errmsg: 'system error' }]);
  const notice = { person: openid('o1'), templateId: 't', values: { thing1: 'x' } };
  const outcome = await createSubscriptionNotices(calls).send(account, notice);
  assert.deepEqual(outcome, { kind: 'unclear', reason: 'wechat-busy' });
  assert.equal(sent().length, 1);
});
