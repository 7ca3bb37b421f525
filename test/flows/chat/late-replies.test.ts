import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../../src/base/errors.ts';
import type { Openid, RequestKey } from '../../../src/base/ids.ts';
import { createLateReplies } from '../../../src/flows/chat/late-replies.ts';
import { createTellLateReplies } from '../../../src/flows/chat/tell-late-replies.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { CustomerMessages } from '../../../src/flows/ports/customer-messages.ts';
import type { OwedReply } from '../../../src/flows/ports/late-replies.ts';
import type { InboundMessage, MessageOutcome } from '../../../src/flows/ports/messages.ts';
import { createLateReplyStore } from '../../../src/store/account/late-replies.ts';
import { createPool } from '../../../src/store/database.ts';
import { realSleep } from '../../../src/store/database-clock.ts';
import { ProcessMemory } from '../../../src/store/process-memory.ts';
import { createCustomerMessages } from '../../../src/wechat/api/customer-messages.ts';
import { messageDoor } from '../../../src/wechat/messages/message-door.ts';
import { openDoor } from '../../support/breakable-door.ts';
import type { BreakableDoor } from '../../support/breakable-door.ts';
import { buildAccount } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { apiWorld } from '../../wechat/api/api-world.ts';
import { anAccount, aTextXml, plainDelivery } from '../../wechat/builders.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let door: BreakableDoor;
let pool: pg.Pool;

before(async () => {
  database = await freshDatabase();
  door = await openDoor(database.url);
  pool = createPool({ url: door.url, connectionsMax: 6, name: 'test' }, quietLogger());
  await buildAccount(database.client);
});
beforeEach(async () => {
  await database.client.query('delete from late_reply');
});
after(async () => {
  await pool.end();
  await door.close();
  await database.close();
});

/** A person who wrote, and everything that brings them a late reply through a simulated WeChat. */
async function chatting(context: Parameters<typeof apiWorld>[0], settings: Partial<Account> = {}) {
  const world = await apiWorld(context);
  const { simulator, people, calls } = world;
  const person = people[0] ?? assert.fail('nobody there');
  const account: Account = { ...world.account, ...settings };
  const clock = { ...world.clock, nowMs: () => simulator.clock.nowMs() };
  const logger = quietLogger();
  const store = createLateReplyStore({ pool, nowMs: clock.nowMs, logger });
  const messages = createCustomerMessages(calls, clock);
  const accounts = { account: async () => account };
  const sending: CustomerMessages['send'] = (...given) => messages.send(...given);
  const telling = (send = sending) => createTellLateReplies({ store, accounts, messages: { send }, clock, logger });
  // Waits for real: what it waits for is the database.
  const patient = { ...clock, sleep: realSleep };
  const late = createLateReplies({ memory: new ProcessMemory(), store, clock: patient, logger });
  const owe = async (key: string, text: string | null, changes: Partial<OwedReply> = {}): Promise<OwedReply> => {
    const owed = owedBy(person, key, clock.nowMs(), changes);
    await store.owe(owed, clock.nowMs());
    if (text !== null) await store.decided(owed, xmlOf(text));
    return owed;
  };
  const chat = (): readonly string[] =>
    simulator.followers
      .chat(person)
      .flatMap((item) => (item.kind === 'text' && item.from !== 'user' ? [item.text] : []));
  return { ...world, account, person, clock, store, telling, late, owe, chat };
}

function owedBy(person: Openid, key: string, atMs: number, changes: Partial<OwedReply> = {}): OwedReply {
  const id = { account: anAccount().id, key: `m:${key}:${person}` as RequestKey, openid: person };
  return { ...id, trigger: 'message', askedAtMs: atMs, ...changes };
}

function xmlOf(text: string): string {
  return `<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content></xml>`;
}

/** What a text looks like to the flows. */
function aText(fields: Record<string, string> = {}): InboundMessage {
  const account = anAccount({ messageMode: 'plain' });
  const nowMs = Date.now();
  const { query, body } = plainDelivery({ account, xml: aTextXml(fields), nowMs });
  return messageDoor.open({ account, query, body: Buffer.from(body), nowMs }).message;
}

async function states(): Promise<readonly (readonly [string, string | null])[]> {
  const found = await database.client.query<{ state: string; reason: string | null }>(
    'select state, reason from late_reply order by asked_at, request_key',
  );
  return found.rows.map((row) => [row.state, row.reason]);
}

describe('a delivery that lapses', () => {
  const never = new Promise<MessageOutcome | null>(() => {});

  test('is left to its repeat twice; with the third the reply is owed, once', async (context) => {
    const { late, account } = await chatting(context);
    const message = aText();
    const lapses = [1, 2, 3, 4].map(() => late.lapsed(account, message, Promise.resolve({ kind: 'nothing' })));
    assert.deepEqual(await Promise.all(lapses), ['wait-for-repeat', 'wait-for-repeat', 'last', 'last']);
    await late.stop();
    assert.deepEqual(await states(), [['waiting', null]]);
    assert.equal(await late.lapsed(account, aText({ MsgId: '77' }), never), 'wait-for-repeat');
  });

  test('is written down once the database is back, beside the answer', async (context) => {
    const { late, account } = await chatting(context);
    const message = aText();
    const settled = Promise.resolve({ kind: 'reply', xml: xmlOf('中了') } as const);
    for (let count = 0; count < 2; count += 1) await late.lapsed(account, message, settled);
    await door.closedWhile(async () => {
      const startedMs = performance.now();
      assert.equal(await late.lapsed(account, message, settled), 'last');
      assert.ok(performance.now() - startedMs < 1000);
      assert.deepEqual(await states(), []);
    });
    await late.stop();
    const found = await database.client.query('select reply from late_reply');
    assert.deepEqual(found.rows, [{ reply: xmlOf('中了') }]);
  });
});

describe('a late reply', () => {
  test('comes as a customer-service message, once, however many look for it', async (context) => {
    const { simulator, person, owe, telling, chat } = await chatting(context);
    await simulator.push.sendText(person, '抽奖');
    await owe('1', '恭喜中奖');
    const looked = await Promise.all([1, 2, 3].map(() => telling().tellDue()));
    assert.equal(
      looked.reduce((sum, count) => sum + count, 0),
      1,
    );
    assert.deepEqual([chat(), await states()], [['恭喜中奖'], [['sent', null]]]);
    assert.equal(await telling().tellDue(), 0);
  });

  test('is not sent when it was delivered as a reply meanwhile', async (context) => {
    const { simulator, person, owe, store, telling, chat, clock } = await chatting(context);
    await simulator.push.sendText(person, '抽奖');
    await store.told(await owe('1', '恭喜中奖'), 'delivered', clock.nowMs());
    await telling().tellDue();
    assert.deepEqual([chat(), await states()], [[], [['delivered', null]]]);
  });

  test('that was never decided says so after half a minute, and not before', async (context) => {
    const { simulator, person, owe, telling, chat } = await chatting(context);
    await simulator.push.sendText(person, '抽奖');
    await owe('1', null);
    await telling().tellDue();
    assert.deepEqual([chat(), await states()], [[], [['waiting', 'not decided yet']]]);
    simulator.clock.advance(31 * SECOND_MS);
    await telling().tellDue();
    assert.deepEqual(chat(), ['刚才太忙，没能完成，请再发一次']);
  });

  test('beyond five in 48 h or after 48 h waits for the person’s next message', async (context) => {
    const { simulator, person, owe, telling, chat, account, late } = await chatting(context);
    await simulator.push.sendText(person, '抽奖');
    for (let count = 1; count <= 6; count += 1) {
      await owe(`${count}`, `第${count}个`);
      await telling().tellDue();
    }
    assert.equal(chat().length, 5);
    assert.deepEqual((await states()).at(-1), ['next-message', 'the window is used up']);
    await owe('7', '太久了', { askedAtMs: simulator.clock.nowMs() - 48 * HOUR_MS });
    await telling().tellDue();
    const next = { ...aText(), fromUser: person };
    const told = ['刚才的回复：太久了', '刚才的回复：第6个'];
    assert.deepEqual(await late.owedWith(account, next), told);
    assert.deepEqual(await late.owedWith(account, next), told, 'a repeat of the message brings the same');
    assert.deepEqual(await late.owedWith(account, { ...next, key: 'm:other:x' as RequestKey }), []);
  });

  test('to an event has a minute and three messages', async (context) => {
    const { simulator, person, owe, telling, chat } = await chatting(context);
    await simulator.push.sendEvent(person, { Event: 'CLICK', EventKey: 'k' });
    for (let count = 1; count <= 4; count += 1) await owe(`${count}`, `${count}`, { trigger: 'event' });
    for (let count = 1; count <= 4; count += 1) await telling().tellDue();
    assert.ok(chat().length <= 3, `${chat().length} went`);
    assert.deepEqual((await states()).map(([state]) => state).toSorted(), ['next-message', 'sent', 'sent', 'sent']);
    await owe('5', '5', { trigger: 'event', askedAtMs: simulator.clock.nowMs() - 61 * SECOND_MS });
    await telling().tellDue();
    assert.deepEqual((await states())[0], ['next-message', 'the window is over']);
  });

  test('of an account that may not write waits for the next message', async (context) => {
    const silent = await chatting(context, { customerMessages: false });
    await silent.owe('1', '恭喜');
    await silent.telling().tellDue();
    assert.deepEqual(await states(), [['next-message', 'the account sends no such messages']]);
    await database.client.query('delete from late_reply');
    const refused = await chatting(context);
    refused.desk.rights.kind = 'subscription-unverified';
    await refused.simulator.push.sendText(refused.person, '抽奖');
    await refused.owe('2', '恭喜');
    await refused.telling().tellDue();
    assert.deepEqual(await states(), [['next-message', 'feature-off (48001)']]);
  });

  test('to somebody who left is given up', async (context) => {
    const { simulator, person, owe, telling } = await chatting(context);
    await simulator.push.sendText(person, '抽奖');
    await owe('1', '恭喜');
    const unfollow = async () => ({ kind: 'refused', why: 'person-unreachable', errcode: 43004 }) as const;
    await telling(unfollow).tellDue();
    assert.deepEqual(await states(), [['given-up', 'person-unreachable (43004)']]);
  });

  test('that may have gone is never sent again: no clear answer, or a sender that died', async (context) => {
    const { simulator, owe, telling, store, chat, clock } = await chatting(context);
    await owe('1', '恭喜');
    await telling(async () => ({ kind: 'unclear', reason: 'cut' })).tellDue();
    assert.deepEqual(await states(), [['unclear', null]]);
    const owed = await owe('2', '恭喜');
    const windowMs = { message: 1, event: 1 };
    await store.takeDue({ nowMs: clock.nowMs(), leaseMs: SECOND_MS, most: 1, windowMs });
    assert.equal(await store.beginSending(owed), true);
    simulator.clock.advance(2 * SECOND_MS);
    await telling().tellDue();
    assert.deepEqual([chat(), (await states()).map(([state]) => state)], [[], ['unclear', 'unclear']]);
  });

  test('that surely did not go is tried again, ten times, and then waits for the next message', async (context) => {
    const { simulator, owe, telling, store } = await chatting(context);
    await owe('1', '恭喜');
    const away: CustomerMessages['send'] = () => Promise.reject(new OutsideTrouble('wechat-away', 'away'));
    for (let tries = 1; tries <= 10; tries += 1) {
      assert.deepEqual((await states())[0]?.[0], 'waiting');
      assert.equal(await telling(away).tellDue(), 1, `try ${tries}`);
      assert.equal(await telling(away).tellDue(), 0);
      simulator.clock.advance(61 * SECOND_MS);
    }
    assert.deepEqual(await states(), [['next-message', 'wechat-away']]);
    await store.forget(simulator.clock.nowMs() + 1);
    assert.deepEqual(await states(), []);
  });
});
