import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { DrawReplay } from '../../src/rules/replay.ts';
import type { RecordedDraw } from '../../src/rules/replay.ts';

type Step = readonly [string, boolean, string | number | null, string | number | null];
type Row = readonly [
  number,
  string,
  number,
  RecordedDraw['outcome'],
  string | null,
  string | null,
  number,
  number | null,
  readonly Step[],
];
interface RecordedActivity {
  readonly seed: string;
  readonly activity: string;
  readonly rule: unknown;
  readonly draws: readonly Row[];
}

const file = readFileSync(new URL('../vectors/recorded-draws.ndjson', import.meta.url), 'utf8');
const activities = file
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedActivity);

for (const [index, { seed, activity, rule, draws }] of activities.entries()) {
  it(`decides every draw of recorded activity ${index + 1} as the engine of its day did`, () => {
    const parsed = activityRuleSchema.parse(rule);
    const bitsOf = (person: string, number: number): string =>
      createHmac('sha256', Buffer.from(seed, 'hex')).update(`draw\n${activity}\n${person}\n${number}`).digest('hex');
    const replay = new DrawReplay({ ruleOf: () => parsed, bitsOf });
    for (const [place, person, atMs, outcome, why, prizeId, amountFen, ticket, stored] of draws) {
      const steps = stored.map(([check, passed, seen, limit]) => ({ check, passed, seen, limit }));
      const { difference } = replay.next({
        place,
        person,
        atMs,
        version: 1,
        outcome,
        why,
        prizeId,
        amountFen,
        ticket,
        steps,
      });
      assert.equal(difference, null, `draw ${place}`);
    }
  });
}

it('holds every mechanic and kind of prize in the recorded activities', () => {
  const kinds = (pattern: RegExp) => new Set([...file.matchAll(pattern)].map(([, kind]) => kind));
  const found = kinds(/"kind":"([a-z-]+)"/g);
  for (const kind of [
    'lottery',
    'keyword',
    'check-in',
    'chances',
    'code',
    'make-up',
    'red-packet',
    'random-packet',
    'voucher',
    'listed',
  ])
    assert.ok(found.has(kind), kind);
});
