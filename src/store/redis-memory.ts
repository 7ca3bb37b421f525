import { Redis } from 'ioredis';
import type { Logger } from '../base/logger.ts';
import type { BucketAnswer, SharedMemory } from '../flows/ports/shared-memory.ts';
import { ProcessMemory } from './process-memory.ts';

/** How long a call may take before this process goes on alone; a reply to WeChat has 5 s in all. */
const CALL_TIMEOUT_MS = 200;
const RECONNECT_MAX_MS = 2000;

// Times come from Redis itself (TIME), so that processes with different clocks share one bucket.
const TAKE_FROM_BUCKET = `
  local time = redis.call('time')
  local now = time[1] * 1000 + time[2] / 1000
  local capacity, per_ms = tonumber(ARGV[1]), tonumber(ARGV[2]) / 1000
  local stored = redis.call('hmget', KEYS[1], 'tokens', 'at')
  local tokens = tonumber(stored[1]) or capacity
  tokens = math.min(capacity, tokens + math.max(0, now - (tonumber(stored[2]) or now)) * per_ms)
  local wait = 0
  if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / per_ms) end
  redis.call('hset', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
  redis.call('pexpire', KEYS[1], math.ceil(capacity / per_ms) + 1000)
  return wait`;
const HOLD_LEASE = `
  local holder = redis.call('get', KEYS[1])
  if holder and holder ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
  return 1`;
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

/**
 * Shared memory in Redis 6 or newer; each script touches one key, so a cluster may spread them. While Redis is away
 * every operation is answered by this process's own memory and `health` says degraded.
 */
export class RedisMemory implements SharedMemory {
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #alone = new ProcessMemory();
  #health: 'ok' | 'degraded' = 'ok';

  constructor(options: { readonly url: string; readonly logger: Logger }) {
    this.#logger = options.logger;
    this.#redis = new Redis(options.url, {
      lazyConnect: true,
      keyPrefix: 'hongbao:',
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      connectTimeout: 2000,
      commandTimeout: CALL_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: (tries) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** tries),
    });
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
        const retryAfterMs = Number(
          await this.#run(TAKE_FROM_BUCKET, `bucket:${bucket}`, [rate.capacity, rate.perSecond]),
        );
        return { allowed: retryAfterMs === 0, retryAfterMs };
      },
      () => this.#alone.takeFromBucket(bucket, rate),
    );
  }

  holdLease(lease: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#try(
      async () => (await this.#run(HOLD_LEASE, `lease:${lease}`, [owner, ttlMs])) === 1,
      () => this.#alone.holdLease(lease, owner, ttlMs),
    );
  }

  releaseLease(lease: string, owner: string): Promise<void> {
    return this.#try(
      async () => void (await this.#run(RELEASE_LEASE, `lease:${lease}`, [owner])),
      () => this.#alone.releaseLease(lease, owner),
    );
  }

  readToken(name: string): Promise<{ token: string; livesMs: number } | null> {
    return this.#try(
      async () => {
        const found = (await this.#run(READ_TOKEN, `token:${name}`, [])) as [string, number] | null;
        return found === null ? null : { token: found[0], livesMs: found[1] };
      },
      () => this.#alone.readToken(name),
    );
  }

  swapToken(name: string, expected: string | null, next: { token: string; ttlMs: number }): Promise<boolean> {
    return this.#try(
      async () => (await this.#run(SWAP_TOKEN, `token:${name}`, [expected ?? '', next.token, next.ttlMs])) === 1,
      () => this.#alone.swapToken(name, expected, next),
    );
  }

  countUp(name: string, ttlMs: number): Promise<number> {
    return this.#try(
      async () => Number(await this.#run(COUNT_UP, `count:${name}`, [ttlMs])),
      () => this.#alone.countUp(name, ttlMs),
    );
  }

  health(): 'ok' | 'degraded' {
    return this.#health;
  }

  #run(script: string, key: string, values: readonly (string | number)[]): Promise<unknown> {
    return this.#redis.eval(script, 1, key, ...values);
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
