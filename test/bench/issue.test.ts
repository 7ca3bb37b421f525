import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { measureIssue } from '../../bench/issue-file.ts';
import { buildAccount } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

let database: TestDatabase;
before(async () => {
  database = await freshDatabase();
  await buildAccount(database.client);
});
after(() => database.close());

// The long version is bench/issue-file.ts: 1,000,000 lines with 1,000 faults.
test('a file loses and repeats nothing when its reader, and then whoever gives the awards, is killed', async () => {
  const shape = { lines: 30_000, faults: 30 };
  const { killedAt } = await measureIssue(database.url, { shape, issued: 1200 });
  assert.ok(killedAt.read > 0 && killedAt.read < shape.lines, `killed with ${killedAt.read} lines in`);
  assert.ok(killedAt.issued > 0 && killedAt.issued < 1200, `killed with ${killedAt.issued} awards given`);
});
