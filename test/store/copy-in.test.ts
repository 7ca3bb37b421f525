import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { copyIn, copyTime, runCopying } from '../../src/store/copy-in.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

describe('rows taken in by COPY', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
    await database.client.query('create table taken (id integer primary key, text text, note jsonb, at timestamptz)');
  });
  after(() => database.close());

  it('come back as they were, whatever they hold', async () => {
    const texts = ['', '\\.', '\\N', 'a\tb\nc\rd\\n', `'"$1;--`, '恭喜🧧', '{"a":"\\\\"}'];
    const rows = texts.map((text, id) => [id, text, JSON.stringify({ text }), copyTime(1_795_200_000_123)]);
    const copy = copyIn('taken', 'id, text, note, at', [...rows, [texts.length, null, null, null]]);
    await runCopying(database.client, { statements: `begin;${copy.statement};commit`, copies: [copy] });
    const found = await database.client.query('select text, note, at from taken order by id');
    assert.deepEqual(found.rows, [
      ...texts.map((text) => ({ text, note: { text }, at: new Date(1_795_200_000_123) })),
      { text: null, note: null, at: null },
    ]);
  });

  it('leave nothing behind when one fails, and the connection goes on', async () => {
    await database.client.query('truncate taken');
    const first = copyIn('taken', 'id, text', [[1, 'one']]);
    const twice = copyIn('taken', 'id, text', [
      [2, 'two'],
      [1, 'one again'],
    ]);
    const last = copyIn('taken', 'id, text', [[3, 'three']]);
    const statements = ['begin', first.statement, twice.statement, last.statement, 'commit'].join(';');
    await assert.rejects(runCopying(database.client, { statements, copies: [first, twice, last] }), /taken_pkey/);
    await database.client.query('rollback');
    const found = await database.client.query<{ n: number }>('select count(*)::int as n from taken');
    assert.equal(found.rows[0]?.n, 0);
    // What was not taken in of a large COPY is read past, too.
    const large = copyIn(
      'taken',
      'id, text',
      Array.from({ length: 20_000 }, (_, id) => [id % 10_000, 'x'.repeat(100)]),
    );
    await assert.rejects(
      runCopying(database.client, { statements: large.statement, copies: [large, last] }),
      /taken_pkey/,
    );
    await runCopying(database.client, { statements: first.statement, copies: [first] });
    const after = await database.client.query<{ n: number }>('select count(*)::int as n from taken');
    assert.equal(after.rows[0]?.n, 1);
  });

  it('refuse half a surrogate pair, which would be stored as something else', () => {
    assert.throws(() => copyIn('taken', 'text', [['a\ud83d']]), /half a surrogate pair/);
  });
});
