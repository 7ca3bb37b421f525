import fc from 'fast-check';

// What readers of XML stumble over, as whole pieces: random characters alone would hardly ever make one.
const PIECES = [
  [']]>', ']', ']]', '>', '<', '&', ';', '"', "'", '=', '/', '?', '!', '-'],
  ['&lt;', '&amp;', '&#65;', '&#x1F9E7;', '&#0;', '&#xD800;', '&nbsp;', '&AMP;', '&bogus;', '&#99999999;'],
  ['<!--', '-->', '<!-- c -->', '<![CDATA[', '<![cdata[', ']]]]><![CDATA[>', '<?pi x?>', '<?xml version="1.0"?>'],
  ['<!DOCTYPE x>', '<!DOCTYPE x [<!ENTITY e "v">]>', '<!ENTITY e "v">', '&e;', '<!x>', '</xml>', '<xml>'],
  ['</Content>', '<Content>', '<b>', '</b>', '<b/>', '<b a="1">', '<n:b>', '</n:b>'],
  ['\r\n', '\n', '\t', ' ', '\u0000', '\u0001', '\u000B', '\u001F', '\u007F', '\u0085', '\u00A0', '\u2028'],
  ['\uFEFF', '\uFFFE', '\uFFFF', '\uD83D', '\uDDE7', '🧧', '红包', 'e\u0301', '\u202E'],
  ['18446744073709551616', '1e309', '-0', '0x10', 'NaN', 'a', 'Z', '0', '_', '抽奖'],
].flat();

const NAMES = [
  ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'Content', 'MsgId', 'Event', 'EventKey', 'Ticket'],
  ['ScanCodeInfo', 'item', 'bizmsgmenuid', 'debug_str', 'MediaId16K', 'Location_X', 'xml', 'x', 'A1'],
].flat();
const STRANGE_NAMES = [
  ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '_', '$', '#name', 'cdata', '$$'],
  ['n:Content', 'xmlns', '中文', 'a-b', 'a.b', '1a', '-a', '', ' ', 'Content ', 'Content a="1"', 'é', 'prototype'],
].flat();

const piece = fc.constantFrom(...PIECES);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const quietText = fc.oneof(
  fc.constantFrom('', '抽奖', 'text', '1409735668', ' a b ', "it's > 1"),
  fc.stringMatching(/^\w{1,9}$/),
);
const strangeName = fc.constantFrom(...STRANGE_NAMES);
const space = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom('\n', '', ' ', '\r\n', '\t\n  ') },
  { weight: 1, arbitrary: piece },
);

const split = (value: string): string => value.replaceAll(']]>', ']]]]><![CDATA[>');
const value = fc.oneof(
  { weight: 60, arbitrary: quietText.map((inner) => `<![CDATA[${inner}]]>`) },
  { weight: 30, arbitrary: quietText },
  { weight: 8, arbitrary: text.map((inner) => `<![CDATA[${split(inner)}]]>`) },
  { weight: 2, arbitrary: text.map((inner) => `<![CDATA[${inner}]]>`) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.tuple(text, text).map(([left, right]) => `${left}<![CDATA[${right}]]>`) },
  { weight: 1, arbitrary: fc.tuple(strangeName, text).map(([inner, content]) => `<${inner}>${content}</${inner}>`) },
);

const rightField = ([name, content]: readonly [string, string]): string => `<${name}>${content}</${name}>`;
const oddField = fc.oneof(
  fc.tuple(strangeName, value).map(rightField),
  fc.tuple(fc.constantFrom(...NAMES), value).map(rightField),
  fc.constantFrom(...NAMES, ...STRANGE_NAMES).map((name) => `<${name}/>`),
  fc.tuple(strangeName, value).map(([name, content]) => `<Content>${content}</${name}>`),
  piece,
);
const fields = fc
  .tuple(
    fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 8 }),
    fc.array(fc.tuple(value, space), { minLength: 8, maxLength: 8 }),
    fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oddField }),
  )
  .map(([names, contents, odd]) => {
    const right = names.map((name, index) => rightField([name, contents[index]?.[0] ?? '']) + contents[index]?.[1]);
    return odd === null ? right : right.toSpliced(right.length >> 1, 0, odd);
  });

const before = fc.oneof({ weight: 40, arbitrary: fc.constant('') }, { weight: 1, arbitrary: piece });
const root = fc.oneof(
  { weight: 60, arbitrary: fc.constant(['<xml>', '</xml>'] as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...([
        ['<XML>', '</XML>'],
        ['<xml >', '</xml >'],
        ['<xml a="<xml>">', '</xml>'],
        ['<n:xml>', '</n:xml>'],
        ['<xml>', '</yml>'],
        ['<xml>', ''],
        ['<xml/>', ''],
      ] as const),
    ),
  },
);

/** Documents that look like a message, most of them right in most places. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(before, root, space, fields, before)
  .map(([start, [open, close], first, inner, end]) => [start, open, first, ...inner, close, end].join(''));

export type Mutation = readonly [kind: number, at: number, length: number, piece: string, change: number];

/** One damage to a document; places are fractions of its length, so that it fits any. */
export const mutations: fc.Arbitrary<Mutation> = fc.tuple(
  fc.noBias(fc.nat(6)),
  fc.noBias(fc.nat(9999)).map((tenThousandths) => tenThousandths / 10_000),
  fc.noBias(fc.nat(6)),
  piece,
  fc.noBias(fc.nat(15)),
);

/** Applies one damage: cut out, double, put in, put over, flip one bit of one character, cut off or move. */
export function damaged(body: string, [kind, fraction, length, inserted, change]: Mutation): string {
  const at = Math.floor(fraction * body.length);
  const [head, taken, tail] = [body.slice(0, at), body.slice(at, at + length), body.slice(at + length)];
  if (kind === 0) return head + tail;
  if (kind === 1) return head + taken + taken + tail;
  if (kind === 2) return head + inserted + taken + tail;
  if (kind === 3) return head + inserted + tail;
  if (kind === 4) return head + String.fromCharCode(body.charCodeAt(at) ^ (1 << change)) + body.slice(at + 1);
  if (kind === 5) return head;
  return head + tail + taken;
}
