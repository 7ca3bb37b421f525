import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { percentOf } from '../../src/http/presenters/page-numbers.ts';
import { CELLS, gridCells, stepTimes } from '../../src/web/h5/grid-cells.ts';
import { monthGrid } from '../../src/web/h5/month-grid.ts';
import { ScratchedArea } from '../../src/web/h5/scratched-area.ts';
import { piecesFor } from '../../src/web/h5/wheel-segments.ts';

it('eight fields show every prize or what it shares a field with, and the blank', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 }), (amounts) => {
      const prizes = amounts.map((amountFen, index) => {
        return { id: `p${index}`, name: 'n', amountFen, rangeFen: null, soldOut: false, left: 1, odds: null };
      });
      const cells = gridCells(prizes);
      assert.equal(cells.length, CELLS);
      assert.ok(cells.some(({ kind }) => kind === 'blank'));
      for (const { id } of prizes) {
        assert.ok(piecesFor(cells, id).every((index) => cells[index]?.prizeIds.includes(id)));
      }
    }),
  );
});

it('the light takes as long as it is given, and every step longer than the one before', () => {
  const times = stepTimes(27, 3600);
  assert.equal(Math.round(times.reduce((sum, time) => sum + time, 0)), 3600);
  assert.ok(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0)));
});

it('a month begins on its weekday and has all its days, leap years included', () => {
  const november = monthGrid('2026-11-21');
  assert.deepEqual(november[0], { day: '2026-11-01', number: 1, column: 7 });
  assert.equal(november.length, 30);
  assert.equal(monthGrid('2028-02-10').length, 29);
  assert.equal(monthGrid('2027-02-10').length, 28);
  assert.equal(monthGrid('2026-12-31')[30]?.day, '2026-12-31');
});

it('a card is scratched off where it was touched, and once', () => {
  const area = new ScratchedArea();
  area.touch(0.5, 0.5, { x: 0.1, y: 0.1 });
  const once = area.share();
  area.touch(0.5, 0.5, { x: 0.1, y: 0.1 });
  assert.equal(area.share(), once);
  for (let x = 0; x <= 1; x += 0.05) for (let y = 0; y <= 1; y += 0.05) area.touch(x, y, { x: 0.1, y: 0.2 });
  assert.equal(area.share(), 1);
});

it('percent say whether they are exact', () => {
  assert.deepEqual(percentOf(1, 100), { shown: '1%', exact: true });
  assert.deepEqual(percentOf(1, 3), { shown: '33.3%', exact: false });
  assert.deepEqual(percentOf(1, 1_000_000_000), { shown: '0.0000001%', exact: true });
  assert.deepEqual(percentOf(999_999, 1_000_000), { shown: '100%', exact: false });
});
