import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideTrouble } from '../../base/errors.ts';
import { SERVER_ENVIRONMENT } from './binaries.ts';
import type { ServerHome } from './server-home.ts';

const PORTS_TRIED_MAX = 50;
const INIT_TIMEOUT_MS = 60_000;
// Generous, because a start after a crash replays the log first.
const READY_TIMEOUT_MS = 60_000;

/** A server that runs and takes connections. */
export interface RunningServer {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves once the process has ended. */
  readonly ended: Promise<void>;
}

/**
 * Makes the cluster on the first start and returns its random password, kept beside it with mode 0600. A first start
 * that was cut short leaves nothing behind that counts: the folder gets its name only when it is whole.
 */
export async function ensureCluster(home: ServerHome): Promise<string> {
  const passwordFile = join(home.dir, 'password');
  if (existsSync(home.cluster)) {
    checkVersion(home);
    return readPassword(passwordFile);
  }
  const making = join(home.dir, 'cluster.making');
  rmSync(making, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { flag: 'wx', mode: 0o600 });
  if (home.identity !== null) {
    // lchown: were either replaced by a link meanwhile, only the link would change hands.
    for (const path of [making, passwordFile]) lchownSync(path, home.identity.uid, home.identity.gid);
  }
  const locale =
    home.major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
  await run(home, 'initdb', [
    `--pgdata=${making}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...locale,
  ]);
  renameSync(making, home.cluster);
  return readPassword(passwordFile);
}

/** Starts the server on the first free port from the preferred one on; 0 takes any. */
export async function launch(home: ServerHome, preferredPort: number): Promise<RunningServer> {
  let port = preferredPort;
  for (let tries = 0; tries < PORTS_TRIED_MAX && port < 65_536; tries += 1, port += 1) {
    const free = await freePort(port);
    if (free === null) continue;
    const server = await tryPort(home, free);
    if (server !== null) return server;
  }
  throw new OutsideTrouble('no-free-port', `no port from ${preferredPort} to ${port - 1} is free on 127.0.0.1`);
}

/** The last lines of the server's log, for messages. */
function lastLogLines(home: ServerHome): string {
  return readFileSync(join(home.dir, 'server.log'), 'utf8').trim().split('\n').slice(-5).join(' | ');
}

/** Returns null when someone else took the port between our look and the server's. */
async function tryPort(home: ServerHome, port: number): Promise<RunningServer | null> {
  const child = spawnServer(home, port);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const state = { ended: false };
  void ended.then(() => (state.ended = true));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!state.ended && performance.now() < deadline) {
    if (isReady(home, child.pid)) return { child, port, ended };
    await sleep(10);
  }
  const said = lastLogLines(home);
  if (state.ended && /could not bind|Address already in use/i.test(said)) return null;
  child.kill('SIGQUIT');
  throw new OutsideTrouble('embedded-postgres-does-not-start', `PostgreSQL in ${home.cluster} did not start: ${said}`);
}

function spawnServer(home: ServerHome, port: number): ChildProcess {
  const logFile = join(home.dir, 'server.log');
  if (existsSync(logFile)) renameSync(logFile, join(home.dir, 'server.previous.log'));
  const log = openSync(logFile, 'wx', 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // None: a socket's path is bound to 107 bytes, which a deep checkout exceeds.
    unix_socket_directories: '',
    fsync: 'on',
    // Compiling queries costs more than it saves at our sizes.
    jit: 'off',
    log_timezone: 'UTC',
  };
  try {
    return spawn(
      join(home.bin, 'postgres'),
      ['-D', home.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // A session of its own: Ctrl-C in a terminal must reach us only, or the database would go before what uses it.
      { ...home.identity, cwd: '/', detached: true, env: SERVER_ENVIRONMENT, stdio: ['ignore', log, log] },
    );
  } finally {
    closeSync(log);
  }
}

/** The eighth line of postmaster.pid tells the server's state; pg_ctl reads the same. */
function isReady(home: ServerHome, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(home.cluster, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && (lines[7] ?? '').startsWith('ready');
  } catch {
    return false;
  }
}

function checkVersion(home: ServerHome): void {
  const found = Number.parseInt(readFileSync(join(home.cluster, 'PG_VERSION'), 'utf8'), 10);
  if (found === home.major) return;
  throw new OutsideTrouble(
    'data-of-another-version',
    `the data in ${home.cluster} was written by PostgreSQL ${found}, this one is ${home.major}: move the folder ${home.dir} away to start afresh`,
  );
}

function readPassword(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OutsideTrouble(
      'password-missing',
      `the database's password ${path} cannot be read: put it back, or remove its folder to start afresh`,
      {
        cause,
      },
    );
  }
}

async function run(home: ServerHome, program: string, flags: readonly string[]): Promise<void> {
  const child = spawn(join(home.bin, program), flags, {
    ...home.identity,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INIT_TIMEOUT_MS,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new OutsideTrouble('embedded-postgres-does-not-start', `${program} failed: ${said.trim()}`);
}

/** Returns the port if it can be had on 127.0.0.1 (any for 0), null if it is taken. */
async function freePort(port: number): Promise<number | null> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(null));
    probe.listen({ host: '127.0.0.1', port }, () => {
      const address = probe.address();
      const found = typeof address === 'object' && address !== null ? address.port : null;
      probe.close(() => resolve(found));
    });
  });
}
