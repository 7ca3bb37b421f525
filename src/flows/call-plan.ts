import { addDays, beijingDay, startOfBeijingDayMs } from '../base/beijing-day.ts';
import type { CallPlan, CallPlanner, DueCall, MerchantPace, PersonDay } from './ports/merchant-queue.ts';

// So that a call time handed out now can still be met: claiming and writing the attempt take a few milliseconds.
const LEAD_MS = 20;
// Every tenth send time belongs to batch issues first: they never starve, and live winners hardly notice.
const BATCH_EVERY = 10;
// After a pause the first calls open new connections, arrive late and so close together: 31 within a second were seen.
// At half the pace for a moment they do not.
const IDLE_MS = 5000;
const WARM_UP_MS = 1000;
// After midnight, so that clocks that differ a little agree on the day.
const NEXT_DAY_AFTER_MS = 60_000;

type PlanInput = Parameters<CallPlanner>[0];

/** What the claim has given away so far. */
interface Hand {
  readonly taken: CallPlan['taken'][number][];
  readonly deferred: CallPlan['deferred'][number][];
  readonly persons: Map<string, { packets: number; amountFen: number }>;
  pace: MerchantPace;
}

/** How many sends and queries one worker may hold of a merchant that allows so many calls in flight. */
export function placesOf(callsMax: number): { readonly sends: number; readonly queries: number } {
  const queries = Math.max(1, Math.floor(callsMax / 4));
  return { sends: Math.max(1, callsMax - queries), queries };
}

/**
 * Decides a claim: who is called and when, who waits until tomorrow. Sends and queries each have a pace of their own,
 * so that settling thousands of packets does not hold up new winners.
 */
export const planCalls: CallPlanner = (input) => {
  const { queue, nowMs, held } = input;
  const places = placesOf(queue.limits.callsMax);
  // The day never goes back: the clock of another process may be a few milliseconds behind at midnight.
  const clockDay = beijingDay(nowMs);
  const today = queue.pace.day !== null && queue.pace.day > clockDay ? queue.pace.day : clockDay;
  const fresh = queue.pace.day === today ? queue.pace : { ...queue.pace, day: today, dayFen: 0 };
  const hand: Hand = { taken: [], deferred: [], persons: new Map(), pace: fresh };
  const sendsLeft = planSends(input, hand, places.sends - held.sends);
  const queriesLeft = planQueries(input, hand, places.queries - held.queries);
  return { ...hand, more: sendsLeft || queriesLeft };
};

/** Returns whether due sends were left for lack of places. */
function planSends(input: PlanInput, hand: Hand, places: number): boolean {
  const { queue, nowMs } = input;
  if (!queue.open) return false;
  const line = new SendLine(input.due.filter((due) => due.call === 'send'));
  let free = places;
  if (line.waits && hand.pace.nextSendAtMs <= nowMs - IDLE_MS)
    hand.pace = { ...hand.pace, warmUntilMs: nowMs + WARM_UP_MS };
  while (line.waits) {
    if (isClosed(hand.pace, nowMs)) return false;
    if (free <= 0) return true;
    const due = line.next(hand.pace.handedOut);
    if (handOutSend(input, hand, due)) free -= 1;
  }
  return false;
}

/** Gives one payout its send time, or puts it off. Returns whether it took a place. */
function handOutSend(input: PlanInput, hand: Hand, due: DueCall): boolean {
  const { queue, nowMs } = input;
  const counted = due.uncounted;
  if (counted) {
    const tomorrowMs = tomorrow(nowMs);
    const reason = personLimit(due, personToday(input, hand, due), queue.limits);
    if (reason !== null) {
      hand.deferred.push({ id: due.id, untilMs: tomorrowMs, reason });
      return false;
    }
    if (hand.pace.dayFen + due.amountFen > queue.limits.dayFen) {
      hand.pace = { ...hand.pace, sendsFromMs: tomorrowMs };
      return false;
    }
    count(hand, due);
  }
  const callAtMs = Math.max(hand.pace.nextSendAtMs, nowMs + LEAD_MS);
  hand.taken.push({ id: due.id, callAtMs, counted });
  hand.pace = {
    ...hand.pace,
    nextSendAtMs: callAtMs + spacingMs(queue.limits.spacingMs, hand.pace, nowMs),
    handedOut: hand.pace.handedOut + 1,
  };
  return true;
}

function planQueries({ queue, nowMs, due }: PlanInput, hand: Hand, places: number): boolean {
  const queries = due.filter((item) => item.call === 'query');
  for (const query of queries.slice(0, Math.max(places, 0))) {
    const callAtMs = Math.max(hand.pace.nextQueryAtMs, nowMs + LEAD_MS);
    hand.taken.push({ id: query.id, callAtMs, counted: false });
    hand.pace = { ...hand.pace, nextQueryAtMs: callAtMs + queue.limits.spacingMs };
  }
  return queries.length > Math.max(places, 0);
}

/** Live payouts before batch ones, but for every tenth send time. */
class SendLine {
  readonly #live: DueCall[];
  readonly #batch: DueCall[];

  constructor(sends: readonly DueCall[]) {
    this.#live = sends.filter((due) => due.class === 'live').toReversed();
    this.#batch = sends.filter((due) => due.class === 'batch').toReversed();
  }

  get waits(): boolean {
    return this.#live.length + this.#batch.length > 0;
  }

  /** Only while someone waits. */
  next(handedOut: number): DueCall {
    const batchFirst = handedOut % BATCH_EVERY === BATCH_EVERY - 1;
    const [first, second] = batchFirst ? [this.#batch, this.#live] : [this.#live, this.#batch];
    return (first.pop() ?? second.pop()) as DueCall;
  }
}

function personToday(input: PlanInput, hand: Hand, due: DueCall): PersonDay {
  const before = input.persons.get(due.person) ?? { packets: 0, amountFen: 0, full: false };
  const now = hand.persons.get(due.person) ?? { packets: 0, amountFen: 0 };
  return { packets: before.packets + now.packets, amountFen: before.amountFen + now.amountFen, full: before.full };
}

/** Why the person can get no more today, or null. */
function personLimit(due: DueCall, today: PersonDay, limits: PlanInput['queue']['limits']): string | null {
  const { personDayPackets, personDayFen } = limits;
  if (today.full) return 'waits until tomorrow: WeChat Pay says that this person has had all it allows in a day';
  if (today.packets >= personDayPackets)
    return `waits until tomorrow: this person has been sent ${personDayPackets} packets today, the most in a day`;
  if (today.amountFen + due.amountFen > personDayFen)
    return `waits until tomorrow: with this packet the person would get more than ${personDayFen} fen today, the most in a day`;
  return null;
}

function count(hand: Hand, due: DueCall): void {
  const before = hand.persons.get(due.person) ?? { packets: 0, amountFen: 0 };
  hand.persons.set(due.person, { packets: before.packets + 1, amountFen: before.amountFen + due.amountFen });
  hand.pace = { ...hand.pace, dayFen: hand.pace.dayFen + due.amountFen };
}

/** Half as fast while connections warm up, and while WeChat Pay has lately said "too fast": others may share its limit. */
function spacingMs(usualMs: number, { slowUntilMs, warmUntilMs }: MerchantPace, nowMs: number): number {
  return usualMs * (Math.max(slowUntilMs ?? 0, warmUntilMs ?? 0) > nowMs ? 2 : 1);
}

function isClosed(pace: MerchantPace, nowMs: number): boolean {
  return pace.sendsFromMs !== null && pace.sendsFromMs > nowMs;
}

function tomorrow(nowMs: number): number {
  return startOfBeijingDayMs(addDays(beijingDay(nowMs), 1)) + NEXT_DAY_AFTER_MS;
}

/** Hands out one more call time to a worker that missed its own. Returns it and the pace after it. */
export function anotherTurn(
  queue: PlanInput['queue'],
  call: 'send' | 'query',
  nowMs: number,
): { readonly callAtMs: number; readonly pace: MerchantPace } {
  const { pace, limits } = queue;
  if (call === 'query') {
    const callAtMs = Math.max(pace.nextQueryAtMs, nowMs + LEAD_MS);
    return { callAtMs, pace: { ...pace, nextQueryAtMs: callAtMs + limits.spacingMs } };
  }
  const callAtMs = Math.max(pace.nextSendAtMs, nowMs + LEAD_MS);
  return { callAtMs, pace: { ...pace, nextSendAtMs: callAtMs + spacingMs(limits.spacingMs, pace, nowMs) } };
}
