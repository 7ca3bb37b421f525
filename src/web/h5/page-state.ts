import type { ActivityPageState } from '../../http/contract/activity-page.ts';

/** What keeps people from taking part now; null when nothing does. Phases this page does not know count as stopped. */
export type Closed = 'ended' | 'paused' | 'stopped' | 'sold-out' | 'snapshot';

/** Says why the page has nothing to play, or null where it has, even if it is not open yet. */
export function closedBy({ phase, prizes, person, mechanic }: ActivityPageState): Closed | null {
  switch (phase) {
    case 'open':
    case 'not-started':
      break;
    case 'ended':
    case 'paused':
      return phase;
    default:
      return 'stopped';
  }
  if (person.snapshot) return 'snapshot';
  // Checking in counts a streak whatever is left to win.
  return phase === 'open' && mechanic !== 'check-in' && prizes.every(({ soldOut }) => soldOut) ? 'sold-out' : null;
}
