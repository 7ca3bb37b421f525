import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { fen } from '../../../src/base/fen.ts';
import { merchantId } from '../../../src/base/ids.ts';
import { createDeliverWebhooks, RETRIED_FOR_MS } from '../../../src/flows/webhooks/deliver-webhooks.ts';
import type { QueryOutcome, RailStatus, SendOutcome } from '../../../src/flows/ports/payouts.ts';
import type { EndpointKey, WebhookEvent } from '../../../src/flows/ports/webhooks.ts';
import { webhookBody } from '../../../src/http/contract/console-webhooks.ts';
import { createWebhookSender } from '../../../src/notify/webhook-sender.ts';
import { newWebhookSecret } from '../../../src/notify/webhook-signature.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { REISSUE_MAX } from '../../../src/flows/ports/reissues.ts';
import { createReissueStore } from '../../../src/store/reissue-store.ts';
import { anyone } from '../../support/reissue-world.ts';
import { createSecretBox } from '../../../src/store/sealed-secret.ts';
import { createWebhookQueue } from '../../../src/store/webhooks/webhook-queue.ts';
import { createWebhookStore } from '../../../src/store/webhooks/webhook-store.ts';
import { NOON_MS, randomId } from '../../support/builders.ts';
import { batcherOver, follower, messageKey } from '../../support/draws.ts';
import { publishActivity } from '../../support/live-activity.ts';
import { call, claimOne, openPayoutWorld } from '../../support/payout-world.ts';
import type { PayoutWorld } from '../../support/payout-world.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const DYING = new URL('../../support/webhook-process.ts', import.meta.url).pathname;
const box = createSecretBox(Buffer.alloc(32));
const sender = createWebhookSender({ testHostsAllowed: true, timeoutMs: 500 });
const PRIZE = { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1 } as const;
let world: PayoutWorld;
let receiver: WebhookReceiver;
let activity: Awaited<ReturnType<typeof publishActivity>>;
let nowMs = NOON_MS;
let drawn = 0;

before(async () => {
  world = await openPayoutWorld();
  receiver = await startWebhookReceiver();
  activity = await publishActivity(world.client, { prizes: [{ ...PRIZE, stock: 1000 }] });
});
beforeEach(async () => {
  await world.client.query('truncate webhook_delivery, webhook_endpoint');
  await world.client.query('update payout set due_at = null');
  receiver.received.length = 0;
  receiver.answer = (_received, response) => void response.writeHead(204).end();
  nowMs = Date.now();
});
after(async () => {
  await Promise.all([receiver.close(), sender.close()]);
  await world.close();
});

async function listen(events: readonly WebhookEvent[], name = 'shop', url = receiver.url): Promise<EndpointKey> {
  const key = { account: activity.accountId, id: name };
  const input = { name, url, events, secret: newWebhookSecret(), madeBy: 'anna', nowMs };
  await createWebhookStore(world.pool, box).add(key, input);
  return key;
}

/** Somebody draws, and here everybody wins. */
async function win(): Promise<void> {
  drawn += 1;
  const batcher = batcherOver(createDrawStore(world.pool));
  await batcher.draw({ activity, openid: follower(drawn), key: messageKey(`w${drawn}`), render: (text) => text });
  nowMs = Math.max(nowMs, Date.now());
}

const found = (status: RailStatus): QueryOutcome => ({
  kind: 'found',
  status,
  reason: '',
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
});

const DUE_ALONE = `update payout set due_at = case when award_id = (select id from award order by created_at desc limit 1) then $1::timestamptz end`;

/** WeChat Pay answers the calls for the payout of the last award, one after another. */
async function pay(...outcomes: readonly (SendOutcome | QueryOutcome)[]): Promise<void> {
  for (const outcome of outcomes) {
    nowMs += 60_000;
    await world.client.query(DUE_ALONE, [new Date(nowMs)]);
    await call(world.store, await claimOne(world.store, nowMs), outcome, nowMs);
  }
}

const SENT: SendOutcome = { kind: 'paid', railNumber: '1000' };
const OPENED = [SENT, found('RECEIVED')];

async function reissueAll(): Promise<void> {
  const store = createReissueStore({ pool: world.pool, payoutsMax: REISSUE_MAX });
  const { rows } = await world.client.query<{ id: string }>('select id as id from merchant');
  const period = { fromMs: nowMs - 3_600_000, untilMs: nowMs + 1 };
  const selection = { merchantId: merchantId(rows[0]?.id ?? ''), ...period, reason: null, activityId: activity.id };
  const { id } = await store.request({ id: randomId(), selection, why: 'why', operatorId: 'zhang', nowMs });
  await store.decide({ id, decision: 'approved', operatorId: 'li', nowMs, orderPrefix: 'test' }, anyone);
}

const round = async (): Promise<void> => {
  const queue = createWebhookQueue(world.pool, box);
  const deliver = createDeliverWebhooks({ queue, sender, clock: { nowMs: () => nowMs }, logger: quietLogger() });
  await deliver.begin(new AbortController().signal);
  await deliver.settled();
};

async function states(): Promise<readonly string[]> {
  const found = await world.client.query<{ line: string }>(
    "select event || ' ' || state || ' ' || tries as line from webhook_delivery order by id",
  );
  return found.rows.map(({ line }) => line);
}

test('without an endpoint nothing is written; an endpoint hears what it listens to from then on', async () => {
  await win();
  assert.deepEqual(await states(), []);
  await listen(['award.created', 'payout.sent', 'payout.received']);
  await listen(['payout.received'], 'other');
  await win();
  await pay(...OPENED);
  assert.deepEqual(await states(), [
    'award.created waiting 0',
    'payout.sent waiting 0',
    'payout.received waiting 0',
    'payout.received waiting 0',
  ]);
});

test('events of an award come one after another with who won what, and are not told twice', async () => {
  await listen(['award.created', 'payout.sent', 'payout.received']);
  await win();
  await pay(...OPENED);
  await round();
  const events = receiver.events();
  assert.deepEqual(
    events.map(({ type }) => type),
    ['award.created', 'payout.sent', 'payout.received'],
  );
  for (const event of events) webhookBody.parse(event);
  const [award, sent] = events;
  const { awardId, openid, amountFen, prizeId, accountId } = award?.data ?? {};
  assert.deepEqual([openid, amountFen, prizeId, accountId], [follower(drawn), 100, 'one-yuan', 'main']);
  assert.equal(sent?.data['awardId'], awardId);
  assert.match(String(sent?.data['orderNumber']), /^\w{20,28}$/);
  await round();
  assert.equal(receiver.received.length, 3);
});

test('of a packet that was taken in part it is told how much was received', async () => {
  await listen(['payout.sent', 'payout.received']);
  await win();
  const part = { ...found('REFUND'), returnedFen: fen(40), deliveredFen: fen(60) };
  await pay(SENT, part);
  await win();
  await pay(...OPENED);
  await round();
  assert.deepEqual(
    receiver
      .events()
      .filter(({ type }) => type === 'payout.received')
      .map(({ data }) => [data['amountFen'], data['receivedFen']]),
    [
      [100, 60],
      [100, 100],
    ],
  );
  assert.ok(receiver.events().every(({ type, data }) => type === 'payout.received' || data['receivedFen'] === null));
});

test('while an event is not taken the later ones of its award wait, and those of others are told', async () => {
  await listen(['award.created', 'payout.sent', 'payout.received']);
  await win();
  await pay(...OPENED);
  receiver.answer = (_received, response) => void response.writeHead(500).end();
  await round();
  assert.deepEqual(await states(), ['award.created waiting 1', 'payout.sent waiting 0', 'payout.received waiting 0']);
  await win();
  receiver.answer = (_received, response) => void response.writeHead(200).end();
  nowMs += 1500;
  await round();
  await round();
  nowMs += 5000;
  await round();
  await round();
  const first = receiver.events()[0]?.data['awardId'];
  const ofFirst = receiver.events().filter(({ data }) => data['awardId'] === first);
  assert.deepEqual(
    ofFirst.map(({ type }) => type),
    ['award.created', 'award.created', 'payout.sent', 'payout.received'],
  );
  assert.equal(new Set(ofFirst.map(({ id }) => id)).size, 3);
  assert.ok((await states()).every((line) => line.includes('delivered')));
});

test('an endpoint that is down is asked seldom, and after three days what it did not take is parked and can be ordered', async () => {
  const key = await listen(['award.created']);
  for (const _ of [1, 2, 3]) await win();
  receiver.answer = (_received, response) => void response.writeHead(503).end();
  await round();
  const asked = receiver.received.length;
  await round();
  assert.equal(receiver.received.length, asked, 'it rests');
  nowMs += RETRIED_FOR_MS;
  await round();
  assert.equal(receiver.received.length, asked + 1, 'one is enough to see that it is still down');
  assert.ok((await states()).every((line) => line.includes('parked')));
  receiver.answer = (_received, response) => void response.writeHead(200).end();
  assert.equal(await createWebhookStore(world.pool, box).redeliver(key, 'parked', nowMs), 3);
  await round();
  assert.ok((await states()).every((line) => line.includes('delivered')));
});

test('a slow endpoint holds up nobody else', async () => {
  const slow = await startWebhookReceiver();
  slow.answer = () => {};
  await listen(['award.created'], 'slow', slow.url);
  await listen(['award.created'], 'quick');
  await win();
  const began = performance.now();
  const done = round();
  while (receiver.received.length === 0 && performance.now() - began < 450)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(receiver.received.length, 1);
  await done;
  assert.deepEqual((await states()).toSorted(), ['award.created delivered 1', 'award.created waiting 1']);
  await slow.close();
});

test('two processes tell each event once; one that died has its events told by another when its lease is over', async () => {
  const key = await listen(['award.created']);
  for (const _ of [1, 2, 3, 4]) await win();
  const dead = await createWebhookQueue(world.pool, box).claim(key, { nowMs, leaseUntilMs: nowMs + 60_000, most: 1 });
  assert.equal(dead.length, 1);
  await Promise.all([round(), round()]);
  assert.equal(receiver.received.length, 3);
  nowMs += 60_001;
  await Promise.all([round(), round()]);
  assert.equal(new Set(receiver.events().map(({ id }) => id)).size, 4);
  assert.equal(receiver.received.length, 4);
});

test('both secrets sign for a day after a change, and neither is stored as it is', async () => {
  const key = await listen(['award.created']);
  const secret = newWebhookSecret();
  await createWebhookStore(world.pool, box).rotate(key, { secret, previousUntilMs: nowMs + 86_400_000, nowMs });
  await win();
  await round();
  assert.equal(String(receiver.received[0]?.headers['webhook-signature']).split(' ').length, 2);
  nowMs += 86_400_001;
  await win();
  await round();
  assert.equal(String(receiver.received.at(-1)?.headers['webhook-signature']).split(' ').length, 1);
  const stored = JSON.stringify((await world.client.query('select * from webhook_endpoint')).rows);
  assert.ok(!stored.includes('whsec_'));
});

test('what was told is forgotten in time, and a removed endpoint with all it waited for', async () => {
  const key = await listen(['award.created']);
  await win();
  await round();
  await win();
  const queue = createWebhookQueue(world.pool, box);
  const old = { deliveredBeforeMs: nowMs + 1, parkedBeforeMs: 0, most: 10 };
  assert.equal(await queue.forget(old), 1);
  assert.deepEqual(await states(), ['award.created waiting 0']);
  await createWebhookStore(world.pool, box).remove(key, nowMs);
  await queue.forget(old);
  assert.deepEqual(await states(), []);
});

test('an endpoint is told of each turn that a payout takes', async () => {
  const events = ['payout.sent', 'payout.returned', 'payout.failed', 'payout.parked', 'payout.reissued'] as const;
  await listen(events);
  await win();
  await pay(SENT, found('REFUND'));
  await win();
  await pay({ kind: 'refused', code: 'SEND_FAILED', message: '' }, found('FAILED'));
  await reissueAll();
  await win();
  await pay({ kind: 'refused', code: 'OPENID_ERROR', message: '' });
  assert.deepEqual(await states(), [
    'payout.sent waiting 0',
    'payout.returned waiting 0',
    'payout.failed waiting 0',
    'payout.reissued waiting 0',
    'payout.parked waiting 0',
  ]);
});

test('a change that is rolled back tells nobody', async () => {
  await listen(['award.created']);
  await world.client.query(
    'alter table award add constraint nobody_wins check (created_at < $$2000-01-01$$) not valid',
  );
  await assert.rejects(win());
  await world.client.query('alter table award drop constraint nobody_wins');
  assert.deepEqual(await states(), []);
});

test('a process that is killed when an event was sent and not yet noted tells it again, under the same id', async () => {
  await listen(['award.created']);
  await win();
  const child = spawn(process.execPath, [DYING, world.url], { stdio: 'ignore' });
  receiver.answer = () => void child.kill('SIGKILL');
  const [, signal] = await once(child, 'exit');
  assert.deepEqual([signal, receiver.received.length], ['SIGKILL', 1]);
  assert.deepEqual(await states(), ['award.created waiting 1']);
  receiver.answer = (_received, response) => void response.writeHead(200).end();
  nowMs = Date.now() + 60_001;
  await round();
  const [first, again] = receiver.received;
  assert.equal(again?.text, first?.text);
  assert.equal(again?.headers['webhook-id'], first?.headers['webhook-id']);
  assert.deepEqual(await states(), ['award.created delivered 2']);
});

test('an event of somebody who was erased meanwhile does not name them', async () => {
  await listen(['award.created']);
  await win();
  const openid = follower(drawn);
  const waiting = JSON.stringify((await world.client.query('select * from webhook_delivery')).rows);
  assert.ok(!waiting.includes(openid));
  await world.client.query("update award set openid = 'x:somebody' where openid = $1", [openid]);
  await round();
  assert.equal(receiver.events()[0]?.data['openid'], 'x:somebody');
  assert.ok(!receiver.received[0]?.text.includes(openid));
});
