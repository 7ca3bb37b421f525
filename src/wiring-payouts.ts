import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { merchantId } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import { randomHex } from './base/random-hex.ts';
import type { Config, Loaded } from './config.ts';
import { createOperatePayouts } from './flows/operate-payouts.ts';
import { createPayoutRules } from './flows/payout-rules.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { AlarmStore } from './flows/ports/alarms.ts';
import type { CertificatePair, MerchantCertificates } from './flows/ports/merchant-certificates.ts';
import type { NoticeKeyStore } from './flows/ports/payments.ts';
import type { PayoutMetrics } from './flows/ports/payout-metrics.ts';
import type { PayoutStore } from './flows/ports/payouts.ts';
import { REISSUE_MAX } from './flows/ports/reissues.ts';
import type { Clock, Luck } from './flows/ports/time-and-luck.ts';
import { createReissuePayouts } from './flows/reissue-payouts.ts';
import { createSeeAlarms } from './flows/see-alarms.ts';
import { createCertificateFiles, createCertificateWatch } from './flows/watch-certificates.ts';
import { createTakeInMiniProgram } from './flows/take-in-mini-program.ts';
import type { ConsoleDependencies } from './http/routes/console.ts';
import { PayAwards } from './jobs/pay-awards.ts';
import { Reconcile } from './jobs/reconcile.ts';
import { TellAlarms } from './jobs/tell-alarms.ts';
import { WatchCertificates } from './jobs/watch-certificates.ts';
import { createWebhookChannel } from './notify/webhook-channel.ts';
import { signMiniClaim } from './pay/mini-claim.ts';
import { payRails } from './pay/pay-rails.ts';
import { TransferRail } from './pay/transfers/transfer-rail.ts';
import { WechatPayRail } from './pay/wechat-pay-rail.ts';
import { createAlarmStore } from './store/alarm-store.ts';
import { createMerchantCertificates } from './store/merchant-certificates.ts';
import { createMerchantStore } from './store/merchant-store.ts';
import { createPayoutStore } from './store/payout-store.ts';
import { createPayoutWake } from './store/payout-wake.ts';
import { createMiniPackets } from './store/read-models/mini-packets.ts';
import { createReconciliationStore } from './store/reconciliation-store.ts';
import { createReissueStore } from './store/reissue-store.ts';
import type { SecretBox } from './store/sealed-secret.ts';

/** Chance and ids from the system's generator. */
export const systemLuck: Luck = {
  below: (limit) => randomInt(limit),
  randomId: () => randomHex(16),
};

/** Longer than a call's absolute deadline of 20 s; a killed worker's payouts are taken over when it has run out. */
const LEASE_MS = 25_000;

/** A worker that pays what is due, started; `stop` ends it and its connections. */
export interface PayoutWorker {
  stop(): Promise<void>;
}

/**
 * Returns the payouts in the database with everything that decides about them. WeChat Pay tells of transfers at an
 * address that https leads to; without one they are only asked about.
 */
export function openPayouts(pool: pg.Pool, publicUrl: string = ''): PayoutStore {
  const notifyBase = publicUrl.startsWith('https://') ? new URL('/notify/transfer/', publicUrl).href : null;
  return createPayoutStore({ pool, rules: createPayoutRules(), notifyBase });
}

/** Starts paying what is due: the worker, the rail it calls and the listener that wakes it. */
export function startPayoutWorker(parts: {
  readonly config: Pick<Config, 'databaseUrl' | 'hosts'>;
  readonly payouts: PayoutStore;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly logger: Logger;
  readonly metrics?: PayoutMetrics;
  /** By what WeChat Pay's answers about transfers are believed. */
  readonly noticeKeys: Pick<NoticeKeyStore, 'keys'>;
}): PayoutWorker {
  const { config, payouts, clock, accounts, logger, metrics, noticeKeys } = parts;
  const { payUrl, payBackupUrl, payCaPem } = config.hosts;
  const redPackets = new WechatPayRail({
    baseUrl: payUrl,
    backupUrl: payBackupUrl,
    extraCaPem: payCaPem,
    connectionsPerMerchant: CONNECTIONS_MAX,
  });
  const transfers = new TransferRail({
    baseUrl: payUrl,
    extraCaPem: payCaPem,
    connections: CONNECTIONS_MAX,
    keys: noticeKeys,
    nowMs: () => clock.nowMs(),
  });
  const worker = new PayAwards({
    payouts,
    rail: payRails({ redPackets, transfers }),
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
      await Promise.all([redPackets.close(), transfers.close()]);
    },
  };
}

/** What operators do with money and payouts, for the console. */
export function payoutFlows(parts: {
  readonly pool: pg.Pool;
  readonly payouts: PayoutStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly orderPrefix: string;
}): Pick<ConsoleDependencies, 'operatePayouts' | 'alarms' | 'reissuePayouts' | 'reconciliations' | 'clock'> {
  const { pool, payouts, clock, logger, orderPrefix } = parts;
  const reissues = createReissueStore({ pool, payoutsMax: REISSUE_MAX });
  return {
    operatePayouts: createOperatePayouts({ payouts, merchants: createMerchantStore(pool), clock, logger }),
    alarms: createSeeAlarms({ alarms: createAlarmStore(pool), clock, logger }),
    reissuePayouts: createReissuePayouts({ reissues, clock, luck: systemLuck, logger, orderPrefix }),
    reconciliations: createReconciliationStore(pool),
    clock,
  };
}

/** What the own server of a mini program asks for. */
export function miniPacketFlows(parts: {
  readonly pool: pg.Pool;
  readonly accounts: AccountDirectory;
  readonly clock: Clock;
}): Pick<ConsoleDependencies, 'takeInMiniProgram'> {
  const { pool, accounts, clock } = parts;
  const packets = createMiniPackets(pool);
  return {
    takeInMiniProgram: createTakeInMiniProgram({ packets, accounts, sign: signMiniClaim, clock, luck: systemLuck }),
  };
}

/** Starts what watches over payouts: alarms told, certificates that end or were renewed, the daily reconciliation. */
export function startPayoutWatch(parts: {
  readonly config: Pick<Config, 'alarmWebhook' | 'merchant'>;
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readCertificate: () => Loaded<CertificatePair>;
}): PayoutWorker {
  const { config, pool, box, clock, logger } = parts;
  const { alarmWebhook } = config;
  const alarms = createAlarmStore(pool);
  // A robot checks the time by its own clock, which is the real one.
  const channel = alarmWebhook === null ? null : createWebhookChannel({ ...alarmWebhook, nowMs: () => Date.now() });
  const jobs = [
    new TellAlarms({ alarms, channel, clock, logger }),
    watchCertificates({ ...parts, alarms, certificates: createMerchantCertificates({ pool, box }) }),
    new Reconcile({ reconciliations: createReconciliationStore(pool), alarms, clock, logger }),
  ];
  for (const job of jobs) job.start();
  return {
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()));
      await channel?.close();
    },
  };
}

function watchCertificates(parts: {
  readonly config: Pick<Config, 'merchant'>;
  readonly alarms: AlarmStore;
  readonly certificates: MerchantCertificates;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readCertificate: () => Loaded<CertificatePair>;
}): WatchCertificates {
  const { alarms, certificates, clock, logger, config, readCertificate } = parts;
  return new WatchCertificates({
    watch: createCertificateWatch({ certificates, alarms, clock, logger }),
    files: createCertificateFiles({
      read: () => {
        const read = readCertificate();
        if ('config' in read) return { kind: 'read', pair: read.config };
        return { kind: 'fault', message: read.faults.join('; ') };
      },
      apply: (pair) => certificates.replace(merchantId('main'), pair, clock.nowMs()),
      current: config.merchant,
      logger,
    }),
    clock,
    logger,
  });
}

// The merchant's own bound on calls in flight is kept by the worker; this only bounds what it may be set to.
const CONNECTIONS_MAX = 100;
