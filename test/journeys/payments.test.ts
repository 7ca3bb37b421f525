import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import type { Operator, RuleDraft } from '../../src/flows/ports/operators.ts';
import type { ShopPaymentLine } from '../../src/http/contract/console-shop-payments.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import type { ShopOrder } from '../../src/simulator/pay/shop.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const OPERATOR: Operator = { id: 'op-journey', name: 'journey', role: 'owner' };
const FORWARD_KEY = 'a-forward-key-of-the-shops-own-system';
// What was published is known to every process within a second.
const KNOWN_AFTER_MS = 1200;
const FIRST_TIER_FEN = 10_000;

describe('payments at the shop', () => {
  let world: World;
  let cookie = '';
  before(async () => {
    world = await startWorld();
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '小王', nowMs: clock.nowMs() });
    cookie = (await call('POST', '/login', { token })).headers.get('set-cookie')?.split(';')[0] ?? '';
    const { shopNotices } = world.simulator;
    shopNotices.setNotifyUrl(`${world.publicUrl}/notify/pay/main`);
    const { id, pem } = shopNotices.publicKey;
    const keys = { apiV3Key: shopNotices.apiV3Key, verifiers: { [id]: pem }, forwardKey: FORWARD_KEY };
    const set = await call('PATCH', '/merchants/main/notice-keys', keys);
    assert.equal(set.status, 200, await set.clone().text());
    assert.doesNotMatch(await set.text(), new RegExp(`${shopNotices.apiV3Key}|${FORWARD_KEY}`));
    await publish('spend', {
      trigger: { payment: true, paymentAtLeastFen: FIRST_TIER_FEN },
      prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 }],
      texts: { win: '满额送 {amount} 元', lose: '没中', limit: '上限', soldOut: '抢光', closed: '未开放' },
    });
    await sleep(KNOWN_AFTER_MS);
  });
  after(() => world.close());

  function call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie, origin: world.publicUrl, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function publish(slug: string, changes: Partial<ActivityRuleInput>): Promise<void> {
    const { operateActivities } = world.service;
    const draft = lotteryRule(changes) as RuleDraft;
    const account = accountId('main');
    const { activity } = await operateActivities.create(OPERATOR, { accountId: account, slug, name: slug, draft });
    await operateActivities.publish(OPERATOR, { id: activity.id, revision: activity.revision });
  }

  const customer = () => {
    const { openid } = world.simulator.followers.add();
    return { openid, appId: world.simulator.account.appId };
  };

  const packetsOf = (openid: string) =>
    world.simulator.books.packets().filter((packet) => packet.openid === openid && packet.status === 'SENT');

  const won = (openid: string, count = 1) =>
    eventually('the packets', () => packetsOf(openid).length === count && packetsOf(openid));

  async function lineOf(transactionId: string): Promise<ShopPaymentLine | undefined> {
    const answer = await call('GET', '/shop-payments?limit=100');
    assert.equal(answer.status, 200);
    const { rows } = (await answer.json()) as { rows: ShopPaymentLine[] };
    return rows.find((row) => row.transactionId === transactionId);
  }

  const settled = ({ transactionId }: ShopOrder, state = 'settled') =>
    eventually(`${transactionId} ${state}`, async () => {
      const line = await lineOf(transactionId);
      return line?.state === state && line;
    });

  async function forward(body: string, key = FORWARD_KEY, seconds = Math.floor(Date.now() / 1000)): Promise<Response> {
    const signature = createHmac('sha256', key).update(`${seconds}\n${body}`).digest('hex');
    const headers = { 'hongbao-timestamp': String(seconds), 'hongbao-signature': signature };
    return fetch(`${world.publicUrl}/notify/pay/main/forwarded`, { method: 'POST', headers, body });
  }

  it('of version 2, by either algorithm, win one packet each, and the winner is told', async () => {
    const { shopNotices, followers } = world.simulator;
    for (const algorithm of ['MD5', 'HMAC-SHA256'] as const) {
      const payer = customer();
      const order = await shopNotices.pay(payer, FIRST_TIER_FEN, { algorithm });
      assert.equal(shopNotices.deliveries.at(-1)?.accepted, true, JSON.stringify(shopNotices.deliveries.at(-1)));
      await won(payer.openid);
      const line = await settled(order);
      assert.deepEqual(
        line.draws.map(({ state, leadsTo }) => [state, leadsTo]),
        [['won', 'main']],
      );
      await eventually('the message', () =>
        followers.chat(payer.openid).some((item) => item.kind === 'text' && item.text.includes('满额送')),
      );
    }
    await world.compareBooks();
  });

  it('of version 3 win as well', async () => {
    const payer = customer();
    await world.simulator.shopNotices.pay(payer, FIRST_TIER_FEN, { version: 3 });
    assert.equal(world.simulator.shopNotices.deliveries.at(-1)?.accepted, true);
    await won(payer.openid);
    await world.compareBooks();
  });

  it('draw once however often and by whichever version they are told', async () => {
    const payer = customer();
    const { shopNotices } = world.simulator;
    const order = await shopNotices.pay(payer, FIRST_TIER_FEN, { fault: 'twice-at-once' });
    for (const version of [2, 3] as const) assert.ok((await shopNotices.deliverAgain(order, { version })).accepted);
    const { transactionId, appId } = order;
    assert.equal((await forward(JSON.stringify({ transactionId, appId }))).status, 200);
    await settled(order);
    await won(payer.openid);
    await sleep(1200);
    assert.equal(packetsOf(payer.openid).length, 1);
    await world.compareBooks();
  });

  it('that are too small win nothing, and it says why', async () => {
    const payer = customer();
    const line = await settled(await world.simulator.shopNotices.pay(payer, FIRST_TIER_FEN - 1));
    assert.equal(line.reason, 'amount-too-small');
    assert.equal(packetsOf(payer.openid).length, 0);
  });

  it('with a wrong signature, or of another merchant, leave no trace and are told FAIL', async () => {
    for (const version of [2, 3] as const) {
      for (const fault of ['wrong-sign', 'other-merchant'] as const) {
        const order = await world.simulator.shopNotices.pay(customer(), FIRST_TIER_FEN, { version, fault });
        const { status, body, accepted } = world.simulator.shopNotices.deliveries.at(-1) ?? {};
        assert.deepEqual(
          [accepted, status],
          [false, fault === 'wrong-sign' ? 401 : 403],
          `${version} ${fault} ${body}`,
        );
        assert.match(body ?? '', /FAIL/);
        assert.equal(await lineOf(order.transactionId), undefined);
      }
    }
  });

  it('that nobody took come again until somebody does', async () => {
    const payer = customer();
    const { shopNotices, clock } = world.simulator;
    shopNotices.setNotifyUrl(`${world.publicUrl}/nobody/here`);
    const order = await shopNotices.pay(payer, FIRST_TIER_FEN);
    shopNotices.setNotifyUrl(`${world.publicUrl}/notify/pay/main`);
    assert.equal(await lineOf(order.transactionId), undefined);
    clock.advance(15_000);
    await settled(order);
    await won(payer.openid);
    const told = shopNotices.deliveries.filter(({ transactionId }) => transactionId === order.transactionId);
    assert.deepEqual(
      told.map(({ accepted }) => accepted),
      [false, true],
    );
  });

  it('that come late still draw', async () => {
    const payer = customer();
    const { shopNotices, clock } = world.simulator;
    const order = await shopNotices.pay(payer, FIRST_TIER_FEN, { fault: 'delayed', delayMs: 20 * 60_000 });
    assert.equal(await lineOf(order.transactionId), undefined);
    clock.advance(20 * 60_000);
    await settled(order);
    await won(payer.openid);
    await world.compareBooks();
  });

  it('that the shop forwards count once WeChat Pay confirms them, in either form', async () => {
    const { shop } = world.simulator;
    const bodies = [
      ({ transactionId, appId }: ShopOrder) => JSON.stringify({ transactionId, appId }),
      ({ transactionId, appId }: ShopOrder) =>
        `<xml><appid>${appId}</appid><transaction_id>${transactionId}</transaction_id><total_fee>1</total_fee></xml>`,
    ];
    for (const bodyOf of bodies) {
      const payer = customer();
      const order = shop.order(payer, FIRST_TIER_FEN);
      assert.equal(
        (await forward(bodyOf(order), FORWARD_KEY, Math.floor(world.service.clock.nowMs() / 1000))).status,
        200,
      );
      const line = await settled(order);
      assert.deepEqual([line.cameBy, line.amountFen, line.draws[0]?.state], ['forwarded', FIRST_TIER_FEN, 'won']);
      await won(payer.openid);
      assert.ok(shop.queries.includes(order.transactionId));
    }
    await world.compareBooks();
  });

  it('that the shop forwards and WeChat Pay does not confirm win nothing', async () => {
    const { shop } = world.simulator;
    const now = () => Math.floor(world.service.clock.nowMs() / 1000);
    const revoked = shop.order(customer(), FIRST_TIER_FEN, 'REVOKED');
    const body = JSON.stringify({ transactionId: revoked.transactionId, appId: revoked.appId });
    assert.equal((await forward(body, FORWARD_KEY, now())).status, 200);
    const line = await settled(revoked, 'refused');
    assert.deepEqual([line.reason, line.draws, line.openid], ['trade-state-REVOKED', [], null]);
    assert.equal((await forward(body, 'another-key', now())).status, 401);
    assert.equal((await forward(body, FORWARD_KEY, now() - 301)).status, 401);
    assert.equal(
      (await forward(JSON.stringify({ transactionId: '1', appId: 'wxforeign' }), FORWARD_KEY, now())).status,
      404,
    );
  });

  it('that go back are shown, and nothing is taken away', async () => {
    const { shopNotices } = world.simulator;
    for (const version of [2, 3] as const) {
      const payer = customer();
      const order = await shopNotices.pay(payer, FIRST_TIER_FEN);
      await settled(order);
      await shopNotices.refund(order.transactionId, 4000, { version });
      assert.ok(shopNotices.deliveries.at(-1)?.accepted, shopNotices.deliveries.at(-1)?.body);
      const answer = await call('GET', '/shop-payments?refunded=yes&limit=100');
      const { rows } = (await answer.json()) as { rows: ShopPaymentLine[] };
      const refunded = rows.find(({ transactionId }) => transactionId === order.transactionId);
      assert.deepEqual([refunded?.refundedFen, refunded?.draws[0]?.state], [4000, 'won']);
      await won(payer.openid);
    }
    await world.compareBooks();
  });
});
