import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { merchantId } from '../../src/base/ids.ts';
import type { CertificatePair, MerchantCertificates } from '../../src/flows/ports/merchant-certificates.ts';
import { createPool } from '../../src/store/database.ts';
import { createMerchantCertificates } from '../../src/store/merchant-certificates.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { buildMerchant, NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeMerchantP12 } from '../support/merchant-p12.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const MAIN = merchantId('main');
const END_MS = Date.parse('2031-01-01T00:00:00Z');
const box = createSecretBox(randomBytes(32));
const first = pairOf(makeMerchantP12('1900000109'));
const second = pairOf(makeMerchantP12('1900000109'));

function pairOf(made: { certificatePem: string; privateKeyPem: string }): CertificatePair {
  return { certificatePem: made.certificatePem, privateKeyPem: made.privateKeyPem, notAfterMs: END_MS };
}

let database: TestDatabase;
let pool: pg.Pool;
let certificates: MerchantCertificates;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  certificates = createMerchantCertificates({ pool, box });
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query('delete from merchant');
  const privateKeySealed = box.seal('merchant.private_key:main', first.privateKeyPem);
  await buildMerchant(database.client, { certificatePem: first.certificatePem, privateKeySealed });
});

async function row() {
  const found = await database.client.query<Record<string, unknown>>('select * from merchant');
  return found.rows[0] ?? {};
}

test('a certificate is replaced once, however many processes saw the new file', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => certificates.replace(MAIN, second, NOON_MS + 5)));
  assert.deepEqual(answers.filter(Boolean), [true]);
  const { certificate_pem, private_key_sealed, certificate_not_after, updated_at } = await row();
  assert.equal(certificate_pem, second.certificatePem);
  assert.equal(box.open('merchant.private_key:main', String(private_key_sealed)), second.privateKeyPem);
  assert.deepEqual(certificate_not_after, new Date(END_MS));
  assert.deepEqual(updated_at, new Date(NOON_MS + 5));
});

test('the key never stands in the row as it is', async () => {
  await certificates.replace(MAIN, second, NOON_MS);
  assert.ok(!JSON.stringify(await row()).includes(second.privateKeyPem.slice(40, 80)));
});

test('the certificate in use is not written again', async () => {
  const before = await row();
  assert.equal(await certificates.replace(MAIN, first, NOON_MS + 5), false);
  assert.deepEqual(await row(), before);
});

test('a merchant that does not exist is told so', async () => {
  const nobody = certificates.replace(merchantId('nobody'), second, NOON_MS);
  await assert.rejects(nobody, { name: 'WrongRequest', code: 'merchant-not-found' });
});

test('lives are read from the column, or from a certificate whose end was never noted', async () => {
  await buildMerchant(database.client, { id: 'noted', mchId: '1900000110', certificatePem: 'unreadable' });
  await buildMerchant(database.client, { id: 'odd', mchId: '1900000111', certificatePem: 'unreadable' });
  await database.client.query(`update merchant set certificate_not_after = $1 where id = 'noted'`, [new Date(NOON_MS)]);
  assert.deepEqual(await certificates.lives(), [
    { merchantId: 'main', notAfterMs: END_MS },
    { merchantId: 'noted', notAfterMs: NOON_MS },
  ]);
});
