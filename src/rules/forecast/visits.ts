import { assert } from '../../base/errors.ts';
import type { Chance } from '../luck.ts';

/** Who comes when, in the order of time: visit `i` is of person `persons[i]` at `atMs[i]`, in Unix ms. */
export interface Visits {
  readonly people: number;
  readonly persons: Uint32Array;
  readonly atMs: Float64Array;
}

/** How many people are expected, how often each comes, and when. */
export interface TrafficPlan {
  readonly followers: number;
  /** Visits of a follower on average, in thousandths: from 1000. */
  readonly visitsPerThousand: number;
  /** Unix ms at which the first hour begins. */
  readonly fromMs: number;
  /** How many of all visits fall into each hour from then on, as whole parts of their sum. */
  readonly hours: readonly number[];
}

/** Most visits that one forecast is made of. */
export const VISITS_MAX = 4_000_000;
const HOUR_MS = 3_600_000;
const VISITS_EACH_MAX = 200;
const PARTS = 2 ** 32;

/**
 * Draws visits by a plan. Everybody comes once; whether somebody comes once more is decided after each visit, alike for
 * everyone, so that the mean is the plan's. Each visit falls into an hour by the plan's parts, apart from all others.
 */
export function planVisits(plan: TrafficPlan, chance: Chance): Visits {
  const ends = cumulated(plan.hours);
  const owners: number[] = [];
  const hours: number[] = [];
  const perHour = new Uint32Array(plan.hours.length);
  const again = againBelow(plan);
  for (let person = 0; person < plan.followers && owners.length < VISITS_MAX; person += 1) {
    for (let visit = 0; visit < VISITS_EACH_MAX; visit += 1) {
      const hour = hourOf(ends, chance);
      owners.push(person);
      hours.push(hour);
      perHour[hour] = (perHour[hour] ?? 0) + 1;
      if (again === 0 || chance.below(PARTS) >= again) break;
    }
  }
  return inOrder(plan, { owners, hours, perHour }, chance);
}

/** Of 2^32 parts, those that let somebody come again: the mean of a geometric law is 1 / (1 - share). */
function againBelow({ visitsPerThousand }: TrafficPlan): number {
  assert(visitsPerThousand >= 1000, 'everybody comes once at least');
  return Math.round((PARTS * (visitsPerThousand - 1000)) / visitsPerThousand);
}

function cumulated(parts: readonly number[]): Float64Array {
  const ends = new Float64Array(parts.length);
  let sum = 0;
  parts.forEach((part, hour) => {
    sum += part;
    ends[hour] = sum;
  });
  assert(sum >= 1, 'somebody comes in some hour');
  return ends;
}

function hourOf(ends: Float64Array, chance: Chance): number {
  const drawn = chance.below(ends.at(-1) ?? 1);
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (drawn < (ends[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Drawn {
  readonly owners: readonly number[];
  readonly hours: readonly number[];
  readonly perHour: Uint32Array;
}

/** Within an hour people come in any order, at even distances. */
function inOrder(plan: TrafficPlan, { owners, hours, perHour }: Drawn, chance: Chance): Visits {
  const persons = new Uint32Array(owners.length);
  const atMs = new Float64Array(owners.length);
  const firsts = new Uint32Array(perHour.length);
  let first = 0;
  perHour.forEach((count, hour) => {
    firsts[hour] = first;
    for (let index = 0; index < count; index += 1) {
      atMs[first + index] = plan.fromMs + hour * HOUR_MS + Math.floor(((index + 0.5) * HOUR_MS) / count);
    }
    first += count;
  });
  const filled = new Uint32Array(perHour.length);
  owners.forEach((person, index) => {
    const hour = hours[index] ?? 0;
    const begin = firsts[hour] ?? 0;
    const count = filled[hour] ?? 0;
    // The shuffle of Fisher and Yates, inside out.
    const place = chance.below(count + 1);
    persons[begin + count] = persons[begin + place] ?? 0;
    persons[begin + place] = person;
    filled[hour] = count + 1;
  });
  return { people: plan.followers, persons, atMs };
}
