import { isDeepStrictEqual } from 'node:util';
import { fen } from '../../base/fen.ts';
import type { AccountId, Openid, RequestKey } from '../../base/ids.ts';
import type { DrawRequest } from '../../flows/ports/draws.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import type { ParticipantFacts } from '../../rules/facts.ts';

/** Under which names a batch's requests and people may stand in the database, and whom each name means. */
export interface StoredNames {
  readonly keys: ReadonlyMap<string, RequestKey>;
  readonly people: ReadonlyMap<string, Openid>;
}

/** Everyone under their openid. */
export function plainNames(requests: readonly DrawRequest[]): StoredNames {
  return {
    keys: new Map(requests.map(({ key }) => [key, key])),
    people: new Map(requests.map(({ openid }) => [openid, openid])),
  };
}

/** Everyone under their openid and under the pseudonym they have if they were ever erased. */
export function namesWithPseudonyms(
  requests: readonly DrawRequest[],
  account: AccountId,
  pseudonyms: Pseudonyms,
): StoredNames {
  const plain = plainNames(requests);
  const erased = new Map([...plain.people.values()].map((openid) => [openid, pseudonyms.of({ account, openid })]));
  const keys = requests.map(({ key, openid }) => [key.replaceAll(openid, erased.get(openid) ?? openid), key] as const);
  return {
    keys: new Map([...plain.keys, ...keys]),
    people: new Map([...plain.people, ...[...erased].map(([openid, name]) => [name, openid] as const)]),
  };
}

/**
 * Adds up what stands of one person in two rows of an activity: counts together; the day, the streak and what mechanics
 * remember of the later row, and nothing remembered where two differ at one moment, but the days of both. Pure; the order of the two does not
 * matter.
 */
export function carryOn(one: ParticipantFacts, other: ParticipantFacts): ParticipantFacts {
  const [late, early] = (one.day ?? '') >= (other.day ?? '') ? [one, other] : [other, one];
  const [checkedIn, before] = (one.checkInDay ?? '') >= (other.checkInDay ?? '') ? [one, other] : [other, one];
  const sameCheckIn = checkedIn.checkInDay === before.checkInDay;
  const last = (one.lastDrawAtMs ?? -1) >= (other.lastDrawAtMs ?? -1) ? one : other;
  const sameMoment = one.lastDrawAtMs === other.lastDrawAtMs;
  return {
    draws: one.draws + other.draws,
    day: late.day,
    drawsToday: late.drawsToday + (late.day === early.day ? early.drawsToday : 0),
    wins: one.wins + other.wins,
    winsToday: late.winsToday + (late.day === early.day ? early.winsToday : 0),
    spentFen: fen(one.spentFen + other.spentFen),
    misses: sameMoment ? Math.max(one.misses, other.misses) : last.misses,
    lastDrawAtMs: last.lastDrawAtMs,
    checkInDay: checkedIn.checkInDay,
    streakDays: sameCheckIn ? Math.max(one.streakDays, other.streakDays) : checkedIn.streakDays,
    checkIns: one.checkIns + other.checkIns,
    state: withDaysOfBoth(sameMoment && !isDeepStrictEqual(one.state, other.state) ? {} : last.state, one, other),
  };
}

/** Days that were checked in on stay so, whichever row remembers them: each month is a number with a bit for each day. */
function withDaysOfBoth(
  state: ParticipantFacts['state'],
  ...rows: readonly ParticipantFacts[]
): ParticipantFacts['state'] {
  const merged: Record<string, unknown> = { ...state };
  const ids = new Set(rows.flatMap((row) => Object.keys(row.state)));
  for (const id of ids) {
    const calendars = rows.flatMap((row) => monthsIn(row.state[id]) ?? []);
    if (calendars.length === 0) continue;
    const months: Record<string, number> = {};
    for (const [month, days] of calendars.flatMap((one) => Object.entries(one)))
      months[month] = (months[month] ?? 0) | Number(days);
    const own = merged[id];
    merged[id] = { ...(typeof own === 'object' ? own : null), months };
  }
  return merged;
}

function monthsIn(own: unknown): object | null {
  if (typeof own !== 'object' || own === null || !('months' in own)) return null;
  return typeof own.months === 'object' ? own.months : null;
}
