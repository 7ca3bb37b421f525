import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlatXml } from '../../src/base/flat-xml.ts';
import { readXml } from '../../src/base/xml.ts';
import { compareOne, compareReaders } from '../fuzz/xml-differential.ts';

const MESSAGE =
  '<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<CreateTime>1409735668</CreateTime>\r\n' +
  '<Content><![CDATA[ 抽奖🧧 <b>& ]] > ]]></Content><EventKey></EventKey></xml>\n';

test('a flat message is read, spaces and markup in texts kept', () => {
  assert.deepEqual(readFlatXml(MESSAGE), {
    ToUserName: 'gh_1',
    CreateTime: '1409735668',
    Content: ' 抽奖🧧 <b>& ]] > ',
    EventKey: '',
  });
  assert.equal(compareOne(MESSAGE), 'alike');
});

for (const [what, body] of [
  ['a nested element', '<xml><a><b>1</b></a></xml>'],
  ['a repeated element', '<xml><a>1</a><a>2</a></xml>'],
  ['a name that every object has', '<xml><constructor>1</constructor></xml>'],
  ['an attribute', '<xml><a b="1">1</a></xml>'],
  ['an entity', '<xml><a>&lt;</a></xml>'],
  ['a split CDATA section', '<xml><a><![CDATA[]]]]><![CDATA[>]]></a></xml>'],
  ['a comment', '<xml><!-- c --><a>1</a></xml>'],
  ['a byte order mark', '\uFEFF<xml><a>1</a></xml>'],
  ['a control character', '<xml><a>\u0001</a></xml>'],
  ['an XML declaration', '<?xml version="1.0"?><xml><a>1</a></xml>'],
  ['a declaration as text', '<xml><a><![CDATA[<!DOCTYPE html>]]></a></xml>'],
  ['an empty document', '<xml></xml>'],
  ['text beside elements', '<xml>x<a>1</a></xml>'],
  ['something after the root', '<xml><a>1</a></xml>x'],
] as const) {
  test(`${what} is left to the reference`, () => assert.equal(compareOne(body), 'left'));
}

for (const [what, body] of [
  ['nothing', ''],
  ['a document type', '<!DOCTYPE xml><xml><a>1</a></xml>'],
  ['a document type cut by a control character', '<!\u0001DOCTYPE xml><xml><a>1</a></xml>'],
  ['a document type between sections in comments', '<!--<![CDATA[--><!DOCTYPE x><xml><a>1</a></xml><!--]]>-->'],
  ['an open element', '<xml><a>1</xml>'],
  ['another closing name', '<xml><a>1</b></xml>'],
  ['an open section', '<xml><a><![CDATA[1]]</a></xml>'],
  ['a second fault after the first', '>\n<a>1</a>\n</xml>'],
] as const) {
  test(`${what} is refused by the reference and not answered`, () => {
    if (body !== '') return assert.equal(compareOne(body), 'refused');
    assert.deepEqual([readFlatXml(body), Object.keys(readXml(body))], [null, []]);
  });
}

test('20,000 generated and damaged bodies are read alike by both readers', () => {
  const { bodies, alike, refused } = compareReaders({ bodies: 20_000, seed: 20_260_917 });
  assert.equal(bodies, 20_000);
  assert.ok(alike > 4000 && refused > 2000, `${alike} alike, ${refused} refused: the bodies test too little`);
});
