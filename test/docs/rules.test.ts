import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { addDays, startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import { codeSaid } from '../../src/rules/code-shape.ts';
import { CodesInBatch } from '../../src/rules/codes-in-batch.ts';
import { decide, luckBounds } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts } from '../../src/rules/facts.ts';
import { mechanicSchema } from '../../src/rules/mechanics/list.ts';
import { entryPool } from '../../src/rules/rule-pools.ts';
import { mechanicAt } from '../../src/rules/trigger-schema.ts';
import { someDay, untouched } from '../support/decisions.ts';
import { follower } from '../support/draws.ts';
import { CHAIN_EXAMPLES, MECHANIC_EXAMPLES } from './rule-examples.ts';
import type { RuleExample } from './rule-examples.ts';
import { MECHANIC_INTRODUCTIONS } from './rule-introductions.ts';
import { RULES_DOCUMENT, rulesDocument } from './rules-document.ts';
import { inputSchema, kindsOf, undescribed } from './schema-tables.ts';

const SEED = '0123456789abcdef0123456789abcdef';

describe('docs/rules.md', () => {
  it('says what the schemas say; `node test/docs/write-rules.ts` writes it anew', async () => {
    const [onDisk, fresh] = [await readFile(RULES_DOCUMENT, 'utf8'), await rulesDocument()];
    const [lines, freshLines] = [onDisk.split('\n'), fresh.split('\n')];
    const different = freshLines.findIndex((line, index) => line !== lines[index]);
    assert.equal(lines[different], freshLines[different], `line ${different + 1}: run node test/docs/write-rules.ts`);
    assert.equal(lines.length, freshLines.length, 'run node test/docs/write-rules.ts');
  });

  it('finds a description for every field of a rule', () => {
    assert.deepEqual(undescribed(inputSchema(activityRuleSchema), 'rule'), []);
  });

  it('has an introduction and an example for every mechanic in the list', () => {
    const kinds = kindsOf(inputSchema(mechanicSchema)).map(({ kind }) => kind);
    assert.ok(kinds.length >= 4);
    const explained = kinds.filter((kind) => kind in MECHANIC_INTRODUCTIONS);
    assert.deepEqual(explained, kinds, 'add an introduction to test/docs/rule-introductions.ts');
    const shown = kinds.filter((kind) =>
      MECHANIC_EXAMPLES.some(({ shows, rule }) => shows === kind && uses(rule, kind)),
    );
    assert.deepEqual(shown, kinds, 'add an example to test/docs/rule-examples.ts');
  });
});

/** Whether a mechanic of this kind is somewhere in an example's rule. */
function uses(rule: RuleExample['rule'], kind: string): boolean {
  return [rule.mechanic, ...(rule.chained ?? []).map(({ mechanic }) => mechanic)].some((one) => one.kind === kind);
}

describe('an example activity', () => {
  for (const { shows, rule: written, plays, pools = {} } of [...MECHANIC_EXAMPLES, ...CHAIN_EXAMPLES]) {
    it(`of ${shows} is a rule, survives its JSON and ends each request as it says`, () => {
      const rule = activityRuleSchema.parse(written);
      assert.deepEqual(activityRuleSchema.parse(JSON.parse(JSON.stringify(rule))), rule);
      let activity = untouched;
      const people = new Map<number, ParticipantFacts>();
      const codes = codesOf(rule, pools);
      const ends: string[] = [];
      for (const { person, day: offset, by, tickets = [], said } of sorted(plays)) {
        const day = addDays(someDay, offset);
        const today = activity.day === day ? activity : { ...activity, day, winsToday: 0, wonTodayFen: fen(0) };
        const drawn = [...tickets];
        const decision = decide({
          rule,
          activity: today,
          person: people.get(person) ?? NEWCOMER,
          atMs: startOfBeijingDayMs(day),
          day,
          luck: { tickets: luckBounds(rule).map((bound) => (bound === 0 ? 0 : (drawn.shift() ?? 0))), seed: SEED },
          start: mechanicAt(rule.trigger, by),
          said,
          code: codes.saidBy(follower(person), codeOf(rule, said)),
          vouchers: codes.vouchers,
        });
        codes.left(follower(person), decision.marks);
        ({ activity } = decision);
        people.set(person, decision.person);
        ends.push(decision.verdict.outcome === 'won' ? decision.verdict.prizeId : decision.verdict.why);
      }
      assert.deepEqual(
        ends,
        sorted(plays).map((play) => play.ends),
      );
    });
  }
});

function codesOf(rule: ActivityRule, pools: NonNullable<RuleExample['pools']>): CodesInBatch {
  const said = new Map((pools[entryPool(rule) ?? ''] ?? []).map((code) => [code, null]));
  return new CodesInBatch({ said, vouchers: new Map(Object.entries(pools)) });
}

function codeOf(rule: ActivityRule, said: string | undefined): string | null {
  const words = rule.trigger.words.map(({ word }) => word);
  return said === undefined || entryPool(rule) === null ? null : codeSaid(said, words, null);
}

/** In the order of the days; what a day brings stays in its order. */
function sorted(plays: RuleExample['plays']): RuleExample['plays'] {
  return plays.toSorted((one, other) => one.day - other.day);
}
