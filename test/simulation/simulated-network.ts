import type { FaultKind, FaultOptions } from '../../src/simulator/pay/faults.ts';
import type { Chance } from './chance.ts';

/** What becomes of one call on its way to WeChat Pay and back. */
export interface Passage {
  readonly thereMs: number;
  readonly backMs: number;
  /** What WeChat Pay does to it, in the simulator's own words. */
  readonly desk?: { readonly kind: FaultKind; readonly options: FaultOptions };
  /** What the wire does to it beyond that. */
  readonly wire?: WireFault;
}

/**
 * not-connected: no byte leaves. lost: it never arrives, and the connection breaks. foreign: the answer is about another
 * number. cut: the answer ends in the middle. proxy: a 502 although it was carried out.
 */
export type WireFault = 'not-connected' | 'lost' | 'foreign' | 'cut' | 'proxy';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const SEND_FAULTS: readonly (readonly [FaultKind, (chance: Chance) => FaultOptions])[] = [
  ['answer-lost-after-paying', hidden],
  ['hang', payingOrNot],
  ['trickle', () => ({})],
  ['http-500', payingOrNot],
  ['garbage', payingOrNot],
  ['reset', () => ({})],
  ['system-error', payingOrNot],
  ['processing', payingOrNot],
  ['not-found-for', hidden],
  ['unknown-code', payingOrNot],
];
const QUERY_FAULTS: readonly FaultKind[] = ['hang', 'http-500', 'garbage', 'reset', 'system-error', 'trickle'];
export const WIRE_FAULTS: readonly WireFault[] = ['not-connected', 'lost', 'foreign', 'cut', 'proxy'];

/** Carried out or not, and when it is, often unknown to the query for minutes. */
function payingOrNot(chance: Chance): FaultOptions {
  return chance.happens(0.5) ? { paying: true, ...(chance.happens(0.5) ? hidden(chance) : {}) } : { paying: false };
}

function hidden(chance: Chance): FaultOptions {
  return { notFoundForMs: chance.spread(MINUTE, 2 * HOUR) };
}

/** Draws what becomes of a call, faulty with this probability. */
export function drawPassage(chance: Chance, call: 'send' | 'query' | 'cancel', faulty: number): Passage {
  const slow = chance.happens(0.05);
  const times = { thereMs: chance.spread(5, slow ? 15_000 : 300), backMs: chance.spread(5, 300) };
  if (!chance.happens(faulty)) return times;
  // What a cancellation was answered proves nothing, so whatever spoils it is as good as another.
  if (call === 'cancel' || chance.happens(0.25)) return { ...times, wire: chance.pick(WIRE_FAULTS) };
  if (call === 'query') return { ...times, desk: { kind: chance.pick(QUERY_FAULTS), options: {} } };
  const [kind, options] = chance.pick(SEND_FAULTS);
  return { ...times, desk: { kind, options: options(chance) } };
}
