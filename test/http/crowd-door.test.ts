import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideTrouble, WrongRequest } from '../../src/base/errors.ts';
import { readXml, xmlText } from '../../src/base/xml.ts';
import type { LateReplies } from '../../src/flows/chat/late-replies.ts';
import type { MessageMode } from '../../src/flows/ports/accounts.ts';
import type { MessageOutcome, ReceiveMessage } from '../../src/flows/ports/messages.ts';
import type { SharedMemory } from '../../src/flows/ports/shared-memory.ts';
import { Admissions } from '../../src/http/admissions.ts';
import { createCrowdDoor } from '../../src/http/crowd-door.ts';
import { RequestTurns } from '../../src/http/request-turns.ts';
import { wechatCallbackRoutes } from '../../src/http/routes/wechat-callback.ts';
import { RunningDeliveries } from '../../src/http/running-deliveries.ts';
import { createMetrics } from '../../src/metrics.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { messageDoor } from '../../src/wechat/messages/message-door.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAccount, aTextXml, plainDelivery, sealedDelivery } from '../wechat/builders.ts';
import { rawRequest, runApp } from './running-app.ts';

const nowMs = 1_795_200_000_000;
const BUSY = '现在参与的人太多，请稍后再发一次';
type Hook = Parameters<typeof runApp>[0];
type Lease = Pick<SharedMemory, 'holdLease'>;

interface Given {
  readonly memory?: Lease;
  readonly receiveMessage?: ReceiveMessage;
  readonly runningMax?: number;
  readonly mode?: MessageMode;
}

const drawn: ReceiveMessage = async ({ renderReply }) => ({ kind: 'reply', xml: renderReply('drawn') });

/** One process of the service: the crowd's door before the callback's route. With `runningMax` 0 it is always full. */
async function startProcess(context: Hook, given: Given = {}) {
  const { memory = new ProcessMemory(), receiveMessage = drawn, runningMax, mode = 'plain' } = given;
  const account = anAccount({ messageMode: mode });
  const accounts = { account: async () => account };
  const clock = { nowMs: () => nowMs };
  const logger = quietLogger();
  const turns = new RequestTurns();
  const metrics = createMetrics();
  const admissions = new Admissions({ memory, logger });
  const running = new RunningDeliveries({ turns, logger, ...(runningMax === undefined ? {} : { runningMax }) });
  const shared = { accounts, admissions, running, clock, door: messageDoor };
  const late: Pick<LateReplies, 'lapsed'> = { lapsed: async () => 'wait-for-repeat' };
  const router = wechatCallbackRoutes({ ...shared, receiveMessage, late, logger });
  const early = createCrowdDoor({ ...shared, turns, metrics });
  const app = await runApp(context, { routers: [router], early, turns, metrics });
  const post = ({ query, body }: ReturnType<typeof plainDelivery>): Promise<Response> =>
    fetch(`${app.url}/wechat/main?${new URLSearchParams(query).toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body,
    });
  const send = (xml: string): Promise<Response> => post(plainDelivery({ account, xml, nowMs }));
  return { ...app, account, running, metrics, warnings: logger.lines, post, send };
}

const textOf = (id: number, fields: Record<string, string | undefined> = {}): string =>
  aTextXml({ MsgId: String(id), CreateTime: String(nowMs / 1000 - 1), ...fields });

async function contentOf(response: Response): Promise<string | undefined> {
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/xml; charset=utf-8');
  return xmlText(readXml(await response.text()), 'Content');
}

/** A flow whose messages wait until they may go on; `entered` has their keys. */
function held() {
  const gate = Promise.withResolvers<void>();
  const entered: string[] = [];
  const receiveMessage: ReceiveMessage = async ({ message, renderReply }) => {
    entered.push(message.key);
    await gate.promise;
    return message.kind === 'event' ? { kind: 'nothing' } : { kind: 'reply', xml: renderReply('drawn') };
  };
  const until = async (count: number): Promise<void> => {
    while (entered.length < count) await sleep(2);
  };
  return { gate, entered, until, receiveMessage };
}

describe('while too many deliveries run', () => {
  test('a new message is told so at once, and those inside are answered', async (context) => {
    const { gate, entered, until, receiveMessage } = held();
    const { send, running, warnings, metrics } = await startProcess(context, { receiveMessage, runningMax: 2 });
    const inside = [send(textOf(1)), send(textOf(2))];
    await until(2);
    for (const id of [3, 4]) assert.equal(await contentOf(await send(textOf(id))), BUSY);
    assert.equal(entered.length, 2);
    gate.resolve();
    for (const response of await Promise.all(inside)) assert.equal(await contentOf(response), 'drawn');
    assert.ok(!running.isFull());
    assert.equal(await contentOf(await send(textOf(5))), 'drawn');
    await sleep(1100);
    const told = warnings.filter(({ event }) => event === 'messages-turned-away');
    assert.deepEqual(
      told.map(({ fields }) => fields),
      [{ messages: 2, running: 0, delayMs: 0 }],
      'one line for all',
    );
    assert.match((await metrics.text()).body, /requests_total\{route="wechat-message",method="POST",status="200"\} 5/);
  });

  test('a sealed message gets a sealed answer', async (context) => {
    const { post, account } = await startProcess(context, { runningMax: 0, mode: 'safe' });
    const body = await (await post(sealedDelivery({ account, xml: textOf(1), nowMs }))).text();
    assert.ok(!body.includes('参与') && xmlText(readXml(body), 'Encrypt') !== undefined);
  });

  test('a repeat of what is under way comes in, however soon it is and whatever the clocks say', async (context) => {
    const { gate, until, receiveMessage } = held();
    const { send } = await startProcess(context, { receiveMessage, runningMax: 1 });
    const ahead = { CreateTime: String(nowMs / 1000 + 60) };
    const first = send(textOf(1, ahead));
    await until(1);
    const repeat = send(textOf(1, ahead));
    await until(2);
    gate.resolve();
    for (const response of await Promise.all([first, repeat])) assert.equal(await contentOf(response), 'drawn');
  });

  test('an event comes in', async (context) => {
    const { entered, gate, receiveMessage } = held();
    gate.resolve();
    const { send } = await startProcess(context, { receiveMessage, runningMax: 0 });
    const event = { MsgType: 'event', Event: 'unsubscribe', Content: undefined, MsgId: undefined };
    assert.equal(await (await send(textOf(1, event))).text(), 'success');
    assert.equal(entered.length, 1);
  });

  test('what is not genuine is refused by the same words as ever', async (context) => {
    const { send, post, port, account } = await startProcess(context, { runningMax: 0 });
    const answer = async (response: Response): Promise<unknown[]> => [
      response.status,
      (await response.text()).split(':')[0],
    ];
    const genuine = plainDelivery({ account, xml: textOf(1), nowMs });
    const forged = { ...genuine, query: { ...genuine.query, signature: '0'.repeat(40) } };
    assert.deepEqual(await answer(await post(forged)), [403, 'bad-signature']);
    assert.deepEqual(await answer(await send('<xml>')), [400, 'xml-malformed']);
    assert.deepEqual(await answer(await send(`<xml>${'x'.repeat(70_000)}</xml>`)), [413, 'body-too-large']);
    assert.equal(await contentOf(await post(genuine)), BUSY);
    assert.deepEqual(await answer(await post({ ...genuine, body: textOf(2) })), [403, 'replayed']);
    const cut = await rawRequest(port, ['POST /wechat/main?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc'], {
      waitMs: 50,
    });
    assert.equal(cut, '', 'somebody who hangs up in the middle is nobody’s trouble');
    assert.equal(await contentOf(await send(textOf(3))), BUSY);
  });

  test('a body longer than any message is left to the route, so that nobody makes two doors read it', async (context) => {
    const { send } = await startProcess(context, { runningMax: 0 });
    assert.equal(await contentOf(await send(textOf(1, { Content: 'x'.repeat(9000) }))), 'drawn');
    assert.equal(await contentOf(await send(textOf(2, { Content: 'x'.repeat(2048) }))), BUSY);
  });

  test('requests that wait too long to be begun are enough', async () => {
    const turns = { delayMs: 0 };
    const running = new RunningDeliveries({ turns, logger: quietLogger() });
    assert.ok(!running.isFull());
    turns.delayMs = 401;
    assert.ok(running.isFull());
  });

  test('whatever a delivery ends in, it leaves', async (context) => {
    const ends: readonly (() => Promise<MessageOutcome>)[] = [
      () => Promise.resolve({ kind: 'nothing' }),
      () => Promise.reject(new OutsideTrouble('away', 'the database is away')),
      () => Promise.reject(new WrongRequest('odd', 'refused by the flow', { status: 400 })),
    ];
    let calls = 0;
    const receiveMessage: ReceiveMessage = async () => {
      const end = ends[calls % ends.length];
      calls += 1;
      assert.ok(end);
      return end();
    };
    const { post, account, running } = await startProcess(context, { receiveMessage, runningMax: 1 });
    for (let id = 1; id <= 6; id += 1) {
      const delivery = plainDelivery({ account, xml: textOf(id), nowMs });
      assert.equal(await (await post(delivery)).text(), 'success');
      // A signature that was used for another message.
      assert.equal((await post({ ...delivery, body: textOf(id + 100) })).status, 403);
      assert.ok(!running.isFull());
    }
    assert.equal(calls, 6);
  });
});

describe('two processes, one of them full', () => {
  async function startTwo(context: Hook, memoryOf: () => Lease) {
    const flow = held();
    const open = await startProcess(context, { memory: memoryOf(), receiveMessage: flow.receiveMessage });
    const given = { memory: memoryOf(), receiveMessage: flow.receiveMessage, runningMax: 0 };
    return { open, full: await startProcess(context, given), ...flow };
  }

  test('what one has let in is never turned away by the other', async (context) => {
    const memory = new ProcessMemory();
    const { open, full, gate, until } = await startTwo(context, () => memory);
    const first = open.send(textOf(1));
    await until(1);
    const repeat = full.send(textOf(1));
    await until(2);
    gate.resolve();
    for (const response of await Promise.all([first, repeat])) assert.equal(await contentOf(response), 'drawn');
  });

  test('what one has turned away is not drawn for by the other', async (context) => {
    const memory = new ProcessMemory();
    const { open, full, entered } = await startTwo(context, () => memory);
    for (const process of [full, open, full]) assert.equal(await contentOf(await process.send(textOf(1))), BUSY);
    assert.deepEqual([entered.length, open.running.isFull()], [0, false]);
  });

  /** Sends 40 messages to both at the same moment; returns how many were told two different things. */
  async function contradictions(context: Hook, memoryOf: () => Lease): Promise<number> {
    const { open, full, gate } = await startTwo(context, memoryOf);
    gate.resolve();
    let found = 0;
    for (let id = 1; id <= 40; id += 1) {
      const both = await Promise.all(
        [open.send(textOf(id)), full.send(textOf(id))].map(async (sent) => contentOf(await sent)),
      );
      if (both[0] !== both[1]) found += 1;
    }
    return found;
  }

  test('a message to both at once is told one thing', async (context) => {
    const memory = new ProcessMemory();
    assert.equal(await contradictions(context, () => memory), 0);
    assert.ok((await contradictions(context, () => new ProcessMemory())) > 0, 'each with a memory of its own');
  });

  test('with the shared memory in trouble everybody is let in', async (context) => {
    const memory = { holdLease: () => Promise.reject(new OutsideTrouble('redis-away', 'away')) };
    const { open, full, gate } = await startTwo(context, () => memory);
    gate.resolve();
    for (const process of [open, full]) assert.equal(await contentOf(await process.send(textOf(1))), 'drawn');
  });
});
