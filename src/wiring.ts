import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import type { Config, Loaded } from './config.ts';
import { DrawBatcher } from './flows/draw-batcher.ts';
import { createReceiveMessage } from './flows/chat/receive-message.ts';
import { createRequestLimits } from './flows/limit-requests.ts';
import { createCompareVersions } from './flows/compare-versions.ts';
import { createTryRules } from './flows/try-rule.ts';
import { createOperateActivities } from './flows/operate-activities.ts';
import type { OperateActivities } from './flows/operate-activities.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { CertificatePair } from './flows/ports/merchant-certificates.ts';
import type { DrawStore } from './flows/ports/draws.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { Admissions } from './http/admissions.ts';
import { createApp } from './http/app.ts';
import type { App, AppOptions } from './http/app.ts';
import { createDeliveryDoor } from './http/delivery-door.ts';
import { RequestTurns } from './http/request-turns.ts';
import { RunningDeliveries } from './http/running-deliveries.ts';
import { consolePages } from './http/routes/console-pages.ts';
import { consoleRoutes } from './http/routes/console.ts';
import { verificationFileRoutes } from './http/routes/verification-files.ts';
import { wechatCheckRoutes } from './http/routes/wechat-check.ts';
import type { HttpMetrics } from './http/observe-requests.ts';
import type { Readiness } from './http/routes/health.ts';
import { createMetrics } from './metrics.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import type { ActivityRule } from './rules/activity-rule.ts';
import { createApprovalStore } from './store/access/approval-store.ts';
import { createAccountDirectory } from './store/account-store.ts';
import { createActivityDirectory } from './store/activity-directory.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';
import { createFairSeeds } from './store/fairness/fair-seeds.ts';
import { applyConfiguredAccount } from './store/configured-account.ts';
import { createConsoleReads } from './store/console-reads.ts';
import { createPool } from './store/database.ts';
import { DatabaseClock } from './store/database-clock.ts';
import { createDrawStore } from './store/draw-store.ts';
import { openInstallation } from './store/installation-store.ts';
import { createPageReads } from './store/page-reads.ts';
import { createFinanceStore } from './store/finance/finance-store.ts';
import { createQueueFigures } from './store/read-models/queue-metrics.ts';
import { ProcessMemory } from './store/process-memory.ts';
import { RedisMemory } from './store/redis-memory.ts';
import { createRuleVersions } from './store/rule-versions.ts';
import { createNoticeKeyStore } from './store/payments/notice-key-store.ts';
import { createSecretBox } from './store/sealed-secret.ts';
import type { SecretBox } from './store/sealed-secret.ts';
import type { FairSeeds } from './flows/ports/fairness.ts';
import { messageDoor } from './wechat/messages/message-door.ts';
import { accessFlows } from './wiring-access.ts';
import { apiFlows, startDeliveringWebhooks } from './wiring-api.ts';
import { archiveFlows } from './wiring-archive.ts';
import { openOperateBatches, startAsideDraws } from './wiring-invitations.ts';
import { codeFlows, startMakingCodes } from './wiring-codes.ts';
import { doctorFlows } from './wiring-doctor.ts';
import { forecastFlows, startForecastWatch } from './wiring-forecast.ts';
import { issueFlows, startIssuing } from './wiring-issues.ts';
import { numberFlows } from './wiring-numbers.ts';
import { pageRouters } from './wiring-pages.ts';
import { paymentFlows, startDrawingPayments } from './wiring-payments.ts';
import {
  miniPacketFlows,
  openPayouts,
  payoutFlows,
  startPayoutWatch,
  startPayoutWorker,
  systemLuck,
} from './wiring-payouts.ts';
import { openPeople, startErasing, startForgetting } from './wiring-people.ts';
import type { People } from './wiring-people.ts';
import { openChat, openWechatApi, settingFlows } from './wiring-wechat.ts';
import { startFollowerRefresh, startLateReplyTeller, startPayeeLinker } from './wiring-wechat.ts';
import type { Chat, WechatApi } from './wiring-wechat.ts';

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

/** What lives: started in order, stopped in reverse. */
interface Living {
  stop(): Promise<void> | void;
}

/** What most parts are made from. */
interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly seeds: FairSeeds;
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
  const accounts = createAccountDirectory({ pool, box, logger });
  const seeds = createFairSeeds(box, createPseudonyms(config.secretsKey));
  const parts: Parts = { config, logger, pool, box, seeds, clock, memory, accounts };

  const metrics = createMetrics();
  metrics.queues(createQueueFigures({ pool, nowMs: () => clock.nowMs() }));
  const payouts = openPayouts(pool, config.publicUrl);
  if (config.role !== 'web') {
    const readCertificate = options.readCertificate ?? (() => ({ config: certificateOf(config) }));
    living.push(startPayoutWatch({ ...parts, readCertificate }));
    living.push(startForecastWatch(parts));
    const noticeKeys = createNoticeKeyStore(pool, box);
    living.push(startPayoutWorker({ ...parts, payouts, noticeKeys, metrics: metrics.payouts }));
  }
  const people = openPeople(parts);
  const draws = createDrawStore(drawPool, people.pseudonyms);
  const batcher = new DrawBatcher({ store: draws, clock, luck: systemLuck, logger, orderPrefix });
  living.push(batcher);
  const activityStore = createActivityStore(pool, seeds);
  const approvals = createApprovalStore(pool);
  const operateActivities = createOperateActivities({
    activities: activityStore,
    approvals,
    clock,
    luck: systemLuck,
    logger,
  });
  const money = payoutFlows({ ...parts, payouts, orderPrefix });
  const wechat = openWechatApi(parts);
  living.push({ stop: () => wechat.close() });
  const chat = openChat({ ...parts, people });
  living.push(chat.late);
  if (config.role !== 'web') {
    living.push(startErasing(parts, people), startForgetting(parts), startMakingCodes(parts));
    living.push(startDeliveringWebhooks(parts));
    living.push(startLateReplyTeller(parts, chat, wechat), startPayeeLinker(parts, chat, wechat));
    living.push(startDrawingPayments(parts, { batcher, late: chat.lateReplies }));
    living.push(...startFollowerRefresh(parts, people, wechat));
    living.push(startAsideDraws(parts, { batcher, chat, wechat }));
    living.push(startIssuing(parts, { draws, orderPrefix }));
  }
  const webDir = options.webDir ?? fileURLToPath(new URL('../dist/web', import.meta.url));
  const app = createDoor(parts, { draws, batcher, operateActivities, money, wechat, chat, people, webDir, metrics });
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
  readonly chat: Chat;
  readonly people: People;
  /** Holds what `npm run build` made. */
  readonly webDir: string;
}

/** Joins the flows that people meet to their routes. The worker role has the health pages only. */
function createDoor(parts: Parts, flows: WebFlows): App {
  const { config, logger, pool, memory } = parts;
  const turns = new RequestTurns();
  return createApp({
    ...(config.role === 'worker' ? { routers: [] } : webDoors(parts, flows, turns)),
    turns,
    logger,
    metrics: flows.metrics,
    proxyHops: config.proxyHops,
    metricsToken: config.metricsToken,
    readiness: () => readiness(pool, memory),
  });
}

function webDoors(parts: Parts, flows: WebFlows, turns: RequestTurns): Pick<AppOptions, 'routers' | 'early'> {
  const { config, logger, pool, clock, accounts, memory } = parts;
  const { batcher, draws, chat, operateActivities: operate } = flows;
  const { pseudonyms, operatePeople } = flows.people;
  const parseRule = (stored: unknown): ActivityRule => activityRuleSchema.parse(stored);
  const activities = createActivityDirectory({ pool, clock, logger, parseRule, seeds: parts.seeds });
  const reads = createPageReads({ pool, parseRule, pseudonyms });
  const limits = createRequestLimits({ memory, rates: config.requestLimits });
  const receiveMessage = createReceiveMessage({ ...chat, activities, batcher, draws, reads, limits, clock, logger });
  const versions = createRuleVersions(pool);
  const compareVersions = createCompareVersions({ activities: createActivityStore(pool), versions });
  const { settings, files } = settingFlows(parts, flows.wechat);
  const { shopPayments, router: payNotices } = paymentFlows(parts);
  const operating = {
    operate,
    compareVersions,
    operatePeople,
    settings,
    ...accessFlows(parts),
    shopPayments,
    ...flows.money,
  };
  const early = createDeliveryDoor({
    accounts,
    door: messageDoor,
    receiveMessage,
    late: chat.late,
    admissions: new Admissions({ memory, logger }),
    running: new RunningDeliveries({ turns, logger }),
    clock,
    logger,
    turns,
    metrics: flows.metrics,
    proxyHops: config.proxyHops,
  });
  const routers = [
    wechatCheckRoutes({ accounts, door: messageDoor, clock }),
    payNotices,
    verificationFileRoutes({ files }),
    ...consoleRoutes({
      ...operating,
      ...apiFlows(parts),
      operateBatches: openOperateBatches(parts, activities),
      ...codeFlows(parts),
      ...issueFlows(parts),
      ...doctorFlows(parts),
      ...miniPacketFlows(parts),
      finance: createFinanceStore(pool),
      tryRules: createTryRules({ clock, luck: systemLuck }),
      ...numberFlows({ ...parts, operatePeople }),
      ...forecastFlows(parts),
      ...archiveFlows(parts),
      reads: createConsoleReads(pool),
      publicUrl: config.publicUrl,
    }),
    consolePages({ folder: `${flows.webDir}/console` }),
    ...pageRouters({
      ...parts,
      ...flows,
      activities,
      reads,
      limits,
      followers: chat.followers,
      claimAwards: chat.claimAwards,
    }),
  ];
  return { routers, early };
}

/** Ready while the database answers; without Redis there is less comfort, not less service. */
async function readiness(pool: pg.Pool, memory: SharedMemory): Promise<Readiness> {
  const database = await pool.query('select 1').then(
    () => 'ok' as const,
    () => 'down' as const,
  );
  return { ready: database === 'ok', parts: { database, redis: memory.health() === 'ok' ? 'ok' : 'degraded' } };
}
