import { X509Certificate } from 'node:crypto';
import type pg from 'pg';
import { WrongRequest } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type {
  CertificatePair,
  MerchantCertificateLife,
  MerchantCertificates,
} from '../flows/ports/merchant-certificates.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import type { SecretBox } from './sealed-secret.ts';
import { inTransaction } from './transaction.ts';

interface LifeRow {
  readonly id: MerchantId;
  readonly notAfterMs: number | null;
  readonly certificatePem: string;
}

const LIVES = `
  select id, (extract(epoch from certificate_not_after) * 1000)::float8 as "notAfterMs",
    case when certificate_not_after is null then certificate_pem else '' end as "certificatePem"
  from merchant order by id`;
const LOCK = `
  select certificate_pem as "certificatePem", private_key_sealed as "privateKeySealed"
  from merchant where id = $1 for no key update`;
const REPLACE = `
  update merchant set certificate_pem = $2, private_key_sealed = $3, certificate_not_after = $4, updated_at = $5
  where id = $1`;

/** Merchants' certificates in Postgres, the keys sealed by the box. */
export function createMerchantCertificates(options: {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
}): MerchantCertificates {
  const { pool, box } = options;
  return {
    async lives() {
      const found = await orTrouble(pool.query<LifeRow>(LIVES));
      return found.rows.flatMap((row) => lifeOf(row) ?? []);
    },
    replace: (merchant, pair, nowMs) =>
      orTrouble(inTransaction(pool, (client) => replace(client, { box, merchant, pair, nowMs }))),
  };
}

/** A row that was written before its end was noted tells it by the certificate itself. */
function lifeOf({ id, notAfterMs, certificatePem }: LifeRow): MerchantCertificateLife | null {
  if (notAfterMs !== null) return { merchantId: id, notAfterMs };
  try {
    return { merchantId: id, notAfterMs: Date.parse(new X509Certificate(certificatePem).validTo) };
  } catch {
    return null;
  }
}

async function replace(
  client: pg.PoolClient,
  given: {
    readonly box: SecretBox;
    readonly merchant: MerchantId;
    readonly pair: CertificatePair;
    readonly nowMs: number;
  },
): Promise<boolean> {
  const { box, merchant, pair, nowMs } = given;
  const purpose = `merchant.private_key:${merchant}`;
  // The lock makes several processes that see the same new file agree: the first one writes.
  const found = await client.query<{ certificatePem: string; privateKeySealed: string }>(LOCK, [merchant]);
  const row = found.rows[0];
  if (row === undefined)
    throw new WrongRequest('merchant-not-found', `there is no merchant ${merchant}`, { status: 404 });
  const same =
    row.certificatePem === pair.certificatePem && box.open(purpose, row.privateKeySealed) === pair.privateKeyPem;
  if (same) return false;
  await client.query(REPLACE, [
    merchant,
    pair.certificatePem,
    box.seal(purpose, pair.privateKeyPem),
    new Date(pair.notAfterMs),
    new Date(nowMs),
  ]);
  return true;
}

async function orTrouble<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
