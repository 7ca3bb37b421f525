import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { dayInText } from '../../src/rules/mechanics/day-in-text.ts';

/** Each text, and the day it names on `today`. */
function reads(today: string, cases: Readonly<Record<string, string | null>>): void {
  for (const [text, named] of Object.entries(cases)) assert.equal(dayInText(text, today as BeijingDay), named, text);
}

describe('the day in a text', () => {
  it('may be written whole, with signs or words between, and with anything around it', () => {
    reads('2026-11-18', {
      '2024-03-05': '2024-03-05',
      '2024/3/5': '2024-03-05',
      '2024.12.31': '2024-12-31',
      '2024年1月1日': '2024-01-01',
      '补签2024-11-18号': '2024-11-18',
      '２０２４－０３－０５': '2024-03-05',
    });
  });

  it('is not read out of longer runs of digits', () => {
    reads('2026-11-18', {
      '12024-03-05': '2026-03-05',
      '2024-03-051': 'unreadable',
      '2024-123-05': 'unreadable',
      '123-05': 'unreadable',
      '3-051': 'unreadable',
    });
  });

  it('without a year is the latest that is not after today', () => {
    reads('2026-11-18', {
      '11-18': '2026-11-18',
      '11-19': '2025-11-19',
      '12月25日': '2025-12-25',
      '1/1': '2026-01-01',
    });
  });

  it('29 February is looked for over eight years, for no leap day stands between 2096 and 2104', () => {
    reads('2026-11-18', { '2-29': '2024-02-29' });
    reads('2104-01-10', { '2-29': '2096-02-29' });
    reads('2104-02-29', { '2-29': '2104-02-29' });
  });

  it('without a month is the latest that is not after today, past months that are too short', () => {
    reads('2026-11-18', { '18': '2026-11-18', '19': '2026-10-19', '1号': '2026-11-01', 二十号: '2026-10-20' });
    reads('2026-12-30', { '31': '2026-10-31' });
    reads('2027-03-15', { '30': '2027-01-30', '29日': '2027-01-29', '28': '2027-02-28' });
    reads('2028-03-15', { '29': '2028-02-29' });
    reads('2027-01-05', { '6': '2026-12-06' });
  });

  it('that no calendar has is unreadable', () => {
    reads('2026-11-18', {
      '2026-02-29': 'unreadable',
      '2024-02-29': '2024-02-29',
      '2024-00-10': 'unreadable',
      '2024-13-10': 'unreadable',
      '2024-3-0': 'unreadable',
      '2-30': 'unreadable',
      '0-5': 'unreadable',
      '11-0': 'unreadable',
      '0': 'unreadable',
      '32': 'unreadable',
      '1 2': 'unreadable',
    });
  });

  it('is none where there is no number, as words in Chinese hold some too', () => {
    reads('2026-11-18', { '': null, 补签: null, 一起补签: null, 十分想补签: null });
  });
});
