import type { Expected, ForecastAnswer, WatchedForecastAnswer } from '../../../http/contract/console-forecasts.ts';

/** A draft, and who is expected or which past activity's visitors come again. */
export type DraftToForecast = { readonly draft: Readonly<Record<string, unknown>> } & (
  { readonly expected: Expected } | { readonly replayOf: string }
);

/** The part of the API that forecasts. Every method throws ApiProblem. */
export interface ForecastApi {
  readonly draft: (given: DraftToForecast) => Promise<ForecastAnswer>;
  readonly show: (id: string) => Promise<WatchedForecastAnswer>;
  readonly make: (id: string, expected: Expected) => Promise<WatchedForecastAnswer>;
  /** Where an activity's archive is downloaded from. */
  readonly archiveUrl: (id: string) => string;
}

/** Builds it over what asks. */
export function forecastApi(
  ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>,
): ForecastApi {
  return {
    draft: (given) => ask('POST', '/drafts/forecast', given),
    show: (id) => ask('GET', `/activities/${id}/forecast`),
    make: (id, expected) => ask('POST', `/activities/${id}/forecast`, expected),
    archiveUrl: (id) => `/api/console/activities/${id}/archive`,
  };
}
