import type { Logger } from '../base/logger.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import type { CertificateFiles, CertificateWatch } from '../flows/watch-certificates.ts';
import { PacedLoop } from './paced-loop.ts';

export interface WatchCertificatesOptions {
  readonly watch: CertificateWatch;
  readonly files: CertificateFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often the files are read. */
  readonly filesEveryMs?: number;
  /** How often the lives are checked. */
  readonly livesEveryMs?: number;
}

const FILES_EVERY_MS = 60_000;
const LIVES_EVERY_MS = 3_600_000;

/**
 * Looks at the certificate files every minute and at the certificates' lives every hour, at the start, and when a new
 * certificate was put in use.
 */
export class WatchCertificates {
  readonly #options: Required<WatchCertificatesOptions>;
  readonly #loop: PacedLoop;
  #livesDueMs = -Infinity;

  constructor(options: WatchCertificatesOptions) {
    this.#options = { filesEveryMs: FILES_EVERY_MS, livesEveryMs: LIVES_EVERY_MS, ...options };
    const { clock, logger, filesEveryMs } = this.#options;
    const work = (): Promise<void> => this.#look();
    this.#loop = new PacedLoop({ clock, logger, everyMs: filesEveryMs, failed: 'certificates-not-watched', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #look(): Promise<void> {
    const { watch, files, clock, livesEveryMs } = this.#options;
    if (await files.look()) this.#livesDueMs = -Infinity;
    if (clock.nowMs() < this.#livesDueMs) return;
    await watch.checkLives();
    this.#livesDueMs = clock.nowMs() + livesEveryMs;
  }
}
