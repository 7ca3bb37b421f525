import type { Random } from '../random.ts';

export const faultKinds = [
  'answer-lost-after-paying',
  'hang',
  'reset',
  'system-error',
  'processing',
  'garbage',
  'http-500',
  'not-found-for',
  'trickle',
  'unknown-code',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  kind: FaultKind;
  on: 'send' | 'query';
  /** Whether the request is carried out before its answer is spoiled. */
  paying: boolean;
  /** not-found-for: how long the query knows nothing. trickle: pause between two bytes. Otherwise unused. */
  ms: number;
  /** Hides the booked packet from the query for so long, beside what the kind does. */
  notFoundForMs: number;
};

export type FaultOptions = Partial<Omit<Fault, 'kind'>>;

/** What each kind does to a send when nothing else is said. */
const payingByDefault: Readonly<Record<FaultKind, boolean>> = {
  'answer-lost-after-paying': true,
  hang: false,
  reset: false,
  'system-error': false,
  processing: true,
  garbage: false,
  'http-500': false,
  'not-found-for': true,
  trickle: true,
  'unknown-code': false,
};

const queuedMax = 10_000;

/** Trouble on request: queued for the next well-formed requests, or by luck that repeats for the same seed. */
export class Faults {
  readonly #random: Random;
  readonly #queue: Fault[] = [];
  #luck: { probability: number; kinds: readonly FaultKind[]; options: FaultOptions } | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next `count` signed and complete requests go wrong in this way, in the order of the calls. */
  next(kind: FaultKind, count = 1, options: FaultOptions = {}): void {
    if (!faultKinds.includes(kind)) throw new Error(`unknown fault ${String(kind)}`);
    if (!Number.isSafeInteger(count) || count < 1 || this.#queue.length + count > queuedMax) {
      throw new Error(`cannot queue ${count} faults, the queue holds ${queuedMax}`);
    }
    for (let made = 0; made < count; made += 1) this.#queue.push(fault(kind, options));
  }

  /** From now on each request goes wrong with this probability, in one of these ways. 0 ends it. */
  byLuck(probability: number, kinds: readonly FaultKind[] = faultKinds, options: FaultOptions = {}): void {
    this.#luck = probability > 0 ? { probability, kinds, options } : undefined;
  }

  clear(): void {
    this.#queue.length = 0;
    this.#luck = undefined;
  }

  /** What is still queued, the next one first. */
  pending(): readonly Fault[] {
    return [...this.#queue];
  }

  /** The fault for this request, if one is due. */
  take(on: Fault['on']): Fault | undefined {
    const at = this.#queue.findIndex((queued) => queued.on === on);
    if (at >= 0) return this.#queue.splice(at, 1)[0];
    const luck = this.#luck;
    if (!luck || (luck.options.on ?? 'send') !== on || !this.#random.chance(luck.probability)) return undefined;
    const paying = luck.options.paying ?? this.#random.chance(0.5);
    return fault(this.#random.pick(luck.kinds), { ...luck.options, paying });
  }
}

function fault(kind: FaultKind, options: FaultOptions): Fault {
  const defaultMs = kind === 'trickle' ? 1000 : 60_000;
  const ms = options.ms ?? defaultMs;
  const notFoundForMs = options.notFoundForMs ?? (kind === 'not-found-for' ? ms : 0);
  const alwaysPaying = kind === 'answer-lost-after-paying' || kind === 'not-found-for' || kind === 'trickle';
  const paying = alwaysPaying || (kind !== 'reset' && (options.paying ?? payingByDefault[kind]));
  return { kind, on: options.on ?? 'send', paying, ms, notFoundForMs };
}
