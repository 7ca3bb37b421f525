import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type pg from 'pg';
import { accountId, merchantId } from '../../src/base/ids.ts';
import type { Luck } from '../../src/flows/ports/time-and-luck.ts';
import { createAccountDirectory } from '../../src/store/account-store.ts';
import { applyConfiguredAccount } from '../../src/store/configured-account.ts';
import type { ConfiguredAccountOptions } from '../../src/store/configured-account.ts';
import { createPool } from '../../src/store/database.ts';
import { openInstallation } from '../../src/store/installation-store.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const box = createSecretBox(randomBytes(32));
const luck: Luck = { below: (limit) => randomInt(limit), randomId: () => randomBytes(16).toString('hex') };
const MAIN = accountId('main');

let database: TestDatabase;
let pool: pg.Pool;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
});
after(async () => {
  await pool.end();
  await database.close();
});

type Parts = {
  account?: Partial<ConfiguredAccountOptions['account']>;
  merchant?: Partial<ConfiguredAccountOptions['merchant']>;
};

/** Applies a configuration that differs from the usual one by the parts given and returns what was logged. */
async function configure(parts: Parts = {}) {
  const logger = quietLogger();
  const account = {
    appId: 'wx0123456789abcdef',
    appSecret: 'app-secret',
    token: 'token',
    encodingAesKey: 'aes-key',
    messageMode: 'safe' as const,
    ...parts.account,
  };
  const merchant = {
    mchId: '1900000109',
    apiKey: 'api-key',
    certificatePem: 'certificate',
    privateKeyPem: 'private-key',
    certificateNotAfterMs: NOON_MS,
    sendName: '商户',
    clientIp: '203.0.113.7',
    ...parts.merchant,
  };
  await applyConfiguredAccount({ pool, box, account, merchant, nowMs: NOON_MS, logger });
  return logger.lines;
}

function directory(logger = quietLogger()) {
  return createAccountDirectory({ pool, box, logger });
}

describe('a sealed secret', () => {
  test('opens as it was, whatever it holds, and is sealed differently each time', () => {
    for (const secret of ['', 'abc', '红包🧧', 'x'.repeat(10_000)])
      assert.equal(box.open('p', box.seal('p', secret)), secret);
    assert.notEqual(box.seal('p', 'abc'), box.seal('p', 'abc'));
    assert.match(box.seal('p', 'abc'), /^v1\.[\w-]{16}\.[\w-]{22}\.[\w-]{4}$/);
  });

  test('opens neither for another place, nor under another key, nor after a change', () => {
    const sealed = box.seal('account.token:main', 'abc');
    const [version, nonce, tag, text] = sealed.split('.');
    const attempts = [
      () => box.open('account.token:other', sealed),
      () => createSecretBox(randomBytes(32)).open('account.token:main', sealed),
      () =>
        box.open(
          'account.token:main',
          `${version}.${nonce}.${tag}.${text?.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
        ),
      () => box.open('account.token:main', `${version}.${nonce}.${tag?.slice(0, 8)}.${text}`),
      () => box.open('account.token:main', `v2.${nonce}.${tag}.${text}`),
      () => box.open('account.token:main', 'abc'),
      () => box.open('account.token:main', ''),
    ];
    for (const attempt of attempts) assert.throws(attempt, { code: 'secret-does-not-open' });
  });
});

describe('the installation', () => {
  test('is made once, also by several processes at once, and keeps its prefix', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openInstallation({ pool, box, luck, nowMs: NOON_MS })));
    const again = await openInstallation({ pool, box, luck, nowMs: NOON_MS });
    assert.match(again.orderPrefix, /^[0-9A-Za-z]{4}$/);
    for (const one of opened) assert.deepEqual(one, again);
  });

  test('refuses another key by name', async () => {
    await openInstallation({ pool, box, luck, nowMs: NOON_MS });
    const other = createSecretBox(randomBytes(32));
    await assert.rejects(openInstallation({ pool, box: other, luck, nowMs: NOON_MS }), {
      code: 'secrets-key-wrong',
      message: /^SECRETS_KEY is not the key this database was set up with/,
    });
  });
});

describe('the configured account', () => {
  beforeEach(() => database.client.query('truncate account, merchant cascade').catch(clearWithBooks));

  /** The books refuse to be emptied, which is right everywhere but here. */
  async function clearWithBooks() {
    await database.client.query('set session_replication_role = replica');
    await database.client.query('truncate account, merchant, book_entry cascade');
    await database.client.query('set session_replication_role = origin');
  }

  test('is created with its merchant at the first start, its secrets sealed', async () => {
    const lines = await configure();
    assert.deepEqual(
      lines.map((line) => [line.level, line.event, line.fields['table']]),
      [
        ['info', 'created-from-configuration', 'merchant'],
        ['info', 'created-from-configuration', 'account'],
      ],
    );
    const account = await directory().account(MAIN);
    assert.deepEqual(account, {
      id: 'main',
      appId: 'wx0123456789abcdef',
      appSecret: 'app-secret',
      token: 'token',
      encodingAesKey: 'aes-key',
      previousEncodingAesKey: null,
      messageMode: 'safe',
      merchantId: 'main',
      fallbackText: '',
      originalId: null,
      kind: 'service',
      customerMessages: true,
      tokenEndpoint: 'stable',
      welcomeText: '',
      myAwardsKeyword: '我的红包',
      paysThrough: null,
      retentionDays: null,
    });
    const merchant = await directory().merchant(merchantId('main'));
    assert.deepEqual([merchant?.apiKey, merchant?.privateKeyPem, merchant?.state], ['api-key', 'private-key', 'open']);
    const rows = JSON.stringify((await pool.query('select account.*, merchant.* from account, merchant')).rows);
    for (const secret of ['app-secret', '"token"', 'aes-key', 'api-key', 'private-key'])
      assert.ok(!rows.includes(secret));
  });

  test('is left alone by the same configuration', async () => {
    await configure();
    const rows = await pool.query('select * from account, merchant');
    assert.deepEqual(await configure(), []);
    assert.deepEqual((await pool.query('select * from account, merchant')).rows, rows.rows);
  });

  test('changed later is updated, which the log says by field and never by value', async () => {
    await configure();
    const lines = await configure({
      account: { token: 'new-token', encodingAesKey: 'new-aes-key', messageMode: 'plain' },
      merchant: { apiKey: 'new-api-key', sendName: '新商户' },
    });
    assert.deepEqual(
      lines.map((line) => [line.event, line.fields['table'], line.fields['fields']]),
      [
        ['changed-by-configuration', 'merchant', ['api_key', 'send_name']],
        ['changed-by-configuration', 'account', ['token', 'aes_key', 'message_mode']],
      ],
    );
    assert.doesNotMatch(JSON.stringify(lines), /new-|新商户/);
    const account = await directory().account(MAIN);
    assert.deepEqual(
      [account?.token, account?.encodingAesKey, account?.previousEncodingAesKey, account?.messageMode],
      ['new-token', 'new-aes-key', 'aes-key', 'plain'],
    );
    assert.equal((await directory().merchant(merchantId('main')))?.apiKey, 'new-api-key');
  });

  test('is applied by several processes at once as if by one', async () => {
    const lines = (await Promise.all([1, 2, 3, 4].map(() => configure()))).flat();
    assert.equal(lines.length, 2);
  });

  test('keeps AppID and merchant number while a payout is unsettled', async () => {
    await configure();
    const activity = await buildActivity(database.client, {
      account: { id: MAIN, appId: 'wx0123456789abcdef', merchant: { id: merchantId('main'), mchId: '1900000109' } },
    });
    const win = await buildWin(database.client, activity);
    await assert.rejects(configure({ account: { appId: 'wxffffffffffffffff' } }), {
      code: 'identity-in-use',
      message: /^WECHAT_APP_ID was changed, but 1 payouts are not settled/,
    });
    await assert.rejects(configure({ merchant: { mchId: '1900000110' } }), {
      message: /^WECHAT_PAY_MCH_ID was changed/,
    });
    assert.equal((await directory().account(MAIN))?.appId, 'wx0123456789abcdef');
    await pool.query(`update payout set state = 'received', due_at = null where order_number = $1`, [win.orderNumber]);
    await configure({ account: { appId: 'wxffffffffffffffff' } });
    assert.equal((await directory().account(MAIN))?.appId, 'wxffffffffffffffff');
  });
});

describe('the directory of accounts', () => {
  test('reads at most once a second, however many ask, and sees a change after that', async () => {
    await configure();
    let nowMs = 0;
    let questions = 0;
    const counting = { query: (text: string) => ((questions += 1), pool.query(text)) } as unknown as pg.Pool;
    const accounts = createAccountDirectory({ pool: counting, box, logger: quietLogger(), nowMs: () => nowMs });
    const [first] = await Promise.all([accounts.account(MAIN), accounts.account(MAIN), accounts.accounts()]);
    assert.equal(questions, 2);
    await pool.query(`update account set fallback_text = 'changed' where id = 'main'`);
    nowMs = 999;
    assert.equal(await accounts.account(MAIN), first);
    nowMs = 1000;
    assert.equal((await accounts.account(MAIN))?.fallbackText, 'changed');
    const latest = await accounts.account(MAIN);
    nowMs = 2000;
    assert.equal(await accounts.account(MAIN), latest);
  });

  test('knows no account that does not exist', async () => {
    assert.equal(await directory().account(accountId('nobody')), undefined);
    assert.equal(await directory().merchant(merchantId('nobody')), undefined);
  });

  test('leaves out an account whose secret does not open, once reported, and keeps the others', async () => {
    await configure();
    await pool.query(
      `insert into account (id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, message_mode, created_at, updated_at)
       select 'stolen', 'wx1111111111111111', app_secret_sealed, token_sealed, aes_key_sealed, 'safe', $1, $1 from account`,
      [new Date(NOON_MS)],
    );
    let nowMs = 0;
    const logger = quietLogger();
    const accounts = createAccountDirectory({ pool, box, logger, nowMs: () => nowMs });
    for (nowMs = 0; nowMs < 5000; nowMs += 1000) {
      const all = await accounts.accounts();
      assert.deepEqual(
        all.map((account) => account.id),
        ['main'],
      );
    }
    assert.equal(logger.lines.length, 1);
    assert.equal(logger.lines[0]?.level, 'error');
  });
});
