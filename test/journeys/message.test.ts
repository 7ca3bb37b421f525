import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const MINUTES_MS = 60_000;
const DAY_MS = 86_400_000;

describe('a follower’s message', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.close();
  });

  async function say(openid: string, text: string): Promise<string> {
    const { reply, fault } = await world.simulator.push.sendText(openid, text);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }

  async function packetsOf(openid: string) {
    return world.simulator.books.packets().filter((packet) => packet.openid === openid);
  }

  async function payoutStates(openid: string): Promise<string[]> {
    const found = await world.database.client.query<{ state: string }>('select state from payout where openid = $1', [
      openid,
    ]);
    return found.rows.map((row) => row.state);
  }

  it('passes WeChat’s check of the address', async () => {
    await assert.doesNotReject(world.simulator.push.verifyUrl());
  });

  it('with the password wins a real red packet once, is paid, opened and booked as delivered', async () => {
    const { openid } = world.simulator.followers.add();
    assert.match(await say(openid, ' 恭喜发财 '), /恭喜中奖：口令红包，1\.00 元/);
    assert.match(await say(openid, '恭喜发财'), /每人限领一次/);
    const [packet] = await eventually('the packet', async () => {
      const packets = await packetsOf(openid);
      return packets.length > 0 && packets;
    });
    assert.equal(packet?.amountFen, 100);
    await eventually('the payout to be sent', async () => (await payoutStates(openid)).includes('sent'));
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(2 * MINUTES_MS);
    await eventually('the payout to be received', async () => (await payoutStates(openid)).includes('received'));
    assert.equal((await packetsOf(openid)).length, 1);
    await world.compareBooks();
  });

  it('whose packet is never opened gets its money back into the books', async () => {
    const { openid } = world.simulator.followers.add();
    await say(openid, '恭喜发财');
    await eventually('the payout to be sent', async () => (await payoutStates(openid)).includes('sent'));
    for (let hours = 0; hours < 30; hours += 3) {
      world.simulator.clock.advance(DAY_MS / 8);
      if ((await payoutStates(openid)).includes('returned')) break;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await eventually('the payout to be returned', async () => {
      // A call under way must not see its time run out between two of its steps.
      const underWay = await world.service.pool.query('select 1 from payout where lease_until is not null');
      if (underWay.rows.length === 0) world.simulator.clock.advance(20 * MINUTES_MS);
      return (await payoutStates(openid)).includes('returned');
    });
    await world.compareBooks();
  });

  it('draws the lottery within its limit and says how many chances are left', async () => {
    const { openid } = world.simulator.followers.add();
    const replies: string[] = [];
    for (let count = 0; count < 11; count += 1) replies.push(await say(openid, '抽奖'));
    assert.match(replies[10] ?? '', /今天的机会已经用完/);
    assert.equal(replies.filter((reply) => /恭喜中奖|没有中奖/.test(reply)).length, 10);
    const won = replies.filter((reply) => reply.includes('恭喜中奖')).length;
    await eventually('every packet', async () => (await packetsOf(openid)).length === won);
    await world.compareBooks();
  });

  it('checks in once a Beijing day and wins at the milestones of the streak', async () => {
    const { openid } = world.simulator.followers.add();
    assert.match(await say(openid, '签到'), /首日红包/);
    assert.match(await say(openid, '签到'), /今天已经签到过了/);
    world.simulator.clock.advance(DAY_MS);
    assert.match(await say(openid, '签到'), /已连续 2 天/);
    world.simulator.clock.advance(DAY_MS);
    assert.match(await say(openid, '签到'), /三日红包/);
    await eventually('both packets', async () => (await packetsOf(openid)).length === 2);
    await world.compareBooks();
  });

  it('that no activity answers gets the fallback text and leaves no trace', async () => {
    const { openid } = world.simulator.followers.add();
    assert.match(await say(openid, '在吗'), /回复“抽奖”/);
    const found = await world.database.client.query('select 1 from draw where openid = $1', [openid]);
    assert.equal(found.rowCount, 0);
  });

  it('delivered 20 times at once is one draw with one reply', async () => {
    const { openid } = world.simulator.followers.add();
    const message = world.simulator.push.prepare(openid, { MsgType: 'text', Content: '恭喜发财' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.simulator.push.deliverOnce(message)));
    const replies = answers.map(({ verdict }) => (verdict.kind === 'replied' ? verdict.xml : verdict.kind));
    assert.equal(new Set(replies).size, 1);
    const later = await world.simulator.push.deliverOnce(message);
    assert.equal(later.verdict.kind === 'replied' && later.verdict.xml, replies[0]);
    const found = await world.database.client.query('select 1 from draw where openid = $1', [openid]);
    assert.equal(found.rowCount, 1);
  });

  it('with a NUL, half an emoji or XML inside is answered and harms nobody', async () => {
    const { openid } = world.simulator.followers.add();
    for (const text of ['抽奖\u0000', '抽奖\ud83d', ']]><FromUserName>x</FromUserName>', '\u0007抽奖']) {
      const { fault } = await world.simulator.push.sendText(openid, text);
      assert.equal(fault, undefined, JSON.stringify(text));
    }
  });
});
