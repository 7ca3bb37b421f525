import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import type { Operator, RuleDraft } from '../../src/flows/ports/operators.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const OPERATOR: Operator = { id: 'op-journey', name: 'journey', role: 'owner' };
// What was published is known to every process within a second.
const KNOWN_AFTER_MS = 1200;
const HOUR_MS = 3_600_000;

/** What the page hands to WeChat. */
interface Handed {
  readonly mch: string;
  readonly app: string;
  readonly package: string;
}

describe('an award that goes as a transfer', () => {
  let world: World;
  /** By name: two operators of the console. */
  const cookies = new Map<string, string>();
  before(async () => {
    world = await startWorld();
    await logIn('zhang');
    const { shopNotices, transferNotices } = world.simulator;
    transferNotices.setNotifyUrl(`${world.publicUrl}/notify/transfer/main`);
    const { id, pem } = shopNotices.publicKey;
    const keys = { apiV3Key: shopNotices.apiV3Key, verifiers: { [id]: pem } };
    assert.equal((await call('PATCH', '/merchants/main/notice-keys', keys)).status, 200);
    await publish();
    await sleep(KNOWN_AFTER_MS);
  });
  after(() => world.close());

  async function logIn(name: string): Promise<void> {
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name, nowMs: clock.nowMs() });
    const answer = await call('POST', '/login', { token });
    cookies.set(name, answer.headers.get('set-cookie')?.split(';')[0] ?? '');
  }

  function call(method: string, path: string, body?: unknown, who = 'zhang'): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie: cookies.get(who) ?? '', origin: world.publicUrl, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function publish(): Promise<void> {
    const { operateActivities } = world.service;
    const draft = lotteryRule({
      trigger: { words: [{ match: 'exact', word: '转账' }], page: true },
      prizes: [{ id: 'one-yuan', name: '一元奖励', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 }],
      packet: { wishing: '恭喜发财', activityName: '新年活动', remark: '抽奖奖励', rail: 'transfer' },
    }) as RuleDraft;
    const made = { accountId: accountId('main'), slug: 'transfers', name: '转账活动', draft };
    const { activity } = await operateActivities.create(OPERATOR, made);
    await operateActivities.publish(OPERATOR, { id: activity.id, revision: activity.revision });
  }

  /** Somebody who has won, once the transfer waits. */
  async function winner(): Promise<{ phone: PagePhone; openid: string; number: string }> {
    const { openid } = world.simulator.followers.add();
    const { reply } = await world.simulator.push.sendText(openid, '转账');
    assert.equal(reply?.type, 'text');
    const phone = phoneOf(openid);
    await awards(phone);
    const number = await eventually(
      'the transfer',
      () => world.simulator.books.packets().find((packet) => packet.openid === openid)?.number,
    );
    await eventually('it waits here', async () => (await stateOf(number)) === 'sent');
    return { phone, openid, number };
  }

  function phoneOf(openid: string): PagePhone {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    return phone;
  }

  const awards = async (phone: PagePhone): Promise<string> =>
    (await phone.walk(`${world.publicUrl}/me/awards`)).at(-1)?.text ?? '';

  function handed(page: string): Handed {
    const read = (name: string): string => new RegExp(`data-${name}="([^"]+)"`).exec(page)?.[1] ?? '';
    return { mch: read('mch'), app: read('app'), package: read('package') };
  }

  /** Where WeChat lets a person confirm what a page handed to it. */
  function confirmation({ mch, app, package: packageInfo }: Handed): string {
    const back = `${world.publicUrl}/me/awards`;
    const query = new URLSearchParams({ mch_id: mch, appid: app, package: packageInfo, back });
    return `${world.simulator.httpUrl}/connect/transfer?${query.toString()}`;
  }

  async function stateOf(number: string): Promise<string> {
    const found = await world.database.client.query('select state from payout where order_number = $1', [number]);
    return String(found.rows[0]?.state);
  }

  const becomes = (number: string, state: string) =>
    eventually(`${number} ${state}`, async () => (await stateOf(number)) === state);

  it('waits on "my awards", is confirmed there by its winner alone, and the notice settles it', async () => {
    const { phone, openid, number } = await winner();
    const page = await awards(phone);
    assert.match(page, /award-state-collect">待领取.*>领取<\/button>/s);
    const given = handed(page);
    assert.deepEqual(given, {
      mch: world.simulator.merchant.mchId,
      app: world.simulator.account.appId,
      package: world.simulator.books.packet(number)?.transfer?.packageInfo,
    });
    const { reply } = await world.simulator.push.sendText(openid, '我的红包');
    assert.match(reply?.type === 'text' ? reply.content : '', /待领取，请在 24 小时内打开/);

    const stranger = phoneOf(world.simulator.followers.add().openid);
    assert.doesNotMatch(await awards(stranger), /data-package/);
    assert.match((await stranger.ask(confirmation(given), { method: 'POST' })).text, /收款人不是当前微信/);
    assert.equal(await stateOf(number), 'sent');

    assert.match((await phone.ask(confirmation(given))).text, /1\.00 元.*确认收款/s);
    const confirmed = await phone.ask(confirmation(given), { method: 'POST' });
    assert.deepEqual([confirmed.status, confirmed.headers.get('location')], [303, `${world.publicUrl}/me/awards`]);
    await becomes(number, 'received');
    const after = await awards(phone);
    assert.match(after, /award-state-opened/);
    assert.ok(!/data-package|jweixin/.test(after), 'what is over needs no script and no token');
    assert.deepEqual(
      world.log.lines.filter((line) => JSON.stringify(line).includes(given.package)),
      [],
      'no log holds what a transfer is confirmed with',
    );
    await world.compareBooks();
  });

  it('that nobody confirms within 24 hours is returned, and told so', async () => {
    const { phone, number } = await winner();
    world.simulator.clock.advance(24 * HOUR_MS + 60_000);
    await becomes(number, 'returned');
    assert.match(await awards(phone), /award-state-returned/);
    await world.compareBooks();
  });

  it('is taken back by an operator, proved dead, and by a second person goes as a red packet instead', async () => {
    // The day that has passed above ended every session.
    await logIn('zhang');
    await logIn('li');
    const { phone, openid, number } = await winner();
    const given = handed(await awards(phone));
    const cancelled = await call('POST', `/payouts/main/${number}/cancel`, {});
    const text = await cancelled.text();
    assert.equal(cancelled.status, 200, text);
    assert.ok(!text.includes(given.package), 'operators do not see what it is collected with');
    const { payout } = JSON.parse(text) as { payout: { rail: string; cancelAtMs: number; actions: string[] } };
    assert.deepEqual([payout.rail, payout.actions, payout.cancelAtMs > 0], ['transfer', ['cancel'], true]);
    await eventually('it is on its way back', () => world.simulator.books.packet(number)?.status !== 'SENT');
    world.simulator.clock.advance(60_000);
    await becomes(number, 'dead');
    assert.match((await phone.ask(confirmation(given), { method: 'POST' })).text, /已经结束/);
    assert.equal((await call('POST', `/payouts/main/${number}/cancel`, {})).status, 409);
    assert.equal((await call('POST', `/payouts/main/${number}/ask`, {})).status, 409);

    const nowMs = world.service.clock.nowMs();
    const period = { fromMs: nowMs - HOUR_MS, untilMs: nowMs + HOUR_MS };
    const selection = { merchantId: 'main', ...period, reason: null, activityId: null, rail: 'red-packet' };
    const asked = await call('POST', '/reissues', { selection, why: '改发红包' });
    assert.equal(asked.status, 200, await asked.clone().text());
    const { id } = (await asked.json()) as { id: string };
    const decide = (who: string) => call('POST', `/reissues/${id}/decision`, { decision: 'approved' }, who);
    assert.equal((await decide('zhang')).status, 403, 'nobody approves what they asked for');
    assert.equal((await decide('li')).status, 200);
    const packet = await eventually('the packet', () =>
      world.simulator.books.packets().find((one) => one.openid === openid && one.transfer === undefined),
    );
    assert.deepEqual([packet.amountFen, packet.number === number], [100, false]);
    await becomes(packet.number, 'sent');
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(2 * 60_000);
    await becomes(packet.number, 'received');
    await world.compareBooks();
  });
});
