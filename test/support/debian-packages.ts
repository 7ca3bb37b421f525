import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the tests need from the system, the Debian package that brings it, and how to tell that it is there. */
const NEEDED = [
  { what: 'Chromium', package: 'chromium-headless-shell', isThere: () => finds('chromium-headless-shell') },
  // Without one, Chinese text in the browser tests would be empty boxes.
  { what: 'a Chinese font', package: 'fonts-wqy-microhei', isThere: () => said('fc-list', [':lang=zh-cn']) !== '' },
  { what: 'redis-server', package: 'redis-server', isThere: () => finds('redis-server') },
] as const;

const POSTGRES_15 = '/usr/lib/postgresql/15/bin';
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs what is missing when we may (root, or sudo without a password). Returns null when all is there, otherwise
 * one sentence that names what is missing and how to get it.
 */
export function ensurePackages(): string | null {
  const missing = NEEDED.filter((need) => !need.isThere());
  if (missing.length === 0) return null;
  const names = missing.map((need) => need.package);
  const installed = install(names);
  const still = missing.filter((need) => !need.isThere());
  if (still.length === 0) return null;
  const why =
    installed === 'not-allowed' ? 'installing needs root or sudo without a password' : 'apt-get install failed';
  return `The tests need ${still.map((need) => need.what).join(', ')}, and ${why}: run "apt-get install ${names.join(' ')}" and try again.`;
}

/** Returns the folder of PostgreSQL 15's binaries, installing them when we may; null where Debian has none. */
export function ensurePostgres15(): string | null {
  if (!existsSync(`${POSTGRES_15}/postgres`)) install(['postgresql-15']);
  return existsSync(`${POSTGRES_15}/postgres`) ? POSTGRES_15 : null;
}

function install(names: readonly string[]): 'done' | 'failed' | 'not-allowed' {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) return 'not-allowed';
  console.log(`installing from Debian: ${names.join(' ')}`);
  // Debian starts a service when it is installed; this is its own way to say that nothing may start.
  const withoutServices = `
    if [ ! -e ${SERVICE_POLICY} ]; then
      trap 'rm -f ${SERVICE_POLICY}' EXIT
      printf '#!/bin/sh\\nexit 101\\n' > ${SERVICE_POLICY} && chmod 755 ${SERVICE_POLICY}
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends ${names.join(' ')} ||
      { apt-get update -q && apt-get install -y -q --no-install-recommends ${names.join(' ')}; }`;
  const [program, ...rest] = [...prefix, 'sh', '-c', withoutServices];
  const ran = spawnSync(program, rest, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 << 20 });
  if (ran.status === 0) return 'done';
  console.error(`${ran.stdout ?? ''}\n${ran.stderr ?? ''}`.trim().split('\n').slice(-10).join('\n'));
  return 'failed';
}

function finds(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));
}

function said(program: string, flags: readonly string[]): string {
  return spawnSync(program, flags, { encoding: 'utf8' }).stdout?.trim() ?? '';
}
