import { z } from 'zod';
import type { Prize } from '../prize-schema.ts';
import { earnedChances, withChances } from './earned-chances.ts';
import type { Mechanic, Play } from './mechanic.ts';

const schema = z.strictObject({
  kind: z.literal('lottery'),
  blankTickets: z.int().min(0).max(1_000_000_000).describe('Tickets that win nothing'),
  gone: z
    .enum(['blank', 'redraw', 'next'])
    .default('blank')
    .describe(
      'The tickets of a prize that is gone: blank: they win nothing; redraw: one is drawn again among those of what is left; next: they go to the next prize in the list that is left',
    ),
  guaranteed: z
    .strictObject({
      afterMisses: z.int().min(1).max(10_000).describe('After so many draws in a row without a win the next one wins'),
      prizeId: z.string().describe('The prize it wins, while it lasts'),
    })
    .nullable()
    .default(null)
    .describe('A win for whoever missed often enough'),
  chances: z
    .enum(['free', 'earned'])
    .default('free')
    .describe('free: the limits alone say how often; earned: each draw spends a chance that another mechanic gave'),
});
type Settings = z.infer<typeof schema>;

/** One ticket is drawn among those of all prizes and the blanks. */
export const lottery = {
  kind: 'lottery',
  schema,
  reaches: ({ guaranteed }, prizes) => [
    ...prizes.filter(({ tickets }) => tickets > 0).map(({ id }) => ({ prizeId: id, path: [] })),
    ...(guaranteed === null ? [] : [{ prizeId: guaranteed.prizeId, path: ['guaranteed', 'prizeId'] }]),
  ],
  faults: (settings, prizes) =>
    ticketTotal(settings, prizes) === 0 ? [{ path: ['blankTickets'], message: 'at least one ticket is needed' }] : [],
  luckBelow: (settings, prizes) => ticketTotal(settings, prizes),
  usesChance: ({ gone }) => gone === 'redraw',
  refuse(settings, { id, chained, person, trace }) {
    if (!spends(settings, chained)) return null;
    const chances = earnedChances(person, id);
    trace.push({ check: 'no-chance', passed: chances > 0, seen: chances, limit: 1 });
    return chances > 0 ? null : { why: 'no-chance' };
  },
  play(settings, play) {
    const { id, chained, ticket } = play;
    const person = spends(settings, chained) ? withChances(play.person, id, -1) : play.person;
    return { ...(guaranteedWin(settings, play) ?? drawn(settings, play)), ticket, person };
  },
} satisfies Mechanic<Settings>;

/** Whoever was led here by another mechanic has the right to this draw from there. */
function spends({ chances }: Settings, chained: boolean): boolean {
  return chances === 'earned' && !chained;
}

type Drawn = { readonly gain: Prize } | { readonly gain: null; readonly why: 'blank' | 'sold-out' };

function guaranteedWin({ guaranteed }: Settings, { prizes, person, left, trace }: Play): Drawn | null {
  if (guaranteed === null) return null;
  const prize = prizes.find(({ id }) => id === guaranteed.prizeId);
  const due = person.misses >= guaranteed.afterMisses;
  trace.push({ check: 'guaranteed', passed: due, seen: person.misses, limit: guaranteed.afterMisses });
  return due && prize !== undefined && left(prize) ? { gain: prize } : null;
}

function drawn(settings: Settings, play: Play): Drawn {
  const { ticket, prizes, trace, left } = play;
  const prize = prizeOfTicket(ticket, prizes);
  trace.push({ check: 'ticket', passed: prize !== undefined, seen: ticket, limit: prize?.id ?? 'blank' });
  if (prize === undefined) return { gain: null, why: 'blank' };
  if (settings.gone === 'blank' || left(prize)) return { gain: prize };
  trace.push({ check: 'gone', passed: false, seen: prize.id, limit: settings.gone });
  return settings.gone === 'redraw' ? redraw(settings, play) : nextLeft(prize, play);
}

/** Draws again among what is left: each ticket that counts still is as likely as any other. */
function redraw(settings: Settings, { prizes, chance, left, trace }: Play): Drawn {
  const still = prizes.filter((prize) => prize.tickets > 0 && left(prize));
  const total = ticketTotal(settings, still);
  if (total === 0) return { gain: null, why: 'sold-out' };
  const ticket = chance.below(total);
  const prize = prizeOfTicket(ticket, still);
  trace.push({ check: 'redraw', passed: prize !== undefined, seen: ticket, limit: prize?.id ?? 'blank' });
  return prize === undefined ? { gain: null, why: 'blank' } : { gain: prize };
}

function nextLeft(gone: Prize, { prizes, left, trace }: Play): Drawn {
  const next = prizes.slice(prizes.indexOf(gone) + 1).find((prize) => prize.tickets > 0 && left(prize));
  trace.push({ check: 'next', passed: next !== undefined, seen: gone.id, limit: next?.id ?? null });
  return next === undefined ? { gain: null, why: 'sold-out' } : { gain: next };
}

/** Returns how many tickets there are in all, blanks included. */
export function ticketTotal(settings: { readonly blankTickets: number }, prizes: readonly Prize[]): number {
  return prizes.reduce((sum, prize) => sum + prize.tickets, settings.blankTickets);
}

/**
 * Finds who owns a ticket. Tickets are numbered from 0 and handed out in the order of the prizes; what is left over
 * are blanks, so the table can be enumerated and every odd is an exact fraction of whole numbers.
 * Returns undefined for a blank.
 */
export function prizeOfTicket(ticket: number, prizes: readonly Prize[]): Prize | undefined {
  let first = 0;
  for (const prize of prizes) {
    if (ticket < first + prize.tickets) return prize;
    first += prize.tickets;
  }
  return undefined;
}
