import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EntitySchema } from 'typeorm';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/store/database.ts';
import { bookEntryEntity } from '../../src/store/entities/payouts.ts';
import { entities } from '../../src/store/entities/list.ts';
import { accountEntity, merchantEntity } from '../../src/store/entities/settings.ts';
import type { MerchantRow } from '../../src/store/entities/settings.ts';
import { NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const HOT_TABLES = [
  'activity_counter',
  'prize_counter',
  'activity_day',
  'participant',
  'draw',
  'draw_origin',
  'check_in',
  'award',
  'payout',
  'payout_attempt',
  'payout_person_day',
  'book_entry',
  'payment',
  'code_pool',
  'code',
  'code_use',
  'invitation_code',
  'invitation',
  'draw_batch',
  'draw_batch_line',
  'activity_tally',
  'payout_tally',
  'export_log',
  'webhook_endpoint',
  'webhook_delivery',
];

let database: TestDatabase;
const opened: DataSource[] = [];
before(async () => {
  database = await freshDatabase();
});
after(async () => {
  for (const source of opened) await source.destroy();
  await database.close();
});

async function openSource(list: readonly EntitySchema[] = entities): Promise<DataSource> {
  const source = createDataSource({ url: database.url, connectionsMax: 2, name: 'test' }, list);
  opened.push(source);
  return source.initialize();
}

/** What TypeORM would do to the database to make it fit the entities. */
async function difference(source: DataSource): Promise<readonly string[]> {
  const log = await source.driver.createSchemaBuilder().log();
  return log.upQueries.map((query) => query.query);
}

describe('the entities', () => {
  test('describe exactly the schema that the migrations make', async () => {
    assert.deepEqual(await difference(await openSource()), []);
  });

  test('cover every table but the list of migrations', async () => {
    const found = await database.client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    );
    const tables = (await openSource()).entityMetadatas.map((metadata) => metadata.tableName);
    assert.deepEqual(
      found.rows.map((row) => row.name),
      [...tables, 'migration'].toSorted(),
    );
  });

  test('would show a column, check, key or index that only the database has', async () => {
    const source = await openSource();
    for (const [change, back, shows] of [
      ['alter table account add column extra text', 'alter table account drop column extra', /extra/],
      ['alter table award add constraint odd check (amount_fen <> 13)', 'alter table award drop constraint odd', /odd/],
      ['create index stray on payout (state)', 'drop index stray', /stray/],
      [
        'alter table draw alter column ticket type integer',
        'alter table draw alter column ticket type bigint',
        /ticket/,
      ],
    ] as const) {
      await database.client.query(change);
      assert.match((await difference(source)).join('\n'), shows);
      await database.client.query(back);
    }
    assert.deepEqual(await difference(source), []);
  });

  test('twin: would show a column that only an entity has', async () => {
    const { name, columns, uniques = [], checks = [] } = merchantEntity.options;
    const planted = new EntitySchema<MerchantRow & { readonly extra: string | null }>({
      name,
      uniques,
      checks,
      columns: { ...columns, extra: { type: 'text', name: 'extra', nullable: true } },
    });
    const list = entities.map((entity) => (entity === merchantEntity ? planted : entity));
    // Accounts point at the merchant by its name, so the planted one stands in for it.
    assert.match((await difference(await openSource(list))).join('\n'), /add "extra"/i);
  });

  test('write and read rows, fen as numbers and times as dates', async () => {
    const source = await openSource();
    const at = new Date(NOON_MS);
    await source.getRepository(merchantEntity).insert({
      id: 'm',
      mchId: '1900000109',
      apiKeySealed: 'a',
      certificatePem: 'c',
      privateKeySealed: 'p',
      sendName: '商户',
      clientIp: '127.0.0.1',
      createdAt: at,
      updatedAt: at,
    });
    await source.getRepository(accountEntity).insert({
      id: 'a',
      appId: 'wx0123456789abcdef',
      appSecretSealed: 's',
      tokenSealed: 't',
      aesKeySealed: 'k',
      messageMode: 'safe',
      merchantId: 'm',
      createdAt: at,
      updatedAt: at,
    });
    const account = await source.getRepository(accountEntity).findOneByOrFail({ id: 'a' });
    assert.deepEqual([account.fallbackText, account.previousAesKeySealed, account.createdAt], ['', null, at]);
    const books = source.getRepository(bookEntryEntity);
    const sides = { kind: 'budget', debit: 'budget', credit: 'funding' };
    await books.insert({ accountId: 'a', activityId: 'x', amountFen: 9_000_000_000_000, createdAt: at, ...sides });
    const entry = await books.findOneByOrFail({ accountId: 'a' });
    assert.deepEqual([entry.amountFen, typeof entry.id, entry.awardId], [9_000_000_000_000, 'number', null]);
    await assert.rejects(books.update({ accountId: 'a' }, { amountFen: 1 }), /append-only/);
  });
});

describe('a hot table', () => {
  for (const table of HOT_TABLES) {
    test(`${table} carries the account first in its primary key and in every unique key`, async () => {
      const found = await database.client.query<{ name: string; columns: string[] }>(
        `select index_class.relname as name,
            array(select attname::text from unnest(indkey::int[]) with ordinality as part (number, place)
              join pg_attribute on attrelid = indrelid and attnum = part.number order by place) as columns
          from pg_index
          join pg_class as table_class on table_class.oid = indrelid
          join pg_class as index_class on index_class.oid = indexrelid
          where table_class.relname = $1 and indisunique`,
        [table],
      );
      assert.ok(found.rows.length > 0);
      for (const { name, columns } of found.rows) assert.equal(columns[0], 'account_id', name);
    });
  }
});
