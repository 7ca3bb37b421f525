import { beijingDay, beijingTime } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type { MerchantId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { AlarmStore } from './ports/alarms.ts';
import type { CertificatePair, MerchantCertificateLife, MerchantCertificates } from './ports/merchant-certificates.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** Watches how long the merchants' certificates live. */
export interface CertificateWatch {
  /**
   * Raises `certificate-expires` for each merchant whose certificate ends within 30 days, anew at 7 days, at 1 day and
   * when it has ended, and clears it once the certificate was renewed; warns in the log once a Beijing day.
   */
  checkLives(): Promise<void>;
}

/** What the certificate files hold now, or what is wrong with them, said without a secret. */
export type CertificateReading =
  { readonly kind: 'read'; readonly pair: CertificatePair } | { readonly kind: 'fault'; readonly message: string };

/** Watches the files a certificate came from. */
export interface CertificateFiles {
  /** Reads the files and puts a changed certificate in use. True when it did. A fault is warned of once. */
  look(): Promise<boolean>;
}

const DAY_MS = 86_400_000;
/** An alarm that was raised before one of these was passed is raised again: one told a month ago is forgotten. */
const RAISED_AT_DAYS = [30, 7, 1, 0] as const;

/** Builds the watch over the certificates in use. */
export function createCertificateWatch(options: {
  readonly certificates: Pick<MerchantCertificates, 'lives'>;
  readonly alarms: Pick<AlarmStore, 'raise' | 'clear' | 'open'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): CertificateWatch {
  const { certificates, alarms, clock, logger } = options;
  const warnedOn = new Map<MerchantId, BeijingDay>();

  function warnOnceADay(life: MerchantCertificateLife, nowMs: number): void {
    const today = beijingDay(nowMs);
    if (warnedOn.get(life.merchantId) === today) return;
    warnedOn.set(life.merchantId, today);
    const notAfter = new Date(life.notAfterMs).toISOString();
    logger.warn({ merchant: life.merchantId, notAfter, daysLeft: daysLeft(life, nowMs) }, 'certificate-expires');
  }

  return {
    async checkLives() {
      const nowMs = clock.nowMs();
      const lives = await certificates.lives();
      const open = (await alarms.open()).filter(({ kind }) => kind === 'certificate-expires');
      for (const life of lives) {
        const passedMs = lastPassedMs(life, nowMs);
        const alarm = { kind: 'certificate-expires', subject: life.merchantId } as const;
        const raised = open.find(({ subject }) => subject === life.merchantId);
        if (raised !== undefined && (passedMs === null || raised.raisedAtMs < passedMs))
          await alarms.clear(alarm, nowMs);
        if (passedMs === null) continue;
        await alarms.raise({ ...alarm, message: messageOf(life, nowMs) }, nowMs);
        warnOnceADay(life, nowMs);
      }
    },
  };
}

/** When the last of the days to raise at began; null while the certificate lives longer than all of them. */
function lastPassedMs({ notAfterMs }: MerchantCertificateLife, nowMs: number): number | null {
  const passed = RAISED_AT_DAYS.map((days) => notAfterMs - days * DAY_MS).filter((atMs) => atMs <= nowMs);
  return passed.at(-1) ?? null;
}

/** Whole days, below 0 once it has ended. */
function daysLeft({ notAfterMs }: MerchantCertificateLife, nowMs: number): number {
  return Math.floor((notAfterMs - nowMs) / DAY_MS);
}

function messageOf(life: MerchantCertificateLife, nowMs: number): string {
  const end = beijingTime(life.notAfterMs);
  const days = daysLeft(life, nowMs);
  if (life.notAfterMs <= nowMs) return `证书已于 ${end} 过期，红包发不出去 (expired ${end} Beijing time)`;
  return `证书将于 ${end} 到期，还剩 ${days} 天 (expires ${end} Beijing time, ${days} days left)`;
}

/**
 * Builds the watch over certificate files. `current` is what was in use at the start, so that a file changed since is
 * noticed at the first look; only a change of the files is applied, so that two machines on which files differ for a
 * while do not undo each other's certificate for ever. What cannot be read changes nothing.
 */
export function createCertificateFiles(options: {
  readonly read: () => CertificateReading | Promise<CertificateReading>;
  /** Puts the certificate in use; false when another process already has. */
  readonly apply: (pair: CertificatePair) => Promise<boolean>;
  readonly current: Pick<CertificatePair, 'certificatePem' | 'privateKeyPem'>;
  readonly logger: Logger;
}): CertificateFiles {
  const { read, apply, logger } = options;
  let current = options.current;
  let fault: string | null = null;
  return {
    async look() {
      const reading = await read();
      if (reading.kind === 'fault') {
        if (reading.message !== fault) logger.warn({ fault: reading.message }, 'certificate-file-not-used');
        fault = reading.message;
        return false;
      }
      fault = null;
      const { pair } = reading;
      if (pair.certificatePem === current.certificatePem && pair.privateKeyPem === current.privateKeyPem) return false;
      const applied = await apply(pair);
      current = pair;
      if (applied) logger.info({ notAfter: new Date(pair.notAfterMs).toISOString() }, 'certificate-replaced');
      return applied;
    },
  };
}
