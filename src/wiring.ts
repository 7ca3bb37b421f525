import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Router } from 'koa-router';
import { accountId } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import type { Config, Loaded } from './config.ts';
import { createAuthorizePage } from './flows/authorize-page.ts';
import { DrawBatcher } from './flows/draw-batcher.ts';
import { createDrawOnPage } from './flows/draw-on-page.ts';
import { createLogIn } from './flows/log-in.ts';
import { createOperateActivities } from './flows/operate-activities.ts';
import type { OperateActivities } from './flows/operate-activities.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { CertificatePair } from './flows/ports/merchant-certificates.ts';
import type { ActivityDirectory, DrawStore } from './flows/ports/draws.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createReceiveMessage } from './flows/receive-message.ts';
import { PageAnswers } from './http/answer-page.ts';
import { createApp } from './http/app.ts';
import type { App } from './http/app.ts';
import { loadPageAssets } from './http/page-assets.ts';
import { PageSessions } from './http/page-session.ts';
import { createPageDocuments } from './http/presenters/page-documents.ts';
import { activityPageRoutes } from './http/routes/activity-page.ts';
import { consolePages } from './http/routes/console-pages.ts';
import { consoleRoutes } from './http/routes/console.ts';
import { oauthRoutes } from './http/routes/oauth.ts';
import { wechatCallbackRoutes } from './http/routes/wechat-callback.ts';
import type { HttpMetrics } from './http/observe-requests.ts';
import type { Readiness } from './http/routes/health.ts';
import { SignedCookies } from './http/signed-cookie.ts';
import { staticFileRoutes } from './http/static-files.ts';
import { createMetrics } from './metrics.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import type { ActivityRule } from './rules/activity-rule.ts';
import { createAccountDirectory } from './store/account-store.ts';
import { createActivityDirectory } from './store/activity-directory.ts';
import { createActivityStore } from './store/activity-store.ts';
import { applyConfiguredAccount } from './store/configured-account.ts';
import { createConsoleReads } from './store/console-reads.ts';
import { createPool } from './store/database.ts';
import { DatabaseClock } from './store/database-clock.ts';
import { createDrawStore } from './store/draw-store.ts';
import { openInstallation } from './store/installation-store.ts';
import { createOauthLoginStore } from './store/oauth-login-store.ts';
import { createOperatorStore } from './store/operator-store.ts';
import { createPageReads } from './store/page-reads.ts';
import { createQueueFigures } from './store/read-models/queue-metrics.ts';
import { ProcessMemory } from './store/process-memory.ts';
import { RedisMemory } from './store/redis-memory.ts';
import { createSecretBox } from './store/sealed-secret.ts';
import { messageDoor } from './wechat/messages/message-door.ts';
import { openPayouts, payoutFlows, startPayoutWatch, startPayoutWorker, systemLuck } from './wiring-payouts.ts';
import { openWechatApi } from './wiring-wechat.ts';
import type { WechatApi } from './wiring-wechat.ts';

/** A service that runs. */
export interface Service {
  readonly port: number;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly operateActivities: OperateActivities;
  /** Stops in reverse order within 25 s and loses nothing. May be called more than once. */
  stop(): Promise<void>;
}

/** What the demo and tests put in place of the real thing. */
export interface WiringOptions {
  /** Makes the clock everything runs by from the database's. */
  readonly clock?: (database: Clock) => Clock;
  /** One process without Redis. */
  readonly alone?: boolean;
  readonly host?: string;
  /** Reads the merchant's certificate files anew, to find a renewed one. */
  readonly readCertificate?: () => Loaded<CertificatePair>;
  /** Where the built pages are, `dist/web` unless told. */
  readonly webDir?: string;
}

const WECHAT_OPEN_URL = 'https://open.weixin.qq.com';

/** What lives: started in order, stopped in reverse. */
interface Living {
  stop(): Promise<void> | void;
}

/** What most parts are made from. */
interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly memory: SharedMemory;
}

/**
 * Builds every part, joins them, starts them and returns the running service. Throws, with everything stopped again,
 * when the database is away, SECRETS_KEY is another one, or the port is taken.
 */
export async function startService(config: Config, logger: Logger, options: WiringOptions = {}): Promise<Service> {
  const living: Living[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const part of living.toReversed()) await part.stop();
  };
  const stop = (): Promise<void> => (stopping ??= stopAll());
  try {
    return { ...(await assemble({ config, logger, options, living })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(given: {
  readonly config: Config;
  readonly logger: Logger;
  readonly options: WiringOptions;
  readonly living: Living[];
}): Promise<Omit<Service, 'stop'>> {
  const { config, logger, options, living } = given;
  const pool = createPool({ url: config.databaseUrl, connectionsMax: 10, name: 'hongbao' }, logger);
  // Draws have connections of their own: lanes that wait for a lock must not starve the console, nor the other way round.
  const drawPool = createPool({ url: config.databaseUrl, connectionsMax: 20, name: 'hongbao-draws' }, logger);
  living.push({ stop: async () => void (await Promise.all([pool.end(), drawPool.end()])) });
  const databaseClock = new DatabaseClock({ pool, logger });
  living.push(databaseClock);
  await databaseClock.start();
  const clock = options.clock?.(databaseClock) ?? databaseClock;

  const box = createSecretBox(config.secretsKey);
  const nowMs = clock.nowMs();
  const { orderPrefix } = await openInstallation({ pool, box, luck: systemLuck, nowMs });
  await applyConfiguredAccount({ pool, box, logger, account: config.account, merchant: config.merchant, nowMs });
  const memory = await startMemory(given);
  const parts: Parts = { config, logger, pool, clock, memory, accounts: createAccountDirectory({ pool, box, logger }) };

  const metrics = createMetrics();
  metrics.queues(createQueueFigures({ pool, nowMs: () => clock.nowMs() }));
  const payouts = openPayouts(pool);
  if (config.role !== 'web') {
    const readCertificate = options.readCertificate ?? (() => ({ config: certificateOf(config) }));
    living.push(startPayoutWatch({ ...parts, box, readCertificate }));
    living.push(startPayoutWorker({ ...parts, payouts, metrics: metrics.payouts }));
  }
  const draws = createDrawStore(drawPool);
  const batcher = new DrawBatcher({ store: draws, clock, luck: systemLuck, logger, orderPrefix });
  living.push(batcher);
  const activityStore = createActivityStore(pool);
  const operateActivities = createOperateActivities({ activities: activityStore, clock, luck: systemLuck, logger });
  const money = payoutFlows({ ...parts, payouts, orderPrefix });
  const wechat = openWechatApi(parts);
  living.push({ stop: () => wechat.close() });
  const webDir = options.webDir ?? fileURLToPath(new URL('../dist/web', import.meta.url));
  const app = createDoor(parts, { draws, batcher, operateActivities, money, wechat, webDir, metrics });
  living.push({ stop: () => app.close() });
  const { port } = await app.listen(config.port, options.host);
  return { port, pool, clock, operateActivities };
}

/** The certificate as it was when this process was told its configuration. */
function certificateOf({ merchant }: Config): CertificatePair {
  const { certificatePem, privateKeyPem, certificateNotAfterMs } = merchant;
  return { certificatePem, privateKeyPem, notAfterMs: certificateNotAfterMs };
}

async function startMemory(given: Parameters<typeof assemble>[0]): Promise<SharedMemory> {
  if (given.options.alone === true) return new ProcessMemory();
  const memory = new RedisMemory({ url: given.config.redisUrl, logger: given.logger });
  given.living.push(memory);
  await memory.start();
  return memory;
}

/** What people's requests are answered with. */
interface WebFlows {
  readonly draws: DrawStore;
  readonly batcher: DrawBatcher;
  readonly operateActivities: OperateActivities;
  readonly money: ReturnType<typeof payoutFlows>;
  readonly metrics: HttpMetrics;
  readonly wechat: WechatApi;
  /** Holds what `npm run build` made. */
  readonly webDir: string;
}

/** Joins the flows that people meet to their routes. The worker role has the health pages only. */
function createDoor(parts: Parts, flows: WebFlows): App {
  const { config, logger, pool, memory } = parts;
  return createApp({
    routers: config.role === 'worker' ? [] : webRouters(parts, flows),
    logger,
    metrics: flows.metrics,
    proxyHops: config.proxyHops,
    metricsToken: config.metricsToken,
    readiness: () => readiness(pool, memory),
  });
}

function webRouters(parts: Parts, flows: WebFlows): readonly Router[] {
  const { config, logger, pool, clock, accounts, memory } = parts;
  const { batcher, draws, operateActivities: operate } = flows;
  const parseRule = (stored: unknown): ActivityRule => activityRuleSchema.parse(stored);
  const activities = createActivityDirectory({ pool, clock, logger, parseRule });
  const receiveMessage = createReceiveMessage({ activities, batcher, draws, logger });
  const logIn = createLogIn({ operators: createOperatorStore(pool), clock, logger });
  return [
    wechatCallbackRoutes({ accounts, door: messageDoor, receiveMessage, memory, clock, logger }),
    consoleRoutes({ operate, reads: createConsoleReads(pool), publicUrl: config.publicUrl, logIn, ...flows.money }),
    consolePages({ folder: `${flows.webDir}/console` }),
    ...pageRouters(parts, { ...flows, activities, parseRule }),
  ];
}

/** Joins web authorization and the pages people open on their phones. */
function pageRouters(
  { config, logger, pool, clock, accounts }: Parts,
  flows: WebFlows & { readonly activities: ActivityDirectory; readonly parseRule: (stored: unknown) => ActivityRule },
): readonly Router[] {
  const { batcher, activities, parseRule, wechat } = flows;
  const publicUrl = new URL(config.publicUrl);
  const nowMs = (): number => clock.nowMs();
  const signingKey = createHmac('sha256', config.secretsKey).update('page sessions').digest();
  const cookies = new SignedCookies({ signingKey, secure: publicUrl.protocol === 'https:', nowMs });
  const sessions = new PageSessions({ cookies, nowMs });
  const folder = `${flows.webDir}/h5`;
  const assets = loadPageAssets({ folder, base: '/h5/' });
  const answers = new PageAnswers({ documents: createPageDocuments(assets), assets, logger });
  const { authorization } = wechat;
  const logins = createOauthLoginStore(pool);
  const authorizePage = createAuthorizePage({ accounts, authorization, logins, clock, luck: systemLuck, logger });
  const reads = createPageReads({ pool, parseRule });
  const drawOnPage = createDrawOnPage({ activities, reads, batcher, clock });
  return [
    staticFileRoutes({ folder, prefix: '/h5/' }),
    oauthRoutes({ authorizePage, sessions, answers, publicUrl }),
    activityPageRoutes({
      drawOnPage,
      reads,
      sessions,
      answers,
      clock,
      publicUrl,
      firstAccount: accountId('main'),
      // WeChat's own authorization page opens inside WeChat only; a test host's opens anywhere.
      anyBrowser: config.hosts.openUrl !== WECHAT_OPEN_URL,
    }),
  ];
}

/** Ready while the database answers; without Redis there is less comfort, not less service. */
async function readiness(pool: pg.Pool, memory: SharedMemory): Promise<Readiness> {
  const database = await pool.query('select 1').then(
    () => 'ok' as const,
    () => 'down' as const,
  );
  return { ready: database === 'ok', parts: { database, redis: memory.health() === 'ok' ? 'ok' : 'degraded' } };
}
