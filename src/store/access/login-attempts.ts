import type pg from 'pg';
import type { AccessStore, AttemptKey } from '../../flows/ports/operator-access.ts';
import { inTransaction } from '../transaction.ts';

const FIRST_WAIT_SECONDS = 30;
const WAIT_SECONDS_MAX = 3600;
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const FORGOTTEN_AT_ONCE = 100;

// Counts the attempt as failed unless the key has to wait; the wait doubles with each failure above the free ones.
const TAKE = `
insert into login_attempt as attempt (key, failures, last_at, locked_until)
values ($1, 1, $2, case when $3 <= 1 then $2::timestamptz + make_interval(secs => $5) end)
on conflict (key) do update set
  failures = case when attempt.last_at < $4 then 1 else attempt.failures + 1 end,
  last_at = $2,
  locked_until = case when attempt.last_at >= $4 and attempt.failures + 1 >= $3
    then $2::timestamptz + make_interval(secs => least($6, $5 * 2 ^ least(attempt.failures + 1 - $3, 30))) end
where attempt.locked_until is null or attempt.locked_until <= $2
returning key`;

/** Counts failed log-ins by name and by address, in the database that all processes share. */
export function createLoginAttempts(pool: pg.Pool): Pick<AccessStore, 'takeAttempt' | 'forgive'> {
  return {
    takeAttempt: (keys, nowMs) => take(pool, keys, nowMs),
    forgive: async ([first, ...others]) => {
      await pool.query('delete from login_attempt where key = $1', [first?.key ?? '']);
      await pool.query(
        'update login_attempt set failures = greatest(failures - 1, 0), locked_until = null where key = any($1)',
        [others.map(({ key }) => key)],
      );
    },
  };
}

/** All keys are counted or none: a key that has to wait undoes what was counted before it. */
async function take(pool: pg.Pool, keys: readonly AttemptKey[], nowMs: number): Promise<number> {
  const at = new Date(nowMs);
  const forgotten = new Date(nowMs - FORGOTTEN_AFTER_MS);
  const locked: { key: string | null } = { key: null };
  await inTransaction(pool, async (client) => {
    // Sorted, so that two attempts never wait for each other.
    for (const { key, freeFailures } of keys.toSorted((one, other) => (one.key < other.key ? -1 : 1))) {
      const taken = await client.query(TAKE, [key, at, freeFailures, forgotten, FIRST_WAIT_SECONDS, WAIT_SECONDS_MAX]);
      if (taken.rowCount === 1) continue;
      locked.key = key;
      throw new KeyLocked();
    }
    await client.query(
      `delete from login_attempt where key in
         (select key from login_attempt where last_at < $1 order by last_at limit $2 for update skip locked)`,
      [forgotten, FORGOTTEN_AT_ONCE],
    );
  }).catch((error: unknown) => {
    if (!(error instanceof KeyLocked)) throw error;
  });
  return locked.key === null ? 0 : waitOf(pool, locked.key, nowMs);
}

async function waitOf(pool: pg.Pool, key: string, nowMs: number): Promise<number> {
  const found = await pool.query<{ until_ms: number }>(
    'select (extract(epoch from locked_until) * 1000)::float8 as until_ms from login_attempt where key = $1',
    [key],
  );
  return Math.max(1000, (found.rows[0]?.until_ms ?? nowMs) - nowMs);
}

/** Rolls a transaction back. */
class KeyLocked extends Error {}
