import { randomBytes, randomInt } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createPayoutRules } from './flows/payout-rules.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { PayoutMetrics } from './flows/ports/payout-metrics.ts';
import type { PayoutStore } from './flows/ports/payouts.ts';
import type { Clock, Luck } from './flows/ports/time-and-luck.ts';
import { PayAwards } from './jobs/pay-awards.ts';
import { WechatPayRail } from './pay/wechat-pay-rail.ts';
import { createPayoutStore } from './store/payout-store.ts';
import { createPayoutWake } from './store/payout-wake.ts';

/** Chance and ids from the system's generator. */
export const systemLuck: Luck = {
  below: (limit) => randomInt(limit),
  randomId: () => randomBytes(16).toString('hex'),
};

/** Longer than a call's absolute deadline of 20 s; a killed worker's payouts are taken over when it has run out. */
const LEASE_MS = 25_000;

/** A worker that pays what is due, started; `stop` ends it and its connections. */
export interface PayoutWorker {
  stop(): Promise<void>;
}

/** Returns the payouts in the database with everything that decides about them. */
export function openPayouts(pool: pg.Pool): PayoutStore {
  return createPayoutStore({ pool, rules: createPayoutRules() });
}

/** Starts paying what is due: the worker, the rail it calls and the listener that wakes it. */
export function startPayoutWorker(parts: {
  readonly config: Pick<Config, 'databaseUrl' | 'hosts'>;
  readonly payouts: PayoutStore;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly logger: Logger;
  readonly metrics?: PayoutMetrics;
}): PayoutWorker {
  const { config, payouts, clock, accounts, logger, metrics } = parts;
  const { payUrl, payBackupUrl, payCaPem } = config.hosts;
  const rail = new WechatPayRail({
    baseUrl: payUrl,
    backupUrl: payBackupUrl,
    extraCaPem: payCaPem,
    connectionsPerMerchant: CONNECTIONS_MAX,
  });
  const worker = new PayAwards({
    payouts,
    rail,
    accounts,
    machine: createPayoutRules().machine,
    clock,
    luck: systemLuck,
    logger,
    ...(metrics === undefined ? {} : { metrics }),
    wake: createPayoutWake({ url: config.databaseUrl, logger }),
    leaseMs: LEASE_MS,
  });
  worker.start();
  return {
    async stop() {
      await worker.stop();
      await rail.close();
    },
  };
}

// The merchant's own bound on calls in flight is kept by the worker; this only bounds what it may be set to.
const CONNECTIONS_MAX = 100;
