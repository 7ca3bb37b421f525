import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { z } from 'zod';
import { OutsideTrouble } from '../../../src/base/errors.ts';
import type { ActivityId } from '../../../src/base/ids.ts';
import { chooseAnswer } from '../../../src/flows/chat/choose-answer.ts';
import type { AnswerSources } from '../../../src/flows/chat/choose-answer.ts';
import { myAwardsText } from '../../../src/flows/chat/my-awards-text.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { KeywordReply, SceneAnswer } from '../../../src/flows/ports/chat-settings.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import type { InboundMessage } from '../../../src/flows/ports/messages.ts';
import type { MyAward } from '../../../src/flows/ports/pages.ts';
import { fen } from '../../../src/base/fen.ts';
import { createWordFolder } from '../../../src/rules/fold-word.ts';
import { createActivityChooser } from '../../../src/rules/trigger.ts';
import type { triggerSchema } from '../../../src/rules/trigger-schema.ts';
import type { WordMatch } from '../../../src/rules/trigger-word.ts';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import { messageDoor } from '../../../src/wechat/messages/message-door.ts';
import { NOON_MS } from '../../support/builders.ts';
import { lotteryRule } from '../../support/live-activity.ts';
import { anAccount, aTextXml, plainDelivery } from '../../wechat/builders.ts';

const account = anAccount({ messageMode: 'plain', welcomeText: '欢迎', fallbackText: '没听懂' });

function live(
  slug: string,
  words: readonly [string, WordMatch][],
  ways: Partial<z.input<typeof triggerSchema>> = {},
): LiveActivity {
  const trigger = { words: words.map(([word, match]) => ({ word, match })), ...ways };
  const rule = activityRuleSchema.parse(lotteryRule({ trigger }));
  const id = slug as ActivityId;
  return {
    accountId: account.id,
    id,
    slug,
    name: `活动${slug}`,
    version: 1,
    rule,
    publishedAtMs: 0,
    paysThrough: null,
  };
}

function aReply(id: string, words: string[], changes: Partial<KeywordReply> = {}): KeywordReply {
  return { id, words, match: 'exact', reply: `回复${id}`, activityId: null, ...changes };
}

const tools = {
  chooser: createActivityChooser<LiveActivity>(),
  foldWords: createWordFolder(),
  publicUrl: 'https://hb.example.com',
};

const REPLY_ID = 'a'.repeat(32);

async function choose(
  fields: Record<string, string | undefined>,
  given: {
    live?: readonly LiveActivity[];
    replies?: readonly KeywordReply[];
    scene?: SceneAnswer;
    account?: Partial<Account>;
    firstFollow?: boolean;
  } = {},
) {
  const sources: AnswerSources = {
    activities: { live: async () => given.live ?? [], bySlug: async () => undefined },
    settings: { keywordReplies: async () => given.replies ?? [], scene: async () => given.scene },
    ...tools,
  };
  const noted = { firstFollow: given.firstFollow ?? true };
  return chooseAnswer(sources, { ...account, ...given.account }, read(fields), noted);
}

function read(fields: Record<string, string | undefined>): InboundMessage {
  const { query, body } = plainDelivery({ account, xml: aTextXml(fields), nowMs: NOON_MS });
  return messageDoor.open({ account, query, body: Buffer.from(body), nowMs: NOON_MS }).message;
}

const event = (name: string, key?: string) => ({
  MsgType: 'event',
  Event: name,
  EventKey: key,
  Content: undefined,
  MsgId: undefined,
});
const text = (words: string, drawable: boolean) => ({ kind: 'text', text: words, drawable });

describe('a text', () => {
  const activity = live('one', [['抽奖', 'contains']]);

  test('that is the keyword for awards lists them, whatever else listens to it', async () => {
    const listening = { live: [live('one', [['我的红包', 'exact']])], replies: [aReply('1', ['我的红包'])] };
    assert.deepEqual(await choose({ Content: ' 我的红包 ' }, listening), { kind: 'my-awards' });
    const renamed = { ...listening, account: { myAwardsKeyword: 'ＡＷＡＲＤＳ' } };
    assert.deepEqual(await choose({ Content: 'awards' }, renamed), { kind: 'my-awards' });
    assert.equal((await choose({ Content: '我的红包' }, renamed)).kind, 'draw');
  });

  test('goes to an activity before a keyword reply, and to the fallback last', async () => {
    const given = { live: [activity], replies: [aReply('1', ['抽奖']), aReply('2', ['地址'])] };
    assert.deepEqual(await choose({ Content: '我要抽奖' }, given), { kind: 'draw', activity, by: 'words', before: '' });
    assert.deepEqual(await choose({ Content: '地址' }, given), text('回复2', true));
    assert.deepEqual(await choose({ Content: '别的' }, given), text('没听懂', true));
  });

  test('meets an exact word before a contained one, and the operators’ order among equals', async () => {
    const replies = [
      aReply('1', ['在'], { match: 'contains' }),
      aReply('2', ['你在哪'], { match: 'contains' }),
      aReply('3', ['你在哪里']),
    ];
    assert.deepEqual(await choose({ Content: '你在哪里' }, { replies }), text('回复3', true));
    assert.deepEqual(await choose({ Content: '你在哪' }, { replies }), text('回复2', true));
    assert.deepEqual(await choose({ Content: '你在哪呀' }, { replies }), text('回复1', true));
    assert.deepEqual(await choose({ Content: '   ' }, { replies }), text('没听懂', true));
  });

  test('whose reply names an activity ends with a way into it, while it is live', async () => {
    const replies = [aReply('1', ['活动'], { activityId: 'one' as ActivityId })];
    const page = live('one', [], { page: true });
    assert.deepEqual(
      await choose({ Content: '活动' }, { replies, live: [page] }),
      text('回复1\n<a href="https://hb.example.com/a/one">活动one</a>', true),
    );
    const spoken = await choose({ Content: '活动' }, { replies, live: [activity] });
    assert.match(spoken.kind === 'text' ? spoken.text : '', /weixin:\/\/bizmsgmenu\?msgmenucontent=%E6%8A%BD%E5%A5%96/);
    assert.deepEqual(await choose({ Content: '活动' }, { replies }), text('回复1', true));
  });
});

test('another kind of message gets the fallback; a kind nobody knows gets nothing', async () => {
  const image = { MsgType: 'image', PicUrl: 'https://example.com/1.jpg', MediaId: 'm', Content: undefined };
  assert.deepEqual(await choose(image), text('没听懂', false));
  assert.deepEqual(await choose({ MsgType: 'hologram' }), { kind: 'nothing' });
});

describe('an event', () => {
  const scene = { reply: '来自门店', activityId: null };

  test('of following is greeted by the scene’s reply, or the welcome', async () => {
    assert.deepEqual(await choose(event('subscribe')), text('欢迎', true));
    assert.deepEqual(await choose(event('subscribe', 'qrscene_shop'), { scene }), text('来自门店', true));
    const bare = { scene: { reply: '', activityId: 'one' as ActivityId }, live: [live('one', [], { page: true })] };
    assert.deepEqual(
      await choose(event('subscribe', 'qrscene_shop'), bare),
      text('欢迎\n<a href="https://hb.example.com/a/one">活动one</a>', true),
    );
  });

  test('of scanning gets the scene’s reply and nothing for a scene nobody made', async () => {
    assert.deepEqual(await choose(event('SCAN', 'shop'), { scene }), text('来自门店', true));
    assert.deepEqual(await choose(event('SCAN', 'shop')), text('', true));
  });

  test('of following draws where an activity wants it, behind the welcome', async () => {
    const first = live('one', [], { follow: 'first' });
    const drawn = (activity: LiveActivity, by: string, before: string) => ({ kind: 'draw', activity, by, before });
    assert.deepEqual(await choose(event('subscribe'), { live: [first] }), drawn(first, 'follow', '欢迎'));
    assert.deepEqual(await choose(event('subscribe'), { live: [first], firstFollow: false }), text('欢迎', true));
    const every = live('two', [], { follow: 'every' });
    const again = { live: [first, every], firstFollow: false };
    assert.deepEqual(await choose(event('subscribe'), again), drawn(every, 'follow', '欢迎'));
    assert.deepEqual(
      await choose(event('subscribe', 'qrscene_shop'), { live: [first], scene }),
      drawn(first, 'follow', '来自门店'),
    );
  });

  test('of scanning a code draws where an activity wants it, without a way into the same activity', async () => {
    const activity = live('one', [], { scenes: ['shop'], page: true });
    const drawn = (before: string) => ({ kind: 'draw', activity, by: 'scenes', before });
    assert.deepEqual(await choose(event('SCAN', 'shop'), { live: [activity] }), drawn(''));
    const pointing = { scene: { ...scene, activityId: activity.id }, live: [activity] };
    assert.deepEqual(await choose(event('SCAN', 'shop'), pointing), drawn('来自门店'));
    assert.deepEqual(await choose(event('subscribe', 'qrscene_shop'), pointing), drawn('来自门店'));
    const other = live('two', [], { page: true });
    const toOther = { scene: { ...scene, activityId: other.id }, live: [activity, other] };
    const link = '来自门店\n<a href="https://hb.example.com/a/two">活动two</a>';
    assert.deepEqual(await choose(event('SCAN', 'shop'), toOther), drawn(link));
    assert.deepEqual(await choose(event('SCAN', 'door'), { live: [activity] }), text('', true));
  });

  test('of a menu tap draws, replies, lists awards or counts as a text', async () => {
    const activity = live('one', [['抽奖', 'exact']]);
    const given = { live: [activity], replies: [aReply(REPLY_ID, ['地址'])] };
    const drawn = { kind: 'draw', activity, before: '' };
    assert.deepEqual(await choose(event('CLICK', 'activity:one'), given), { ...drawn, by: 'menu' });
    const deaf = live('one', [], { page: true, menu: false });
    assert.deepEqual(await choose(event('CLICK', 'activity:one'), { live: [deaf] }), text('没听懂', true));
    assert.deepEqual(await choose(event('CLICK', 'activity:gone'), given), text('没听懂', true));
    assert.deepEqual(await choose(event('CLICK', 'my-awards'), given), { kind: 'my-awards' });
    assert.deepEqual(await choose(event('CLICK', `reply:${REPLY_ID}`), given), text(`回复${REPLY_ID}`, false));
    assert.deepEqual(await choose(event('CLICK', `reply:${'b'.repeat(32)}`), given), text('没听懂', false));
    assert.deepEqual(await choose(event('CLICK', '抽奖'), given), { ...drawn, by: 'words' });
    assert.deepEqual(await choose(event('CLICK', 'V1001'), given), text('没听懂', true));
  });

  test('of leaving, a visited link or a result gets nothing', async () => {
    for (const name of ['unsubscribe', 'VIEW', 'LOCATION', 'TEMPLATESENDJOBFINISH', 'brand_new']) {
      assert.deepEqual(await choose(event(name)), { kind: 'nothing' }, name);
    }
  });
});

test('trouble with what operators set is the caller’s to tell', async () => {
  const away = () => Promise.reject(new OutsideTrouble('database-away', 'away'));
  const sources: AnswerSources = {
    activities: { live: away, bySlug: away },
    settings: { keywordReplies: away, scene: away },
    ...tools,
  };
  const asked = chooseAnswer(sources, account, read({ Content: 'x' }), { firstFollow: false });
  await assert.rejects(asked, { code: 'database-away' });
});

describe('the list of awards', () => {
  const award = (changes: Partial<MyAward> = {}): MyAward => ({
    activityName: '周年抽奖',
    prizeName: '一等奖',
    amountFen: fen(888),
    progress: 'opened',
    waitsUntilMs: null,
    wonAtMs: NOON_MS,
    ...changes,
  });

  test('says state and reason of each, newest first', () => {
    const awards = [
      award(),
      award({ progress: 'waits', waitsUntilMs: NOON_MS + 86_400_000 }),
      award({ activityName: '同名的奖', prizeName: '同名的奖', amountFen: fen(0), progress: 'given' }),
    ];
    assert.equal(
      myAwardsText(awards, { more: false, end: '' }),
      [
        '我的红包',
        '1. 周年抽奖·一等奖 8.88 元\n11-21 12:00 已领取',
        '2. 周年抽奖·一等奖 8.88 元\n11-21 12:00 排队中，今天已达微信上限，11-22 后自动发放',
        '3. 同名的奖\n11-21 12:00 已中奖，请联系主办方领取',
      ].join('\n'),
    );
    assert.match(myAwardsText([], { more: false, end: '' }), /还没有中奖记录/);
  });

  test('fits into one reply with the longest names there can be, and no name makes a link', () => {
    const long = award({ activityName: '<a href="x">'.repeat(20), prizeName: '奖'.repeat(200), progress: 'looked-at' });
    const written = myAwardsText(
      Array.from({ length: 20 }, () => long),
      { more: true, end: 'x'.repeat(250) },
    );
    assert.ok(Buffer.byteLength(written) <= 2047, `${Buffer.byteLength(written)} bytes`);
    assert.doesNotMatch(written, /</);
  });
});
