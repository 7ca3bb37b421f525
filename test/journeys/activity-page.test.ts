import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { DrawAnswer } from '../../src/http/contract/activity-page.ts';
import { PagePhone } from '../support/page-phone.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const MINUTES_MS = 60_000;
const DRAWS_MAX = 10;

describe('the activity page', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.close();
  });

  /** A follower's phone after web authorization. */
  async function phoneOf(openid: string): Promise<PagePhone> {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    const way = await phone.walk(`${world.publicUrl}/a/spring`);
    assert.equal(way.at(-1)?.status, 200);
    return phone;
  }

  async function draw(phone: PagePhone): Promise<DrawAnswer> {
    const answer = await phone.draw(world.publicUrl, 'spring', randomBytes(16).toString('hex'));
    assert.equal(answer.status, 200);
    return JSON.parse(answer.text) as DrawAnswer;
  }

  it('lets a follower authorize, draw and win a packet that is paid, opened and shown as opened', async () => {
    const { openid } = world.simulator.followers.add();
    const phone = await phoneOf(openid);
    const answers: DrawAnswer[] = [];
    for (let count = 0; count < DRAWS_MAX; count += 1) answers.push(await draw(phone));
    assert.equal((await draw(phone)).why, 'person-day-limit');
    const won = answers.filter((answer) => answer.outcome === 'won');
    assert.ok(won.length > 0, 'six tickets in ten win: ten draws without one happen once in ten thousand runs');

    const mine = () => world.simulator.books.packets().filter((packet) => packet.openid === openid);
    await eventually('every packet', () => mine().length === won.length);
    assert.deepEqual(
      mine()
        .map((packet) => packet.amountFen)
        .sort((one, other) => one - other),
      won.map((answer) => answer.amountFen).sort((one, other) => one - other),
    );
    await eventually('every payout to be sent', async () => {
      const found = await world.database.client.query(`select 1 from payout where state = 'sent'`);
      return found.rowCount === won.length;
    });
    for (const { number } of mine()) world.simulator.followers.openPacket(number);
    world.simulator.clock.advance(2 * MINUTES_MS);
    await eventually('my awards to say opened', async () => {
      const { text } = await phone.ask(`${world.publicUrl}/me/awards`);
      return [...text.matchAll(/award-state-opened"/g)].length === won.length;
    });
    await world.compareBooks();
  });

  it('knows the same person by page and by message: the day’s chances are shared', async () => {
    const { openid } = world.simulator.followers.add();
    const phone = await phoneOf(openid);
    await world.simulator.push.sendText(openid, '抽奖');
    for (let count = 1; count < DRAWS_MAX; count += 1) assert.notEqual((await draw(phone)).outcome, 'refused');
    assert.equal((await draw(phone)).why, 'person-day-limit');
  });
});
