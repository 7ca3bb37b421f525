import type pg from 'pg';
import { assert, OutsideTrouble } from '../base/errors.ts';
import type { Luck } from '../flows/ports/time-and-luck.ts';
import type { SecretBox } from './sealed-secret.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 4;
const CHECK_PURPOSE = 'installation.check';
const CHECK_TEXT = 'this key belongs to this database';

/** What one database is once and for ever. */
export interface Installation {
  /** Begins every order number, so that two installations under one merchant never use the same one. */
  readonly orderPrefix: string;
}

/**
 * Reads the installation, making it on the first start, and checks that the box's key is the one the database was set
 * up with. Several processes may start at once. Throws OutsideTrouble `secrets-key-wrong` when it is another.
 */
export async function openInstallation(options: {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly luck: Luck;
  readonly nowMs: number;
}): Promise<Installation> {
  const { pool, box, luck, nowMs } = options;
  const prefix = Array.from({ length: PREFIX_LENGTH }, () => ALPHABET.charAt(luck.below(ALPHABET.length))).join('');
  await pool.query(
    `insert into installation (id, order_prefix, secrets_check, created_at) values (1, $1, $2, $3) on conflict do nothing`,
    [prefix, box.seal(CHECK_PURPOSE, CHECK_TEXT), new Date(nowMs)],
  );
  const found = await pool.query<{ order_prefix: string; secrets_check: string }>(
    `select order_prefix, secrets_check from installation where id = 1`,
  );
  const row = found.rows[0];
  assert(row !== undefined, 'the installation was written just now');
  try {
    assert(box.open(CHECK_PURPOSE, row.secrets_check) === CHECK_TEXT, 'an authentic check value reads as written');
  } catch (cause) {
    throw new OutsideTrouble(
      'secrets-key-wrong',
      'SECRETS_KEY is not the key this database was set up with, so its secrets cannot be read: set the key used before',
      { cause },
    );
  }
  return { orderPrefix: row.order_prefix };
}
