/** What one load process does; sent to it as JSON. */
export interface LoadPlan {
  /** Ports on 127.0.0.1 that the connections are spread over, in turns. */
  readonly ports: readonly number[];
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second whether or not the last were answered; each connection asks when it was answered where it is null. */
  readonly perSecond: number | null;
  /** Ms at the start, in which everybody asks at once, that count in no rate and no percentile. */
  readonly settleMs?: number;
  readonly ask: Asking;
}

/** What is asked. */
export type Asking =
  | { readonly kind: 'messages'; readonly account: PushAccount; readonly safe: boolean; readonly followers: number }
  | { readonly kind: 'draws'; readonly slug: string; readonly cookies: readonly string[] }
  | { readonly kind: 'page'; readonly path: string };

/** The Official Account whose followers write. */
export interface PushAccount {
  readonly path: string;
  readonly originalId: string;
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly word: string;
}

/** One second of an open-loop run. */
export interface LoadSecond {
  readonly sent: number;
  readonly answered: number;
  readonly busy: number;
  readonly slowestMs: number;
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number;
  /** Answered that too many are waiting; counted in `answered`, too. */
  readonly busy: number;
  /** Any other answer than one asked for: a status but 200, or another content. */
  readonly wrong: number;
  /** Connections that broke. */
  readonly broken: number;
  /** Due while every connection waited for an answer: never sent. */
  readonly unsent: number;
  /** While it lasted, without the start. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly slowestBusyMs: number;
  readonly cpuMicros: number;
  readonly seconds: readonly LoadSecond[];
  /** The first answer that was wrong. */
  readonly example: string;
}
