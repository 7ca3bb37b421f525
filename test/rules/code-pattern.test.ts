import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePattern } from '../../src/rules/code-pattern.ts';
import { fitsShape } from '../../src/rules/code-shape.ts';
import { fitsPattern } from '../../src/rules/pattern.ts';

const shapes = fc.record({
  prefix: fc.constantFrom('', 'a', 'vip', 'x9'),
  lengthMin: fc.integer({ min: 3, max: 6 }),
  lengthMax: fc.integer({ min: 6, max: 8 }),
  unmistakable: fc.boolean(),
});

test('the same texts fit the pattern of a shape and the shape itself', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'v', 'i', 'p', '0', '7', '红', 'x'), maxLength: 9 });
  let fitting = 0;
  fc.assert(
    fc.property(shapes, texts, fc.boolean(), (shape, text, headed) => {
      const said = headed ? shape.prefix + text : text;
      fitting += Number(fitsShape(said, shape));
      assert.equal(fitsPattern(codePattern(shape), said), fitsShape(said, shape));
    }),
    { numRuns: 3000, seed: 5 },
  );
  assert.ok(fitting > 100, `only ${fitting} fitted`);
});
