import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addDays, beijingDay } from '../../src/base/beijing-day.ts';
import { accountId } from '../../src/base/ids.ts';
import type { Operator, RuleDraft } from '../../src/flows/ports/operators.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { eventually, startWorld, textsKnown } from '../support/world.ts';
import type { World } from '../support/world.ts';

const OPERATOR: Operator = { id: 'op-journey', name: 'journey', role: 'owner' };

describe('ways into an activity', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
    await publish('riddle', {
      trigger: {
        words: [
          { match: 'exact', word: '太阳' },
          { match: 'number', word: '8' },
          { match: 'pattern', word: '(我猜|答案)*日' },
        ],
      },
      mechanic: { kind: 'keyword', prizeId: 'one-yuan' },
      texts: texts('谜底对了'),
    });
    await publish('welcome', {
      trigger: { follow: 'first' },
      limits: { winsPerPerson: 1 },
      texts: texts('关注有礼'),
    });
    await publish('shop', {
      trigger: { scenes: ['shop-1'] },
      limits: { drawsPerPerson: 1 },
      texts: texts('扫码有礼'),
    });
    await publish('calendar', {
      trigger: {
        words: [
          { match: 'exact', word: '打卡' },
          { match: 'prefix', word: '补卡', leadsTo: 'make-up' },
        ],
      },
      mechanic: { kind: 'check-in', milestones: [{ streakDays: 2, prizeId: 'one-yuan' }] },
      chained: [{ id: 'make-up', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 2 } }],
      startsAtMs: Date.now() - 20 * 86_400_000,
      texts: {
        ...texts('连续两天'),
        checkedIn: '第 {total} 天，还有 {cards} 张补签卡',
        noCard: '没有补签卡了',
        nothingToMakeUp: '这天补不了',
      },
    });
    await textsKnown(world);
  });
  after(() => world.close());

  function texts(win: string): ActivityRuleInput['texts'] {
    return { win: `${win} {amount} 元`, lose: '没中', limit: '一人一次', soldOut: '已抢光', closed: '未开放' };
  }

  async function publish(slug: string, changes: Partial<ActivityRuleInput>): Promise<void> {
    const { operateActivities } = world.service;
    const draft = lotteryRule(changes) as RuleDraft;
    const account = accountId('main');
    const { activity } = await operateActivities.create(OPERATOR, { accountId: account, slug, name: slug, draft });
    await operateActivities.publish(OPERATOR, { id: activity.id, revision: activity.revision });
  }

  async function answerOf(
    result: Promise<Awaited<ReturnType<World['simulator']['push']['sendText']>>>,
  ): Promise<string> {
    const { reply, fault } = await result;
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }
  const say = (openid: string, text: string) => answerOf(world.simulator.push.sendText(openid, text));
  const happen = (openid: string, Event: string, EventKey?: string) =>
    answerOf(world.simulator.push.sendEvent(openid, EventKey === undefined ? { Event } : { Event, EventKey }));

  async function packetsOf(openid: string, count: number) {
    return eventually('the packets', async () => {
      const packets = world.simulator.books.packets().filter((packet) => packet.openid === openid);
      return packets.length === count && packets;
    });
  }

  it('solve a riddle by any answer, however it is written', async () => {
    for (const answer of [' 太阳！', '我想是 捌', '答案：红日', '８']) {
      const { openid } = world.simulator.followers.add();
      assert.match(await say(openid, answer), /谜底对了 1\.00 元/, answer);
      await packetsOf(openid, 1);
    }
    const { openid } = world.simulator.followers.add();
    assert.doesNotMatch(await say(openid, '8 还是 9'), /谜底/);
    await world.compareBooks();
  });

  it('check in by one word, and make the day up that another one names', async () => {
    const { openid } = world.simulator.followers.add();
    const back = (days: number) => addDays(beijingDay(world.simulator.clock.nowMs()), -days).slice(5);
    assert.equal(await say(openid, '打卡'), '第 1 天，还有 2 张补签卡');
    assert.equal(await say(openid, '打卡'), '一人一次');
    assert.equal(await say(openid, `补卡${back(9)}`), '这天补不了');
    assert.equal(await say(openid, `补卡 ${back(3)}`), '第 2 天，还有 1 张补签卡');
    assert.match(await say(openid, '补卡'), /^连续两天 1\.00 元/);
    assert.equal(await say(openid, '补卡'), '没有补签卡了');
    await packetsOf(openid, 1);
    await world.compareBooks();
  });

  it('win by following once, behind the welcome, and never by coming back', async () => {
    const { openid } = world.simulator.followers.add();
    const first = await happen(openid, 'subscribe');
    assert.match(first, /^[^]+\n关注有礼 1\.00 元$/, 'the welcome stands in front');
    await happen(openid, 'unsubscribe');
    world.simulator.clock.advance(60_000);
    assert.doesNotMatch(await happen(openid, 'subscribe'), /关注有礼|一人一次/);
    await packetsOf(openid, 1);
    await world.compareBooks();
  });

  it('win once by a follow that WeChat tells five times at once', async () => {
    const { openid } = world.simulator.followers.add();
    const message = world.simulator.push.prepare(openid, { MsgType: 'event', Event: 'subscribe', EventKey: '' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => world.simulator.push.deliverOnce(message)));
    const replies = answers.map(({ verdict }) => (verdict.kind === 'replied' ? verdict.xml : verdict.kind));
    assert.match(replies[0] ?? '', /关注有礼/);
    assert.equal(new Set(replies).size, 1);
    await packetsOf(openid, 1);
  });

  it('win by scanning a code, by which a newcomer draws for the code and not for the follow', async () => {
    const { openid } = world.simulator.followers.add();
    const newcomer = await happen(openid, 'subscribe', 'qrscene_shop-1');
    assert.match(newcomer, /扫码有礼 1\.00 元/);
    assert.doesNotMatch(newcomer, /关注有礼/);
    assert.match(await happen(openid, 'SCAN', 'shop-1'), /一人一次/);
    const follower = world.simulator.followers.add();
    assert.match(await happen(follower.openid, 'SCAN', 'shop-1'), /扫码有礼 1\.00 元/);
    assert.equal(await happen(follower.openid, 'SCAN', 'shop-2'), '');
    await packetsOf(openid, 1);
    await packetsOf(follower.openid, 1);
    await world.compareBooks();
  });
});
