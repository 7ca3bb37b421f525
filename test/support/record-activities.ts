import fc from 'fast-check';
import { DrawReplay } from '../../src/rules/replay.ts';
import { drawsOf, fair, SEED } from './fair-record.ts';
import { randomHistories } from './random-rules.ts';
import type { RandomHistory } from './random-rules.ts';

// node test/support/record-activities.ts > test/vectors/recorded-draws.ndjson: activities with every draw there was, one a line, as
// the engine of that day decided them. They are made once: a later engine is held against what an earlier one wrote down.

const ACTIVITIES = 16;
const DRAWS_MIN = 30;

/** One activity: its rule as stored, and its draws as [place, person, atMs, outcome, why, prize, fen, ticket, steps]. */
function recorded(history: RandomHistory): string {
  const draws = drawsOf(history).map((draw) => {
    const steps = draw.steps.map(({ check, passed, seen, limit }) => [check, passed, seen, limit]);
    const { place, atMs, outcome, why, prizeId, amountFen, ticket } = draw;
    return [place, fair.personOf(draw.openid), atMs, outcome, why, prizeId, amountFen, ticket, steps];
  });
  return JSON.stringify({ seed: SEED, activity: 'a'.repeat(32), rule: history.rule, draws });
}

function isWorthRecording({ rule, requests }: RandomHistory): boolean {
  if (requests.length < DRAWS_MIN) return false;
  const replay = new DrawReplay({ ruleOf: () => rule, bitsOf: (person, number) => fair.bitsOf(person, number) });
  const draws = drawsOf({ rule, requests });
  for (const draw of draws) replay.next({ ...draw, person: fair.personOf(draw.openid) });
  return replay.draws * 2 > draws.length && draws.some(({ outcome }) => outcome === 'won');
}

function makesUp({ rule }: RandomHistory): boolean {
  return rule.chained.some(({ mechanic }) => mechanic.kind === 'make-up');
}

const sampled = fc.sample(randomHistories, { seed: 20_261_121, numRuns: 1500 });
// One sample has few requests: each rule is given those of the next ones, too.
const histories = sampled
  .map(({ rule }, index) => ({ rule, requests: sampled.slice(index, index + 12).flatMap(({ requests }) => requests) }))
  .filter(isWorthRecording)
  // Few rules of chance hold a make-up, so those come first.
  .toSorted((one, other) => Number(makesUp(other)) - Number(makesUp(one)));
for (const history of histories.slice(0, ACTIVITIES)) console.log(recorded(history));
