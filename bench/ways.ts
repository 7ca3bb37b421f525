import { randomBytes, randomInt } from 'node:crypto';
import { DataSource } from 'typeorm';
import pg from 'pg';
import { beijingDay } from '../src/base/beijing-day.ts';
import type { AwardId, MerchantId } from '../src/base/ids.ts';
import type { Logger } from '../src/base/logger.ts';
import { DrawBatcher, takeLuck } from '../src/flows/draw-batcher.ts';
import type { DrawRequest, LiveActivity } from '../src/flows/ports/draws.ts';
import type { Clock, Luck } from '../src/flows/ports/time-and-luck.ts';
import { createPool } from '../src/store/database.ts';
import { createDrawStore } from '../src/store/draw-store.ts';
import { entities } from '../src/store/entities/list.ts';
import { createCallDraw } from './call-draw.ts';
import { createTypeormDraw } from './typeorm-draw.ts';
import type { Draw, Message } from './workload.ts';

/** One way to make draws durable, with its own connections. */
export interface Way {
  readonly name: string;
  readonly draw: Draw;
  readonly pool: pg.Pool;
  stop(): Promise<void>;
}

export interface WayOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Connections of either way: as many as production gives to draws. */
const CONNECTIONS = 20;

const luck: Luck = { below: (limit) => randomInt(limit), randomId: () => randomBytes(16).toString('hex') };

/** Group commit, as the service does it. */
export function openBatcher({ url, clock, logger }: WayOptions): Way {
  const pool = createPool({ url, connectionsMax: CONNECTIONS, name: 'bench-batcher' }, logger);
  const store = createDrawStore(pool);
  const batcher = new DrawBatcher({ store, clock, luck, logger, orderPrefix: 'B' });
  return {
    name: 'draw batcher',
    draw: (activity, message) => batcher.draw({ activity, ...message }),
    pool,
    stop: async () => {
      await batcher.stop();
      await pool.end();
    },
  };
}

/**
 * One TypeORM transaction a draw. Its connections go without the service's time limits: on a busy machine draws queue
 * for seconds at the one locked row, and here they shall be slow rather than fail.
 */
export async function openTypeorm({ url, clock }: WayOptions): Promise<Way> {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'bench-typeorm',
    poolSize: CONNECTIONS,
    installExtensions: false,
    entities: [...entities],
  });
  await source.initialize();
  const commit = createTypeormDraw({ source, merchant: 'main' as MerchantId, orderPrefix: 'T' });
  return {
    name: 'TypeORM transaction',
    draw: (activity, message) => commit(activity, requestOf(activity, message, clock)),
    // TypeORM's Postgres driver keeps its pg.Pool there.
    pool: (source.driver as unknown as { master: pg.Pool }).master,
    stop: () => source.destroy(),
  };
}

/** One call of a function of the database a draw, over connections without the service's time limits for the same reason. */
export async function openCall({ url, clock }: WayOptions): Promise<Way> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, application_name: 'bench-call' });
  const call = await createCallDraw({ pool, merchant: 'main' as MerchantId, orderPrefix: 'C' });
  return {
    name: 'one call a draw',
    draw: (activity, message) => call(activity, requestOf(activity, message, clock)),
    pool,
    stop: () => pool.end(),
  };
}

function requestOf(activity: LiveActivity, message: Message, clock: Pick<Clock, 'nowMs'>): DrawRequest {
  const atMs = clock.nowMs();
  return {
    ...message,
    atMs,
    day: beijingDay(atMs),
    luck: takeLuck(activity.rule, luck),
    awardId: luck.randomId() as AwardId,
  };
}
