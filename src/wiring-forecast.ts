import { Worker } from 'node:worker_threads';
import type pg from 'pg';
import { OutsideTrouble } from './base/errors.ts';
import type { Logger } from './base/logger.ts';
import { createForecastActivities } from './flows/forecast/forecast-activities.ts';
import type { ForecastActivities } from './flows/forecast/forecast-activities.ts';
import { createForecastWatch } from './flows/forecast/watch-forecasts.ts';
import type { ForecastRunner, MadeForecast } from './flows/ports/forecasts.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import type { ForecastMessage, ForecastOrder } from './forecast-worker.ts';
import { WatchForecasts } from './jobs/watch-forecasts.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createAlarmStore } from './store/alarm-store.ts';
import { createForecastRecords } from './store/read-models/forecast-records.ts';
import { createRuleVersions } from './store/rule-versions.ts';
import { systemLuck } from './wiring-payouts.ts';

interface ForecastParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** People in all the runs of a forecast together, a million unless told. */
  readonly simulatedFollowers?: number;
}

/** Joins what forecasts activities. */
export function forecastFlows({ pool, clock, simulatedFollowers }: ForecastParts): {
  readonly forecastActivities: ForecastActivities;
} {
  return {
    forecastActivities: createForecastActivities({
      activities: createActivityStore(pool),
      versions: createRuleVersions(pool),
      records: createForecastRecords(pool),
      runner: createForecastRunner(simulatedFollowers),
      clock,
      luck: systemLuck,
    }),
  };
}

/** Starts the watch over running activities and what was forecast of them. */
export function startForecastWatch(parts: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}): WatchForecasts {
  const { pool, clock, logger } = parts;
  const records = createForecastRecords(pool);
  const watch = createForecastWatch({ records, alarms: createAlarmStore(pool), clock, logger });
  const job = new WatchForecasts({ watch, clock, logger });
  job.start();
  return job;
}

const MEMORY_MB = 1536;
/** A thread that is still at work then is ended. */
const TIMEOUT_MS = 60_000;

/** Plays forecasts in a thread of their own, so that draws go on meanwhile; it ends with each. */
export function createForecastRunner(simulatedFollowers?: number): ForecastRunner {
  let busy = false;
  return {
    async run(job, say = () => undefined) {
      if (busy) throw new OutsideTrouble('forecast-busy', 'a forecast is being made already; try again in 10 s');
      busy = true;
      try {
        return await inThread({ job, simulatedFollowers }, say);
      } finally {
        busy = false;
      }
    },
  };
}

async function inThread(order: ForecastOrder, say: (share: number) => void): Promise<MadeForecast> {
  const worker = new Worker(new URL('./forecast-worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<MadeForecast>();
  const fail = (message: string, cause?: unknown): void =>
    reject(new OutsideTrouble('forecast-failed', message, { cause }));
  const timer = setTimeout(() => fail(`the forecast was not done within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  worker.on('message', (message: ForecastMessage) => {
    if ('made' in message) resolve(message.made);
    else say(message.share);
  });
  worker.on('error', (cause) => fail('the forecast could not be made', cause));
  worker.on('exit', () => fail('the forecast ended without a result'));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
