import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

/** What work has cost so far; the difference of two is what it cost between them. */
export interface Costs {
  readonly nodeCpuMicros: number;
  /** Of the whole server: backends, checkpointer, log writer, vacuum. Null where there is no /proc. */
  readonly serverCpuMicros: number | null;
  readonly walBytes: number;
  /** How often the log was forced to disk. Null before PostgreSQL 18, which counts it where we look. */
  readonly fsyncs: number | null;
}

// Linux shows process times in ticks of 1/100 s to programs (USER_HZ), whatever the kernel's own tick.
const MICROS_PER_TICK = 10_000;

/** Reads the costs so far of this process and of the server, whose main process has the id given. */
export async function readCosts(admin: pg.Client, serverPid: number): Promise<Costs> {
  const found = await admin.query<{ bytes: number; fsyncs: number | null }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes,
       (select sum(fsyncs)::float8 from pg_stat_io where object = 'wal') as fsyncs`,
  );
  const { user, system } = process.cpuUsage();
  return {
    nodeCpuMicros: user + system,
    serverCpuMicros: cpuOfTree(serverPid),
    walBytes: found.rows[0]?.bytes ?? 0,
    fsyncs: found.rows[0]?.fsyncs ?? null,
  };
}

/** Returns the id of the server's main process: the parent of the one that serves us. */
export async function findServerPid(admin: pg.Client): Promise<number> {
  const found = await admin.query<{ pid: number }>('select pg_backend_pid() as pid');
  return processTimes(found.rows[0]?.pid ?? 0)?.parent ?? 0;
}

/** Makes every connection of a pool hand its counts in now; by itself it does so once a second at most. */
export async function handInCounts(pool: pg.Pool): Promise<void> {
  const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  try {
    await Promise.all(clients.map((client) => client.query('select pg_stat_force_next_flush()')));
  } finally {
    for (const client of clients) client.release();
  }
}

/** Returns the value below which the given share of the numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Returns the middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Adds up a process, its living children and those it has buried, in CPU microseconds. */
function cpuOfTree(pid: number): number | null {
  const main = processTimes(pid);
  if (main === null) return null;
  const others = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processTimes(Number(name)))
    .filter((times) => times?.parent === pid);
  const ticks = others.reduce((sum, times) => sum + (times?.own ?? 0), main.own + main.buried);
  return ticks * MICROS_PER_TICK;
}

/** Reads /proc/<pid>/stat (proc_pid_stat(5)): parent, own ticks, ticks of children that ended. */
function processTimes(pid: number): { readonly parent: number; readonly own: number; readonly buried: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces, so fields are counted after it: state is the first.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index]);
    return { parent: at(1), own: at(11) + at(12), buried: at(13) + at(14) };
  } catch {
    return null;
  }
}

/** Returns the CPU time of a process so far in microseconds; null where there is no /proc. */
export function processCpuMicros(pid: number): number | null {
  const times = processTimes(pid);
  return times === null ? null : times.own * MICROS_PER_TICK;
}
