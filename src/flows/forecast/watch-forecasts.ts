import { beijingTime } from '../../base/beijing-day.ts';
import type { Logger } from '../../base/logger.ts';
import { liveCurve, straysOf } from '../../rules/forecast/live-curve.ts';
import type { LivePoint, Stray } from '../../rules/forecast/live-curve.ts';
import type { AlarmStore } from '../ports/alarms.ts';
import type { ForecastActivity, ForecastRecords, KeptForecast } from '../ports/forecasts.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** Holds what comes of running activities against their forecasts. */
export interface ForecastWatch {
  /**
   * Raises `forecast-left` once for each part of a curve that has left the band and is still outside; a part that came
   * back clears it. Throws OutsideTrouble when the database is away.
   */
  look(): Promise<void>;
}

const HOUR_MS = 3_600_000;

const WHAT: Readonly<Record<`${Stray['about']} ${Stray['side']}`, string>> = {
  'traffic above': '参与次数多于预测 (more draws than forecast)',
  'traffic below': '参与次数少于预测 (fewer draws than forecast)',
  'luck above': '同样的参与次数，花费高于预测 (so many draws cost more than forecast)',
  'luck below': '同样的参与次数，花费低于预测 (so many draws cost less than forecast)',
};

/** Builds the watch over kept forecasts. */
export function createForecastWatch(options: {
  readonly records: Pick<ForecastRecords, 'running' | 'find' | 'hours'>;
  readonly alarms: Pick<AlarmStore, 'raise' | 'clear' | 'wasRaised'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): ForecastWatch {
  const { records, alarms, clock, logger } = options;

  async function lookAt({ place, name }: ForecastActivity, nowMs: number): Promise<void> {
    const kept = await records.find(place);
    if (kept === undefined || isOver(kept, nowMs)) return;
    const live = liveCurve(await records.hours(place), kept.forecast, nowMs);
    const strays = straysOf(kept.forecast, live).filter(({ toMs }) => toMs === live.at(-1)?.untilMs);
    const alarm = { kind: 'forecast-left', subject: place.id } as const;
    const sinceMs = Math.max(...strays.map(({ fromMs }) => fromMs));
    if (strays.length === 0) await alarms.clear(alarm, nowMs);
    // Whoever has seen to it is not told of the same part again.
    else if (!(await alarms.wasRaised(alarm, Math.max(sinceMs, kept.madeAtMs)))) {
      const message = messageOf(name, strays, live);
      if (await alarms.raise({ ...alarm, message }, nowMs))
        logger.warn({ account: place.accountId, activity: place.id, strays }, 'forecast-left');
    }
  }

  return {
    async look() {
      const nowMs = clock.nowMs();
      for (const activity of await records.running()) await lookAt(activity, nowMs);
    },
  };
}

/** Nothing is said of the time after a forecast. */
function isOver({ forecast }: KeptForecast, nowMs: number): boolean {
  return nowMs > forecast.fromMs + forecast.hours.length * HOUR_MS;
}

function messageOf(name: string, strays: readonly Stray[], live: readonly LivePoint[]): string {
  const parts = strays.map(({ about, side, fromMs }) => `${WHAT[`${about} ${side}`]}，${beijingTime(fromMs)} 起`);
  const { draws = 0, costFen = 0 } = live.at(-1) ?? {};
  return `「${name}」${parts.join('；')}。已参与 ${draws} 次，已中 ¥${(costFen / 100).toFixed(2)}`;
}
