import type { Logger } from '../../src/base/logger.ts';
import type { HttpSeries, Pace } from './compare.ts';
import type { BenchServer } from './bench-world.ts';
import type { Load } from './load.ts';

/** One number that somebody may want to know, and what it was to reach. */
export interface Figure {
  readonly part: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a part came to. */
export interface PartResult {
  readonly series: readonly HttpSeries[];
  readonly figures: readonly Figure[];
}

/** What a part runs with. */
export interface PartContext {
  readonly server: BenchServer;
  readonly load: Load;
  readonly pace: Pace;
  readonly short: boolean;
  /** How many draws are stored before part d. */
  readonly stored: number;
  readonly logger: Logger;
}

/** Renders figures, one a line, with whether they reach what they were to. */
export function figureLines(figures: readonly Figure[]): string {
  return figures
    .map(({ part, what, value, unit, atLeast, atMost }) => {
      const aim = atLeast === undefined ? (atMost === undefined ? '' : `<= ${atMost}`) : `>= ${atLeast}`;
      const met = reaches({ value, atLeast: atLeast ?? -Infinity, atMost: atMost ?? Infinity }) ? 'reached' : 'MISSED';
      const shown = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value < 0.1 ? 4 : 2);
      return `${part.padEnd(9)} ${what.padEnd(64)} ${shown.padStart(9)} ${unit.padEnd(6)} ${aim.padEnd(9)} ${aim === '' ? '' : met}`.trimEnd();
    })
    .join('\n');
}

/** Whether a figure is what it was to be; one without an aim is. */
export function reaches({ value, atLeast, atMost }: Pick<Figure, 'value' | 'atLeast' | 'atMost'>): boolean {
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}
