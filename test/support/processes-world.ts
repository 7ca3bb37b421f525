import { randomBytes } from 'node:crypto';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createPool } from '../../src/store/database.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { quietLogger } from './quiet-logger.ts';
import { startRedis } from './redis-server.ts';
import type { TestRedis } from './redis-server.ts';
import { startServiceProcess } from './service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from './service-process.ts';
import { compareBooks } from './world.ts';

/** Production processes over one PostgreSQL, one Redis and one simulated WeChat. */
export interface ProcessesWorld {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly redis: TestRedis;
  readonly surroundings: ServiceSurroundings;
  /** In the order of the roles; a test that ends one puts another in its place. */
  readonly running: ServiceProcess[];
  /** Where WeChat reaches the process of this place. */
  callback(index: number): string;
  /** The one number that a query answers, as `n`. */
  one(sql: string, values?: readonly unknown[]): Promise<number>;
  /** Throws unless the books balance and agree with WeChat Pay's. */
  compareBooks(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a process of each role. */
export async function startProcesses(roles: readonly ('all' | 'web' | 'worker')[]): Promise<ProcessesWorld> {
  const database = await freshDatabase();
  const simulator = await startSimulator({ merchantBalanceFen: 100_000_000, payRules: { sendsPerSecondMax: 1000 } });
  const redis = await startRedis();
  const secretsKey = randomBytes(32).toString('base64');
  const surroundings = { simulator, databaseUrl: database.url, redisUrl: redis.url, secretsKey };
  const running: ServiceProcess[] = [];
  const close = async (): Promise<void> => {
    for (const process of running) await process.end('SIGKILL');
    await redis.kill();
    await simulator.close();
    await database.close();
  };
  try {
    for (const role of roles) running.push(await startServiceProcess(surroundings, { ROLE: role }));
  } catch (error) {
    // What still runs would keep the test's process alive for ever.
    await close();
    throw error;
  }
  return {
    database,
    simulator,
    redis,
    surroundings,
    running,
    callback: (index) => `${running[index]?.url}/wechat/main`,
    one: async (sql, values = []) => Number((await database.client.query<{ n: string }>(sql, [...values])).rows[0]?.n),
    compareBooks: async () => {
      const pool = createPool({ url: database.url, connectionsMax: 2, name: 'comparing' }, quietLogger());
      try {
        await compareBooks(pool, simulator);
      } finally {
        await pool.end();
      }
    },
    close,
  };
}
