import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../src/base/logger.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { ensurePackages, ensurePostgres15 } from './support/debian-packages.ts';
import { makeTestRoom } from './support/test-room.ts';

// npm test [files]: everything a change must pass, on a machine that has only Node and npm. What it needs from Debian
// it installs when it may. It ends with exit code 0 only if the checks and all tests passed.

const ROOT = new URL('..', import.meta.url).pathname;
// Ends a run that hangs. It takes 11 to 13 minutes on two cores, by how busy their neighbours are.
const TOTAL_LIMIT_MS = 19 * 60_000;
const ONE_TEST_LIMIT_MS = 180_000;
const BIN = join(ROOT, 'node_modules/.bin');

const CHECKS = [
  { name: 'types', program: 'tsc', flags: ['-p', 'tsconfig.json'] },
  { name: 'types of the rules', program: 'tsc', flags: ['-p', 'src/rules/tsconfig.json'] },
  { name: 'types of the web', program: 'tsc', flags: ['-p', 'src/web/tsconfig.json'] },
  { name: 'lint', program: 'oxlint', flags: ['--type-aware', '--deny-warnings'] },
  { name: 'format', program: 'prettier', flags: ['--check', '--log-level=warn', '.'] },
] as const;

const children = new Set<ChildProcess>();
let stoppedBy: string | null = null;

function stopChildren(reason: string): void {
  stoppedBy ??= reason;
  for (const child of children) {
    try {
      // The group, because the test runner has children of its own.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
  }
}

/** Runs a program in a process group of its own and returns its exit code and what it said (unless shown at once). */
async function run(options: {
  readonly program: string;
  readonly flags: readonly string[];
  readonly shown: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<{ readonly code: number; readonly said: string }> {
  if (stoppedBy !== null) return { code: 1, said: '' };
  const child = spawn(options.program, options.flags, {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', options.shown ? 'inherit' : 'pipe', options.shown ? 'inherit' : 'pipe'],
  });
  children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      said += error.message;
      resolve(1);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  children.delete(child);
  return { code, said };
}

/** Runs type checks, lint and format and returns how many failed, each with what it said. */
async function check(): Promise<number> {
  const results = await Promise.all(
    CHECKS.map(async ({ name, program, flags }) => ({
      name,
      ...(await run({ program: join(BIN, program), flags, shown: false })),
    })),
  );
  const failed = results.filter((result) => result.code !== 0);
  for (const { name, said } of failed) console.error(`\n--- ${name}\n${said.trim()}`);
  console.log(failed.length === 0 ? 'checks: types, lint and format pass' : `checks: ${failed.length} failed`);
  return failed.length;
}

async function buildWeb(): Promise<number> {
  if (!existsSync(join(ROOT, 'src/web/build.ts'))) return 0;
  const { code, said } = await run({ program: process.execPath, flags: ['src/web/build.ts'], shown: false });
  if (code !== 0) console.error(`\n--- web build\n${said.trim()}`);
  return code;
}

/** Runs the test files against the servers and returns the runner's exit code. */
async function runTests(files: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const limits = ['--test-concurrency=3', `--test-timeout=${ONE_TEST_LIMIT_MS}`];
  const flags = ['--test', ...limits, '--test-reporter=spec', ...files];
  const { code } = await run({ program: process.execPath, flags, shown: true, environment });
  return code;
}

/** Runs what speaks to the database on the oldest PostgreSQL we promise to work with. */
async function runOnPostgres15(environment: Readonly<Record<string, string>>): Promise<number> {
  const url = environment['TEST_POSTGRES15_URL'];
  if (url === undefined) return 0;
  const files = globSync(['test/store/{activity,draw,entities,payout,reissue}*.test.ts', 'test/flows/*races.test.ts'], {
    cwd: ROOT,
  });
  console.log(`\non PostgreSQL 15: ${files.length} files of draws, payouts and races`);
  return runTests(files, { ...environment, TEST_DATABASE_URL: url });
}

/** Starts the servers the tests share in a folder that goes away with them. */
async function startServers(room: string): Promise<readonly { name: string; server: EmbeddedPostgres }[]> {
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (fields, event) => console.warn(event, fields),
    error: (fields, event) => console.error(event, fields),
  };
  const embedded = { name: 'TEST_DATABASE_URL', dataDir: join(room, 'postgres'), preferredPort: 0, logger };
  const binDir = ensurePostgres15();
  if (binDir === null) console.log('PostgreSQL 15 cannot be had from this Debian: the store is tested on 18 only');
  const oldest = { name: 'TEST_POSTGRES15_URL', dataDir: join(room, 'postgres15'), preferredPort: 0, logger };
  const wanted = binDir === null ? [embedded] : [embedded, { ...oldest, binDir }];
  const started: { name: string; server: EmbeddedPostgres }[] = [];
  for (const options of wanted) started.push({ name: options.name, server: await startEmbeddedPostgres(options) });
  return started;
}

async function main(files: readonly string[]): Promise<number> {
  const missing = ensurePackages();
  if (missing !== null) {
    console.error(missing);
    return 1;
  }
  const room = makeTestRoom();
  let servers: Awaited<ReturnType<typeof startServers>> = [];
  try {
    servers = await startServers(room);
    // What a killed test leaves behind goes away with the room; a server in there notices and ends by itself.
    const temporary = join(room, 'tmp');
    mkdirSync(temporary);
    chmodSync(temporary, 0o1777);
    const urls = Object.fromEntries(servers.map(({ name, server }) => [name, server.url]));
    // Every file is a process of its own: each finds compiled what another compiled before.
    const environment = { ...urls, TMPDIR: temporary, NODE_COMPILE_CACHE: join(room, 'compiled') };
    const all = files.length === 0;
    const codes = {
      checks: await check(),
      'web build': await buildWeb(),
      // The long run is the last one, so that what it tells of its failures ends what is printed.
      'tests on PostgreSQL 15': all ? await runOnPostgres15(environment) : 0,
      tests: await runTests(all ? ['test/**/*.test.ts'] : files, environment),
    };
    const failed = Object.entries(codes).flatMap(([name, code]) => (code === 0 ? [] : [name]));
    if (stoppedBy !== null) failed.push(`stopped by ${stoppedBy}`);
    console.log(failed.length === 0 ? '\nEverything passes.' : `\nFailed: ${failed.join(', ')}`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    for (const { server } of servers) await server.discard();
    rmSync(room, { recursive: true, force: true });
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopChildren(signal));
const limit = setTimeout(() => stopChildren(`more than ${TOTAL_LIMIT_MS / 60_000} minutes`), TOTAL_LIMIT_MS);
process.exitCode = await main(process.argv.slice(2));
clearTimeout(limit);
