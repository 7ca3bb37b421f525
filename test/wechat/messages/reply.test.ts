import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OurBug } from '../../../src/base/errors.ts';
import type { Reply, ReplyArticle } from '../../../src/flows/ports/replies.ts';
import { judgeReply } from '../../../src/simulator/push/reply-judge.ts';
import { readXml } from '../../../src/simulator/wire/xml.ts';
import { cutToBytes, renderReply, TEXT_REPLY_BYTES_MAX } from '../../../src/wechat/messages/reply.ts';

const FOLLOWER = 'oFollower';
const ACCOUNT = 'gh_account';
const render = (reply: Reply | string, answers: 'message' | 'event' = 'message') =>
  renderReply(typeof reply === 'string' ? { type: 'text', text: reply } : reply, {
    toUser: FOLLOWER,
    fromUser: ACCOUNT,
    createTimeSeconds: 1_409_735_668,
    answers,
  });

/** What WeChat shows of a reply, by the simulator's own reader. */
function shown(reply: Reply | string, trigger: 'message' | 'event' = 'message') {
  const account = { appId: 'wx', appSecret: '', originalId: ACCOUNT, token: '', encodingAesKey: '' };
  const judging = { account, mode: 'plain', openid: FOLLOWER, trigger, mediaIds: new Set(['media-1']) } as const;
  const verdict = judgeReply(render(reply, trigger), judging);
  assert.equal(verdict.kind, 'replied', JSON.stringify(verdict));
  return verdict.kind === 'replied' ? verdict : assert.fail();
}

const textOf = (reply: string): string => {
  const { reply: seen } = shown(reply);
  return seen.type === 'text' ? seen.content : assert.fail(seen.type);
};

/** What XML 1.0 forbids goes, a lone surrogate is replaced. */
const cleaned = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');

const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(']]>', ']', '>', '<', '<![CDATA[', '</Content>', '</xml>', '<MsgType>', '&', '&amp;', '🧧', '中'),
      fc.constantFrom(
        '\uD800',
        '\uDC00',
        '\u0000',
        '\u000B',
        '\uFFFE',
        '\r\n',
        '\t',
        'a',
        '<?x?>',
        '<!--',
        '<!DOCTYPE x>',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

test('a text reply has the documented elements', () => {
  assert.equal(
    render('你好'),
    '<xml>\n<ToUserName><![CDATA[oFollower]]></ToUserName>\n<FromUserName><![CDATA[gh_account]]></FromUserName>\n' +
      '<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[你好]]></Content>\n</xml>',
  );
});

test('WeChat reads back exactly the cleaned text, whatever it holds', () => {
  fc.assert(
    fc.property(awkward, (text) => assert.equal(textOf(text), cleaned(text) === '' ? '…' : cleaned(text))),
    { numRuns: 2000 },
  );
});

test('no field of any reply can break out of its element', () => {
  const elements = (xml: string): string =>
    JSON.stringify(readXml(xml), (key, value: unknown) => (key === 'text' ? '' : value));
  fc.assert(
    fc.property(awkward, (inner) => {
      const field = `x${inner}`;
      for (const reply of everyKind(field)) {
        assert.equal(elements(render(reply)), elements(render(sameShape(reply))));
      }
    }),
    { numRuns: 500 },
  );
});

function everyKind(field: string): readonly Reply[] {
  const article = { title: field, description: field, pictureUrl: field, url: field };
  return [
    { type: 'image', mediaId: field },
    { type: 'voice', mediaId: field },
    { type: 'video', mediaId: field, title: field, description: field },
    {
      type: 'music',
      thumbMediaId: field,
      title: field,
      description: field,
      musicUrl: field,
      highQualityMusicUrl: field,
    },
    { type: 'news', articles: [article] },
    { type: 'transfer_customer_service', agent: field },
  ];
}

function sameShape(reply: Reply): Reply {
  return everyKind('x').find(({ type }) => type === reply.type) ?? assert.fail(reply.type);
}

test('an image, a voice, a video and music are nested as WeChat reads them', () => {
  for (const type of ['image', 'voice'] as const) {
    assert.deepEqual(shown({ type, mediaId: 'media-1' }).reply, { type, mediaId: 'media-1' });
  }
  assert.equal(shown({ type: 'video', mediaId: 'media-1', title: '标题' }).reply.type, 'video');
  const music = { type: 'music', thumbMediaId: 'media-1', musicUrl: 'https://m.example/a.mp3' } as const;
  assert.equal(shown(music).reply.type, 'music');
  assert.match(render({ type: 'image', mediaId: 'm' }), /<Image><MediaId><!\[CDATA\[m\]\]><\/MediaId><\/Image>/);
  assert.match(
    render({ ...music, title: 't', description: 'd', highQualityMusicUrl: 'https://m.example/b.mp3' }),
    /<Music><Title>.*<Description>.*<MusicUrl>.*<HQMusicUrl>.*<ThumbMediaId>/,
  );
  assert.doesNotMatch(render(music), /Title|HQMusicUrl/);
});

test('one article answers a message, eight an event; surplus ones are dropped', () => {
  const articles: ReplyArticle[] = Array.from({ length: 10 }, (_, index) => ({
    title: `第${index}篇`,
    description: 'd',
    pictureUrl: 'https://p.example/1.jpg',
    url: 'https://a.example/?a=1&b=2',
  }));
  const titles = (trigger: 'message' | 'event') => {
    const { reply } = shown({ type: 'news', articles }, trigger);
    return reply.type === 'news' ? reply.articles.map(({ title }) => title) : assert.fail(reply.type);
  };
  assert.deepEqual(titles('message'), ['第0篇']);
  assert.equal(titles('event').length, 8);
  assert.throws(() => render({ type: 'news', articles: [] }), OurBug);
});

test('a message is handed to customer service, an event never is', () => {
  const handover = { type: 'transfer_customer_service' } as const;
  assert.equal(shown(handover).reply.type, 'transfer_customer_service');
  assert.match(
    render({ ...handover, agent: 'li@gh_account' }),
    /<TransInfo><KfAccount><!\[CDATA\[li@gh_account\]\]><\/KfAccount><\/TransInfo>/,
  );
  assert.throws(() => render(handover, 'event'), OurBug);
});

test('a text with nothing left to show is never sent empty, which would be a fault notice', () => {
  assert.equal(textOf(''), '…');
  assert.equal(textOf('\u0000\u0001'), '…');
});

test('a reply is cut at 2047 bytes between two characters, without a warning from WeChat', () => {
  assert.equal(textOf('a'.repeat(2047)).length, 2047);
  assert.equal(textOf('a'.repeat(3000)).length, 2047);
  assert.equal(textOf('红'.repeat(3000)), '红'.repeat(682));
  assert.equal(textOf(`a${'🧧'.repeat(600)}`), `a${'🧧'.repeat(511)}`);
  assert.deepEqual(shown('红'.repeat(3000)).warnings, []);
});

test('a cut leaves no half link behind', () => {
  const link = '<a href="https://a.example/">看红包</a>';
  assert.equal(textOf(`${'a'.repeat(2030)}${link}`), 'a'.repeat(2030));
  assert.equal(textOf(`${link}${'a'.repeat(3000)}`).length, 2047 - 6);
  assert.ok(textOf(`${link}${'a'.repeat(3000)}`).startsWith(link));
});

test('a cut text is a whole start of the text within the bound', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, bytesMax) => {
      const cut = cutToBytes(text, bytesMax);
      assert.ok(text.startsWith(cut));
      assert.ok(Buffer.byteLength(cut) <= bytesMax);
      assert.ok(cut.isWellFormed());
      const next = String.fromCodePoint(text.codePointAt(cut.length) ?? 0);
      assert.ok(cut === text || Buffer.byteLength(cut + next) > bytesMax);
    }),
  );
  assert.equal(TEXT_REPLY_BYTES_MAX, 2047);
});
