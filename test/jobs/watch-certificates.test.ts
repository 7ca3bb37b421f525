import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { merchantId } from '../../src/base/ids.ts';
import type { CertificateReading } from '../../src/flows/watch-certificates.ts';
import { createCertificateFiles, createCertificateWatch } from '../../src/flows/watch-certificates.ts';
import { WatchCertificates } from '../../src/jobs/watch-certificates.ts';
import { openMerchantCertificate } from '../../src/pay/merchant-certificate.ts';
import { createAccountDirectory } from '../../src/store/account-store.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createMerchantCertificates } from '../../src/store/merchant-certificates.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { buildMerchant, NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { handClock } from '../support/hand-clock.ts';
import { makeMerchantP12 } from '../support/merchant-p12.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const MAIN = merchantId('main');
const MCH_ID = '1900000109';
const DAY_MS = 86_400_000;
const box = createSecretBox(randomBytes(32));
const first = newCertificate(MCH_ID);
const second = newCertificate(MCH_ID);

/** A certificate file and what it opens to. */
function newCertificate(mchId: string) {
  const { p12 } = makeMerchantP12(mchId);
  const { certificatePem, privateKeyPem } = openMerchantCertificate({ p12, mchId }, NOON_MS);
  return { p12, pair: { certificatePem, privateKeyPem } };
}

let database: TestDatabase;
let pool: pg.Pool;
let folder: string;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
});
after(async () => {
  await pool.end();
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.client.query('delete from alarm; delete from merchant');
  await buildMerchant(database.client, {
    apiKeySealed: box.seal('merchant.api_key:main', 'api-key'),
    certificatePem: first.pair.certificatePem,
    privateKeySealed: box.seal('merchant.private_key:main', first.pair.privateKeyPem),
  });
  await writeP12(first);
});

const path = (name: string): string => join(folder, name);
const writeP12 = ({ p12 }: { p12: Buffer }) => writeFile(path('apiclient_cert.p12'), p12);

async function endsAt(atMs: number): Promise<void> {
  await database.client.query('update merchant set certificate_not_after = $1', [new Date(atMs)]);
}

type Hook = { after(work: () => Promise<void>): void };

/** The job over real files and the real row, by a clock in the test's hand. */
function job(context: Hook, nowMs = NOON_MS) {
  const clock = handClock(nowMs);
  const logger = quietLogger();
  const certificates = createMerchantCertificates({ pool, box });
  const alarms = createAlarmStore(pool);
  const files = createCertificateFiles({
    read: () => readFiles(clock.nowMs()),
    apply: (pair) => certificates.replace(MAIN, pair, clock.nowMs()),
    current: first.pair,
    logger,
  });
  const watch = createCertificateWatch({ certificates, alarms, clock, logger });
  const watching = new WatchCertificates({ watch, files, clock, logger });
  context.after(() => watching.stop());
  watching.start();
  const logged = (event: string) => logger.lines.filter((line) => line.event === event);
  return { clock, alarms, logged, logger };
}

/** Reads as the configuration does: whatever is wrong is a sentence, never an exception. */
async function readFiles(nowMs: number): Promise<CertificateReading> {
  try {
    const p12 = await readFile(path('apiclient_cert.p12'));
    return { kind: 'read', pair: openMerchantCertificate({ p12, mchId: MCH_ID }, nowMs) };
  } catch (error) {
    return { kind: 'fault', message: (error as Error).message };
  }
}

/** The pair that calls to WeChat Pay would be made with now. */
async function inUse() {
  const merchant = await createAccountDirectory({ pool, box, logger: quietLogger() }).merchant(MAIN);
  return { certificatePem: merchant?.certificatePem, privateKeyPem: merchant?.privateKeyPem };
}

test('a new file is in use a minute later, without a restart', async (context) => {
  const { clock, logged } = job(context);
  await clock.asleep();
  await writeP12(second);
  await clock.advance(59_000);
  assert.equal((await inUse()).privateKeyPem, first.pair.privateKeyPem);
  await clock.advance(1000);
  assert.deepEqual(await inUse(), second.pair);
  assert.equal(logged('certificate-replaced').length, 1);
  await clock.advance(60_000);
  assert.equal(logged('certificate-replaced').length, 1);
});

test('a file changed between the reading of the configuration and the first look is noticed', async (context) => {
  await writeP12(second);
  const { clock } = job(context);
  await clock.asleep();
  assert.deepEqual(await inUse(), second.pair);
});

test('a file that does not open, belongs to another merchant or is gone is warned of once and changes nothing', async (context) => {
  const { clock, logged } = job(context);
  await clock.asleep();
  const faults = [
    () => writeFile(path('apiclient_cert.p12'), 'half a fi'),
    () => writeP12(newCertificate('1900000110')),
    () => rm(path('apiclient_cert.p12')),
  ];
  for (const [index, spoil] of faults.entries()) {
    await spoil();
    for (let look = 0; look < 3; look += 1) await clock.advance(60_000);
    assert.equal(logged('certificate-file-not-used').length, index + 1);
    assert.equal((await inUse()).privateKeyPem, first.pair.privateKeyPem);
  }
  assert.ok(logged('certificate-file-not-used').every(({ level }) => level === 'warn'));
  await writeP12(second);
  await clock.advance(60_000);
  assert.deepEqual(await inUse(), second.pair);
});

test('what another process put in use stays while the own files are unchanged', async (context) => {
  const { clock } = job(context);
  await clock.asleep();
  const notAfterMs = Date.parse('2031-01-01T00:00:00Z');
  await createMerchantCertificates({ pool, box }).replace(MAIN, { ...second.pair, notAfterMs }, NOON_MS);
  for (let look = 0; look < 3; look += 1) await clock.advance(60_000);
  assert.equal((await inUse()).privateKeyPem, second.pair.privateKeyPem);
});

test('a certificate that lives longer than thirty days raises nothing', async (context) => {
  await endsAt(NOON_MS + 30 * DAY_MS + 1);
  const { clock, alarms, logged } = job(context);
  await clock.asleep();
  assert.deepEqual(await alarms.open(), []);
  assert.deepEqual(logged('certificate-expires'), []);
});

test('from thirty days before its end a certificate is an alarm with date and days, and a warning a day', async (context) => {
  await endsAt(NOON_MS + 30 * DAY_MS + 1000);
  const { clock, alarms, logged } = job(context);
  await clock.asleep();
  assert.equal((await alarms.open()).length, 0);
  await clock.advance(3_600_000);
  const [alarm] = await alarms.open();
  assert.deepEqual([alarm?.kind, alarm?.subject], ['certificate-expires', 'main']);
  assert.match(alarm?.message ?? '', /2026-12-21 12:00:01 到期，还剩 29 天/);
  for (let hour = 0; hour < 72; hour += 1) await clock.advance(3_600_000);
  // 13:00 on the 21st until 13:00 on the 24th touches four Beijing days.
  assert.equal(logged('certificate-expires').length, 4);
  assert.equal((await alarms.open()).length, 1);
  assert.equal((await alarms.open())[0]?.id, alarm?.id, 'it is raised once');
});

test('the alarm is raised anew at seven days, at one day and at the end, so that it is told again', async (context) => {
  await endsAt(NOON_MS + 10 * DAY_MS);
  const { clock, alarms } = job(context);
  await clock.asleep();
  const messages = new Map<number, string>();
  for (let quarter = 0; quarter < 12 * 4; quarter += 1) {
    const open = await alarms.open();
    assert.equal(open.length, 1);
    messages.set(open[0]?.id ?? 0, open[0]?.message ?? '');
    await clock.advance(DAY_MS / 4);
  }
  const told = [...messages.values()];
  assert.equal(told.length, 4, told.join('\n'));
  for (const [index, words] of ['还剩 10 天', '还剩 7 天', '还剩 1 天'].entries())
    assert.ok(told[index]?.includes(words));
  assert.match(told[3] ?? '', /已于 2026-12-01 12:00:00 过期/);
});

test('a renewed certificate ends its alarm at the same look', async (context) => {
  await endsAt(NOON_MS + 5 * DAY_MS);
  const { clock, alarms } = job(context);
  await clock.asleep();
  assert.equal((await alarms.open()).length, 1);
  await writeP12(second);
  await clock.advance(60_000);
  assert.deepEqual(await alarms.open(), []);
});
