import { Cluster, Redis } from 'ioredis';
import type { Logger } from '../base/logger.ts';
import type { BucketAnswer, SharedMemory } from '../flows/ports/shared-memory.ts';
import { GatheredScript } from './gathered-script.ts';
import type { RunScript } from './gathered-script.ts';
import { ProcessMemory } from './process-memory.ts';

/** How long a call may take before this process goes on alone; a reply to WeChat has 5 s in all. */
const CALL_TIMEOUT_MS = 200;
const RECONNECT_MAX_MS = 2000;

// Times come from Redis itself (TIME), so that processes with different clocks share one bucket.
const TAKE_FROM_BUCKETS = `
  local time = redis.call('time')
  local now = time[1] * 1000 + time[2] / 1000
  local waits = {}
  for at, key in ipairs(KEYS) do
    local capacity, per_ms = tonumber(ARGV[at * 2 - 1]), tonumber(ARGV[at * 2]) / 1000
    local stored = redis.call('hmget', key, 'tokens', 'at')
    local tokens = tonumber(stored[1]) or capacity
    tokens = math.min(capacity, tokens + math.max(0, now - (tonumber(stored[2]) or now)) * per_ms)
    local wait = 0
    if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / per_ms) end
    redis.call('hset', key, 'tokens', tostring(tokens), 'at', tostring(now))
    redis.call('pexpire', key, math.ceil(capacity / per_ms) + 1000)
    waits[at] = wait
  end
  return waits`;
const HOLD_LEASES = `
  local held = {}
  for at, key in ipairs(KEYS) do
    local owner = ARGV[at * 2 - 1]
    local holder = redis.call('get', key)
    held[at] = 0
    if not holder or holder == owner then
      redis.call('set', key, owner, 'px', ARGV[at * 2])
      held[at] = 1
    end
  end
  return held`;
const RELEASE_LEASE = `
  if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
  return 0`;
const READ_TOKEN = `
  local token = redis.call('get', KEYS[1])
  if not token then return false end
  return {token, redis.call('pttl', KEYS[1])}`;
const SWAP_TOKEN = `
  local token = redis.call('get', KEYS[1])
  if (token or '') ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
  return 1`;
const COUNT_UP = `
  local count = redis.call('incr', KEYS[1])
  if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
  return count`;

/** Every script by its name, each for one key: sent whole once, and by its hash from then on. */
const SCRIPTS = {
  releaseLease: RELEASE_LEASE,
  readToken: READ_TOKEN,
  swapToken: SWAP_TOKEN,
  countUp: COUNT_UP,
} as const;

/** What every message asks for, over as many keys as are asked for at once. */
const GATHERED = { takeFromBuckets: TAKE_FROM_BUCKETS, holdLeases: HOLD_LEASES } as const;

/**
 * Shared memory in Redis 6 or newer, one server or a cluster, where each operation and each script touches one key, so
 * that it may spread them over its nodes. While Redis is away
 * every operation is answered by this process's own memory and `health` says degraded.
 */
export class RedisMemory implements SharedMemory {
  readonly #redis: Redis | Cluster;
  readonly #logger: Logger;
  readonly #alone = new ProcessMemory();
  readonly #buckets: GatheredScript;
  readonly #leases: GatheredScript;
  #health: 'ok' | 'degraded' = 'ok';

  /** `url` names one server, or some nodes of a cluster with commas between. */
  constructor(options: { readonly url: string; readonly logger: Logger }) {
    this.#logger = options.logger;
    this.#redis = connectionTo(options.url.split(','));
    for (const [name, lua] of Object.entries(SCRIPTS)) this.#redis.defineCommand(name, { lua, numberOfKeys: 1 });
    this.#buckets = this.#gathered('takeFromBuckets');
    this.#leases = this.#gathered('holdLeases');
    this.#redis.on('ready', () => this.#turn('ok', ''));
    this.#redis.on('error', (error: Error) => this.#turn('degraded', error.message));
    this.#redis.on('close', () => this.#turn('degraded', 'connection closed'));
  }

  /** Connects; when Redis is not there the service starts degraded and keeps trying. */
  async start(): Promise<void> {
    await this.#redis.connect().catch((error: Error) => this.#turn('degraded', error.message));
  }

  async stop(): Promise<void> {
    this.#redis.removeAllListeners('close');
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  takeNonce(nonce: string, ttlMs: number): Promise<boolean> {
    return this.#try(
      async () => (await this.#redis.set(`nonce:${nonce}`, '1', 'PX', ttlMs, 'NX')) === 'OK',
      () => this.#alone.takeNonce(nonce, ttlMs),
    );
  }

  takeFromBucket(bucket: string, rate: { capacity: number; perSecond: number }): Promise<BucketAnswer> {
    return this.#try(
      async () => {
        const retryAfterMs = await this.#buckets.call(`bucket:${bucket}`, [rate.capacity, rate.perSecond]);
        return { allowed: retryAfterMs === 0, retryAfterMs };
      },
      () => this.#alone.takeFromBucket(bucket, rate),
    );
  }

  holdLease(lease: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#try(
      async () => (await this.#leases.call(`lease:${lease}`, [owner, ttlMs])) === 1,
      () => this.#alone.holdLease(lease, owner, ttlMs),
    );
  }

  releaseLease(lease: string, owner: string): Promise<void> {
    return this.#try(
      async () => void (await this.#run('releaseLease', `lease:${lease}`, [owner])),
      () => this.#alone.releaseLease(lease, owner),
    );
  }

  readToken(name: string): Promise<{ token: string; livesMs: number } | null> {
    return this.#try(
      async () => {
        const found = (await this.#run('readToken', `token:${name}`, [])) as [string, number] | null;
        return found === null ? null : { token: found[0], livesMs: found[1] };
      },
      () => this.#alone.readToken(name),
    );
  }

  swapToken(name: string, expected: string | null, next: { token: string; ttlMs: number }): Promise<boolean> {
    return this.#try(
      async () => (await this.#run('swapToken', `token:${name}`, [expected ?? '', next.token, next.ttlMs])) === 1,
      () => this.#alone.swapToken(name, expected, next),
    );
  }

  countUp(name: string, ttlMs: number): Promise<number> {
    return this.#try(
      async () => Number(await this.#run('countUp', `count:${name}`, [ttlMs])),
      () => this.#alone.countUp(name, ttlMs),
    );
  }

  health(): 'ok' | 'degraded' {
    return this.#health;
  }

  #gathered(name: keyof typeof GATHERED): GatheredScript {
    const apart = this.#redis instanceof Cluster;
    this.#redis.defineCommand(name, { lua: GATHERED[name], ...(apart && { numberOfKeys: 1 }) });
    type Run = (...sent: readonly (string | number)[]) => Promise<readonly number[]>;
    const commands = this.#redis as unknown as Record<typeof name, Run>;
    // Without a number of keys of its own, a script is told it with each call.
    const run: RunScript = (keys, values) =>
      apart ? commands[name](...keys, ...values) : commands[name](keys.length, ...keys, ...values);
    return new GatheredScript(run, { apart });
  }

  #run(script: keyof typeof SCRIPTS, key: string, values: readonly (string | number)[]): Promise<unknown> {
    const commands = this.#redis as unknown as Record<
      typeof script,
      (...sent: (string | number)[]) => Promise<unknown>
    >;
    return commands[script](key, ...values);
  }

  async #try<Answer>(shared: () => Promise<Answer>, alone: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await shared();
      this.#turn('ok', '');
      return answer;
    } catch (error) {
      this.#turn('degraded', String(error));
      return alone();
    }
  }

  /** Says a change once, however many calls meet it. */
  #turn(health: 'ok' | 'degraded', reason: string): void {
    if (health === this.#health) return;
    this.#health = health;
    if (health === 'ok') this.#logger.info({}, 'redis-ready');
    else this.#logger.warn({ reason }, 'redis-away-going-on-alone');
  }
}

/** One server, or a cluster where several nodes are named. */
function connectionTo(urls: readonly string[]): Redis | Cluster {
  const reconnectMs = (tries: number): number => Math.min(RECONNECT_MAX_MS, 50 * 2 ** tries);
  const shared = { lazyConnect: true, keyPrefix: 'hongbao:', enableOfflineQueue: false };
  const each = { connectTimeout: 2000, commandTimeout: CALL_TIMEOUT_MS, maxRetriesPerRequest: 0 };
  const [first = '', ...others] = urls;
  if (others.length === 0) return new Redis(first, { ...shared, ...each, retryStrategy: reconnectMs });
  const { username, password, protocol } = new URL(first);
  const login = {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
  const nodes = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port || 6379) }));
  return new Cluster(nodes, {
    ...shared,
    // Here calls cannot share a script, but those for one node still go together.
    enableAutoPipelining: true,
    redisOptions: { ...each, ...login },
    clusterRetryStrategy: reconnectMs,
    // Sixteen times 100 ms unless told: far longer than a follower's reply may wait for what only helps.
    maxRedirections: 2,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    retryDelayOnTryAgain: 50,
    slotsRefreshTimeout: 2000,
  });
}
