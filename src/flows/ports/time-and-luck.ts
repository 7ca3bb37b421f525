/** The clock everything runs by: Unix ms, aligned to the database's so that several processes agree. */
export interface Clock {
  nowMs(): number;
  /** Resolves after so many ms of this clock, or at once when the signal aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** The source of chance and of ids. One per process; a seeded one replays a simulated run. */
export interface Luck {
  /** A uniform whole number in [0, below), `below` being 1 to 2^47. */
  below(limit: number): number;
  /** 128 random bits as 32 lower-case hex digits. */
  randomId(): string;
}
