import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PRIORITY_DEFAULT, readWordsInUse, TRIGGER_DEFAULTS } from '../../../src/store/account/words-in-use.ts';
import { prioritySchema, triggerSchema } from '../../../src/rules/trigger-schema.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { publishActivity } from '../../support/live-activity.ts';

let database: TestDatabase;
before(async () => {
  database = await freshDatabase();
});
after(() => database.close());

test('a stored trigger without the newer fields is read with the defaults of the schema', async () => {
  assert.deepEqual(TRIGGER_DEFAULTS, triggerSchema.parse({}));
  assert.equal(PRIORITY_DEFAULT, prioritySchema.parse(undefined));
  const { accountId } = await publishActivity(database.client);
  const old = { words: [{ match: 'exact', word: '抽奖' }], page: true };
  await database.client.query(`update rule_version set rule = jsonb_set(rule - 'priority', '{trigger}', $1::jsonb)`, [
    JSON.stringify(old),
  ]);
  const read = await readWordsInUse(database.client, accountId);
  assert.deepEqual(
    read?.activities.map(({ rule }) => rule),
    [{ priority: 50, trigger: triggerSchema.parse(old) }],
  );
});
