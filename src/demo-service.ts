import { randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { accountId, openid } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { DEMO_FALLBACK, DEMO_WELCOME, demoActivities } from './demo-activities.ts';
import { startSimulator } from './simulator/simulator.ts';
import type { Simulator } from './simulator/simulator.ts';
import { migrate } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded-postgres.ts';
import { createOperatorWithLoginLink } from './store/operator-store.ts';
import { readPersonTimeline } from './store/read-models/person-timeline.ts';
import { startService } from './wiring.ts';
import type { Service } from './wiring.ts';

const FIRST_PORT = 8080;
const PLAYGROUND_PORT = 8090;
const POSTGRES_PORT = 54_320;
const OPERATOR = { id: 'demo', name: 'demo', role: 'owner' } as const;

/** A demo that runs: service, simulator and database in this process's care. */
export interface Demo {
  readonly service: Service;
  readonly simulator: Simulator;
  readonly publicUrl: string;
  /** One-time console link, good for 15 minutes. */
  readonly consoleUrl: string;
  readonly activityUrl: string;
  readonly playgroundUrl: string;
  stop(): Promise<void>;
}

/** Starts everything the demo needs in one folder. Throws with what to do when another demo runs in it. */
export async function startDemo(options: {
  readonly dataDir: string;
  readonly webDir: string;
  readonly logger: Logger;
  /** Whether the database stays for the next start; else stopping deletes it. */
  readonly keep: boolean;
}): Promise<Demo> {
  const { dataDir, logger } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    mkdirSync(dataDir, { recursive: true });
    const postgres = await startEmbeddedPostgres({
      dataDir: join(dataDir, 'postgres'),
      preferredPort: POSTGRES_PORT,
      logger,
    });
    stops.push(() => (options.keep ? postgres.stop() : postgres.discard()));
    await migrate(postgres.url);
    let explain: (person: string) => Promise<unknown> = async () => ({});
    const simulator = await startSimulator({
      dataDir: join(dataDir, 'simulator'),
      httpPort: PLAYGROUND_PORT,
      pagesDir: join(options.webDir, 'playground'),
      oauthHosts: ['127.0.0.1'],
      merchantBalanceFen: 100_000_000,
      explain: (person) => explain(person),
    });
    stops.push(() => simulator.close());
    const port = await freePortFrom(FIRST_PORT);
    const publicUrl = `http://127.0.0.1:${port}`;
    const config = simulatedConfig({
      simulator,
      databaseUrl: postgres.url,
      port,
      secretsKey: keptKey(join(dataDir, 'secrets-key')),
    });
    const service = await startService(config, logger, {
      clock: (base) => followingClock(base, simulator),
      alone: true,
      host: '127.0.0.1',
      webDir: options.webDir,
    });
    stops.push(() => service.stop());
    explain = (person) => readPersonTimeline(service.pool, openid(person));
    await seedActivities(service);
    simulator.setCallbackUrl(`${publicUrl}/wechat/main`);
    const { token } = await createOperatorWithLoginLink({
      pool: service.pool,
      name: '演示',
      nowMs: service.clock.nowMs(),
    });
    const consoleUrl = `${publicUrl}/console/login?token=${token}`;
    const activityUrl = `${publicUrl}/a/${demoActivities[0]?.slug ?? ''}`;
    simulator.setLinks({ activity: activityUrl, console: `${publicUrl}/console/` });
    return { service, simulator, publicUrl, consoleUrl, activityUrl, playgroundUrl: `${simulator.httpUrl}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The configuration of a service whose WeChat is the simulator. */
export function simulatedConfig(given: {
  readonly simulator: Simulator;
  readonly databaseUrl: string;
  readonly port: number;
  readonly secretsKey: Buffer;
  readonly role?: Config['role'];
}): Config {
  const { simulator } = given;
  return {
    port: given.port,
    publicUrl: `http://127.0.0.1:${given.port}`,
    databaseUrl: given.databaseUrl,
    redisUrl: '',
    secretsKey: given.secretsKey,
    logLevel: 'warn',
    role: given.role ?? 'all',
    proxyHops: 0,
    metricsToken: null,
    pageTrustFen: 100,
    // Its people are clicked and scripted, which is faster than thumbs.
    requestLimits: { person: { draw: 20, view: 40 }, address: { draw: 300, view: 600 } },
    followersPerMinute: 3000,
    alarmWebhook: null,
    testHostsAllowed: true,
    hosts: {
      apiUrl: simulator.httpUrl,
      openUrl: simulator.httpUrl,
      mpUrl: simulator.httpUrl,
      resUrl: simulator.httpUrl,
      payUrl: simulator.payUrl,
      payBackupUrl: null,
      payCaPem: simulator.caPem,
    },
    account: { ...simulator.account, messageMode: 'safe' },
    merchant: {
      mchId: simulator.merchant.mchId,
      apiKey: simulator.merchant.apiKey,
      certificatePem: simulator.merchant.certPem,
      privateKeyPem: simulator.merchant.keyPem,
      certificateNotAfterMs: Date.parse(new X509Certificate(simulator.merchant.certPem).validTo),
      sendName: '红包演示',
      clientIp: '127.0.0.1',
    },
  };
}

/** A clock that goes ahead when the simulator's does, so that "24 hours later" is the same moment for both sides. */
export function followingClock(base: Service['clock'], simulator: Pick<Simulator, 'clock'>): Service['clock'] {
  return {
    nowMs: () => base.nowMs() + simulator.clock.offsetMs,
    sleep: (durationMs, signal) => base.sleep(durationMs, signal),
  };
}

/** Publishes the demo's activities that are not there yet, and lets the account say what it understands. */
export async function seedActivities(service: Service): Promise<void> {
  await service.pool.query(
    `update account set fallback_text = $1, welcome_text = $2 where fallback_text = '' and welcome_text = ''`,
    [DEMO_FALLBACK, DEMO_WELCOME],
  );
  for (const { slug, name, rule } of demoActivities) {
    const there = await service.pool.query('select 1 from activity where slug = $1', [slug]);
    if (there.rowCount !== 0) continue;
    const { activity } = await service.operateActivities.create(OPERATOR, {
      accountId: accountId('main'),
      slug,
      name,
      draft: { ...rule },
    });
    await service.operateActivities.publish(OPERATOR, { id: activity.id, revision: activity.revision });
  }
}

/** Reads the demo's key for secrets, or makes one that later starts find again. */
function keptKey(path: string): Buffer {
  if (!existsSync(path)) {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
}

/** Returns the first port from `first` on that nobody listens on. Throws when 100 in a row are taken. */
async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + 100; port += 1) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`no free port from ${first} to ${first + 99}`);
}
