import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { mentionsOf } from '../support/erasure-world.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const MINUTES_MS = 60_000;
const DAY_MS = 86_400_000;
/** WeChat's events about personal data come from the platform, not from the person. */
const PLATFORM = 'o-6nF1l4Z0qDpPYaJ5bOwSTZZ7tQ';

describe('somebody who asks to be forgotten', () => {
  let world: World;
  let cookie = '';
  before(async () => {
    world = await startWorld();
    await signIn();
  });
  after(async () => {
    await world.close();
  });

  /** Days pass here, and a session lasts some hours. */
  async function signIn(): Promise<void> {
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '小王', role: 'support', nowMs: clock.nowMs() });
    const answer = await call('POST', '/login', { token });
    assert.equal(answer.status, 200, await answer.clone().text());
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  }
  function call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie, origin: world.publicUrl, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  async function person(openid: string, erase = false) {
    const path = `/people/main/${openid}`;
    const answer = await (erase ? call('POST', `${path}/erase`, {}) : call('GET', path));
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as {
      follower: { following: boolean } | null;
      erasure: { state: string; reason: string } | null;
    };
  }
  async function say(openid: string, text: string): Promise<string> {
    const { reply, fault } = await world.simulator.push.sendText(openid, text);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }
  const follow = (openid: string) => world.simulator.push.sendEvent(openid, { Event: 'subscribe' });
  const state = async (openid: string): Promise<string | undefined> =>
    (await world.database.client.query(`select state from payout where openid = $1`, [openid])).rows[0]?.state;
  const places = (openid: string) => mentionsOf(world.database.client, openid);

  /** Follows, wins by the password, opens the packet. */
  async function winner(): Promise<string> {
    const { openid } = world.simulator.followers.add();
    await follow(openid);
    assert.match(await say(openid, '恭喜发财'), /恭喜中奖：口令红包/);
    await eventually('the packet to be sent', async () => (await state(openid)) === 'sent');
    return openid;
  }
  async function open(openid: string): Promise<void> {
    const packet = world.simulator.books.packets().find((one) => one.openid === openid);
    assert.ok(packet);
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(2 * MINUTES_MS);
    await eventually('the packet to be received', async () => (await state(openid)) === 'received');
  }
  /** Lets time pass until the job has finished an erasure. */
  async function forgotten(openid: string): Promise<void> {
    world.simulator.clock.advance(DAY_MS + 60 * MINUTES_MS);
    await eventually('the erasure to be finished', async () => (await places(openid)).length === 0);
    await signIn();
    assert.equal((await person(openid)).erasure?.state, 'finished');
  }

  it('is gone from follow and profile at once, and wholly once the packet was opened and the day is over', async () => {
    const openid = await winner();
    assert.equal((await person(openid)).follower?.following, true);
    const asked = await person(openid, true);
    assert.deepEqual([asked.follower, asked.erasure?.state], [null, 'waiting']);
    assert.ok(!(await places(openid)).some((place) => place.startsWith('follower.')));
    await open(openid);
    await forgotten(openid);
    assert.deepEqual(await places(openid), []);
    await world.compareBooks();

    // WeChat Pay paid one packet, and who follows again does not win another one.
    await follow(openid);
    assert.match(await say(openid, '恭喜发财'), /每人限领一次/);
    assert.deepEqual(
      [(await person(openid)).follower?.following, (await person(openid)).erasure?.state],
      [true, 'finished'],
    );
    assert.equal(world.simulator.books.packets().filter((packet) => packet.openid === openid).length, 1);
    await world.compareBooks();

    assert.equal((await person(openid, true)).erasure?.state, 'finished');
    assert.deepEqual(await places(openid), []);
    await world.compareBooks();
  });

  it('of WeChat itself is forgotten likewise', async () => {
    await signIn();
    const openid = await winner();
    await open(openid);
    const { appId } = world.simulator.account;
    const fields = { Event: 'user_authorization_cancellation', OpenID: openid, AppID: appId };
    const told = await world.simulator.push.sendEvent(openid, fields, { sender: PLATFORM });
    assert.equal(told.fault, undefined);
    assert.deepEqual((await person(openid)).erasure, {
      ...(await person(openid)).erasure,
      state: 'waiting',
      reason: 'withdrawn',
    });
    await forgotten(openid);
    assert.deepEqual(await places(openid), []);
    assert.match(await say(openid, '恭喜发财'), /每人限领一次/);
    await world.compareBooks();
  });

  it('by not being seen for as long as the account keeps people is erased by itself', async () => {
    const openid = await winner();
    await open(openid);
    await world.database.client.query(`update account set retention_days = 30 where id = 'main'`);
    world.simulator.clock.advance(31 * DAY_MS);
    await forgotten(openid);
    assert.equal((await person(openid)).erasure?.reason, 'retention');
    assert.deepEqual(await places(openid), []);
    await world.compareBooks();
  });
});
