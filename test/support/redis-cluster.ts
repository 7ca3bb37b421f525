import { mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './redis-server.ts';

/** A real Redis Cluster of three nodes of a test's own, each with a third of the slots. */
export interface TestRedisCluster {
  readonly urls: readonly string[];
  /** How many keys each node holds. */
  keys(): Promise<readonly number[]>;
  /** Ends one node at once, as a crash would. */
  kill(index: number): Promise<void>;
  close(): Promise<void>;
}

const SLOTS = 16_384;
const READY_WITHIN_MS = 10_000;

/** Starts three nodes of Debian's redis-server and makes them one. Throws when they are not within 10 s. */
export async function startRedisCluster(): Promise<TestRedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'hongbao-redis-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const buses = [await freePort(), await freePort(), await freePort()];
  const nodes = ports.map((port, index) => startNode(folder, port, buses[index] ?? 0));
  const admins = ports.map((port) => new Redis(port, '127.0.0.1', { retryStrategy: () => 50 }));
  for (const admin of admins) admin.on('error', () => {});
  const end = async (child: ChildProcess | undefined): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const close = async (): Promise<void> => {
    for (const admin of admins) admin.disconnect();
    for (const child of nodes) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makeOne(admins, ports, buses);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    urls: ports.map((port) => `redis://127.0.0.1:${port}`),
    keys: () => Promise.all(admins.map((admin) => admin.dbsize())),
    kill: (index) => end(nodes[index]),
    close,
  };
}

function startNode(folder: string, port: number, bus: number): ChildProcess {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-config-file', `${port}.conf`];
  return spawn('redis-server', [...flags, ...cluster], { cwd: folder, stdio: 'ignore' });
}

async function makeOne(admins: readonly Redis[], ports: readonly number[], buses: readonly number[]): Promise<void> {
  const share = Math.ceil(SLOTS / admins.length);
  for (const [index, admin] of admins.entries()) {
    await admin.cluster('ADDSLOTSRANGE', index * share, Math.min(SLOTS, (index + 1) * share) - 1);
    await admin.call('cluster', 'meet', '127.0.0.1', String(ports[0]), String(buses[0]));
  }
  const endMs = performance.now() + READY_WITHIN_MS;
  for (const admin of admins) {
    while (!String(await admin.cluster('INFO')).includes('cluster_state:ok')) {
      if (performance.now() > endMs) throw new Error('the nodes did not become a cluster within 10 s');
      await sleep(50);
    }
  }
}
