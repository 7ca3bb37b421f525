import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { liveCurve, straysOf } from '../../../src/rules/forecast/live-curve.ts';

const HOUR_MS = 3_600_000;
const FROM_MS = 500_000 * HOUR_MS;
const at = (hours: number): number => FROM_MS + hours * HOUR_MS;

/** Ten draws of 100 fen an hour, give or take two of each. */
const forecast = {
  fromMs: FROM_MS,
  hours: Array.from({ length: 10 }, (_, hour) => ({
    draws: band((hour + 1) * 10, 2),
    costFen: band((hour + 1) * 1000, 200),
  })),
  byDraws: Array.from({ length: 10 }, (_, step) => ({
    draws: (step + 1) * 10,
    costFen: band((step + 1) * 1000, 200),
  })),
};

function band(mean: number, by: number) {
  return { mean, low: mean - by, high: mean + by };
}

/** So many draws in each hour, each 100 fen. */
const came = (...draws: readonly number[]) =>
  draws.flatMap((count, hour) => (count === 0 ? [] : [{ atMs: at(hour), draws: count, wonFen: count * 100 }]));

const strays = (hours: ReturnType<typeof came>, nowMs: number) =>
  straysOf(forecast, liveCurve(hours, forecast, nowMs)).map(
    ({ about, side, fromMs, toMs }) =>
      `${about} ${side} ${(fromMs - FROM_MS) / HOUR_MS} to ${(toMs - FROM_MS) / HOUR_MS}`,
  );

describe('what really came', () => {
  it('adds up, hours in which nobody came among them', () => {
    assert.deepEqual(liveCurve(came(10, 0, 5), forecast, at(4)), [
      { untilMs: at(1), draws: 10, costFen: 1000 },
      { untilMs: at(2), draws: 10, costFen: 1000 },
      { untilMs: at(3), draws: 15, costFen: 1500 },
      { untilMs: at(4), draws: 15, costFen: 1500 },
    ]);
  });

  it('is taken as it is now in an hour that has not ended', () => {
    assert.deepEqual(
      liveCurve(came(10, 3), forecast, at(1.25)).map(({ untilMs }) => untilMs),
      [at(1), at(1.25)],
    );
    assert.deepEqual(strays(came(10, 3), at(1.25)), []);
  });

  it('without a forecast has the hours in which somebody came', () => {
    assert.deepEqual(
      liveCurve(came(10, 0, 5), null, at(9)).map(({ untilMs }) => untilMs),
      [at(1), at(3)],
    );
  });

  it('after the forecast is not filled up', () => {
    const late = [{ atMs: at(30), draws: 1, wonFen: 0 }];
    assert.deepEqual(
      liveCurve(late, forecast, at(40)).map(({ untilMs }) => (untilMs - FROM_MS) / HOUR_MS),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31],
    );
  });

  it('before the start is nothing', () => {
    assert.deepEqual(liveCurve([], forecast, at(-3)), []);
  });
});

describe('a part outside of the band', () => {
  it('is none while everything comes as forecast', () => {
    assert.deepEqual(strays(came(10, 11, 9, 10), at(4)), []);
  });

  it('is told with its hours, and ends where the curve comes back', () => {
    assert.deepEqual(strays(came(10, 20, 10, 2, 9), at(5)), ['traffic above 2 to 3']);
  });

  it('is told where nobody comes any more', () => {
    assert.deepEqual(strays(came(10, 10), at(5)), ['traffic below 3 to 5']);
    assert.deepEqual(strays([], at(3)), ['traffic below 1 to 3']);
  });

  it('is told where draws cost what luck does not explain, whoever comes', () => {
    const dear = came(10, 10).map((hour) => ({ ...hour, wonFen: hour.draws * 150 }));
    assert.deepEqual(strays(dear, at(2)), ['luck above 1 to 2']);
    const cheap = came(10, 10).map((hour) => ({ ...hour, wonFen: 0 }));
    assert.deepEqual(strays(cheap, at(2)), ['luck below 2 to 2']);
  });
});
