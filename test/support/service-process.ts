import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freePort } from './redis-server.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

/** A production process of the service: `node src/main.ts` with the simulator as its WeChat. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it said so far. */
  said(): string;
  /** Sends a signal and returns the exit code (null when a signal ended it) and how long it took. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly tookMs: number }>;
}

/** What a production process is told to find its database, Redis and the simulator. */
export interface ServiceSurroundings {
  readonly simulator: Pick<Simulator, 'httpUrl' | 'payUrl' | 'caPem' | 'account' | 'merchant'>;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly secretsKey: string;
}

/** The environment of a production process against the simulator. */
export function serviceEnvironment(given: ServiceSurroundings, port: number): Record<string, string> {
  const { simulator } = given;
  const caFile = join(mkdtempSync(join(tmpdir(), 'hongbao-ca-')), 'ca.pem');
  writeFileSync(caFile, simulator.caPem);
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: given.databaseUrl,
    REDIS_URL: given.redisUrl,
    SECRETS_KEY: given.secretsKey,
    ALLOW_TEST_HOSTS: '1',
    WECHAT_API_URL: simulator.httpUrl,
    WECHAT_OPEN_URL: simulator.httpUrl,
    WECHAT_RES_URL: simulator.httpUrl,
    WECHAT_PAY_URL: simulator.payUrl,
    WECHAT_PAY_CA_FILE: caFile,
    WECHAT_APP_ID: simulator.account.appId,
    WECHAT_APP_SECRET: simulator.account.appSecret,
    WECHAT_TOKEN: simulator.account.token,
    WECHAT_ENCODING_AES_KEY: simulator.account.encodingAesKey,
    WECHAT_PAY_MCH_ID: simulator.merchant.mchId,
    WECHAT_PAY_API_KEY: simulator.merchant.apiKey,
    WECHAT_PAY_CERT_PEM: simulator.merchant.certPem,
    WECHAT_PAY_KEY_PEM: simulator.merchant.keyPem,
    WECHAT_PAY_SEND_NAME: '红包',
    WECHAT_PAY_CLIENT_IP: '127.0.0.1',
  };
}

/** Starts a process and waits, at most 10 s unless told, until it says ready. Throws with what it said otherwise. */
export async function startServiceProcess(
  given: ServiceSurroundings,
  extra: Readonly<Record<string, string>> = {},
  readyWithinMs = 10_000,
): Promise<ServiceProcess> {
  const port = await freePort();
  const process = runMain({ ...serviceEnvironment(given, port), ...extra });
  await new Promise<void>((resolve, reject) => {
    const late = (): void => reject(new Error(`not ready within ${readyWithinMs} ms: ${process.said()}`));
    const limit = setTimeout(late, readyWithinMs);
    const look = (): void => {
      if (!process.said().includes('"event":"ready"')) return;
      clearTimeout(limit);
      resolve();
    };
    process.child.stdout?.on('data', look);
    process.child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`ended with ${code}: ${process.said()}`));
    });
  });
  return { ...process, url: `http://127.0.0.1:${port}` };
}

/** Runs `node src/main.ts` with exactly this environment. */
export function runMain(environment: Readonly<Record<string, string>>): Omit<ServiceProcess, 'url'> {
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    child,
    said: () => said,
    end: async (signal) => {
      const started = performance.now();
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill(signal);
        await ended;
      }
      return { code: child.exitCode, tookMs: performance.now() - started };
    },
  };
}
