import type { ActivityRule } from './activity-rule.ts';

/** What choosing needs to know of a live activity. */
export interface Candidate {
  readonly rule: Pick<ActivityRule, 'trigger'>;
  readonly publishedAtMs: number;
}

/** Folds what people type differently without meaning it: surrounding space, letter case, full-width forms. */
export function foldWord(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

/**
 * Chooses the one activity that answers a text message: an exact word before a contained one, and the newest
 * publication where several fit. Returns undefined when none does.
 */
export function chooseByText<Activity extends Candidate>(
  text: string,
  activities: readonly Activity[],
): Activity | undefined {
  const said = foldWord(text);
  if (said === '') return undefined;
  let best: Activity | undefined;
  let bestRank = 0;
  for (const activity of activities) {
    const rank = matchRank(said, activity.rule.trigger.words);
    if (rank === 0 || rank < bestRank) continue;
    if (rank === bestRank && best !== undefined && best.publishedAtMs >= activity.publishedAtMs) continue;
    best = activity;
    bestRank = rank;
  }
  return best;
}

/** 2 for an exact word, 1 for a contained one, 0 for none. */
function matchRank(said: string, words: ActivityRule['trigger']['words']): number {
  let rank = 0;
  for (const { match, word } of words) {
    const folded = foldWord(word);
    if (said === folded) return 2;
    if (match === 'contains' && said.includes(folded)) rank = 1;
  }
  return rank;
}
