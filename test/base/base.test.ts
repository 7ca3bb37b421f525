import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays, beijingDay, startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { cleanText } from '../../src/base/clean-text.ts';
import { WrongRequest } from '../../src/base/errors.ts';
import { fen, formatYuan } from '../../src/base/fen.ts';
import { awardId } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { cdata, readXml, xmlText } from '../../src/base/xml.ts';

describe('an amount of fen', () => {
  it('is a whole number or an error', () => {
    for (const bad of [0.5, Number.NaN, Infinity, 2 ** 53]) assert.throws(() => fen(bad), RangeError);
    assert.equal(formatYuan(fen(1234)), '12.34');
    assert.equal(formatYuan(fen(-5)), '-0.05');
  });
});

describe('a Beijing day', () => {
  it('begins at 16:00 UTC', () => {
    assert.equal(beijingDay(Date.parse('2026-02-28T15:59:59.999Z')), '2026-02-28');
    assert.equal(beijingDay(Date.parse('2026-02-28T16:00:00Z')), '2026-03-01');
  });
  it('agrees with the time zone database', () => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('1992-01-01'), max: Date.parse('2100-01-01') }), (atMs) => {
        assert.equal(beijingDay(atMs), format.format(atMs));
        assert.equal(beijingDay(startOfBeijingDayMs(beijingDay(atMs))), beijingDay(atMs));
      }),
    );
  });
  it('knows leap days', () => {
    assert.equal(addDays('2028-02-28' as BeijingDay, 1), '2028-02-29');
    assert.equal(addDays('2027-02-28' as BeijingDay, 1), '2027-03-01');
  });
});

describe('an order number', () => {
  it('is the same for the same award, differs for another, and fits mch_billno', () => {
    const hex = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        const number = orderNumber(awardId(one), 'Hb01');
        assert.match(number, /^[0-9A-Za-z]{26}$/);
        assert.equal(number === orderNumber(awardId(other), 'Hb01'), one === other);
        assert.match(orderNumber(awardId(one), 'Hb01', 61), /^[0-9A-Za-z]{27}$/);
      }),
    );
  });
});

describe('text from outside', () => {
  it('loses U+0000 and lone surrogates and nothing else', () => {
    assert.equal(cleanText('a\u0000b\ud83dc😀'), 'ab\ufffdc😀');
  });
});

describe('XML', () => {
  it('reads back what was written as CDATA, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = xmlText(readXml(`<xml><A>${cdata(text)}</A></xml>`), 'A');
        const kept = text
          .toWellFormed()
          // oxlint-disable-next-line no-control-regex -- the characters XML 1.0 forbids
          .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
          .replace(/\r\n?/g, '\n');
        assert.equal(read?.replace(/\r\n?/g, '\n'), kept);
      }),
    );
  });
  it('refuses a document type, an entity and broken nesting', () => {
    for (const bad of ['<!DOCTYPE x [<!ENTITY e "x">]><xml>&e;</xml>', '<xml><A></xml>', '<xml>&e;</xml>', 'x']) {
      assert.throws(() => readXml(bad), WrongRequest);
    }
  });
  it('gives no text for what is absent, repeated, nested or inherited', () => {
    const element = readXml('<xml><A>1</A><A>2</A><B><C>3</C></B></xml>');
    for (const name of ['A', 'B', 'Z', 'constructor', '__proto__']) assert.equal(xmlText(element, name), undefined);
  });
});
