import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** More than a whole run was ever seen to hold at once. */
const ROOM_NEEDED_BYTES = 4 * 2 ** 30;
const MEMORY_NEEDED_BYTES = 3 * ROOM_NEEDED_BYTES;

/**
 * Makes the folder that a run's servers and temporary files live in, and removes those of runs that were killed. It is
 * in memory where there is plenty: a run makes and drops thousands of databases of hundreds of files each, and ext4
 * without a journal looks at every inode freed in the last minute before it hands one out, so that a database which
 * takes 50 ms at first takes 600 ms soon. Nothing in it has to outlive the machine.
 */
export function makeTestRoom(): string {
  const parents = hasRoom(MEMORY) ? [MEMORY, tmpdir()] : [tmpdir()];
  for (const parent of parents) removeLeft(parent);
  const room = mkdtempSync(join(parents[0] ?? tmpdir(), `hongbao-test-${process.pid}-`));
  // Root's server runs as user postgres, who has to get in.
  chmodSync(room, 0o755);
  return room;
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder) || freemem() < MEMORY_NEEDED_BYTES) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_NEEDED_BYTES;
}

function removeLeft(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = /^hongbao-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
