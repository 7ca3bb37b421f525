import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { randomId } from '../support/builders.ts';
import { eventually, startWorld, textsKnown } from '../support/world.ts';
import type { World } from '../support/world.ts';

describe('the chat beside activities', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.close();
  });

  const client = () => world.database.client;
  const someone = (): string => world.simulator.followers.add().openid;

  async function say(openid: string, text: string): Promise<string> {
    const { reply, fault } = await world.simulator.push.sendText(openid, text);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }

  async function happen(
    openid: string,
    fields: { Event: string; EventKey?: string; Ticket?: string },
  ): Promise<string> {
    const { reply, fault } = await world.simulator.push.sendEvent(openid, fields);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }

  /** Says it again until it is answered under what was just set: settings are known within about a second. */
  const answerAtLast = (answer: RegExp, openid: string, text: string): Promise<string> =>
    eventually(String(answer), async () => {
      const said = await say(openid, text);
      return answer.test(said) && said;
    });

  it('lists a follower’s awards with state and reason, from won to opened', async () => {
    const openid = someone();
    assert.match(await say(openid, '我的红包'), /^还没有中奖记录/);
    await say(openid, '恭喜发财');
    assert.match(await say(openid, ' 我的红包 '), /1\. 口令红包 1\.00 元\n\d\d-\d\d \d\d:\d\d (准备中|已发到聊天里)/);
    const packet = await eventually('the packet', () =>
      world.simulator.books.packets().find((one) => one.openid === openid),
    );
    await eventually('the send to be known', async () =>
      /已发到聊天里，请在 24 小时内打开/.test(await say(openid, '我的红包')),
    );
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(120_000);
    await eventually('the opening to be known', async () => /已领取/.test(await say(openid, '我的红包')));
    const list = await say(openid, '我的红包');
    assert.match(list, new RegExp(`<a href="${world.publicUrl}/me/awards\\?account=main">查看全部</a>`));
    await client().query(`update account set my_awards_keyword = '查奖'`);
    await answerAtLast(/已领取/, openid, '查奖');
    assert.doesNotMatch(await say(openid, '我的红包'), /已领取/);
  });

  it('greets who follows, by the code they came by where it has words of its own, and counts the visit once', async () => {
    await client().query(
      `insert into scene_code (account_id, scene, name, lasting, ticket, url, reply, created_by, created_at, updated_at)
         values ('main', 'shop-1', '门店', true, 't', 'u', '欢迎来到一号店', 'test', $1, $1)`,
      [new Date()],
    );
    const openid = someone();
    await textsKnown(world);
    assert.match(await happen(openid, { Event: 'subscribe', EventKey: '' }), /^欢迎关注！/);
    // Events are told by the second.
    world.simulator.clock.advance(1000);
    assert.equal(await happen(openid, { Event: 'unsubscribe', EventKey: '' }), '');
    world.simulator.clock.advance(1000);
    const coming = world.simulator.push.prepareEvent(openid, {
      Event: 'subscribe',
      EventKey: 'qrscene_shop-1',
      Ticket: 't',
    });
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const { verdict } = await world.simulator.push.deliverOnce(coming);
      assert.match(verdict.kind === 'replied' ? verdict.xml : verdict.kind, /欢迎来到一号店/);
    }
    assert.equal(await happen(openid, { Event: 'SCAN', EventKey: 'shop-1', Ticket: 't' }), '欢迎来到一号店');
    const visits = await client().query('select followed from scene_visit where openid = $1 order by followed', [
      openid,
    ]);
    assert.deepEqual(visits.rows, [{ followed: false }, { followed: true }]);
    const follower = await client().query('select following, scene from follower where openid = $1', [openid]);
    assert.deepEqual(follower.rows, [{ following: true, scene: 'shop-1' }]);
  });

  it('answers a keyword without a draw and leads into an activity', async () => {
    const activity = await client().query<{ id: string; slug: string }>(
      `select id, slug from activity where (draft -> 'trigger' ->> 'page')::boolean limit 1`,
    );
    const { id, slug } = activity.rows[0] ?? assert.fail('the demo has no activity with a page');
    await client().query(
      `insert into keyword_reply (account_id, id, words, match, reply, activity_id, position, created_at, updated_at)
         values ('main', $1, '{营业时间}', 'contains', '每天 9:00 到 21:00', $2, 1, $3, $3)`,
      [randomId(), id, new Date()],
    );
    const openid = someone();
    const answer = await answerAtLast(/^每天 9:00 到 21:00\n<a href=/, openid, '你们营业时间是？');
    assert.ok(answer.includes(`/a/${slug}"`), answer);
    assert.match(await happen(openid, { Event: 'CLICK', EventKey: '营业时间' }), /^每天/);
    assert.match(await happen(openid, { Event: 'CLICK', EventKey: `activity:${slug}` }), /./);
    const draws = await client().query('select request_key from draw where openid = $1', [openid]);
    assert.equal(draws.rows.length, 1);
    assert.match(draws.rows[0]?.request_key, /^e:.*:click:activity%3A|^e:.*:click:activity:/);
  });

  it('asks who sends faster than anybody types to wait, and writes nothing down for it', async () => {
    const openid = someone();
    const wait = '发得太快了，请稍等几秒再发一次';
    const messages = Array.from({ length: 150 }, () =>
      world.simulator.push.prepare(openid, { MsgType: 'text', Content: '恭喜发财' }),
    );
    const answers = await Promise.all(messages.map((message) => world.simulator.push.deliver(message)));
    const texts = answers.map(({ reply }) => (reply?.type === 'text' ? reply.content : ''));
    const tooFast = texts.filter((text) => text === wait).length;
    const draws = await client().query('select request_key from draw where openid = $1', [openid]);
    assert.equal(tooFast + (draws.rowCount ?? 0), 150);
    // Forty at once where people are scripted, and what refills meanwhile.
    assert.ok(tooFast >= 20 && (draws.rowCount ?? 0) >= 40, `${tooFast} were too fast`);
    const drawn = texts.findIndex((text) => text !== wait);
    const again = await world.simulator.push.deliver(messages[drawn] ?? assert.fail('some were taken'));
    assert.equal(
      again.reply?.type === 'text' ? again.reply.content : '',
      texts[drawn],
      'a repeat gets what was decided',
    );
  });

  it('tells a reply that could not be told before with the next message, once', async () => {
    const openid = someone();
    await client().query(
      `insert into late_reply (account_id, request_key, openid, trigger, asked_at, reply, state, created_at)
         values ('main', 'm:x:1', $1, 'message', $2, '<xml><Content>恭喜获得 8.00 元</Content></xml>', 'next-message', $2)`,
      [openid, new Date()],
    );
    await answerAtLast(/^刚才的回复：恭喜获得 8\.00 元\n./s, openid, '恭喜发财');
    assert.doesNotMatch(await say(openid, '你好'), /刚才的回复/);
  });

  it('leaves books that agree', async () => {
    await eventually(
      'every send to be recorded',
      async () => (await client().query(`select 1 from payout where state in ('waiting', 'unknown')`)).rowCount === 0,
    );
    await world.compareBooks();
  });
});
