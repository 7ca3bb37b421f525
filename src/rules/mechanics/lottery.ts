import { z } from 'zod';
import type { Prize } from '../prize-schema.ts';
import type { Mechanic } from './mechanic.ts';

const schema = z.strictObject({
  kind: z.literal('lottery'),
  blankTickets: z.int().min(0).max(1_000_000_000).describe('Tickets that win nothing'),
});

/** One ticket is drawn among those of all prizes and the blanks. */
export const lottery = {
  kind: 'lottery',
  schema,
  reaches: (_, prizes) => prizes.filter(({ tickets }) => tickets > 0).map(({ id }) => ({ prizeId: id, path: [] })),
  faults: (settings, prizes) =>
    ticketTotal(settings, prizes) === 0 ? [{ path: 'blankTickets', message: 'at least one ticket is needed' }] : [],
  luckBelow: (settings, prizes) => ticketTotal(settings, prizes),
  play(_, { ticket, prizes, person, trace }) {
    const prize = prizeOfTicket(ticket, prizes);
    trace.push({ check: 'ticket', passed: prize !== undefined, seen: ticket, limit: prize?.id ?? 'blank' });
    return prize === undefined ? { gain: null, why: 'blank', ticket, person } : { gain: prize, ticket, person };
  },
} satisfies Mechanic<z.infer<typeof schema>>;

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
