import { parentPort, workerData } from 'node:worker_threads';
import { makeForecast } from './rules/forecast/forecast-job.ts';
import type { ForecastJob } from './rules/forecast/forecast-job.ts';
import type { MadeForecast } from './flows/ports/forecasts.ts';

/** What this thread tells whoever started it. */
export type ForecastMessage = { readonly share: number } | { readonly made: MadeForecast };

// Between runs the time is looked at: a million people in one run take half of it on one free core of 2024.
const MOST_MS = 8000;
// With so few runs another one is worth half of the time.
const FEW_RUNS = 4;

/** What it is started with. */
export interface ForecastOrder {
  readonly job: ForecastJob;
  /** People in all the runs together, a million unless told. */
  readonly simulatedFollowers: number | undefined;
}

function work({ job, simulatedFollowers }: ForecastOrder, tell: (message: ForecastMessage) => void): void {
  const startedMs = performance.now();
  const making = makeForecast(job, simulatedFollowers);
  const spentMs = (): number => performance.now() - startedMs;
  for (let runs = 0; runs === 0 || (runs < making.runsWanted && spentMs() < MOST_MS); runs += 1) {
    making.run();
    tell({ share: Math.min(0.99, Math.max((runs + 1) / making.runsWanted, spentMs() / MOST_MS)) });
  }
  for (let runs = making.runsWanted; runs < FEW_RUNS && spentMs() < MOST_MS / 2; runs += 1) making.run();
  const made = making.result();
  tell({ share: 1 });
  tell({ made });
}

if (parentPort !== null) {
  const port = parentPort;
  work(workerData as ForecastOrder, (message) => port.postMessage(message));
}
