import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type pg from 'pg';
import { forecastOf } from '../../src/flows/numbers/forecast-balance.ts';
import { createPool } from '../../src/store/database.ts';
import { createMerchantBalances, noteEmpty } from '../../src/store/merchant-balances.ts';
import { buildMerchant, NOON_MS } from '../support/builders.ts';
import type { BuiltMerchant } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
let pool: pg.Pool;
let merchant: BuiltMerchant;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 3, name: 'test' }, quietLogger());
  merchant = await buildMerchant(database.client);
});
beforeEach(() => database.client.query('truncate merchant_flow, merchant_balance'));
after(async () => {
  await pool.end();
  await database.close();
});

const balances = () => createMerchantBalances(pool);
const enter = (kind: 'top-up' | 'stated', amountFen: number) =>
  balances().enter(merchant.id, { kind, amountFen, note: '', operator: 'anna', nowMs: NOON_MS });
const flow = (minutes: number, sentFen: number, returnedFen = 0) =>
  database.client.query(
    `insert into merchant_flow (merchant_id, from_at, slot, sent_fen, returned_fen) values ($1, $2, 0, $3, $4)`,
    [merchant.id, new Date(NOON_MS + minutes * 60_000), sentFen, returnedFen],
  );
const now = async () => {
  const [money] = await balances().all(NOON_MS);
  assert.ok(money !== undefined);
  return forecastOf(money, NOON_MS);
};

describe('a merchant’s balance', () => {
  test('is not known before anybody entered one', async () => {
    await flow(-10, 500);
    const { balanceFen, emptyAtMs } = await now();
    assert.deepEqual([balanceFen, emptyAtMs], [null, null]);
  });

  test('is what was paid in, less what left since, and more with every top-up', async () => {
    await flow(-300, 99_999);
    await enter('top-up', 10_000);
    await flow(-250, 3000, 1000);
    assert.equal((await now()).balanceFen, 8000);
    await enter('top-up', 5000);
    assert.equal((await now()).balanceFen, 13_000);
  });

  test('begins anew with what somebody read on the merchant platform', async () => {
    await enter('top-up', 10_000);
    await flow(-250, 3000);
    await enter('stated', 6500);
    await flow(-240, 500);
    assert.equal((await now()).balanceFen, 6000);
  });

  test('is nothing once WeChat Pay says so, which is noted once, until more is paid in', async () => {
    await enter('top-up', 10_000);
    for (let packets = 0; packets < 3; packets += 1) await noteEmpty(database.client, merchant.id, NOON_MS);
    const empty = await now();
    assert.deepEqual(
      [empty.balanceFen, empty.empty, empty.entries.map(({ kind }) => kind)],
      [0, true, ['empty', 'top-up']],
    );
    await enter('top-up', 2000);
    const filled = await now();
    assert.deepEqual([filled.balanceFen, filled.empty], [2000, false]);
  });

  test('ends when the pace of the last hour says', async () => {
    await enter('stated', 12_000);
    await flow(-60, 3000);
    await flow(-10, 3000);
    const { balanceFen, hourFen, emptyAtMs } = await now();
    assert.deepEqual([balanceFen, hourFen, emptyAtMs], [6000, 6000, NOON_MS + 3_600_000]);
  });

  test('cannot be entered for a merchant there is not', async () => {
    const entry = { kind: 'top-up', amountFen: 1, note: '', operator: 'anna', nowMs: NOON_MS } as const;
    assert.equal(await balances().enter('other' as typeof merchant.id, entry), false);
  });
});
