import type { ActivityRule } from './activity-rule.ts';
import type { CodeShape } from './code-shape.ts';
import { readTriggerWord } from './trigger-word.ts';
import type { ReadWord } from './trigger-word.ts';
import { RANKS, WordIndex } from './word-index.ts';

/** What choosing needs to know of a live activity. */
export interface Candidate {
  readonly rule: Pick<ActivityRule, 'trigger' | 'priority'>;
  readonly publishedAtMs: number;
  /** What the codes look like that people enter by; absent or null where it takes none. */
  readonly codeShape?: CodeShape | null;
}

/** The activity that answers an event, and which of its ways in it was. */
export interface Entered<Activity> {
  readonly activity: Activity;
  readonly by: 'words' | 'codes' | 'follow' | 'scenes';
  /** The mechanic that the word leads to, where it says so itself. */
  readonly leadsTo?: string;
}

/**
 * Chooses the one activity that answers: the operators' priority counts first, then how well it fits (an exact word
 * before a one-time code, a number, a prefix, a pattern and a contained one; a scene before a follow), then the newest
 * publication.
 */
export interface ActivityChooser<Activity extends Candidate> {
  /** Returns undefined when no activity listens to the text, which may be one of its codes. */
  enteredByText(text: string, activities: readonly Activity[]): Entered<Activity> | undefined;
  byText(text: string, activities: readonly Activity[]): Activity | undefined;
  /** `first`: this person never followed before; `scene` of the code they came by. */
  byFollow(
    follow: { readonly first: boolean; readonly scene: string | null },
    activities: readonly Activity[],
  ): Entered<Activity> | undefined;
  byScene(scene: string, activities: readonly Activity[]): Entered<Activity> | undefined;
}

/**
 * Builds a chooser that reads each rule's words once, and puts them together once for each list of activities it is
 * given: neither may change afterwards. Forgets both with them.
 */
export function createActivityChooser<Activity extends Candidate>(): ActivityChooser<Activity> {
  const read = new WeakMap<Candidate['rule'], readonly LeadingWord[]>();
  const indexes = new WeakMap<readonly Activity[], WordIndex<Entered<Activity>>>();
  const wordsOf = ({ rule }: Activity): readonly LeadingWord[] => {
    const known = read.get(rule) ?? readWords(rule);
    read.set(rule, known);
    return known;
  };
  const enteredByText = (text: string, activities: readonly Activity[]): Entered<Activity> | undefined => {
    const index = indexes.get(activities) ?? indexOf(activities, wordsOf);
    indexes.set(activities, index);
    return index.find(text);
  };
  return {
    enteredByText,
    byText: (text, activities) => enteredByText(text, activities)?.activity,
    byFollow: (follow, activities) => chooseEntered(activities, (activity) => entersByFollow(activity, follow)),
    byScene: (scene, activities) =>
      chooseEntered(activities, ({ rule }) => (rule.trigger.scenes.includes(scene) ? 'scenes' : undefined)),
  };
}

/** Chooses by a text once; whoever chooses often keeps a chooser. */
export function chooseByText<Activity extends Candidate>(
  text: string,
  activities: readonly Activity[],
): Activity | undefined {
  return createActivityChooser<Activity>().byText(text, activities);
}

/** Compares by what counts beside the fit: negative where the first one answers. */
export function compareCandidates(first: Candidate, second: Candidate, fits: readonly [number, number]): number {
  return second.rule.priority - first.rule.priority || fits[1] - fits[0] || second.publishedAtMs - first.publishedAtMs;
}

// More than the schema lets a rule have.
const WORDS_MAX = 64;

function indexOf<Activity extends Candidate>(
  activities: readonly Activity[],
  wordsOf: (activity: Activity) => readonly LeadingWord[],
): WordIndex<Entered<Activity>> {
  const index = new WordIndex<Entered<Activity>>();
  const oldestFirst = [...activities].reverse().sort((first, second) => first.publishedAtMs - second.publishedAtMs);
  for (const [newness, activity] of oldestFirst.entries()) {
    const score = (rank: number): number =>
      ((activity.rule.priority * (RANKS.length + 1) + rank) * oldestFirst.length + newness + 1) * WORDS_MAX;
    for (const { word, leads, place } of wordsOf(activity))
      index.add(word, { activity, by: 'words', ...leads }, (rank) => score(rank) - place);
    const { codeShape = null } = activity;
    if (activity.rule.trigger.codes !== null && codeShape !== null)
      index.addCodes(codeShape, { activity, by: 'codes' }, score);
  }
  return index;
}

/** A word ready to be held against texts, and where it leads if it says so itself. */
interface LeadingWord {
  readonly word: ReadWord;
  readonly leads: { readonly leadsTo?: string };
  /** Of several words of one activity that fit as well the first of its list counts. */
  readonly place: number;
}

/** Words that this build cannot read fit nothing. */
function readWords({ trigger }: Candidate['rule']): readonly LeadingWord[] {
  return trigger.words.flatMap((written, place) => {
    const word = readTriggerWord(written);
    const { leadsTo } = written;
    return 'fault' in word ? [] : [{ word, leads: leadsTo === undefined ? {} : { leadsTo }, place }];
  });
}

function entersByFollow(
  { rule: { trigger } }: Candidate,
  { first, scene }: { readonly first: boolean; readonly scene: string | null },
): Entered<unknown>['by'] | undefined {
  if (scene !== null && trigger.scenes.includes(scene)) return 'scenes';
  return trigger.follow === 'every' || (trigger.follow === 'first' && first) ? 'follow' : undefined;
}

/** What was published last wins among equals, and of those the first of the list. */
function chooseEntered<Activity extends Candidate>(
  activities: readonly Activity[],
  enters: (activity: Activity) => Entered<unknown>['by'] | undefined,
): Entered<Activity> | undefined {
  let best: Entered<Activity> | undefined;
  for (const activity of activities) {
    const by = enters(activity);
    if (by === undefined) continue;
    if (best === undefined || compareCandidates(activity, best.activity, [fitOf(by), fitOf(best.by)]) < 0) {
      best = { activity, by };
    }
  }
  return best;
}

function fitOf(by: Entered<unknown>['by']): number {
  return by === 'scenes' ? 1 : 0;
}
