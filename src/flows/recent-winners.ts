import type { LiveActivity } from './ports/draws.ts';
import type { PageReads, RecentWin } from './ports/pages.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** Who won last in an activity. */
export interface RecentWinners {
  /** Newest first, at most 20, up to 3 s old. Throws OutsideTrouble when the database cannot answer. */
  of(activity: LiveActivity): Promise<readonly RecentWin[]>;
}

const WINS_MAX = 20;
const FRESH_MS = 3000;
const ACTIVITIES_MAX = 500;

/** Reads an activity's winners at most once in 3 s for everyone who looks, so that a thousand open pages cost one query. */
export function createRecentWinners(options: {
  readonly reads: Pick<PageReads, 'recentWins'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): RecentWinners {
  const { reads, clock } = options;
  const known = new Map<string, { readonly untilMs: number; readonly wins: Promise<readonly RecentWin[]> }>();
  return {
    async of(activity) {
      const key = `${activity.accountId} ${activity.id}`;
      const nowMs = clock.nowMs();
      const kept = known.get(key);
      if (kept !== undefined && nowMs < kept.untilMs) return kept.wins;
      if (known.size >= ACTIVITIES_MAX) known.clear();
      const wins = reads.recentWins(activity, WINS_MAX);
      known.set(key, { untilMs: nowMs + FRESH_MS, wins });
      return wins;
    },
  };
}
