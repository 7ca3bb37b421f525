import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Draw, Happening, PacketItem } from '../../src/simulator/pages/api.ts';
import { linkedText, webUrl } from '../../src/simulator/pages/linked-text.ts';
import { fieldOf, prettyLines } from '../../src/simulator/pages/pretty-xml.ts';
import { balances, compareBooks, standingOf, tellStories } from '../../src/simulator/pages/stories.ts';
import { chinese } from '../../src/simulator/pages/words-chinese.ts';
import { english } from '../../src/simulator/pages/words-english.ts';

const OPENID = 'oAAAAA0000000000000000000000';
const MESSAGE = '<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[抽奖]]></Content></xml>';

function happening(id: number, kind: string, changes: Partial<Happening> = {}): Happening {
  return { id, atMs: 1000 + id, kind, openid: OPENID, title: '某事', titleEn: 'something', detail: {}, ...changes };
}

function draw(changes: Partial<Draw> = {}): Draw {
  return {
    requestKey: `m:77:${OPENID}`,
    activity: '新春抽奖',
    ruleVersion: 1,
    outcome: 'won',
    prizeId: 'first',
    ticket: 3,
    trace: { why: null, steps: [] },
    atMs: 1002,
    awardState: 'reserved',
    amountFen: 188,
    orderNumber: 'number1',
    payoutState: 'waiting',
    payoutReason: null,
    attempts: null,
    books: [{ kind: 'award', debit: 'reserved', credit: 'budget', amountFen: 188 }],
    ...changes,
  };
}

const message = happening(1, 'message', { detail: { msgId: '77' }, text: MESSAGE });
const sendPath = '/mmpaymkttransfers/sendredpack';
const queryPath = '/mmpaymkttransfers/gethbinfo';

function call(id: number, path: string, answer: string): Happening[] {
  const number = 'number1';
  return [
    happening(id, 'pay-request', { detail: { path, number } }),
    happening(id + 1, 'pay-answer', { detail: { number, code: '' }, text: answer }),
  ];
}

describe('stories of the playground', () => {
  it('a message gathers its draw, its reply, its calls and its packet, and the newest message comes first', () => {
    const later = happening(9, 'message', { detail: { msgId: '78' }, text: MESSAGE.replace('抽奖', '你好') });
    const stories = tellStories(
      OPENID,
      [
        message,
        happening(2, 'reply', { detail: { msgId: '77' }, text: '<xml/>' }),
        later,
        happening(10, 'reply', { detail: { msgId: '78' }, text: 'success' }),
        ...call(11, sendPath, '<xml/>'),
        happening(13, 'packet', { detail: { number: 'number1', status: 'SENT' } }),
        happening(14, 'books'),
      ],
      [draw()],
    );
    const [silent, won] = stories;
    assert.deepEqual([silent?.said.chinese, won?.said.chinese], ['你好', '抽奖']);
    assert.equal(silent && standingOf(silent), 'silent');
    assert.equal(won?.draw?.orderNumber, 'number1');
    assert.deepEqual([won?.replies.length, won?.calls.length, won?.packets.length], [1, 1, 1]);
    assert.equal(won && standingOf(won), 'sent');
  });

  it('an answer belongs to the oldest request without one, and equal queries are told once with their count', () => {
    const held = '<xml><status>SENT</status></xml>';
    const [story] = tellStories(
      OPENID,
      [
        message,
        ...call(2, sendPath, '<xml/>'),
        ...call(4, queryPath, held),
        ...call(6, queryPath, held),
        ...call(8, queryPath, '<xml><status>RECEIVED</status></xml>'),
      ],
      [draw()],
    );
    assert.deepEqual(
      story?.calls.map(({ kind, count, answer }) => [kind, count, answer?.id]),
      [
        ['send', 1, 3],
        ['query', 2, 7],
        ['query', 1, 9],
      ],
    );
  });

  it('without the service to explain, calls belong to the last message before them', () => {
    const [story] = tellStories(OPENID, [message, ...call(2, sendPath, '<xml/>')], []);
    assert.equal(story?.calls.length, 1);
    assert.equal(story && standingOf(story), null);
  });

  it('a draw from a page and one from before a restart are stories without a message', () => {
    const page = draw({ requestKey: `p:a:t:${OPENID}`, atMs: 5, orderNumber: null, payoutState: null });
    const earlier = draw({ requestKey: `m:1:${OPENID}`, atMs: 3, outcome: 'lost' });
    const stories = tellStories(OPENID, [], [page, earlier]);
    assert.deepEqual(
      stories.map((story) => [story.kind, standingOf(story)]),
      [
        ['page', 'given'],
        ['earlier', 'lost'],
      ],
    );
  });

  it('what concerns no message is a note', () => {
    const [note] = tellStories(OPENID, [happening(1, 'clock', { openid: '' })], []);
    assert.equal(note?.kind, 'note');
  });
});

describe('books of the playground', () => {
  const sent = { kind: 'send', debit: 'in-flight', credit: 'reserved', amountFen: 188 };
  const card: PacketItem = {
    id: 1,
    atMs: 1,
    from: 'account',
    kind: 'packet',
    number: 'number1',
    amountFen: 188,
    wishing: '',
    sendName: '',
    state: 'SENT',
  };

  it('money lies where the last entry moved it', () => {
    const entries = [...(draw().books ?? []), sent];
    assert.deepEqual([...balances(entries)], [['in-flight', 188]]);
  });

  it('both books are equal only when they hold the same packet at the same stage', () => {
    const underWay = draw({ books: [...(draw().books ?? []), sent] });
    assert.equal(compareBooks([underWay], [card]).equal, true);
    assert.equal(compareBooks([underWay], [{ ...card, state: 'RECEIVED' }]).equal, false);
    assert.deepEqual(compareBooks([underWay], [{ ...card, number: 'of-another' }]).pay, {
      pending: 0,
      received: 0,
      refunded: 0,
    });
  });
});

describe('XML and texts on the playground', () => {
  it('one element stands on a line, indented by its depth, with its field named', () => {
    const lines = prettyLines('<xml><a><![CDATA[1 < 2]]></a><list><b>3</b></list></xml>');
    assert.deepEqual(
      lines.map(({ depth, field, parts }) => [depth, field, parts.map(({ text }) => text).join('')]),
      [
        [0, null, '<xml>'],
        [1, 'a', '<a><![CDATA[1 < 2]]></a>'],
        [1, null, '<list>'],
        [2, 'b', '<b>3</b>'],
        [1, null, '</list>'],
        [0, null, '</xml>'],
      ],
    );
  });

  it('every character of the wire is kept, also of what is no XML', () => {
    for (const text of ['success', '<html><body>502 & more', '{"a":', '<xml><a>', '<a></b></c>', '<<>>', '']) {
      const shown = prettyLines(text)
        .flatMap(({ parts }) => parts.map((part) => part.text))
        .join('');
      assert.equal(shown, text);
    }
    assert.equal(prettyLines('{"a":[1]}').length, 5);
  });

  it('a field is read with and without CDATA marks', () => {
    assert.equal(fieldOf('<xml><a><![CDATA[x]]></a></xml>', 'a'), 'x');
    assert.equal(fieldOf('<xml><a>x</a></xml>', 'a'), 'x');
    assert.equal(fieldOf('<xml><a>x</a></xml>', 'b'), undefined);
  });

  it('only web addresses become links, other markup stays text', () => {
    const link = '看<a href="https://example.com/a?b=1">这里</a>或 http://127.0.0.1:8080/a/x，好';
    assert.deepEqual(linkedText(link), [
      { text: '看', url: null },
      { text: '这里', url: 'https://example.com/a?b=1' },
      { text: '或 ', url: null },
      { text: 'http://127.0.0.1:8080/a/x', url: 'http://127.0.0.1:8080/a/x' },
      { text: '，好', url: null },
    ]);
    const script = '<a href="javascript:alert(1)">x</a><img src=x onerror=alert(1)>';
    assert.deepEqual(linkedText(script), [{ text: script, url: null }]);
    assert.equal(webUrl('javascript:alert(1)'), undefined);
  });
});

it('both dictionaries of the playground have the same keys, all the way down, and no empty word', () => {
  assert.deepEqual(shape(english), shape(chinese));
});

/** Keys with the kind of what they hold; lists also with their length. */
function shape(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? 'empty' : 'word';
  if (typeof value === 'function') return `function of ${value.length}`;
  if (Array.isArray(value)) return value.map(shape);
  return Object.fromEntries(
    Object.entries(value as object)
      .map(([key, word]) => [key, shape(word)] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
