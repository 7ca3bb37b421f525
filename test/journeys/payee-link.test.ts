import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import { followingClock, simulatedConfig } from '../../src/demo-service.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { startService } from '../../src/wiring.ts';
import type { Service } from '../../src/wiring.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import type { PhoneAnswer } from '../support/page-phone.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { freePort } from '../support/redis-server.ts';
import { compareBooks, eventually } from '../support/world.ts';

const PAYING_APP_ID = 'wx00000000000000b2';
const OPERATOR = { id: 'test', name: 'test', role: 'owner' } as const;
const MINUTES_MS = 60_000;

/** Followers chat with a subscription account; the service account `main` beside it pays. */
describe('a winner of an account that cannot pay', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  let service: Service;
  let publicUrl: string;
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    simulator = await startSimulator({ oauthHosts: ['127.0.0.1'], appIds: [PAYING_APP_ID], seed: 'payees' });
    const secretsKey = randomBytes(32);
    const config = simulatedConfig({ simulator, databaseUrl: database.url, port: await freePort(), secretsKey });
    const appSecret = simulator.secrets.get(PAYING_APP_ID) ?? '';
    const paying = { ...config, account: { ...config.account, appId: PAYING_APP_ID, appSecret } };
    publicUrl = config.publicUrl;
    const clock = (base: Service['clock']) => followingClock(base, simulator);
    service = await startService(paying, log, { clock, alone: true, host: '127.0.0.1' });
    await addChatAccount(secretsKey);
    await publish();
    simulator.setCallbackUrl(`${publicUrl}/wechat/chat`);
    // A job may have read the accounts just before this one was written.
    await eventually('the account to be known', async () => (await fetch(`${publicUrl}/wechat/chat`)).status !== 404);
  });
  after(async () => {
    await service.stop();
    await simulator.close();
    await database.close();
  });

  async function addChatAccount(secretsKey: Buffer): Promise<void> {
    const box = createSecretBox(secretsKey);
    const { appId, appSecret, token, encodingAesKey } = simulator.account;
    await database.client.query(
      `insert into account (id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, message_mode, kind, pays_through, created_at, updated_at)
         values ('chat', $1, $2, $3, $4, 'safe', 'subscription', 'main', $5, $5)`,
      [
        appId,
        box.seal('account.app_secret:chat', appSecret),
        box.seal('account.token:chat', token),
        box.seal('account.aes_key:chat', encodingAesKey),
        new Date(),
      ],
    );
  }

  async function publish(): Promise<void> {
    const prize = {
      id: 'one-yuan',
      name: '一元红包',
      kind: 'red-packet',
      amountFen: 100,
      tickets: 1,
      stock: 100,
    } as const;
    const draft = { ...lotteryRule({ prizes: [prize], budgetFen: 10_000 }) };
    const given = { accountId: accountId('chat'), slug: 'chat-only', name: '聊天活动', draft };
    const { activity } = await service.operateActivities.create(OPERATOR, given);
    const { id, revision } = activity;
    await assert.rejects(service.operateActivities.publish(OPERATOR, { id, revision }), {
      code: 'rule-faulty',
      faults: [
        {
          path: 'trigger.page',
          message: 'a subscription account cannot tell who opens a page: let people take part in the chat only',
        },
      ],
    });
    const chatOnly = { ...draft, trigger: { ...draft.trigger, page: false } };
    const edited = await service.operateActivities.edit(OPERATOR, { ...given, id, revision, draft: chatOnly });
    await service.operateActivities.publish(OPERATOR, { id, revision: edited.activity.revision });
  }

  async function say(openid: string, text: string): Promise<string> {
    const { reply, fault } = await simulator.push.sendText(openid, text);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }

  function linkIn(reply: string): string {
    const href = /href="([^"]+\/payee\/[^"]+)"/.exec(reply)?.[1];
    assert.ok(href !== undefined, reply);
    return href;
  }

  /** The browser of a person inside WeChat. */
  function phoneOf(openid: string): PagePhone {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    return phone;
  }

  /** Walks to the end, over web authorization where it is needed. */
  async function open(phone: PagePhone, url: string): Promise<PhoneAnswer> {
    return (await phone.walk(url)).at(-1) as PhoneAnswer;
  }

  const tap = (phone: PagePhone, url: string, origin = publicUrl): Promise<PhoneAnswer> =>
    phone.ask(url, { method: 'POST', headers: { origin, 'content-type': 'application/x-www-form-urlencoded' } });

  const payee = (person: { readonly otherOpenids: Record<string, string> }): string =>
    person.otherOpenids[PAYING_APP_ID] ?? '';
  const packetsOf = (openid: string) => simulator.books.packets().filter((packet) => packet.openid === openid);
  const paid = (openid: string, count: number) =>
    eventually(`${count} packets`, () => packetsOf(openid).length === count);

  it('gets a link, says by one tap which WeChat is theirs, and is paid there now and later', async () => {
    const person = simulator.followers.add();
    const reply = await say(person.openid, '抽奖');
    const link = linkIn(reply);
    assert.ok(!link.includes(person.openid), 'the address does not name the person');
    assert.match(await say(person.openid, '我的红包'), /待领取.*\/payee\//s);
    const phone = phoneOf(person.openid);
    const page = await open(phone, link);
    assert.equal(page.status, 200);
    assert.match(page.text, /聊天活动.*等待领取：1 个，共 1 元.*谁先确认就发给谁.*领到这个微信/s);
    assert.equal(page.headers.get('referrer-policy'), 'same-origin');
    assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self'/);
    assert.equal(packetsOf(payee(person)).length, 0, 'looking at the page links nobody');
    assert.equal((await tap(phone, link, 'https://elsewhere.example')).status, 403);
    const tapped = await tap(phone, link);
    assert.deepEqual([tapped.status, tapped.headers.get('location')], [303, '/me/awards?account=main']);
    assert.match((await open(phone, `${publicUrl}/me/awards?account=main`)).text, /聊天活动/);
    await paid(payee(person), 1);
    assert.doesNotMatch(await say(person.openid, '抽奖'), /payee/);
    await paid(payee(person), 2);
    for (const packet of packetsOf(payee(person))) simulator.followers.openPacket(packet.number);
    await eventually('both to be sent', async () => (await statesOf(payee(person))).every((state) => state === 'sent'));
    simulator.clock.advance(2 * MINUTES_MS);
    await eventually('both to be received', async () =>
      (await statesOf(payee(person))).every((state) => state === 'received'),
    );
    await compareBooks(service.pool, simulator);
    const token = new URL(link).pathname.slice('/payee/'.length);
    assert.deepEqual(
      log.lines.filter((line) => JSON.stringify(line).includes(token)),
      [],
      'no log holds the token',
    );
  });

  async function statesOf(openid: string): Promise<readonly string[]> {
    const found = await database.client.query<{ state: string }>('select state from payout where openid = $1', [
      openid,
    ]);
    return found.rows.map(({ state }) => state);
  }

  it('loses nothing to another browser once it is linked', async () => {
    const [person, other] = [simulator.followers.add(), simulator.followers.add()];
    const link = linkIn(await say(person.openid, '抽奖'));
    const [phone, foreign] = [phoneOf(person.openid), phoneOf(other.openid)];
    await open(phone, link);
    assert.equal((await open(foreign, link)).status, 200, 'before the first tap whoever holds the link may look');
    assert.equal((await tap(phone, link)).status, 303);
    assert.equal((await tap(phone, link)).status, 303, 'a second tap changes nothing');
    for (const answer of [await open(foreign, link), await tap(foreign, link)]) {
      assert.equal(answer.status, 409);
      assert.match(answer.text, /已经确认过了/);
    }
    await paid(payee(person), 1);
    assert.equal(packetsOf(payee(other)).length, 0);
    const againstOwn = linkIn(await say(other.openid, '抽奖'));
    assert.equal((await tap(phone, againstOwn)).status, 409, 'nobody is the payee of two people');
    assert.equal((await tap(foreign, againstOwn)).status, 303);
    await paid(payee(other), 1);
    await compareBooks(service.pool, simulator);
  });

  it('is told when the link is over, damaged, or opened on a snapshot page or outside WeChat', async () => {
    const person = simulator.followers.add();
    const link = linkIn(await say(person.openid, '抽奖'));
    const damaged = await open(phoneOf(person.openid), `${link.slice(0, -4)}AAAA`);
    assert.equal(damaged.status, 404);
    assert.match(damaged.text, /链接不对/);
    simulator.authorization.snapshotMode = true;
    const snapshot = await open(phoneOf(person.openid), link);
    simulator.authorization.snapshotMode = false;
    assert.equal(snapshot.status, 403);
    assert.match(snapshot.text, /使用完整服务/);
    simulator.clock.advance(8 * 24 * 60 * MINUTES_MS);
    const over = await open(phoneOf(person.openid), link);
    assert.equal(over.status, 410);
    assert.match(over.text, /链接已过期/);
    assert.equal((await tap(phoneOf(person.openid), link)).status, 410);
    const fresh = linkIn(await say(person.openid, '我的红包'));
    const phone = phoneOf(person.openid);
    await open(phone, fresh);
    assert.equal((await tap(phone, fresh)).status, 303);
    await paid(payee(person), 1);
    await compareBooks(service.pool, simulator);
  });

  it('needs no link when WeChat says that both openids are one person', async () => {
    for (const desk of simulator.desks.values()) desk.people.boundToOpenPlatform = true;
    const person = simulator.followers.add();
    const link = linkIn(await say(person.openid, '抽奖'));
    // Any page of the paying account tells that account's side; the chat account's side is asked for.
    await open(phoneOf(person.openid), `${publicUrl}/me/awards?account=main`);
    await paid(payee(person), 1);
    const linked = await database.client.query<{ linked_by: string }>(
      `select linked_by from payee_link where openid = $1 and payee_openid = $2`,
      [person.openid, payee(person)],
    );
    assert.deepEqual(linked.rows, [{ linked_by: 'union-id' }]);
    assert.doesNotMatch(await say(person.openid, '抽奖'), /payee/);
    await paid(payee(person), 2);
    assert.equal((await open(phoneOf(simulator.followers.add().openid), link)).status, 409);
    await compareBooks(service.pool, simulator);
  });
});
