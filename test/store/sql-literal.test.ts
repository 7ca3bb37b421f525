import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonLiteral, textListLiteral, textLiteral } from '../../src/store/sql-literal.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

/** Any text Postgres can hold (no U+0000, no lone surrogate), the characters that mean something in SQL above all. */
const anyText = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom("'", '\\', '"', '{', '}', ',', '$', ';', '-', '\n', '红'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => text.isWellFormed() && !text.includes('\u0000'));

describe('a literal', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  for (const setting of ['on', 'off']) {
    test(`is read back as it was, with standard_conforming_strings ${setting}`, async () => {
      await database.client.query(`set standard_conforming_strings = ${setting}`);
      await fc.assert(
        fc.asyncProperty(anyText, fc.array(anyText), async (text, list) => {
          const found = await database.client.query(
            `select ${textLiteral(text)} as text, ${textListLiteral(list)} as list, ${jsonLiteral([{ text, list }])}::jsonb as json`,
          );
          assert.deepEqual(found.rows, [{ text, list, json: [{ text, list }] }]);
        }),
        { numRuns: 300 },
      );
    });
  }
});
