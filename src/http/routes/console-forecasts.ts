import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import type { ActivityId } from '../../base/ids.ts';
import type { ForecastActivities, Traffic, WatchedForecast } from '../../flows/forecast/forecast-activities.ts';
import type { MadeForecast } from '../../flows/ports/forecasts.ts';
import {
  expected,
  forecastAnswer,
  forecastDraftRequest,
  watchedForecastAnswer,
} from '../contract/console-forecasts.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ForecastRouteDependencies {
  readonly forecastActivities: ForecastActivities;
}

/** What activities are likely to cost, before they start and while they run. */
export function forecastRoutes({ forecastActivities }: ForecastRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'forecastDraft',
      method: 'POST',
      path: '/drafts/forecast',
      access: 'activities.edit',
      summary: 'Plays a million people through a draft within 10 s: cost, sold-out, wins per person; nothing is stored',
      body: forecastDraftRequest,
      answer: forecastAnswer,
      handle: async ({ body }) => shownForecast(await forecastActivities.draft(body.draft, trafficOf(body))),
    }),
    consoleRoute({
      name: 'forecastActivity',
      method: 'POST',
      path: '/activities/:id/forecast',
      access: 'activities.edit',
      summary:
        'Forecasts the rule in force, or the draft before there is one, and keeps it to hold what comes against it',
      body: expected,
      answer: watchedForecastAnswer,
      handle: async ({ params, body, operator }) =>
        shownWatched(await forecastActivities.activity(operator, readActivityId(params), body)),
    }),
    consoleRoute({
      name: 'showForecast',
      method: 'GET',
      path: '/activities/:id/forecast',
      access: 'activities.view',
      summary: 'The kept forecast, what really came, and where it leaves the 99.9 % band',
      answer: watchedForecastAnswer,
      handle: async ({ params }) => shownWatched(await forecastActivities.watch(readActivityId(params))),
    }),
  ];
}

function trafficOf({ expected: people, replayOf }: z.output<typeof forecastDraftRequest>): Traffic {
  if (people !== undefined && replayOf === undefined) return { expected: people };
  if (people === undefined && replayOf !== undefined) return { replayOf: replayOf as ActivityId, drawsPerVisit: 1 };
  throw new WrongRequest('request-invalid', 'say who is expected, or which activity is replayed: one of both', {
    faults: [{ path: 'expected', message: 'this or replayOf' }],
  });
}

function shownWatched({ kept, live, strays }: WatchedForecast): z.input<typeof watchedForecastAnswer> {
  return {
    kept: kept === null ? null : { ...kept, forecast: shownForecast(kept.forecast) },
    live: [...live],
    strays: [...strays],
  };
}

/** JSON lists may be changed by whoever gets them; a forecast may not. */
function shownForecast(made: MadeForecast): z.input<typeof forecastAnswer> {
  return {
    ...made,
    assumes: [...made.assumes],
    costs: { ...made.costs, quantiles: [...made.costs.quantiles], bins: [...made.costs.bins] },
    soldOut: { ...made.soldOut, atMs: [...made.soldOut.atMs] },
    winsPerPerson: [...made.winsPerPerson],
    prizes: [...made.prizes],
    hours: [...made.hours],
    byDraws: [...made.byDraws],
    exact: made.exact === null ? null : { ...made.exact, costs: [...made.exact.costs] },
  };
}
