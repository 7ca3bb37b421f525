import { assert } from '../../base/errors.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { TraceStep } from '../../rules/facts.ts';
import type { FairActivity, FairDraws, FairRecords, FairSeeds, StoredDraw } from '../ports/fairness.ts';

export interface WriteRecordOptions {
  readonly records: Pick<FairRecords, 'draws'>;
  readonly seeds: Pick<FairSeeds, 'open' | 'reveal' | 'hash'>;
  readonly parseRule: (stored: unknown) => ActivityRule;
}

const CHAIN_DIGITS = 32;

/**
 * Writes the record of an activity that is over, as docs/fairness.md tells: NDJSON, some thousand lines at a time. The first
 * line has the seed and the rule, the last how many draws there were; each has the hash of itself behind the line before.
 * Nobody's openid is in it. Throws as the store does.
 */
export async function* writeRecord(options: WriteRecordOptions, slug: string): AsyncGenerator<string> {
  let chain: Chain | undefined;
  let fair: FairDraws | undefined;
  const numbers = new Map<string, number>();
  let count = 0;
  for await (const { activity, draws } of options.records.draws(slug)) {
    const lines: string[] = [];
    if (chain === undefined) {
      chain = new Chain(options.seeds);
      fair = options.seeds.open(activity, activity.seed);
      lines.push(chain.link(head(activity, options)));
    }
    for (const draw of draws) {
      if (draw.outcome === 'refused') continue;
      assert(fair !== undefined, 'an activity comes with its draws');
      const person = fair.personOf(draw.openid);
      const number = (numbers.get(person) ?? 0) + 1;
      numbers.set(person, number);
      count += 1;
      lines.push(chain.link(lineOf(draw, person, number)));
    }
    yield lines.join('');
  }
  if (chain !== undefined) yield chain.link({ end: true, draws: count });
}

/** Every line's hash goes into the next one's. */
class Chain {
  readonly #hash: FairSeeds['hash'];
  #before = '';

  constructor({ hash }: Pick<FairSeeds, 'hash'>) {
    this.#hash = hash;
  }

  link(line: object): string {
    const body = JSON.stringify(line);
    this.#before = this.#hash(`${this.#before}\n${body}`).slice(0, CHAIN_DIGITS);
    return `${body.slice(0, -1)},"chain":"${this.#before}"}\n`;
  }
}

function head(activity: FairActivity, { seeds, parseRule }: WriteRecordOptions): object {
  return {
    record: 'hongbao-draws-1',
    activity: activity.activity,
    slug: activity.slug,
    name: activity.name,
    publishedAtMs: activity.publishedAtMs,
    commitment: activity.seed.commitment,
    seed: seeds.reveal(activity, activity.seed),
    rule: ruleInRecord(activity, parseRule),
  };
}

/**
 * What of the rule decides draws. Versions differ in texts and looks alone, so the first says it; its hash is published beside
 * the seed's.
 */
export function ruleInRecord({ rules }: FairActivity, parseRule: (stored: unknown) => ActivityRule): object {
  const { mechanic, chained, prizes, limits, budgetFen, startsAtMs, endsAtMs } = parseRule(rules.get(1));
  return { mechanic, chained, prizes, limits, budgetFen, startsAtMs, endsAtMs };
}

/** Prizes that a draw found gone: of vouchers nothing else says so. */
const GONE: ReadonlySet<string> = new Set(['voucher', 'gone']);

function lineOf({ place, atMs, ticket, prizeId, amountFen, why, steps }: StoredDraw, person: string, number: number) {
  const stock = seenBy(steps, ({ check }) => check === 'stock');
  const lottery = seenBy(steps, ({ check, limit }) => check === 'mechanic' && limit === 'lottery');
  const stockBefore = prizeId === null ? null : stock;
  const line = { place, person, number, atMs, in: lottery, ticket, prize: prizeId, fen: amountFen, why, stockBefore };
  const missing = steps.flatMap(({ check, passed, seen }) => (passed || !GONE.has(check) ? [] : [String(seen)]));
  return missing.length === 0 ? line : { ...line, missing };
}

function seenBy(steps: readonly TraceStep[], is: (step: TraceStep) => boolean): TraceStep['seen'] {
  return steps.findLast(is)?.seen ?? null;
}
