import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts } from '../../src/rules/facts.ts';
import { addCheckIn, calendarOf, firstCheckIn } from '../../src/rules/mechanics/check-in-calendar.ts';

const day = (text: string) => text as BeijingDay;

/** Somebody with a streak of `streakDays` up to 20 November 2026, of whom `main` remembers this. */
function whoHas(main: unknown, streakDays = 2): ParticipantFacts {
  return { ...NEWCOMER, checkInDay: day('2026-11-20'), streakDays, checkIns: streakDays, state: { main } };
}

describe('the days that are remembered of a person', () => {
  it('are months with a mask of 31 bits each', () => {
    for (const months of [{}, { '2026-11': 0 }, { '2026-10': 2 ** 31 - 1, '2026-11': 1 }])
      assert.deepEqual(calendarOf(whoHas({ months }), 'main'), months);
  });

  it('are those of the last streak where nothing readable is remembered', () => {
    const streak = { '2026-11': 0b11 << 18 };
    for (const spoilt of ['spoilt', 5, null, {}]) assert.deepEqual(calendarOf(whoHas(spoilt), 'main'), streak);
    for (const months of ['', 'spoilt', 5, null, [], [1]])
      assert.deepEqual(calendarOf(whoHas({ months }), 'main'), streak, JSON.stringify(months));
    for (const month of ['12026-11', '2026-111', '2026-1', 'x2026-11', ''])
      assert.deepEqual(calendarOf(whoHas({ months: { '2026-10': 1, [month]: 1 } }), 'main'), streak, month);
    for (const mask of [-1, 2 ** 31, 1.5, '1', null])
      assert.deepEqual(calendarOf(whoHas({ months: { '2026-10': 1, '2026-11': mask } }), 'main'), streak, String(mask));
  });

  it('of a long streak go back to the same month of the year before', () => {
    const calendar = calendarOf(whoHas(null, 500), 'main');
    assert.equal(Object.keys(calendar).length, 13);
    assert.equal(firstCheckIn(calendar), '2025-11-01');
    assert.equal(firstCheckIn(calendarOf(whoHas(null, 21), 'main')), '2026-10-31');
  });

  it('begin with the earliest, in whatever order the months stand and past those without any', () => {
    assert.equal(firstCheckIn({ '2026-11': 1, '2026-09': 0, '2026-10': 1 << 30 }), '2026-10-31');
    assert.equal(firstCheckIn({ '2026-11': 0b110 }), '2026-11-02');
    assert.equal(firstCheckIn({ '2026-11': 0 }), null);
    assert.equal(firstCheckIn({}), null);
  });
});

describe('a day put into the calendar', () => {
  it('joins no days that stand behind the last check-in', () => {
    const calendar = { '2026-11': (1 << 19) | (1 << 21) };
    const added = { before: 2, after: 0, checkInDay: '2026-11-21', streakDays: 3 };
    const { calendar: now, ...joined } = addCheckIn(whoHas(null), calendar, day('2026-11-21'));
    assert.deepEqual(joined, added);
    assert.deepEqual(now, { '2026-11': 0b111 << 19 });
    const first = addCheckIn(NEWCOMER, { '2026-11': 1 << 21 }, day('2026-11-21'));
    assert.deepEqual([first.before, first.after, first.streakDays], [0, 0, 1]);
  });
});
