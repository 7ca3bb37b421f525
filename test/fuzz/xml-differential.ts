import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { WrongRequest } from '../../src/base/errors.ts';
import { readFlatXml } from '../../src/base/flat-xml.ts';
import { readXml } from '../../src/base/xml.ts';
import { damaged, documents, mutations } from './xml-bodies.ts';
import type { Mutation } from './xml-bodies.ts';

export interface Comparison {
  readonly bodies: number;
  /** Read by the small reader, and read alike by the reference. */
  readonly alike: number;
  /** Left to the reference by the small reader, and read by it. */
  readonly left: number;
  /** Refused by the reference, and not answered by the small reader. */
  readonly refused: number;
}

/**
 * Reads generated and damaged documents with the small reader and with the reference. Throws at the first difference,
 * reduced by fast-check to its smallest form with the seed that finds it again.
 */
export function compareReaders(options: { readonly bodies: number; readonly seed: number }): Comparison {
  const counts = { bodies: 0, alike: 0, left: 0, refused: 0 };
  const compare = (body: string): void => {
    if (counts.bodies >= options.bodies) return;
    counts[compareOne(body)] += 1;
    counts.bodies += 1;
  };
  const damages = fc.array(mutations, { minLength: 1, maxLength: 3 });
  const family = fc.property(documents, documents, damages, (first, second, some) => {
    [first, second, ...variants(first, some)].forEach(compare);
  });
  for (let round = 0; counts.bodies < options.bodies && round < 10_000; round += 1) {
    fc.assert(family, { seed: options.seed + round, numRuns: 1000 });
  }
  return counts;
}

/** Compares the two readers over one body; throws AssertionError when they differ. */
export function compareOne(body: string): 'alike' | 'left' | 'refused' {
  const flat = readFlatXml(body);
  let reference: unknown;
  try {
    reference = readXml(body);
  } catch (error) {
    assert.ok(error instanceof WrongRequest, `the reference fails otherwise than by refusing ${JSON.stringify(body)}`);
    assert.equal(flat, null, `read although the reference refuses it: ${JSON.stringify(body)}`);
    return 'refused';
  }
  if (flat === null) return 'left';
  assert.deepEqual(Object.entries(flat), Object.entries(reference as object), JSON.stringify(body));
  return 'alike';
}

/** The document with each damage alone, and with all of them together. */
function variants(whole: string, damages: readonly Mutation[]): readonly string[] {
  return [...damages.map((damage) => damaged(whole, damage)), damages.reduce(damaged, whole)];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { bodies: { type: 'string' }, seed: { type: 'string' } } });
  const bodies = Number(values.bodies ?? 1_000_000);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const startMs = performance.now();
  const { alike, left, refused } = compareReaders({ bodies, seed });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(
    `${bodies} bodies compared in ${seconds} s (seed ${seed}): no difference; ` +
      `${alike} read alike by both, ${left} left to the reference, ${refused} refused`,
  );
}
