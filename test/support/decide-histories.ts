import fc from 'fast-check';
import { randomHistories } from './random-rules.ts';
import { playHistory } from './rule-laws.ts';

/** Returns a thousand decisions and more that follow from a seed, as JSON, counters and marks included. */
export function decisionsOfSeed(seed: number): string {
  const decisions = fc.sample(randomHistories, { seed, numRuns: 400 }).flatMap((history) =>
    playHistory(history).map(({ decision: { verdict, activity, person, marks } }) => {
      const counters = { ...activity, drawn: [...activity.drawn], givenFen: [...activity.givenFen] };
      return { verdict, counters, person, marks };
    }),
  );
  return decisions.map((one) => JSON.stringify(one)).join('\n');
}

if (import.meta.main) process.stdout.write(decisionsOfSeed(Number(process.argv[2])));
