import type pg from 'pg';
import { ask } from './access-tokens.ts';
import { hashOfEntry, walkEntries } from './audit-trail.ts';

const READ_AT_ONCE = 1000;
const FIRST_PREVIOUS = '0'.repeat(64);

/** What a walk along the chain found. */
export interface AuditVerdict {
  readonly entries: number;
  /** The end of the chain, to be kept elsewhere and asked for again later. */
  readonly head: { readonly number: number; readonly hash: string };
  /** The first place where the chain is broken and how; null for none. */
  readonly broken: { readonly number: number; readonly why: string } | null;
}

/**
 * Recomputes every hash of the audit trail. `kept`: an end of the chain that was written down earlier, which finds also a
 * trail that was written anew from some entry on. Throws OutsideTrouble when the database is away.
 */
export async function verifyAudit(
  pool: pg.Pool,
  kept: { readonly number: number; readonly hash: string } | null = null,
): Promise<AuditVerdict> {
  // Read first: what is added while we walk is not missed at the end.
  const found = await ask(
    pool.query<{ number: number; hash: string }>('select number::float8 as number, hash from audit_head where id = 1'),
  );
  const end = found.rows[0] ?? { number: 0, hash: FIRST_PREVIOUS };
  let last = { number: 0, hash: FIRST_PREVIOUS };
  const verdict = (number: number, why: string): AuditVerdict => ({
    entries: last.number,
    head: end,
    broken: { number, why },
  });
  for await (const entry of walkEntries(pool, READ_AT_ONCE)) {
    if (entry.number !== last.number + 1) return verdict(last.number + 1, 'this entry is missing');
    if (entry.previousHash !== last.hash)
      return verdict(entry.number, 'this entry does not follow on the one before it: one of the two was replaced');
    if (hashOfEntry(entry) !== entry.hash) return verdict(entry.number, 'this entry was changed after it was written');
    if (kept?.number === entry.number && kept.hash !== entry.hash)
      return verdict(entry.number, 'this entry is not the one that was kept: the trail was written anew');
    if (end.number === entry.number && end.hash !== entry.hash)
      return verdict(entry.number, 'the end of the chain names another entry: this one was replaced');
    last = { number: entry.number, hash: entry.hash };
  }
  if (last.number < end.number) return verdict(last.number + 1, 'this entry and all after it are missing');
  if (kept !== null && kept.number > last.number)
    return verdict(last.number + 1, `entries up to ${kept.number} were kept, and from here on they are missing`);
  return { entries: last.number, head: last, broken: null };
}
