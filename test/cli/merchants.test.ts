import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommand } from '../../src/cli.ts';
import { merchantId } from '../../src/base/ids.ts';
import { makeCertificates } from '../../src/simulator/tls/certificates.ts';
import { createAccountDirectory } from '../../src/store/account-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { buildMerchant } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const KEY = Buffer.alloc(32, 7);
let database: TestDatabase;
let env: Record<string, string>;

before(async () => {
  database = await freshDatabase();
  const { merchant } = await makeCertificates('1900000333');
  env = {
    DATABASE_URL: database.url,
    SECRETS_KEY: KEY.toString('base64'),
    WECHAT_PAY_MCH_ID: '1900000333',
    WECHAT_PAY_API_KEY: 'k'.repeat(32),
    WECHAT_PAY_SEND_NAME: '第二家公司',
    WECHAT_PAY_CLIENT_IP: '203.0.113.7',
    WECHAT_PAY_CERT_PEM: merchant.certPem,
    WECHAT_PAY_KEY_PEM: merchant.keyPem,
  };
});
after(() => database.close());

test('a merchant of another company is added with its secrets sealed, renewed later, and never takes another number', async () => {
  const added = await runCommand(['merchant:add', 'second'], env);
  assert.deepEqual([added.code, added.faults], [0, []]);
  assert.match(added.lines.join('\n'), /second \(1900000333\) was added/);
  const renewed = await runCommand(['merchant:add', 'second'], { ...env, WECHAT_PAY_API_KEY: 'n'.repeat(32) });
  assert.match(renewed.lines.join('\n'), /secrets of the merchant second were renewed/);
  const logger = quietLogger();
  const pool = createPool({ url: database.url, connectionsMax: 2, name: 'test' }, logger);
  const directory = createAccountDirectory({ pool, box: createSecretBox(KEY), logger });
  const merchant = await directory.merchant(merchantId('second'));
  assert.equal(merchant?.apiKey, 'n'.repeat(32));
  assert.equal(merchant?.privateKeyPem.trim(), env['WECHAT_PAY_KEY_PEM']?.trim());
  assert.deepEqual(merchant?.boundApps, { accounts: [], miniPrograms: [] });
  await pool.end();
  const other = await runCommand(['merchant:add', 'second'], { ...env, WECHAT_PAY_MCH_ID: '1900000444' });
  assert.match(other.faults.join('\n'), /has another merchant number|1900000444/);
});

test('what cannot be added is said before anything is written', async () => {
  await buildMerchant(database.client, { id: 'first', mchId: '1900000111' });
  const number = await runCommand(['merchant:add', 'third'], { ...env, WECHAT_PAY_MCH_ID: '1900000111' });
  assert.match(number.faults.join('\n'), /1900000111/);
  assert.match((await runCommand(['merchant:add', 'main'], env)).faults.join('\n'), /not main/);
  assert.match((await runCommand(['merchant:add'], env)).faults.join('\n'), /a name of its own/);
  const wrongKey = { ...env, SECRETS_KEY: Buffer.alloc(32, 8).toString('base64') };
  assert.match(
    (await runCommand(['merchant:add', 'fourth'], wrongKey)).faults.join('\n'),
    /SECRETS_KEY is not the key/,
  );
  const { WECHAT_PAY_CERT_PEM: _, ...without } = env;
  assert.match(
    (await runCommand(['merchant:add', 'fifth'], without)).faults.join('\n'),
    /WECHAT_PAY_CERT_PEM is missing/,
  );
  const found = await database.client.query<{ id: string }>('select id from merchant order by id');
  assert.deepEqual(
    found.rows.map(({ id }) => id),
    ['first', 'second'],
  );
});
