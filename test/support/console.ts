import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TokenRates } from '../../src/flows/api/open-by-token.ts';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import type { Router } from 'koa-router';
import { createCompareVersions } from '../../src/flows/compare-versions.ts';
import { createTryRules } from '../../src/flows/try-rule.ts';
import { createOperateActivities } from '../../src/flows/operate-activities.ts';
import { createOperatePayouts } from '../../src/flows/operate-payouts.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import { createOperateShopPayments } from '../../src/flows/payments/operate-payments.ts';
import { createReissuePayouts } from '../../src/flows/reissue-payouts.ts';
import { createSeeAlarms } from '../../src/flows/see-alarms.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Role } from '../../src/flows/ports/operators.ts';
import { createApp } from '../../src/http/app.ts';
import { consoleRoutes } from '../../src/http/routes/console.ts';
import type { ConsoleDependencies } from '../../src/http/routes/console.ts';
import { isVerifier } from '../../src/pay/payments/verifier.ts';
import { createApprovalStore } from '../../src/store/access/approval-store.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createMerchantStore } from '../../src/store/merchant-store.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { createReconciliationStore } from '../../src/store/reconciliation-store.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { createNoticeKeyStore } from '../../src/store/payments/notice-key-store.ts';
import { createPaymentStore } from '../../src/store/payments/payment-store.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createFinanceStore } from '../../src/store/finance/finance-store.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createFairSeeds } from '../../src/store/fairness/fair-seeds.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createRuleVersions } from '../../src/store/rule-versions.ts';
import { createConsoleReads } from '../../src/store/console-reads.ts';
import { createPool } from '../../src/store/database.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { accessFlows } from '../../src/wiring-access.ts';
import { apiFlows } from '../../src/wiring-api.ts';
import { openOperateBatches } from '../../src/wiring-invitations.ts';
import { codeFlows } from '../../src/wiring-codes.ts';
import { doctorFlows } from '../../src/wiring-doctor.ts';
import { archiveFlows } from '../../src/wiring-archive.ts';
import { forecastFlows } from '../../src/wiring-forecast.ts';
import { issueFlows } from '../../src/wiring-issues.ts';
import { numberFlows } from '../../src/wiring-numbers.ts';
import { miniPacketFlows } from '../../src/wiring-payouts.ts';
import { openPeople } from '../../src/wiring-people.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { realLuck, wallClock } from './draws.ts';
import { quietLogger } from './quiet-logger.ts';
import { settingsOver } from './console-settings.ts';
import type { TestSettings } from './console-settings.ts';

/** The console's API on a port of its own, over a database of its own. */
export interface TestConsole {
  readonly url: string;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly dependencies: ConsoleDependencies;
  readonly log: ReturnType<typeof quietLogger>;
  /** What accounts are set by, and the WeChat they are set at. */
  readonly settings: TestSettings;
  /** Makes a one-time login token. */
  link(name?: string, role?: Role): Promise<string>;
  close(): Promise<void>;
}

function liveActivities(pool: pg.Pool) {
  const parseRule = (rule: unknown) => activityRuleSchema.parse(rule);
  return createActivityDirectory({ pool, clock: wallClock, logger: quietLogger(), parseRule });
}

/** What pseudonyms in archives are made under. */
export const ARCHIVE_KEY = Buffer.alloc(32, 7);

/** Nobody listens there. */
const NO_HOSTS = { apiUrl: 'http://127.0.0.1:9', payUrl: 'https://127.0.0.1:9', payCaPem: null };

/** Starts the console on loopback; `pages` are served beside the API. Without `wechatUrl` WeChat cannot be reached. */
export async function startConsole(
  pages: readonly Router[] = [],
  options: { readonly wechatUrl?: string; readonly tokenRates?: TokenRates } = {},
): Promise<TestConsole> {
  const database = await freshDatabase();
  const log = quietLogger();
  const pool = createPool({ url: database.url, connectionsMax: 8, name: 'test-console' }, log);
  const common = { clock: wallClock, luck: realLuck, logger: log };
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const settings = settingsOver({ pool, publicUrl, logger: log, ...options });
  const seeds = createFairSeeds(settings.box, createPseudonyms(randomBytes(32)));
  const dependencies: ConsoleDependencies = {
    ...apiFlows({
      ...(options.tokenRates === undefined ? {} : { tokenRates: options.tokenRates }),
      config: { testHostsAllowed: true },
      pool,
      box: settings.box,
      memory: new ProcessMemory(),
      ...common,
    }),
    ...accessFlows({ pool, box: settings.box, seeds, ...common }),
    operate: createOperateActivities({
      activities: createActivityStore(pool),
      approvals: createApprovalStore(pool),
      ...common,
    }),
    compareVersions: createCompareVersions({
      activities: createActivityStore(pool),
      versions: createRuleVersions(pool),
    }),
    tryRules: createTryRules(common),
    reads: createConsoleReads(pool),
    publicUrl,
    settings: settings.flows,
    operateBatches: openOperateBatches(
      { config: { secretsKey: randomBytes(32) }, pool, clock: wallClock, logger: log },
      liveActivities(pool),
    ),
    ...codeFlows({ pool, clock: wallClock, logger: log }),
    ...issueFlows({ pool, clock: wallClock, logger: log }),
    ...archiveFlows({ config: { secretsKey: ARCHIVE_KEY }, pool, clock: wallClock, logger: log }),
    ...forecastFlows({ pool, clock: wallClock, simulatedFollowers: 60_000 }),
    finance: createFinanceStore(pool),
    ...doctorFlows({
      config: { databaseUrl: database.url, redisUrl: '', publicUrl, hosts: NO_HOSTS },
      accounts: settings.accounts,
      clock: wallClock,
    }),
    ...peopleAndNumbers(pool, log),
    ...miniPacketFlows({ pool, accounts: settings.accounts, clock: wallClock }),
    ...paymentFlows(pool, log),
    shopPayments: shopPayments(pool, log),
  };
  const app = createApp({
    routers: [...consoleRoutes(dependencies), settings.publicFiles, ...pages],
    logger: log,
    metrics: { requestEnded: () => {}, text: async () => ({ contentType: 'text/plain', body: '' }) },
    proxyHops: 0,
    readiness: async () => ({ ready: true, parts: {} }),
    metricsToken: null,
  });
  await app.listen(port, '127.0.0.1');
  return {
    url: publicUrl,
    database,
    pool,
    dependencies,
    log,
    settings,
    link: async (name = 'anna', role = 'owner') =>
      (await createOperatorWithLoginLink({ pool, name, role, nowMs: Date.now() })).token,
    close: async () => {
      await app.close(1000);
      await settings.close();
      await pool.end();
      await database.close();
    },
  };
}

/** What operators see of people, and of numbers. */
function peopleAndNumbers(pool: pg.Pool, logger: Logger) {
  const common = { pool, clock: wallClock, logger };
  const { operatePeople } = openPeople({ config: { secretsKey: randomBytes(32) }, ...common });
  return { operatePeople, ...numberFlows({ ...common, operatePeople }) };
}

/** The flows of payments over real stores. */
function paymentFlows(pool: pg.Pool, logger: Logger) {
  const common = { clock: wallClock, luck: realLuck, logger };
  const payouts = createPayoutStore({ pool, rules: createPayoutRules() });
  const reissues = createReissueStore({ pool, payoutsMax: REISSUE_MAX });
  return {
    clock: wallClock,
    operatePayouts: createOperatePayouts({ payouts, merchants: createMerchantStore(pool), ...common }),
    reissuePayouts: createReissuePayouts({ reissues, orderPrefix: 'test', ...common }),
    alarms: createSeeAlarms({ alarms: createAlarmStore(pool), ...common }),
    reconciliations: createReconciliationStore(pool),
  };
}

function shopPayments(pool: pg.Pool, logger: Logger): ConsoleDependencies['shopPayments'] {
  const keys = createNoticeKeyStore(pool, createSecretBox(randomBytes(32)));
  const payments = createPaymentStore(pool);
  return createOperateShopPayments({ payments, keys, isVerifier, clock: wallClock, logger });
}

/** The console names its own address, so it must know the port before it listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What an answer of the API came with. */
export interface Answer {
  readonly status: number;
  readonly cookie: string | null;
  // Tests look into answers of many shapes.
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects, and fails where it is not there
  readonly body: any;
}

/** A caller of the API with a cookie jar of one cookie. */
export class Caller {
  cookie = '';
  readonly #console: TestConsole;

  constructor(server: TestConsole) {
    this.#console = server;
  }

  async logIn(role: Role = 'owner', name: string = role): Promise<this> {
    const answer = await this.send('POST', '/login', { token: await this.#console.link(name, role) });
    if (answer.status !== 200) throw new Error(`log-in failed: ${JSON.stringify(answer.body)}`);
    return this;
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.send('POST', path, body);
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.#console.url}/api/console${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        origin: this.#console.dependencies.publicUrl,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const cookie = answer.headers.get('set-cookie');
    if (cookie !== null) this.cookie = cookie.split(';')[0] ?? '';
    return { status: answer.status, cookie, body: await answer.json() };
  }
}

/** The statuses of answers to callers that raced, the smallest first. */
export function statusesOf(answers: readonly Answer[]): readonly number[] {
  return answers.map(({ status }) => status).sort((one, other) => one - other);
}
