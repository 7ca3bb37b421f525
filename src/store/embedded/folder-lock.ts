import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { OutsideTrouble } from '../../base/errors.ts';

interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts it: a process id alone comes back after a while. */
  readonly began: string | null;
}

/**
 * Takes the folder for this process and returns how to give it back. The lock of a process that is gone counts for
 * nothing, so a start after kill -9 works. Throws OutsideTrouble `data-dir-in-use` while its holder lives.
 */
export function takeFolderLock(dir: string): () => void {
  const path = join(dir, 'owner.lock');
  const mine = join(dir, `owner.${process.pid}.${randomBytes(4).toString('hex')}`);
  const text = JSON.stringify({ pid: process.pid, began: processBegan(process.pid) } satisfies Holder);
  writeFileSync(mine, text, { flag: 'wx', mode: 0o600 });
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      if (linked(mine, path)) return () => releaseIfOurs(path, text);
      const held = read(path);
      if (held === null) continue;
      const holder = parse(held);
      if (holder !== null && lives(holder)) throw inUse(dir, holder.pid);
      setAside(path, held, mine);
    }
    throw new OutsideTrouble('data-dir-in-use', `the lock ${path} changes hands all the time: try again`);
  } finally {
    rmSync(mine, { force: true });
  }
}

function inUse(dir: string, pid: number): OutsideTrouble {
  return new OutsideTrouble(
    'data-dir-in-use',
    `the folder ${dir} is in use by process ${pid}: stop that one first (kill ${pid}), or use its links`,
  );
}

/** A hard link either appears whole or fails: two starters cannot both get it. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead lock away; puts it back if another starter replaced it by its own in the meantime. */
function setAside(path: string, seen: string, mine: string): void {
  const aside = `${mine}.aside`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) !== seen) linked(aside, path);
  rmSync(aside, { force: true });
}

function releaseIfOurs(path: string, text: string): void {
  if (read(path) === text) rmSync(path, { force: true });
}

function lives(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.began === null || processBegan(holder.pid) === holder.began;
}

/** Start time of a process in clock ticks since boot (field 22 of proc(5) stat) with the boot's id; null without /proc. */
function processBegan(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const boot = read('/proc/sys/kernel/random/boot_id');
  if (stat === null || boot === null) return null;
  return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

function parse(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, began: value.began ?? null } : null;
  } catch {
    return null;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
