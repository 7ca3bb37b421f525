/** The caller sent something wrong: tell them what, where and what to do. Never retried, never an alarm. */
export class WrongRequest extends Error {
  override readonly name = 'WrongRequest';
  /** Stable machine word, such as `activity-not-found`. */
  readonly code: string;
  /** HTTP status the door answers with. */
  readonly status: number;
  /** Faults by field path, when the request has fields. */
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  /** What stands now where the caller had seen something older; nothing secret. */
  readonly present: unknown;
  /** When the same request may be made again, in ms from now; null where that does not help. */
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    message: string,
    options: {
      status?: number;
      faults?: readonly { path: string; message: string }[];
      present?: unknown;
      retryAfterMs?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 400;
    this.faults = options.faults ?? [];
    this.present = options.present;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Something outside failed (database, Redis, WeChat): retry within bounds, warn, keep the cause. */
export class OutsideTrouble extends Error {
  override readonly name = 'OutsideTrouble';
  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Our own bug: stop this request, answer 500, raise an alarm. */
export class OurBug extends Error {
  override readonly name = 'OurBug';
}

/** Throws OurBug unless the condition holds. Stays on in production: a wrong number is worse than a 500. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new OurBug(message);
}

/** Marks a branch the compiler knows to be impossible. Throws OurBug if it is reached all the same. */
export function unreachable(value: never): never {
  throw new OurBug(`unreachable: ${JSON.stringify(value)}`);
}
