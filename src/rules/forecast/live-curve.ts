import type { BandPoint, Forecast } from './summary.ts';

/** What came in one hour: `atMs` is its beginning. */
export interface LiveHour {
  readonly atMs: number;
  readonly draws: number;
  readonly wonFen: number;
}

/** What really came up to the end of an hour. */
export interface LivePoint {
  /** Unix ms at which the hour ends, or at which it was looked while it had not. */
  readonly untilMs: number;
  readonly draws: number;
  readonly costFen: number;
}

/**
 * A part of the live curve outside of the forecast's band. traffic: more or fewer draws than expected by then; luck: what so
 * many draws came to cost, which people's coming and going does not explain.
 */
export interface Stray {
  readonly about: 'traffic' | 'luck';
  readonly side: 'above' | 'below';
  /** The ends of the first and of the last hour outside, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;

/**
 * Adds up what came, given in order, hour by hour up to now. Within the forecast's time hours in which nobody came count
 * too: that nothing comes any more says as much as too much of it.
 */
export function liveCurve(
  hours: readonly LiveHour[],
  forecast: Pick<Forecast, 'fromMs' | 'hours'> | null,
  nowMs: number,
): readonly LivePoint[] {
  const emptyUntilMs =
    forecast === null ? -Infinity : Math.min(nowMs, forecast.fromMs + forecast.hours.length * HOUR_MS);
  const points: LivePoint[] = [];
  let draws = 0;
  let costFen = 0;
  let nextMs = forecast === null ? Infinity : Math.floor(forecast.fromMs / HOUR_MS) * HOUR_MS;
  const emptyBefore = (untilMs: number): void => {
    for (; nextMs < untilMs; nextMs += HOUR_MS)
      points.push({ untilMs: Math.min(nextMs + HOUR_MS, untilMs), draws, costFen });
  };
  for (const hour of hours) {
    emptyBefore(Math.min(hour.atMs, emptyUntilMs));
    draws += hour.draws;
    costFen += hour.wonFen;
    points.push({ untilMs: Math.min(hour.atMs + HOUR_MS, Math.max(nowMs, hour.atMs)), draws, costFen });
    if (forecast !== null) nextMs = Math.max(nextMs, hour.atMs + HOUR_MS);
  }
  emptyBefore(emptyUntilMs);
  return points;
}

/** Finds the parts of a live curve that 999 of 1000 honest activities would not have had. */
export function straysOf(
  forecast: Pick<Forecast, 'fromMs' | 'hours' | 'byDraws'>,
  live: readonly LivePoint[],
): readonly Stray[] {
  return [
    ...partsOutside('traffic', live, (point) => sideOf(point.draws, drawsBy(forecast, point.untilMs))),
    ...partsOutside('luck', live, (point) => sideOf(point.costFen, costAfter(forecast, point.draws))),
  ];
}

type Side = Stray['side'] | null;

function partsOutside(
  about: Stray['about'],
  live: readonly LivePoint[],
  sideAt: (point: LivePoint) => Side,
): readonly Stray[] {
  const parts: Stray[] = [];
  let before: Side = null;
  for (const point of live) {
    const side = sideAt(point);
    const last = parts.at(-1);
    if (side !== null && side === before && last !== undefined) parts.splice(-1, 1, { ...last, toMs: point.untilMs });
    else if (side !== null) parts.push({ about, side, fromMs: point.untilMs, toMs: point.untilMs });
    before = side;
  }
  return parts;
}

function sideOf(seen: number, band: BandPoint | null): Side {
  if (band === null) return null;
  if (seen > band.high) return 'above';
  return seen < band.low ? 'below' : null;
}

const NOTHING: BandPoint = { mean: 0, low: 0, high: 0 };

/** Nothing is said of the time before the forecast and after it. */
function drawsBy({ fromMs, hours }: Pick<Forecast, 'fromMs' | 'hours'>, untilMs: number): BandPoint | null {
  const place = (untilMs - fromMs) / HOUR_MS;
  if (place < 0 || place > hours.length) return null;
  const before = Math.floor(place);
  return between(
    hours[before - 1]?.draws ?? NOTHING,
    (hours[before] ?? hours.at(-1))?.draws ?? NOTHING,
    place - before,
  );
}

/** Nothing is said of more draws than were played. */
function costAfter({ byDraws }: Pick<Forecast, 'byDraws'>, draws: number): BandPoint | null {
  const after = byDraws.findIndex((point) => point.draws >= draws);
  const right = byDraws[after];
  if (right === undefined) return null;
  const left = byDraws[after - 1] ?? { draws: 0, costFen: NOTHING };
  const { costFen } = right;
  // Before the first point the band of that point is the widest that can be right.
  if (after === 0) return { ...costFen, low: 0 };
  return between(left.costFen, costFen, (draws - left.draws) / (right.draws - left.draws));
}

/** The wider of both ends keeps the promise between them, where the way is not straight. */
function between(left: BandPoint, right: BandPoint, share: number): BandPoint {
  if (share === 0) return left;
  return { mean: left.mean + (right.mean - left.mean) * share, low: left.low, high: right.high };
}
