import { Redis } from 'ioredis';
import type { DoctorProbes } from '../flows/ports/doctor.ts';
import { createPool, pendingMigrations } from './database.ts';
import { DatabaseClock } from './database-clock.ts';

const TIMEOUT_MS = 4000;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * How the doctor looks at database and Redis, over connections of its own that end with each look; `redisUrl` null where one
 * process runs without Redis. `nowMs` is this server's own clock.
 */
export function storeProbes(options: {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly nowMs: () => number;
}): Pick<DoctorProbes, 'database' | 'redis'> {
  const { databaseUrl, redisUrl, nowMs } = options;
  return {
    database: () => lookAtDatabase(databaseUrl, nowMs).catch(unanswered),
    redis: () => (redisUrl === null ? Promise.resolve({ kind: 'ok' as const }) : pingRedis(redisUrl)),
  };
}

async function lookAtDatabase(url: string, nowMs: () => number) {
  const behind = await pendingMigrations(url);
  const pool = createPool({ url, connectionsMax: 1, name: 'hongbao-doctor' }, quiet);
  try {
    const clock = new DatabaseClock({ pool, logger: quiet });
    await clock.start();
    clock.stop();
    return { kind: 'ok' as const, behind, aheadMs: clock.nowMs() - nowMs() };
  } finally {
    await pool.end();
  }
}

async function pingRedis(url: string): ReturnType<DoctorProbes['redis']> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener it writes what is told below to the console, too.
  let heard: Error | null = null;
  redis.on('error', (error: Error) => (heard = error));
  try {
    await redis.connect();
    await redis.ping();
    return { kind: 'ok' };
  } catch (error) {
    return unanswered(heard ?? error);
  } finally {
    redis.disconnect();
  }
}

function unanswered(error: unknown): { readonly kind: 'failed'; readonly message: string } {
  if (error instanceof AggregateError) return { kind: 'failed', message: error.errors.map(String).join('; ') };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}
