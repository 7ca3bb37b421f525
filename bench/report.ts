import { middleOf } from './http/compare.ts';
import type { HttpRound, HttpSeries } from './http/compare.ts';
import type { Machine } from './machine.ts';
import { median } from './measure.ts';

/** One way's round at one concurrency, per draw where it says so. */
export interface Round {
  readonly drawsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly nodeMicrosPerDraw: number;
  readonly serverMicrosPerDraw: number | null;
  readonly fsyncsPerDraw: number | null;
  readonly walBytesPerDraw: number;
}

/** Every round of one way at one concurrency, in order. */
export interface Series {
  readonly concurrent: number;
  readonly way: string;
  readonly rounds: readonly Round[];
}

/** The batcher's draws/s over another way's, medians of the same run. */
export interface Ratio {
  readonly concurrent: number;
  readonly beside: string;
  readonly ratio: number;
}

/** Compares the first way with each other one at each concurrency. */
export function ratios(series: readonly Series[]): readonly Ratio[] {
  const rates = Map.groupBy(series, (each) => each.concurrent);
  return [...rates].flatMap(([concurrent, [first, ...others]]) =>
    others.map((other) => ({
      concurrent,
      beside: other.way,
      ratio: Number((middle(first, 'drawsPerSecond') / middle(other, 'drawsPerSecond')).toFixed(1)),
    })),
  );
}

/** Renders the machine as lines of text. */
export function machineLines(machine: Machine): string {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name}=${value}`);
  return [
    `machine     ${machine.cpu}, ${machine.cores} cores worth ${machine.coresWorth.toFixed(2)}, ${machine.memoryGb} GB, kernel ${machine.kernel}, load before ${machine.loadBefore.toFixed(2)}`,
    `software    node ${machine.node}, typeorm ${machine.typeorm}, PostgreSQL ${machine.postgres} on loopback`,
    `PostgreSQL  ${settings.join(' ')}`,
  ].join('\n');
}

/** Renders the medians as a table of text, one line a way and concurrency. */
export function table(series: readonly Series[]): string {
  const lines = [
    [
      'concurrent',
      'way',
      'draws/s',
      'min..max',
      'p50 ms',
      'p99 ms',
      'Node µs/draw',
      'PG µs/draw',
      'fsyncs/draw',
      'WAL B/draw',
    ],
    ...series.map((each) => [
      String(each.concurrent),
      each.way,
      middle(each, 'drawsPerSecond').toFixed(0),
      range(each.rounds.map((round) => round.drawsPerSecond)),
      middle(each, 'p50Ms').toFixed(2),
      middle(each, 'p99Ms').toFixed(2),
      middle(each, 'nodeMicrosPerDraw').toFixed(1),
      figure(each, 'serverMicrosPerDraw', 1),
      figure(each, 'fsyncsPerDraw', 4),
      middle(each, 'walBytesPerDraw').toFixed(0),
    ]),
  ];
  return aligned(lines);
}

/** Renders the medians of what was asked over HTTP, one line a target. */
export function httpTable(series: readonly HttpSeries[]): string {
  const at = (each: HttpSeries, name: keyof HttpRound, decimals: number): string =>
    middleOf(each, name).toFixed(decimals);
  return aligned([
    [
      'connections',
      'target',
      'requests/s',
      'min..max',
      'p50 ms',
      'p99 ms',
      'slowest',
      'Node µs',
      'PG µs',
      'load µs',
      'WAL B',
    ],
    ...series.map((each) => [
      String(each.connections),
      each.target,
      at(each, 'perSecond', 0),
      range(each.rounds.map((round) => round.perSecond)),
      at(each, 'p50Ms', 2),
      at(each, 'p99Ms', 2),
      at(each, 'slowestMs', 1),
      at(each, 'nodeMicros', 1),
      at(each, 'serverMicros', 1),
      at(each, 'loadMicros', 1),
      at(each, 'walBytes', 0),
    ]),
  ]);
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ')).join('\n');
}

function middle(series: Series | undefined, name: keyof Round): number {
  return median((series?.rounds ?? []).map((round) => round[name] ?? 0));
}

function figure(series: Series, name: keyof Round, decimals: number): string {
  return series.rounds.some((round) => round[name] === null) ? '-' : middle(series, name).toFixed(decimals);
}

function range(numbers: readonly number[]): string {
  return `${Math.min(...numbers).toFixed(0)}..${Math.max(...numbers).toFixed(0)}`;
}
