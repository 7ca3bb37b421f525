import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { conditionSchema, whoSchema } from '../../src/rules/conditions-schema.ts';
import type { ConditionInput } from '../../src/rules/conditions-schema.ts';
import { someCondition } from '../support/condition-worlds.ts';

const follows: ConditionInput = { kind: 'follows' };

/** The faults by their path, as a form would show them. */
function faults(condition: unknown): readonly string[] {
  const read = conditionSchema.safeParse(condition);
  return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

function nested(depth: number): unknown {
  let condition: unknown = follows;
  for (let level = 1; level < depth; level += 1) condition = { kind: 'not', of: condition };
  return condition;
}

describe('a condition', () => {
  it('goes at most five deep, however deep it is given', () => {
    assert.deepEqual(faults(nested(5)), []);
    for (const depth of [6, 30_000]) assert.deepEqual(faults(nested(depth)), [': conditions go at most 5 deep']);
  });

  it('has at most fifty leaves over all of it', () => {
    const part = (leaves: number): unknown => ({ kind: 'any', of: Array.from({ length: leaves }, () => follows) });
    assert.deepEqual(faults({ kind: 'all', of: [part(25), part(25)] }), []);
    assert.deepEqual(faults({ kind: 'all', of: [part(26), part(25)] }), [': a condition has at most 50 leaves']);
  });

  it('names what is wrong by its place', () => {
    const wrong = {
      kind: 'all',
      of: [
        { kind: 'hours', from: '9:00' },
        { kind: 'hours', from: '09:00', until: '09:00' },
        { kind: 'not', of: { kind: 'velocity', draws: 1, seconds: 0 } },
        { kind: 'follows', days: 3 },
        { kind: 'period', fromMs: 5, untilMs: 5 },
        { kind: 'any', of: [] },
      ],
    };
    assert.deepEqual(faults(wrong), [
      'of.0.from: write a time of day as HH:MM',
      'of.1.until: the hours need an end of their own; 00:00 to 24:00 is the whole day',
      'of.2.of.seconds: Too small: expected number to be >=1',
      'of.3: Unrecognized key: "days"',
      'of.4.untilMs: the end must come after the beginning',
      'of.5.of: Too small: expected array to have >=1 items',
    ]);
    assert.match(faults({ kind: 'moon' })[0] ?? '', /^kind: Invalid discriminator value/);
    for (const nonsense of [null, 5, 'all', [follows], {}]) assert.equal(faults(nonsense).length, 1);
  });

  it('fills in what is left out', () => {
    assert.deepEqual(conditionSchema.parse({ kind: 'hours', from: '20:00' }), {
      kind: 'hours',
      from: '20:00',
      until: '24:00',
      weekdays: null,
      monthDays: null,
    });
    assert.deepEqual(conditionSchema.parse({ kind: 'won' }), { kind: 'won', in: 'this', times: 1, days: null });
  });

  it('is read again as it was written down', () => {
    fc.assert(
      fc.property(someCondition, (condition) => {
        const read = conditionSchema.safeParse(condition);
        if (!read.success) return;
        assert.deepEqual(conditionSchema.parse(JSON.parse(JSON.stringify(read.data))), read.data);
      }),
    );
  });

  it('has a description for each of its kinds in the schema that forms are made from', () => {
    const { $defs = {} } = z.toJSONSchema(whoSchema, { io: 'input' });
    const { oneOf } = $defs['Condition'] as { oneOf: { description?: string; properties: { of?: object } }[] };
    const joined = oneOf.filter((kind) => kind.properties.of !== undefined);
    assert.equal(joined.length, 3);
    for (const kind of oneOf) assert.ok('description' in (kind.properties.of ?? kind), JSON.stringify(kind));
  });
});

describe('who may take part', () => {
  it('is everyone when a rule says nothing about it', () => {
    assert.deepEqual(whoSchema.parse(undefined), { must: null, shadow: null, text: '您暂时不符合参加条件' });
  });
});
