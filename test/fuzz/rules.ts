import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { randomHistories } from '../support/random-rules.ts';
import { assertLaws, playHistory } from '../support/rule-laws.ts';

// npm run fuzz:rules -- [--histories N] [--seed N]: plays random rules, and stops at the first that gives too much.
const { values } = parseArgs({ options: { histories: { type: 'string' }, seed: { type: 'string' } } });
const numRuns = Number(values.histories ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
let requests = 0;
let won = 0;
fc.assert(
  fc.property(randomHistories, (history) => {
    const played = playHistory(history);
    assertLaws(history.rule, played);
    requests += played.length;
    won += played.filter(({ decision }) => decision.verdict.outcome === 'won').length;
  }),
  { seed, numRuns },
);
console.log(
  `seed ${seed}: ${numRuns} histories, ${requests} requests, ${won} wins, nothing beyond stock, budgets or limits`,
);
