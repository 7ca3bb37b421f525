import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linklessText, menuLink, miniProgramLink, textLink } from '../../src/base/chat-links.ts';

test('a link has the form that WeChat draws', () => {
  assert.equal(
    textLink({ href: 'https://a.example/x?a=1&b=2', label: '看红包' }),
    '<a href="https://a.example/x?a=1&b=2">看红包</a>',
  );
  assert.equal(
    miniProgramLink({
      href: 'https://a.example/',
      appId: 'wx0123456789abcdef',
      path: 'pages/index?a=1',
      label: '打开',
    }),
    '<a href="https://a.example/" data-miniprogram-appid="wx0123456789abcdef" data-miniprogram-path="pages/index?a=1">打开</a>',
  );
  assert.equal(
    menuLink({ id: '7', content: '抽奖&再来', label: '再抽一次' }),
    '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%8A%BD%E5%A5%96%26%E5%86%8D%E6%9D%A5&msgmenuid=7">再抽一次</a>',
  );
});

test('only web addresses become links', () => {
  for (const href of ['javascript:alert(1)', 'data:text/html,x', 'weixin://dl', 'a.example', '']) {
    assert.throws(() => textLink({ href, label: 'x' }), RangeError);
  }
  assert.throws(
    () => miniProgramLink({ href: 'https://a.example', appId: 'wx" x="', path: '', label: 'x' }),
    RangeError,
  );
});

test('no word can end its link or begin another', () => {
  const words = fc.array(
    fc.constantFrom('<a href="x">', '</a>', '"', "'", '<', '>', '&', '%', ' ', '中', '\uD800', '\n'),
  );
  fc.assert(
    fc.property(words, (pieces) => {
      const text = pieces.join('');
      for (const link of [
        menuLink({ id: text, content: text, label: text }),
        textLink({ href: `https://a.example/?q=${text}`, label: text }),
        miniProgramLink({ href: `https://a.example/#${text}`, appId: 'wx0123456789abcdef', path: text, label: text }),
      ]) {
        assert.match(link, /^<a href="[^"<>\s]*"(?: data-[a-z-]+="[^"<>\s]*"){0,2}>[^<>]*<\/a>$/);
        assert.ok(link.isWellFormed());
      }
      assert.doesNotMatch(linklessText(text), /[<>]/);
    }),
  );
});

test('what a menu link sends comes back as it was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (content) => {
      const query = /bizmsgmenu\?([^"]*)"/.exec(menuLink({ id: '1', content, label: 'x' }))?.[1] ?? '';
      const sent = /msgmenucontent=([^&]*)/.exec(query)?.[1] ?? '';
      assert.equal(decodeURIComponent(sent), content.toWellFormed());
    }),
  );
});
