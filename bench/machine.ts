import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type pg from 'pg';
import { coresWorth } from './cores-worth.ts';

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
] as const;

/** What the numbers were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** How many times as much they do at once as one alone. */
  readonly coresWorth: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly typeorm: string;
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Of the last minute before the run: other work on the machine makes every number worse. */
  readonly loadBefore: number;
}

/** Looks at the machine and the server. Throws when the server does not write durably: its numbers would be no use. */
export async function describeMachine(admin: pg.Client): Promise<Machine> {
  const loadBefore = loadavg()[0] ?? 0;
  const found = await admin.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value from pg_settings where name = any($1) order by array_position($1, name)`,
    [SETTINGS],
  );
  const settings = Object.fromEntries(found.rows.map((row) => [row.name, row.value]));
  if (settings['fsync'] !== 'on' || settings['synchronous_commit'] !== 'on') {
    throw new Error('the server must run with fsync and synchronous_commit on');
  }
  const version = await admin.query<{ server_version: string }>('show server_version');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    coresWorth: await coresWorth(cpus().length),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    typeorm: manifest.dependencies['typeorm'] ?? 'unknown',
    postgres: version.rows[0]?.server_version ?? 'unknown',
    settings,
    loadBefore,
  };
}
