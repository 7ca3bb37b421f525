import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideTrouble } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 5000;

/**
 * Stops a PostgreSQL that a parent killed by kill -9 left running in this very cluster. Only processes that prove to
 * be ours are touched: the program is postgres and its working folder, or its -D, is the cluster. Call it only with
 * the folder's lock held. Throws OutsideTrouble when one does not stop in time.
 */
export async function stopOrphans(cluster: string, logger: Logger): Promise<void> {
  const postmaster = postmasterPid(cluster);
  if (postmaster === null) return;
  let orphans = serversIn(cluster, postmaster);
  if (orphans.length > 0) {
    logger.warn({ pids: orphans, cluster }, 'embedded-postgres-left-over-by-a-killed-process');
    // SIGINT asks the postmaster for a fast shutdown; backends whose postmaster is gone end by themselves.
    signal(
      orphans.filter((pid) => pid === postmaster),
      'SIGINT',
    );
    orphans = await waitForNone(cluster, postmaster, FAST_SHUTDOWN_MS);
    signal(orphans, 'SIGQUIT');
    orphans = await waitForNone(cluster, postmaster, IMMEDIATE_SHUTDOWN_MS);
  }
  if (orphans.length > 0) {
    throw new OutsideTrouble(
      'orphan-does-not-stop',
      `PostgreSQL left over in ${cluster} does not stop: kill ${orphans.join(' ')}`,
    );
  }
  // Nothing of ours runs, so the file can only name a dead process or a stranger that got the same process id, and
  // PostgreSQL would take that stranger for a living server.
  if (postmasterPid(cluster) === postmaster) rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/** The process id in the cluster's postmaster.pid, null when there is none. */
function postmasterPid(cluster: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function serversIn(cluster: string, postmaster: number): readonly number[] {
  const home = realpathSync(cluster);
  const pids = process.platform === 'linux' ? processIds() : [postmaster];
  return pids.filter((pid) => (process.platform === 'linux' ? runsIn(pid, home) : wasStartedIn(pid, home)));
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Every process of a PostgreSQL server works in its data folder. */
function runsIn(pid: number, home: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== home) return false;
    // The binary may have been removed by a fresh npm ci since.
    return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')) === 'postgres';
  } catch {
    return false;
  }
}

function wasStartedIn(pid: number, home: string): boolean {
  const shown = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  return /\bpostgres\b/.test(shown) && shown.includes(home);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended on its own in the meantime.
    }
  }
}

async function waitForNone(cluster: string, postmaster: number, limitMs: number): Promise<readonly number[]> {
  const deadline = performance.now() + limitMs;
  let left = serversIn(cluster, postmaster);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(20);
    left = serversIn(cluster, postmaster);
  }
  return left;
}
