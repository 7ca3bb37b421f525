import type { PagePrize } from '../../http/contract/activity-page.ts';
import { wheelSegments } from './wheel-segments.ts';
import type { Segment } from './wheel-segments.ts';

/** How many cells lie around the button, clockwise from the upper left. */
export const CELLS = 8;

/** Fills the cells with what a wheel would show: every prize and the blank, again from the first until all are full. */
export function gridCells(prizes: readonly PagePrize[]): readonly Segment[] {
  const segments = wheelSegments(prizes);
  const pieces = segments.filter((one, index) => segments.findIndex((other) => other === one) === index);
  return Array.from({ length: CELLS }, (_, index) => pieces[index % pieces.length]).filter(
    (cell): cell is Segment => cell !== undefined,
  );
}

/**
 * Returns after how many ms the light moves on, step by step: `steps` moves, quick at first and slow at the end, in
 * `totalMs` together.
 */
export function stepTimes(steps: number, totalMs: number): readonly number[] {
  const weights = Array.from({ length: steps }, (_, index) => 1 + 7 * (index / Math.max(1, steps - 1)) ** 3);
  const sum = weights.reduce((before, weight) => before + weight, 0);
  return weights.map((weight) => (weight / sum) * totalMs);
}
