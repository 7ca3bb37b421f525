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
import { RunningDeliveries } from '../../src/http/running-deliveries.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { eventually } from '../support/world.ts';
import { anAccount, aTextXml, plainDelivery, sealedDelivery } from '../wechat/builders.ts';
import { rawRequest } from './running-app.ts';
import { runCallback } from './running-callback.ts';

const nowMs = 1_795_200_000_000;
const BUSY = '现在参与的人太多，请稍后再发一次';
type Hook = Parameters<typeof runCallback>[0];
type Lease = Pick<SharedMemory, 'holdLease'>;

interface Given {
  readonly memory?: Lease;
  readonly receiveMessage?: ReceiveMessage;
  readonly runningMax?: number;
  readonly mode?: MessageMode;
  readonly proxyHops?: number;
  readonly late?: Pick<LateReplies, 'lapsed'>;
  readonly answerDeadlineMs?: number;
}

const drawn: ReceiveMessage = async ({ renderReply }) => ({ kind: 'reply', xml: renderReply('drawn') });

/** One process of the service. With `runningMax` 0 it is always full. */
async function startProcess(context: Hook, given: Given = {}) {
  const { memory = new ProcessMemory(), receiveMessage = drawn, mode = 'plain', ...more } = given;
  const account = anAccount({ messageMode: mode });
  const callback = await runCallback(context, {
    late: { lapsed: async () => 'wait-for-repeat' },
    ...more,
    account,
    receiveMessage,
    admissions: new Admissions({ memory, logger: quietLogger() }),
    clock: { nowMs: () => nowMs },
  });
  const send = (xml: string): Promise<Response> => callback.post(plainDelivery({ account, xml, nowMs }));
  return { ...callback, account, send };
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

/** Lines of the access log, once they are written. */
async function visits(
  logger: ReturnType<typeof quietLogger>,
  count: number,
): Promise<readonly Record<string, unknown>[]> {
  const written = () => logger.lines.filter(({ event }) => event === 'request').map(({ fields }) => fields);
  return eventually('so many lines', () => written().length >= count && written());
}

describe('a delivery, which Koa never sees', () => {
  test('is logged and measured like any request, from the address that Koa would say', async (context) => {
    for (const [proxyHops, forwarded] of [
      [0, '6.6.6.6'],
      [1, ' 6.6.6.6 , 1.2.3.4 '],
      [2, '6.6.6.6, 1.2.3.4,5.6.7.8'],
      [3, '1.2.3.4'],
      [1, ''],
    ] as const) {
      const { url, logger, metrics } = await startProcess(context, { proxyHops });
      const headers = { 'x-forwarded-for': forwarded };
      const answer = await fetch(`${url}/wechat/main?signature=secret`, { method: 'POST', headers, body: 'x' });
      await (await fetch(`${url}/healthz`, { headers })).text();
      const [line, koas] = await visits(logger, 2);
      const { ms, ...rest } = line ?? {};
      assert.deepEqual(rest, {
        requestId: answer.headers.get('x-request-id'),
        method: 'POST',
        path: '/wechat/main',
        route: 'wechat-message',
        status: 400,
        from: koas?.['from'],
        code: 'query-malformed',
      });
      assert.match(String(rest.requestId), /^[0-9a-f]{16}$/);
      assert.equal(typeof ms, 'number');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.match(
        (await metrics.text()).body,
        /requests_total\{route="wechat-message",method="POST",status="400"\} 1/,
      );
    }
  });

  test('comes in at every form of the address that the check takes', async (context) => {
    const { url, account } = await startProcess(context);
    const { query, body } = plainDelivery({ account, xml: textOf(1), nowMs });
    for (const path of ['/wechat/main', '/wechat/main/', '/WeChat/main']) {
      const address = `${url}${path}?${new URLSearchParams(query).toString()}`;
      assert.equal(await contentOf(await fetch(address, { method: 'POST', body })), 'drawn');
      assert.match(await (await fetch(address)).text(), /^query-malformed/, 'the check is there, too');
    }
    for (const path of ['/wechat/', '/wechat', '/wechat/main/more', '/other/wechat/main']) {
      assert.equal((await fetch(url + path, { method: 'POST', body })).status, 404);
    }
  });

  test('that meets a bug is 500, an error in the log, and silent to the caller', async (context) => {
    const receiveMessage: ReceiveMessage = () => new Promise(() => {});
    const late: Pick<LateReplies, 'lapsed'> = { lapsed: () => Promise.reject(new Error('secret inside')) };
    const { send, logger } = await startProcess(context, { receiveMessage, late, answerDeadlineMs: 50 });
    const answer = await send(textOf(1));
    const body = await answer.text();
    assert.deepEqual([answer.status, body.includes('secret')], [500, false]);
    assert.ok(body.includes(answer.headers.get('x-request-id') ?? 'no id'));
    const errors = logger.lines.filter(({ level }) => level === 'error');
    assert.deepEqual([errors.length, errors[0]?.event], [1, 'request-failed']);
    assert.equal((await visits(logger, 1))[0]?.['code'], 'internal');
  });

  test('whose sender hangs up is told as cut', async (context) => {
    const { port, logger } = await startProcess(context);
    await rawRequest(port, ['POST /wechat/main HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc'], { waitMs: 50 });
    const [line] = await visits(logger, 1);
    assert.deepEqual([line?.['cut'], line?.['status'], line?.['from']], [true, 499, '127.0.0.1']);
  });
});

describe('while too many deliveries run', () => {
  test('a new message is told so at once, and those inside are answered', async (context) => {
    const { gate, entered, until, receiveMessage } = held();
    const { send, running, logger, metrics } = await startProcess(context, { receiveMessage, runningMax: 2 });
    const inside = [send(textOf(1)), send(textOf(2))];
    await until(2);
    for (const id of [3, 4]) assert.equal(await contentOf(await send(textOf(id))), BUSY);
    assert.equal(entered.length, 2);
    gate.resolve();
    for (const response of await Promise.all(inside)) assert.equal(await contentOf(response), 'drawn');
    assert.ok(!running.isFull());
    assert.equal(await contentOf(await send(textOf(5))), 'drawn');
    const told = () => logger.lines.filter(({ event }) => event === 'messages-turned-away').map(({ fields }) => fields);
    await eventually('the line', () => told().length > 0);
    assert.deepEqual(told(), [{ messages: 2, running: 0, delayMs: 0 }], 'one line for all');
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
