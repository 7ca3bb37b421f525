import type { ActivityRule } from '../../rules/activity-rule.ts';
import { DrawReplay } from '../../rules/replay.ts';
import type { FairActivity, FairDraws, FairRecords, FairSeeds, StoredDraw } from '../ports/fairness.ts';

/** A draw that its record does not explain. */
export interface DrawFault {
  readonly place: number;
  /** The request's key; empty where a draw is missing. */
  readonly key: string;
  readonly what: string;
}

/** What deciding every draw again came to. */
export interface VerifiedDraws {
  readonly activity: FairActivity;
  readonly draws: number;
  readonly refused: number;
  /** The first hundred. */
  readonly faults: readonly DrawFault[];
  readonly faultsInAll: number;
}

export interface VerifyDrawsOptions {
  readonly records: Pick<FairRecords, 'draws'>;
  readonly seeds: Pick<FairSeeds, 'open'>;
  readonly parseRule: (stored: unknown) => ActivityRule;
  /** Told now and then how many draws were decided. */
  readonly say?: (draws: number) => void;
}

const FAULTS_SHOWN = 100;

/**
 * Decides every draw of an activity again through the engine, from the seed and what the record says, and compares. Returns
 * undefined for an activity without a seed. One pass, a few thousand rows at a time.
 */
export async function verifyDraws(options: VerifyDrawsOptions, slug: string): Promise<VerifiedDraws | undefined> {
  let audit: Audit | undefined;
  for await (const { activity, draws } of options.records.draws(slug)) {
    audit ??= new Audit(activity, options);
    audit.take(draws);
    options.say?.(audit.decided);
  }
  return audit?.result();
}

class Audit {
  readonly #activity: FairActivity;
  readonly #fair: FairDraws;
  readonly #replay: DrawReplay;
  readonly #faults: DrawFault[] = [];
  #faultsInAll = 0;
  #refused = 0;
  decided = 0;

  constructor(activity: FairActivity, { seeds, parseRule }: VerifyDrawsOptions) {
    this.#activity = activity;
    this.#fair = seeds.open(activity, activity.seed);
    const rules = new Map([...activity.rules].map(([version, stored]) => [version, parseRule(stored)]));
    this.#replay = new DrawReplay({
      ruleOf: (version) => ruleIn(rules, version),
      bitsOf: (person, number) => this.#fair.bitsOf(person, number),
    });
  }

  take(draws: readonly StoredDraw[]): void {
    for (const draw of draws) {
      const { difference } = this.#replay.next({ ...draw, person: this.#fair.personOf(draw.openid) });
      this.decided += 1;
      if (draw.outcome === 'refused') this.#refused += 1;
      if (difference !== null) this.#note({ place: draw.place, key: draw.key, what: difference });
    }
  }

  result(): VerifiedDraws {
    const { draws } = this.#replay;
    const counted = this.#activity.draws;
    if (draws !== counted) {
      const what = `the counter knows ${counted} draws, and the record has ${draws}`;
      this.#note({ place: Math.min(draws, counted) + 1, key: '', what });
    }
    return {
      activity: this.#activity,
      draws,
      refused: this.#refused,
      faults: this.#faults,
      faultsInAll: this.#faultsInAll,
    };
  }

  #note(fault: DrawFault): void {
    this.#faultsInAll += 1;
    if (this.#faults.length < FAULTS_SHOWN) this.#faults.push(fault);
  }
}

function ruleIn(rules: ReadonlyMap<number, ActivityRule>, version: number): ActivityRule {
  const rule = rules.get(version);
  if (rule === undefined)
    throw new RangeError(`a draw was decided by version ${version} of the rule, which is not there`);
  return rule;
}
