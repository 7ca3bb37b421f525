import { randomBytes, randomInt } from 'node:crypto';
import type pg from 'pg';
import { openid } from '../../src/base/ids.ts';
import type { Openid, RequestKey } from '../../src/base/ids.ts';
import { realSleep } from '../../src/store/database-clock.ts';
import { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import type { DrawBatcherOptions } from '../../src/flows/draw-batcher.ts';
import type { DrawStore } from '../../src/flows/ports/draws.ts';
import type { Clock, Luck } from '../../src/flows/ports/time-and-luck.ts';
import type { Logger } from '../../src/base/logger.ts';
import { quietLogger } from './quiet-logger.ts';

/** The real time of this machine. */
export const wallClock: Clock = {
  nowMs: () => Date.now(),
  sleep: realSleep,
};

/** Real chance. */
export const realLuck: Luck = { below: (limit) => randomInt(limit), randomId: () => randomBytes(16).toString('hex') };

/** A batcher over a store, with real time and chance. */
export function batcherOver(
  store: DrawStore,
  logger: Logger = quietLogger(),
  more: Partial<DrawBatcherOptions> = {},
): DrawBatcher {
  return new DrawBatcher({ store, clock: wallClock, luck: realLuck, logger, orderPrefix: 'test', ...more });
}

/** The n-th follower. */
export function follower(number: number): Openid {
  return openid(`oTest0${String(number).padStart(22, '0')}`);
}

/** The key of the n-th message. */
export function messageKey(name: string | number): RequestKey {
  return `m:test:${name}` as RequestKey;
}

/** The numbers a race is judged by. */
export async function countDraws(client: pg.Client): Promise<{
  draws: number;
  won: number;
  awards: number;
  spentFen: number;
  drawn: number;
  payouts: number;
  reservedFen: number;
}> {
  const found = await client.query(`select
    (select count(*)::int from draw) as draws,
    (select count(*)::int from draw where outcome = 'won') as won,
    (select count(*)::int from award) as awards,
    (select coalesce(sum(spent_fen), 0)::int from activity_counter) as "spentFen",
    (select coalesce(sum(drawn), 0)::int from prize_counter) as drawn,
    (select count(*)::int from payout) as payouts,
    (select coalesce(sum(amount_fen), 0)::int from book_entry where kind = 'award') as "reservedFen"`);
  return found.rows[0];
}
