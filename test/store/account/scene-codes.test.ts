import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { WrongRequest } from '../../../src/base/errors.ts';
import type { AccountId } from '../../../src/base/ids.ts';
import { createSceneRecords } from '../../../src/store/account/scene-codes.ts';
import { createPool } from '../../../src/store/database.ts';
import { buildAccount, NOON_MS } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MAIN = 'main' as AccountId;
let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 8, name: 'test' }, quietLogger());
  await buildAccount(database.client);
});

after(async () => {
  await pool.end();
  await database.close();
});

const reserve = (scene: string, expiresAtMs: number | null) =>
  createSceneRecords(pool).reserve({
    account: MAIN,
    scene,
    name: '门店',
    reply: '',
    activityId: null,
    expiresAtMs,
    createdBy: 'x',
    nowMs: NOON_MS,
    lastingMax: 3,
  });

test('codes that last are bounded, however many are asked for at once; others are not', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => reserve(`p-${index}`, null)));
  const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as WrongRequest] : []));
  assert.deepEqual([refused.length, new Set(refused.map(({ code }) => code))], [5, new Set(['scenes-full'])]);
  await reserve('t', NOON_MS + 60_000);
});

test('releasing frees only a scene whose code was not made', async () => {
  const records = createSceneRecords(pool);
  const place = { account: MAIN, scene: 'kept' };
  await reserve('kept', NOON_MS + 60_000);
  await records.release(place);
  assert.equal(await records.find(place, NOON_MS), undefined);
  await reserve('kept', NOON_MS + 60_000);
  await records.fill(place, { ticket: 't', url: 'u', expiresAtMs: NOON_MS + 50_000 });
  await records.release(place);
  const found = await records.find(place, NOON_MS);
  assert.deepEqual([found?.code, found?.expiresAtMs], [{ ticket: 't', url: 'u' }, NOON_MS + 50_000]);
});
