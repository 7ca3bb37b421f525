import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import type pg from 'pg';
import { accountId, merchantId } from '../../src/base/ids.ts';
import { createAuthorizePage } from '../../src/flows/authorize-page.ts';
import type { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import { createDrawOnPage } from '../../src/flows/draw-on-page.ts';
import { createInvitePeople } from '../../src/flows/invitations/invite-people.ts';
import { createRequestLimits } from '../../src/flows/limit-requests.ts';
import type { RequestLimitRates } from '../../src/flows/limit-requests.ts';
import type { Account } from '../../src/flows/ports/accounts.ts';
import type { OauthLogins } from '../../src/flows/ports/oauth-logins.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import type { FollowerRecords } from '../../src/flows/ports/follower-records.ts';
import type { SharedMemory } from '../../src/flows/ports/shared-memory.ts';
import type { WebAuthorization } from '../../src/flows/ports/web-authorization.ts';
import type { WebProfiles } from '../../src/flows/ports/web-profiles.ts';
import { createRecentWinners } from '../../src/flows/recent-winners.ts';
import { createProveVisitor } from '../../src/flows/prove-visitor.ts';
import type { ProveVisitor } from '../../src/flows/prove-visitor.ts';
import { createApp } from '../../src/http/app.ts';
import { PageAnswers } from '../../src/http/answer-page.ts';
import { loadPageAssets } from '../../src/http/page-assets.ts';
import { PageOrigins } from '../../src/http/page-origin.ts';
import { PageSessions } from '../../src/http/page-session.ts';
import { createPersonCode } from '../../src/http/person-code.ts';
import { createPageDocuments } from '../../src/http/presenters/page-documents.ts';
import { activityPageRoutes } from '../../src/http/routes/activity-page.ts';
import { activitySurroundingRoutes } from '../../src/http/routes/activity-surroundings.ts';
import { invitationRoutes } from '../../src/http/routes/invitations.ts';
import { jsSdkRoutes } from '../../src/http/routes/js-sdk.ts';
import { oauthRoutes } from '../../src/http/routes/oauth.ts';
import { pictureFileRoutes } from '../../src/http/routes/pictures.ts';
import { SignedCookies } from '../../src/http/signed-cookie.ts';
import { staticFileRoutes } from '../../src/http/static-files.ts';
import { createMetrics } from '../../src/metrics.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createFollowerBook } from '../../src/store/account/follower-book.ts';
import { createInvitationStore } from '../../src/store/account/invitations.ts';
import { createPictures } from '../../src/store/account/pictures.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createOauthLoginStore } from '../../src/store/oauth-login-store.ts';
import { createPageReads } from '../../src/store/page-reads.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { buildWeb } from '../../src/web/build.ts';
import { AccessTokens } from '../../src/wechat/access-token.ts';
import { createApiClient } from '../../src/wechat/api-client.ts';
import type { ApiClient } from '../../src/wechat/api-client.ts';
import { AccountCalls } from '../../src/wechat/api/account-calls.ts';
import { createFollowerRecords } from '../../src/wechat/api/follower-records.ts';
import { createPageSigner, JsapiTickets } from '../../src/wechat/api/jsapi-tickets.ts';
import { createWebProfiles } from '../../src/wechat/api/web-profiles.ts';
import { createWebAuthorization } from '../../src/wechat/oauth.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { batcherOver, realLuck, wallClock } from './draws.ts';
import { quietLogger } from './quiet-logger.ts';
import { freePort } from './redis-server.ts';

const H5_FOLDER = fileURLToPath(new URL('../../dist/web/h5', import.meta.url));

const NO_LIMITS: RequestLimitRates = {
  person: { draw: 1_000_000, view: 1_000_000 },
  address: { draw: 1_000_000, view: 1_000_000 },
};

/** Several web processes' worth of doors on one database, with the simulator as WeChat. */
export interface PageWorld {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  /** Base addresses; the first one is the public address. */
  readonly doors: readonly [string, string];
  readonly log: ReturnType<typeof quietLogger>;
  /** How often a code was sent to WeChat. */
  readonly exchanges: () => number;
  /** How far the service's clock is ahead of the real one, in ms. */
  readonly clockAhead: { ms: number };
}

export interface PageWorldOptions {
  readonly anyBrowser?: boolean;
  /** Stands between the doors and the batcher. */
  readonly aroundBatcher?: (batcher: DrawBatcher) => Pick<DrawBatcher, 'draw'>;
  readonly aroundLogins?: (logins: OauthLogins) => OauthLogins;
  readonly aroundAuthorization?: (authorization: WebAuthorization) => WebAuthorization;
  readonly aroundProfiles?: (profiles: WebProfiles) => WebProfiles;
  readonly aroundRecords?: (records: Pick<FollowerRecords, 'record'>) => Pick<FollowerRecords, 'record'>;
  readonly aroundVisitors?: (visitors: ProveVisitor) => ProveVisitor;
  /** 100 unless told. */
  readonly unprovenAwardFenMax?: number;
  /** Nobody is held to a pace unless told. */
  readonly requestLimits?: RequestLimitRates;
}

/** What all doors share. */
interface Shared {
  readonly world: Omit<PageWorld, 'doors' | 'exchanges'>;
  readonly options: PageWorldOptions;
  readonly pool: pg.Pool;
  readonly api: ApiClient;
  readonly memory: SharedMemory;
  readonly authorization: WebAuthorization;
  readonly profiles: WebProfiles;
  readonly signingKey: Buffer;
  readonly publicUrl: URL;
}

/** Starts it all; the test context's end takes it down again. */
export async function startPageWorld(
  context: Pick<TestContext, 'after'>,
  options: PageWorldOptions = {},
): Promise<PageWorld> {
  await buildWeb({ names: ['h5'] });
  const database = await freshDatabase();
  context.after(() => database.close());
  const simulator = await startSimulator();
  context.after(() => simulator.close());
  const log = quietLogger();
  const pool = createPool({ url: database.url, connectionsMax: 12, name: 'pages' }, log);
  context.after(() => pool.end());
  const api = createApiClient({ baseUrl: simulator.httpUrl, logger: log });
  context.after(() => api.close());
  let exchanged = 0;
  const real = createWebAuthorization({ api, openUrl: simulator.httpUrl });
  const counted: WebAuthorization = {
    authorizeUrl: (account, request) => real.authorizeUrl(account, request),
    exchangeCode: (account, code) => {
      exchanged += 1;
      return real.exchangeCode(account, code);
    },
  };
  const realProfiles = createWebProfiles(api);
  const countedProfiles: WebProfiles = {
    ...realProfiles,
    exchange: (account, code) => {
      exchanged += 1;
      return realProfiles.exchange(account, code);
    },
  };
  const world = { database, simulator, log, clockAhead: { ms: 0 } };
  const port = await freePort();
  const shared: Shared = {
    world,
    options,
    pool,
    api,
    memory: new ProcessMemory(),
    authorization: options.aroundAuthorization?.(counted) ?? counted,
    profiles: options.aroundProfiles?.(countedProfiles) ?? countedProfiles,
    signingKey: randomBytes(32),
    publicUrl: new URL(`http://127.0.0.1:${port}`),
  };
  const doors = [await openDoor(context, shared, port), await openDoor(context, shared, 0)] as const;
  return { ...world, doors, exchanges: () => exchanged };
}

/** A door has what a process of its own would have; only database, shared memory and the signing key are shared. */
async function openDoor(context: Pick<TestContext, 'after'>, shared: Shared, port: number): Promise<string> {
  const { world, options, pool, publicUrl, signingKey } = shared;
  const { simulator, log: logger, clockAhead } = world;
  const clock: Clock = { nowMs: () => Date.now() + clockAhead.ms, sleep: (ms) => wallClock.sleep(ms) };
  const accounts = { account: async (id: string) => (id === 'main' ? accountOf(simulator) : undefined) };
  const wechat = wechatOf(shared, clock);
  const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
  const reads = createPageReads({ pool, parseRule });
  const draws = createDrawStore(pool);
  const batcher = batcherOver(draws, logger);
  const followers = createFollowerBook(pool, createPseudonyms(signingKey));
  const logins = createOauthLoginStore(pool);
  const authorizePage = createAuthorizePage({
    accounts,
    authorization: shared.authorization,
    profiles: shared.profiles,
    followers,
    logins: options.aroundLogins?.(logins) ?? logins,
    clock,
    luck: realLuck,
    logger,
  });
  const visitors = createProveVisitor({ accounts, followers, records: wechat.records, clock });
  const drawOnPage = createDrawOnPage({
    activities: createActivityDirectory({ pool, clock, logger, parseRule }),
    reads,
    batcher: options.aroundBatcher?.(batcher) ?? batcher,
    draws,
    followers,
    visitors: options.aroundVisitors?.(visitors) ?? visitors,
    unprovenAwardFenMax: options.unprovenAwardFenMax ?? 100,
    clock,
  });
  const nowMs = (): number => clock.nowMs();
  const cookies = new SignedCookies({ signingKey, secure: false, nowMs });
  const sessions = new PageSessions({ cookies, nowMs });
  const origins = new PageOrigins({ cookies, key: signingKey });
  const limits = createRequestLimits({ memory: shared.memory, rates: options.requestLimits ?? NO_LIMITS });
  const assets = loadPageAssets({ folder: H5_FOLDER, base: '/h5/', resUrl: simulator.httpUrl });
  const answers = new PageAnswers({ documents: createPageDocuments(assets), assets, logger });
  const firstAccount = accountId('main');
  const anyBrowser = options.anyBrowser ?? false;
  const personCode = createPersonCode(signingKey);
  const pages = {
    drawOnPage,
    reads,
    sessions,
    origins,
    limits,
    answers,
    personCode,
    clock,
    publicUrl,
    firstAccount,
    anyBrowser,
  };
  const invitations = createInvitationStore(pool, createPseudonyms(signingKey));
  const invitePeople = createInvitePeople({ invitations, clock, luck: realLuck, logger });
  const routers = [
    oauthRoutes({ authorizePage, sessions, answers, publicUrl }),
    jsSdkRoutes({ accounts, signer: wechat.signer, sessions }),
    pictureFileRoutes({ ...pages, pictures: createPictures(pool) }),
    invitationRoutes({ ...pages, invitePeople }),
    activityPageRoutes(pages),
    activitySurroundingRoutes({ ...pages, winners: createRecentWinners({ reads, clock }) }),
    staticFileRoutes({ folder: H5_FOLDER, prefix: '/h5/' }),
  ];
  const readiness = async () => ({ ready: true, parts: {} });
  const app = createApp({ routers, logger, metrics: createMetrics(), proxyHops: 0, readiness, metricsToken: null });
  const listening = await app.listen(port, '127.0.0.1');
  context.after(() => app.close(500));
  return `http://127.0.0.1:${listening.port}`;
}

/** What a process asks the simulator with the account's token. */
function wechatOf({ api, memory, world, options, publicUrl }: Shared, clock: Clock) {
  const tokens = new AccessTokens({ api, memory, clock, logger: world.log });
  const tickets = new JsapiTickets({ tokens, memory, clock, logger: world.log });
  const records = createFollowerRecords(new AccountCalls({ tokens, clock }));
  return {
    records: options.aroundRecords?.(records) ?? records,
    signer: createPageSigner({ tickets, origins: [publicUrl.origin], clock, luck: realLuck }),
  };
}

function accountOf(simulator: Simulator): Account {
  const { appId, appSecret, token, encodingAesKey } = simulator.account;
  return {
    id: accountId('main'),
    appId,
    appSecret,
    token,
    encodingAesKey,
    previousEncodingAesKey: null,
    messageMode: 'safe',
    merchantId: merchantId('main'),
    originalId: null,
    kind: 'service',
    customerMessages: true,
    tokenEndpoint: 'stable',
    welcomeText: '',
    fallbackText: '',
    myAwardsKeyword: '我的红包',
    paysThrough: null,
    retentionDays: null,
  };
}
