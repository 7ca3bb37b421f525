/** Whose request it is, and under which key they may send it again. */
export interface RequestKeyed {
  /** The token, or the operator in the console. */
  readonly caller: string;
  readonly key: string;
  /** The route's name. */
  readonly route: string;
  /** Of everything that was asked for; null while a file has not come in yet. */
  readonly requestHash: string | null;
}

/** What was answered the first time. */
export interface StoredAnswer {
  readonly status: number;
  /** JSON text. */
  readonly answer: string;
  readonly requestHash: string;
}

/** A request that is ours to carry out. */
export interface OpenedRequest {
  /**
   * Does the work. Its first transaction says in the database that the request was acted on, and does not commit if
   * somebody else took the request over meanwhile.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether a transaction of the work has committed. */
  acted(): boolean;
  /** Keeps the answer for whoever asks again. */
  finish(answer: StoredAnswer): Promise<void>;
  /** Forgets a request of which nothing was done, so that it may be sent again at once. */
  release(): Promise<void>;
}

export type BegunRequest =
  | { readonly kind: 'ours'; readonly opened: OpenedRequest }
  | { readonly kind: 'answered'; readonly stored: StoredAnswer }
  /** The key was used for something else. */
  | { readonly kind: 'other' }
  /** Somebody is at it, or was until a moment ago. */
  | { readonly kind: 'busy'; readonly untilMs: number }
  /** It was carried out, at least in part, and its answer was lost. */
  | { readonly kind: 'answer-lost' };

/** Requests under idempotency keys, kept for 24 hours. Every method throws OutsideTrouble when the database cannot do it. */
export interface ApiRequests {
  begin(request: RequestKeyed, nowMs: number): Promise<BegunRequest>;
  /** Forgets what is older, at most so many; returns how many it were. */
  forgetBefore(beforeMs: number, most: number): Promise<number>;
}
