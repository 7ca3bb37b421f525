import type pg from 'pg';
import { WrongRequest } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { Merchant } from '../flows/ports/accounts.ts';
import type { SecretBox } from './sealed-secret.ts';

/** What a further merchant is added with; its other settings are the console's. */
export type AddedMerchant = Pick<
  Merchant,
  'id' | 'mchId' | 'apiKey' | 'certificatePem' | 'privateKeyPem' | 'sendName' | 'clientIp'
> & { readonly certificateNotAfterMs: number };

// A merchant whose packets are under way keeps its number: they can be settled under no other.
const WRITE = `
insert into merchant (id, mch_id, api_key_sealed, certificate_pem, private_key_sealed, send_name, client_ip,
  certificate_not_after, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
on conflict (id) do update set api_key_sealed = excluded.api_key_sealed, certificate_pem = excluded.certificate_pem,
  private_key_sealed = excluded.private_key_sealed, send_name = excluded.send_name, client_ip = excluded.client_ip,
  certificate_not_after = excluded.certificate_not_after, updated_at = excluded.updated_at
where merchant.mch_id = excluded.mch_id
returning created_at = updated_at as added`;
const TAKEN = `select id from merchant where mch_id = $1 and id <> $2`;

/**
 * Adds a merchant of another company beside `main`, or renews the secrets of one that was added. Returns whether it is new.
 * Throws WrongRequest `merchant-number-taken` or `merchant-number-differs` (409).
 */
export async function addMerchant(
  pool: pg.Pool,
  box: SecretBox,
  { merchant, nowMs }: { readonly merchant: AddedMerchant; readonly nowMs: number },
): Promise<boolean> {
  const { id, mchId } = merchant;
  const taken = (await pool.query<{ id: MerchantId }>(TAKEN, [mchId, id])).rows[0];
  if (taken !== undefined) {
    const message = `the merchant number ${mchId} is that of the merchant ${taken.id} already`;
    throw new WrongRequest('merchant-number-taken', message, { status: 409 });
  }
  const written = await pool.query<{ added: boolean }>(WRITE, [
    id,
    mchId,
    box.seal(`merchant.api_key:${id}`, merchant.apiKey),
    merchant.certificatePem,
    box.seal(`merchant.private_key:${id}`, merchant.privateKeyPem),
    merchant.sendName,
    merchant.clientIp,
    new Date(merchant.certificateNotAfterMs),
    new Date(nowMs),
  ]);
  const row = written.rows[0];
  if (row === undefined) {
    const message = `the merchant ${id} has another merchant number than ${mchId}: add this one under a name of its own`;
    throw new WrongRequest('merchant-number-differs', message, { status: 409 });
  }
  return row.added;
}
