import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ActivityPageState, DrawAnswer, PageFault } from '../../src/http/contract/activity-page.ts';
import type { PageSignature } from '../../src/flows/ports/page-signing.ts';
import { PagePhone } from '../support/page-phone.ts';
import type { PhoneAnswer } from '../support/page-phone.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const DRAWS_MAX = 10;

describe('web authorization', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.close();
  });

  const address = (): string => `${world.publicUrl}/a/spring`;
  const showName = (): string => `${world.publicUrl}/oauth/main/start?to=%2Fa%2Fspring&profile=1`;

  function phoneOf(openid: string): PagePhone {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    return phone;
  }

  function draw(phone: PagePhone): Promise<PhoneAnswer> {
    return phone.draw(world.publicUrl, 'spring', randomBytes(16).toString('hex'));
  }

  async function personOf(phone: PagePhone): Promise<ActivityPageState['person']> {
    return (JSON.parse((await phone.ask(`${world.publicUrl}/api/a/spring/state`)).text) as ActivityPageState).person;
  }

  /** Draws until the day's chances are used up and returns what was won, in fen. */
  async function drawAll(phone: PagePhone): Promise<readonly number[]> {
    const won: number[] = [];
    for (let count = 0; count < DRAWS_MAX; count += 1) {
      const answer = await draw(phone);
      assert.equal(answer.status, 200, answer.text);
      const { amountFen } = JSON.parse(answer.text) as DrawAnswer;
      if (amountFen > 0) won.push(amountFen);
    }
    assert.ok(won.length > 0, 'six tickets in ten win: ten draws without one happen once in ten thousand runs');
    return won;
  }

  async function paid(openid: string, won: readonly number[]): Promise<void> {
    const mine = () => world.simulator.books.packets().filter((packet) => packet.openid === openid);
    await eventually('every packet', () => mine().length === won.length);
    assert.deepEqual(
      mine()
        .map(({ amountFen }) => amountFen)
        .toSorted((one, other) => one - other),
      won.toSorted((one, other) => one - other),
    );
    for (const { number } of mine()) world.simulator.followers.openPacket(number);
  }

  it('a follower comes in silently, shows a name, signs the page for the JS-SDK, wins and is paid', async () => {
    const { openid } = world.simulator.followers.add({ nickname: '阿\u202E紫 🎋' });
    const phone = phoneOf(openid);
    const way = await phone.walk(address());
    assert.equal(way.at(-1)?.url, address());
    assert.equal((await personOf(phone)).nickname, null);
    assert.equal((await phone.walk(showName())).at(-1)?.url, address());
    assert.equal((await personOf(phone)).nickname, '阿紫 🎋');
    const signed = await phone.ask(`${world.publicUrl}/api/js-sdk/main?url=${encodeURIComponent(address())}`);
    const signature = JSON.parse(signed.text) as PageSignature;
    assert.equal(signature.appId, world.simulator.account.appId);
    assert.match(signature.signature, /^[0-9a-f]{40}$/);
    await paid(openid, await drawAll(phone));
  });

  it('a forwarded callback and a repeated one give nobody else anything', async () => {
    const { openid } = world.simulator.followers.add();
    const sender = phoneOf(openid);
    const callback = await sender.walkToCallback(address());
    const receiver = new PagePhone();
    assert.equal((await receiver.ask(callback)).status, 400);
    const twice = await Promise.all([sender.ask(callback), sender.ask(callback)]);
    assert.deepEqual(
      twice.map(({ status, headers }) => [status, headers.get('location')]),
      [
        [302, '/a/spring'],
        [302, '/a/spring'],
      ],
    );
    assert.equal((await receiver.ask(callback)).status, 400, 'nor after the code was spent');
    assert.equal((await draw(receiver)).status, 401);
    assert.equal((await draw(sender)).status, 200);
  });

  it('made-up people, marked or not, win nothing, and the same person by the full page does', async () => {
    const { authorization, followers } = world.simulator;
    const { openid } = followers.add();
    const before = (await world.database.client.query('select 1 from draw')).rowCount;
    authorization.snapshotMode = true;
    const codes: string[] = [];
    for (const flag of ['told', 'missing'] as const) {
      authorization.snapshotFlag = flag;
      const phone = phoneOf(openid);
      assert.equal((await phone.walk(address())).at(-1)?.status, 200);
      const answer = await draw(phone);
      assert.equal(answer.status, 403);
      codes.push((JSON.parse(answer.text) as PageFault).code);
    }
    authorization.snapshotMode = false;
    authorization.snapshotFlag = 'told';
    assert.deepEqual(codes, ['snapshot-user', 'follow-needed']);
    assert.equal((await world.database.client.query('select 1 from draw')).rowCount, before);
    const known = await world.database.client.query('select openid, snapshot from oauth_login where snapshot');
    assert.deepEqual(known.rows, [{ openid: null, snapshot: true }]);
    const phone = phoneOf(openid);
    await phone.walk(address());
    await paid(openid, await drawAll(phone));
  });

  it('somebody who does not follow is asked to, and their follow by push is enough', async () => {
    const { followers, push, desks, account } = world.simulator;
    const person = followers.add({ subscribed: false });
    const phone = phoneOf(person.openid);
    await phone.walk(address());
    assert.equal((JSON.parse((await draw(phone)).text) as PageFault).code, 'follow-needed');
    await push.sendEvent(person.openid, { Event: 'subscribe', EventKey: '' });
    await eventually('the follow to be known', async () => {
      const found = await world.database.client.query('select 1 from follower where openid = $1', [person.openid]);
      return found.rowCount === 1;
    });
    // From here on WeChat tells nothing about anybody.
    desks.get(account.appId)?.quotas.lowered.set('/cgi-bin/user/info', 0);
    world.simulator.clock.advance(60_000);
    await paid(person.openid, await drawAll(phone));
    const stranger = phoneOf(followers.add().openid);
    await stranger.walk(address());
    const answer = await draw(stranger);
    assert.deepEqual([answer.status, (JSON.parse(answer.text) as PageFault).code], [503, 'visitor-unproven']);
    desks.get(account.appId)?.quotas.lowered.clear();
  });

  it('in the end all books agree', async () => {
    const { simulator, database } = world;
    const count = async (state: string) =>
      Number((await database.client.query(`select count(*) from payout where state = '${state}'`)).rows[0].count);
    const all = Number((await database.client.query('select count(*) from payout')).rows[0].count);
    await eventually('every payout to be with WeChat Pay', async () => {
      return (await count('sent')) + (await count('received')) === all;
    });
    for (const { status, number } of simulator.books.packets()) {
      if (status === 'SENT') simulator.followers.openPacket(number);
    }
    // Long enough for the next look at each, far below the day after which an unopened one goes back.
    simulator.clock.advance(2 * 3_600_000);
    await eventually('every payout to be received', async () => (await count('received')) === all);
    await world.compareBooks();
  });
});
