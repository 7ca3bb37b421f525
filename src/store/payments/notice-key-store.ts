import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { NoticeKeyChanges, NoticeKeyStore } from '../../flows/ports/payments.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import type { SecretBox } from '../sealed-secret.ts';

interface Row {
  readonly api: string | null;
  readonly verifiers: Readonly<Record<string, string>>;
  readonly forward: string | null;
  readonly atMs: number;
}

const READ = `
select api_v3_key_sealed as api, verifiers, forward_key_sealed as forward,
  (extract(epoch from updated_at) * 1000)::float8 as "atMs"
from merchant_notice_key where merchant_id = $1`;

/** $3, $5 and $7 tell whether the value behind each is to be set. */
const CHANGE = `
insert into merchant_notice_key as known (merchant_id, api_v3_key_sealed, verifiers, forward_key_sealed, updated_by, updated_at)
select id, $2, coalesce($4::jsonb, '{}'), $6, $8, $9 from merchant where id = $1
on conflict (merchant_id) do update set
  api_v3_key_sealed = case when $3 then excluded.api_v3_key_sealed else known.api_v3_key_sealed end,
  verifiers = case when $5 then excluded.verifiers else known.verifiers end,
  forward_key_sealed = case when $7 then excluded.forward_key_sealed else known.forward_key_sealed end,
  updated_by = excluded.updated_by, updated_at = excluded.updated_at`;

/** Keys of payment notices in Postgres, the secret ones sealed by the box. */
export function createNoticeKeyStore(pool: pg.Pool, box: SecretBox): NoticeKeyStore {
  const read = async (merchant: MerchantId): Promise<Row | undefined> =>
    (await orTrouble(pool.query<Row>(READ, [merchant]))).rows[0];
  return {
    async keys(merchant) {
      const row = await read(merchant);
      const open = (name: string, sealed: string | null | undefined): string | null =>
        sealed === null || sealed === undefined ? null : box.open(purposeOf(name, merchant), sealed);
      return {
        apiV3Key: open('api_v3_key', row?.api),
        verifiers: row?.verifiers ?? {},
        forwardKey: open('forward_key', row?.forward),
      };
    },
    async view(merchant) {
      const row = await read(merchant);
      return {
        apiV3Key: row !== undefined && row.api !== null,
        verifierIds: Object.keys(row?.verifiers ?? {}).toSorted(),
        forwardKey: row !== undefined && row.forward !== null,
        updatedAtMs: row?.atMs ?? null,
      };
    },
    async change(merchant, changes, { operator, nowMs }) {
      const values = [merchant, ...valuesOf(box, merchant, changes), operator, new Date(nowMs)];
      const { rowCount } = await orTrouble(pool.query(CHANGE, values));
      if (rowCount !== 1)
        throw new WrongRequest('merchant-not-found', `there is no merchant ${merchant}`, { status: 404 });
    },
  };
}

function valuesOf(box: SecretBox, merchant: MerchantId, changes: NoticeKeyChanges): readonly unknown[] {
  const { apiV3Key, verifiers, forwardKey } = changes;
  const seal = (name: string, secret: string | null | undefined): string | null =>
    secret === null || secret === undefined ? null : box.seal(purposeOf(name, merchant), secret);
  return [
    seal('api_v3_key', apiV3Key),
    apiV3Key !== undefined,
    verifiers === undefined ? null : JSON.stringify(verifiers),
    verifiers !== undefined,
    seal('forward_key', forwardKey),
    forwardKey !== undefined,
  ];
}

function purposeOf(name: string, merchant: MerchantId): string {
  return `merchant_notice_key.${name}:${merchant}`;
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
