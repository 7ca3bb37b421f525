import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { PersonLists } from '../../../src/flows/ports/person-lists.ts';
import { createPersonLists } from '../../../src/store/account/person-lists.ts';
import { createPseudonyms } from '../../../src/store/account/pseudonyms.ts';
import { createPool } from '../../../src/store/database.ts';
import { buildAccount, NOON_MS, somebody } from '../../support/builders.ts';
import type { BuiltAccount } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const pseudonyms = createPseudonyms(randomBytes(32));
const by = { operator: '小王', nowMs: NOON_MS };
let database: TestDatabase;
let pool: pg.Pool;
let account: BuiltAccount;
let lists: PersonLists;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  account = await buildAccount(database.client);
  lists = createPersonLists(pool, pseudonyms);
});
after(async () => {
  await pool.end();
  await database.close();
});

test('somebody stands on a list once, and lists are told with how many stand on them', async () => {
  const key = { account: account.id, list: 'black' };
  const [ann, ben, cat] = [somebody(), somebody(), somebody()].toSorted() as [
    ReturnType<typeof somebody>,
    ReturnType<typeof somebody>,
    ReturnType<typeof somebody>,
  ];
  assert.equal(await lists.add(key, [ben, ann, ben], by), 2);
  assert.equal(await lists.add(key, [ann, cat], { operator: '小李', nowMs: NOON_MS + 1 }), 1);
  await lists.add({ ...key, list: 'white' }, [ann], by);
  assert.deepEqual(await lists.lists(account.id), [
    { list: 'black', people: 3 },
    { list: 'white', people: 1 },
  ]);
  assert.deepEqual(await lists.people(key, { after: '', most: 2 }), [
    { openid: ann, addedBy: '小王', addedByName: null, addedAtMs: NOON_MS },
    { openid: ben, addedBy: '小王', addedByName: null, addedAtMs: NOON_MS },
  ]);
  assert.deepEqual(await lists.people(key, { after: ben, most: 2 }), [
    { openid: cat, addedBy: '小李', addedByName: null, addedAtMs: NOON_MS + 1 },
  ]);
  assert.equal(await lists.remove(key, [ann, cat, somebody()]), 2);
  assert.deepEqual(await lists.lists(account.id), [
    { list: 'black', people: 1 },
    { list: 'white', people: 1 },
  ]);
});

test('somebody erased stands on it under the pseudonym, is not added again and can be taken off', async () => {
  const key = { account: account.id, list: 'erased' };
  const ann = somebody();
  await lists.add(key, [ann], by);
  const pseudonym = pseudonyms.of({ account: account.id, openid: ann });
  await database.client.query('update person_list set openid = $2 where openid = $1', [ann, pseudonym]);
  assert.equal(await lists.add(key, [ann], by), 0);
  assert.equal(await lists.remove(key, [ann]), 1);
});

test('many operators who add the same people at once add each once', async () => {
  const key = { account: account.id, list: 'many' };
  const people = Array.from({ length: 200 }, () => somebody());
  const added = await Promise.all(
    Array.from({ length: 8 }, (_, index) => lists.add(key, index % 2 === 0 ? people : people.toReversed(), by)),
  );
  assert.equal(
    added.reduce((sum, count) => sum + count, 0),
    200,
  );
});
