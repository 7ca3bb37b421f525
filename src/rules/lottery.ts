import type { Prize } from './activity-rule.ts';

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
