import { createHmac, hash } from 'node:crypto';
import type { AccountId, ActivityId, Openid } from '../../src/base/ids.ts';
import { writeRecord } from '../../src/flows/fairness/write-record.ts';
import type { FairActivity, StoredDraw } from '../../src/flows/ports/fairness.ts';
import { luckFrom } from '../../src/rules/fair-luck.ts';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import { createFairSeeds, commitmentOf, fairDraws } from '../../src/store/fairness/fair-seeds.ts';
import { playHistory } from './rule-laws.ts';
import type { RandomHistory } from './random-rules.ts';

/** What docs/verify-draws.mjs says of a record. */
export interface CheckedRecord {
  readonly name: string;
  readonly rule: string;
  readonly draws: number;
  readonly faults: readonly { readonly place: number; readonly what: string }[];
  readonly yours: readonly { readonly place: number }[];
}

/** The stand-alone verifier. */
export async function loadVerifier(): Promise<(lines: Iterable<string>, code?: string) => Promise<CheckedRecord>> {
  const module = (await import(new URL('../../docs/verify-draws.mjs', import.meta.url).href)) as {
    readonly verifyRecord: (lines: Iterable<string>, code?: string) => Promise<CheckedRecord>;
  };
  return module.verifyRecord;
}

export const SEED = hash('sha256', 'the seed of a test');
const place = { account: 'main' as AccountId, activity: 'a'.repeat(32) as ActivityId };
const pseudonyms = { of: ({ openid }: { readonly openid: string }) => `x:${openid}` };
const box = { seal: (_: string, secret: string) => secret, open: (_: string, sealed: string) => sealed };
/** What the draws of the test's activity take their luck from. */
export const fair = fairDraws(SEED, place, pseudonyms);
const seeds = createFairSeeds(box, pseudonyms);

/** The record of a history that drew by `SEED`, as lines. */
export async function recordLines(history: RandomHistory): Promise<readonly string[]> {
  const draws = drawsOf(history);
  const activity: FairActivity = {
    ...place,
    slug: 'test',
    name: '测试',
    seed: { commitment: commitmentOf(SEED), sealed: SEED },
    publishedAtMs: 0,
    revealedAtMs: 1,
    stopped: true,
    rules: new Map([[1, history.rule]]),
    draws: draws.length,
  };
  async function* pages() {
    yield await Promise.resolve({ activity, draws });
  }
  const parseRule = (rule: unknown) => rule as ActivityRule;
  let text = '';
  for await (const part of writeRecord({ records: { draws: pages }, seeds, parseRule }, 'test')) text += part;
  return text.trimEnd().split('\n');
}

/** The draws of a history that took its luck from `SEED`, as they are stored. */
export function drawsOf(history: RandomHistory): readonly StoredDraw[] {
  const { rule } = history;
  const played = playHistory(history, (person, number) =>
    luckFrom(rule, fair.bitsOf(fair.personOf(openidOf(person)), number)),
  );
  return played.map(({ person, atMs, decision: { verdict, activity } }, index) => ({
    place: activity.draws,
    openid: openidOf(person),
    key: String(index),
    atMs,
    version: 1,
    outcome: verdict.outcome,
    why: verdict.outcome === 'won' ? null : verdict.why,
    prizeId: verdict.outcome === 'won' ? verdict.prizeId : null,
    amountFen: verdict.outcome === 'won' ? verdict.amountFen : 0,
    ticket: verdict.ticket,
    // As it comes out of the database.
    steps: JSON.parse(JSON.stringify(verdict.trace)) as StoredDraw['steps'],
  }));
}

function openidOf(person: number): Openid {
  return `o${createHmac('sha256', 'people').update(String(person)).digest('hex').slice(0, 27)}` as Openid;
}
