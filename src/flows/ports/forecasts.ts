import type { Exact } from '../../rules/forecast/enumerate.ts';
import type { ForecastJob } from '../../rules/forecast/forecast-job.ts';
import type { Forecast } from '../../rules/forecast/summary.ts';
import type { Visits } from '../../rules/forecast/visits.ts';
import type { LiveHour } from '../../rules/forecast/live-curve.ts';
import type { ActivityPlace } from './console-reads.ts';

/** A forecast as it was made; `exact` where few enough visits were replayed to count every luck there is. */
export type MadeForecast = Forecast & { readonly exact: Exact | null };

/** Who is expected: people, how often each comes, for how many days, how many of a day's are left on the next. */
export interface Expected {
  readonly followers: number;
  /** Visits of one follower on average, in thousandths: from 1000. */
  readonly visitsPerThousand: number;
  readonly days: number;
  readonly keptPercent: number;
  readonly drawsPerVisit: number;
}

/** Plays forecasts beside everything else, one at a time in a process. */
export interface ForecastRunner {
  /**
   * Takes some seconds, 10 for a million people on one free core, and says from time to time which share is done. Throws
   * OutsideTrouble `forecast-busy` while another one is made, and `forecast-failed`.
   */
  run(job: ForecastJob, say?: (share: number) => void): Promise<MadeForecast>;
}

/** A forecast that was kept with its activity. Times are Unix ms. */
export interface KeptForecast {
  readonly madeAtMs: number;
  /** The operator's id. */
  readonly madeBy: string;
  readonly expected: Expected;
  readonly forecast: MadeForecast;
}

/** A published activity whose forecast was kept. */
export interface ForecastActivity {
  readonly place: ActivityPlace;
  readonly name: string;
}

/** Forecasts that are kept, and what really came. Every method throws OutsideTrouble when the database is away. */
export interface ForecastRecords {
  find(place: ActivityPlace): Promise<KeptForecast | undefined>;
  /** Takes the place of the one before. */
  keep(place: ActivityPlace, kept: KeptForecast): Promise<void>;
  /** Hours in which anybody drew, in their order. */
  hours(place: ActivityPlace): Promise<readonly LiveHour[]>;
  /** Published activities with a kept forecast. */
  running(): Promise<readonly ForecastActivity[]>;
  /** Every request of a past activity, refused ones among them, in their order; the first million. */
  visits(place: ActivityPlace): Promise<Visits>;
}
