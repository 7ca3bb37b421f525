import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { Openid } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { FairActivity, FairRecords, FairSeeds } from '../ports/fairness.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { ruleInRecord, writeRecord } from './write-record.ts';

/** What anybody may know of how an activity's luck came about. */
export interface Fairness {
  readonly activity: Pick<FairActivity, 'account' | 'slug' | 'name' | 'publishedAtMs'>;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** SHA-256 of the seed, and of the part of the rule that decides draws: told from the publication on. */
  readonly commitment: string;
  readonly ruleHash: string;
  /** The seed once the activity is over, null before; the record can be had from then on. */
  readonly seed: string | null;
  readonly draws: number;
}

/** Tells anybody how draws can be checked. */
export interface ShowFairness {
  /** Throws WrongRequest `no-fairness` (404) for what was published without a seed, or not at all. */
  show(slug: string): Promise<Fairness>;
  /** Returns what somebody is called in the record. Throws as `show` does. */
  personOf(slug: string, openid: Openid): Promise<string>;
  /**
   * Returns the record, some thousand lines at a time. Throws WrongRequest `record-not-yet` (409) before the activity is over,
   * OutsideTrouble `busy` while as many as may be are being written.
   */
  record(slug: string): Promise<AsyncGenerator<string>>;
}

interface ShowFairnessOptions {
  readonly records: FairRecords;
  readonly seeds: FairSeeds;
  readonly parseRule: (stored: unknown) => ActivityRule;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

/** A draw that was asked for before the end is decided within seconds after it, or never. */
const OPEN_DRAWS_MS = 60_000;
/** A million draws take a process half a minute. */
const RECORDS_AT_ONCE = 2;

/** Builds the flow over the records of draws. */
export function createShowFairness(options: ShowFairnessOptions): ShowFairness {
  const { records, seeds, parseRule, clock, logger } = options;
  let writing = 0;
  const find = async (slug: string): Promise<FairActivity> => {
    const activity = await records.find(slug);
    if (activity !== undefined) return activity;
    throw new WrongRequest('no-fairness', 'there is no such activity, or its draws cannot be proved', { status: 404 });
  };
  const show = async (slug: string): Promise<Fairness> => {
    const activity = await find(slug);
    const rule = parseRule(activity.rules.get(1));
    const over = activity.stopped || (rule.endsAtMs !== null && clock.nowMs() >= rule.endsAtMs + OPEN_DRAWS_MS);
    if (over && activity.revealedAtMs === null) {
      await records.reveal(activity, clock.nowMs());
      logger.info({ activity: activity.activity }, 'seed-revealed');
    }
    return {
      activity,
      startsAtMs: rule.startsAtMs,
      endsAtMs: rule.endsAtMs,
      commitment: activity.seed.commitment,
      ruleHash: seeds.hash(JSON.stringify(ruleInRecord(activity, parseRule))),
      seed: over ? seeds.reveal(activity, activity.seed) : null,
      draws: activity.draws,
    };
  };
  const counted = async function* (lines: AsyncGenerator<string>): AsyncGenerator<string> {
    try {
      yield* lines;
    } finally {
      writing -= 1;
    }
  };
  return {
    show,
    async personOf(slug, openid) {
      const activity = await find(slug);
      return seeds.open(activity, activity.seed).personOf(openid);
    },
    async record(slug) {
      const { seed } = await show(slug);
      if (seed === null)
        throw new WrongRequest('record-not-yet', 'the record can be had once the activity is over', { status: 409 });
      if (writing >= RECORDS_AT_ONCE)
        throw new OutsideTrouble('busy', 'other records are being written; try again in a minute');
      writing += 1;
      return counted(writeRecord({ records, seeds, parseRule }, slug));
    },
  };
}
