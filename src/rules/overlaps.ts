import { codePattern } from './code-pattern.ts';
import type { CodeShape } from './code-shape.ts';
import { compareCandidates } from './trigger.ts';
import type { Candidate } from './trigger.ts';
import { readTriggerWord } from './trigger-word.ts';
import type { ReadWord, WrittenWord } from './trigger-word.ts';
import { rankOf } from './word-index.ts';
import { meetingOf } from './word-meeting.ts';
import type { Meeting } from './word-meeting.ts';

/** Two words, or two codes, that one message fits. */
export interface MeetingPair {
  readonly own: string;
  readonly other: string;
  /** A text that fits both, folded. */
  readonly example: string | null;
}

/** What a rule and a live activity both listen to. */
export interface Overlap<Activity> {
  readonly activity: Activity;
  /** `codes`: a text that one of them may take for a one-time code. */
  readonly by: 'words' | 'codes' | 'follow' | 'scenes';
  /** `same`: what is meant for one reaches the other; `may-meet`: only a message that holds more than either. */
  readonly kind: Meeting['kind'];
  /** Who answers what both listen to. */
  readonly winner: 'this' | 'other';
  /** The first 20 pairs; none where the overlap is of following. */
  readonly pairs: readonly MeetingPair[];
  readonly pairCount: number;
}

/** What answers texts of an account beside its activities: the word that asks for awards, keyword replies. */
export interface Spoken<Subject> {
  readonly subject: Subject;
  readonly words: readonly WrittenWord[];
  /** Whether it answers before any activity does, or only what no activity answers. */
  readonly answers: 'before' | 'after';
}

/** What a rule and something else that answers texts both listen to. */
export interface TextOverlap<Subject> extends Omit<Overlap<unknown>, 'activity' | 'by'> {
  readonly subject: Subject;
}

const PAIRS_SHOWN = 20;
/** Steps through patterns for one rule, about 80 ms; what is left over counts as `may-meet`. */
const EFFORT = 50_000;

type Rule = Candidate['rule'];
type Found = Pick<Overlap<unknown>, 'by' | 'kind' | 'winner'> & { readonly pair: MeetingPair | null };

/**
 * Names everything a rule shares with live activities, as if it was published now: it is then the newest. One entry for
 * each activity, way in, kind and winner. `shapes`: what the codes of the account's pools look like, by pool.
 */
export function overlapsOf<Activity extends Candidate>(
  rule: Rule,
  others: readonly Activity[],
  shapes: Shapes = new Map(),
): readonly Overlap<Activity>[] {
  const own: Candidate = { rule, publishedAtMs: Number.POSITIVE_INFINITY };
  const words = readAll(rule, shapes);
  const effort = { left: EFFORT };
  return others.flatMap((activity) => {
    const wins = (fits: readonly [number, number]): Overlap<unknown>['winner'] =>
      compareCandidates(own, activity, fits) < 0 ? 'this' : 'other';
    const found: readonly Found[] = [
      ...wordsFound({ own: words, other: readAll(activity.rule, shapes) }, { wins, effort }),
      ...arrivalsFound(rule, activity.rule, wins),
    ];
    return gathered(found).map((overlap) => ({ activity, ...overlap }));
  });
}

/** Names everything that a rule's words share with what else answers texts. */
export function textOverlapsOf<Subject>(
  rule: Rule,
  others: readonly Spoken<Subject>[],
): readonly TextOverlap<Subject>[] {
  const own = readWords(rule.trigger.words);
  const effort = { left: EFFORT };
  return others.flatMap(({ subject, words, answers }) => {
    const wins = (): Overlap<unknown>['winner'] => (answers === 'before' ? 'other' : 'this');
    const found = wordsFound({ own, other: readWords(words) }, { wins, effort });
    return gathered(found).map(({ kind, winner, pairs, pairCount }) => ({
      subject,
      kind,
      winner,
      pairs,
      pairCount,
    }));
  });
}

type Wins = (fits: readonly [own: number, other: number]) => Overlap<unknown>['winner'];
type Words = readonly { readonly written: string; readonly read: ReadWord; readonly isCode?: true }[];
type Shapes = ReadonlyMap<string, CodeShape>;

/** The words, and the codes as a pattern that stands under the name of their pool. */
function readAll({ trigger }: Rule, shapes: Shapes): Words {
  const shape = trigger.codes === null ? undefined : shapes.get(trigger.codes);
  const words = readWords(trigger.words);
  if (shape === undefined || trigger.codes === null) return words;
  return [...words, { written: trigger.codes, read: { match: 'pattern', pattern: codePattern(shape) }, isCode: true }];
}

function readWords(words: readonly WrittenWord[]): Words {
  return words.flatMap((word) => {
    const read = readTriggerWord(word);
    return 'fault' in read ? [] : [{ written: word.word, read }];
  });
}

function wordsFound(
  words: { readonly own: Words; readonly other: Words },
  { wins, effort }: { readonly wins: Wins; readonly effort: { left: number } },
): readonly Found[] {
  return words.own.flatMap((own) =>
    words.other.flatMap((other) => {
      const meeting = meetingOf(own.read, other.read, effort);
      if (meeting === null) return [];
      const { kind, example } = meeting;
      const winner = wins([rankFor(own, example), rankFor(other, example)]);
      const by = own.isCode || other.isCode ? 'codes' : 'words';
      return [{ by, kind, winner, pair: { own: own.written, other: other.written, example } }];
    }),
  );
}

/** The whole text counts as the exact word. */
function rankFor({ read, isCode }: Words[number], example: string | null): number {
  if (isCode) return rankOf('code');
  return 'folded' in read && read.folded === example ? rankOf('exact') : rankOf(read.match);
}

function arrivalsFound({ trigger: own }: Rule, { trigger: other }: Rule, wins: Wins): readonly Found[] {
  const found: Found[] = own.scenes
    .filter((scene) => other.scenes.includes(scene))
    .map((scene) => {
      const pair = { own: scene, other: scene, example: scene };
      return { by: 'scenes', kind: 'same', winner: wins([1, 1]), pair };
    });
  const [follows, otherFollows] = [own.follow !== 'never', other.follow !== 'never'];
  if (follows && otherFollows) found.push({ by: 'follow', kind: 'same', winner: wins([0, 0]), pair: null });
  // Somebody may begin to follow by a code.
  if (own.scenes.length > 0 && otherFollows) {
    found.push({ by: 'follow', kind: 'may-meet', winner: wins([1, 0]), pair: null });
  }
  if (follows && other.scenes.length > 0) {
    found.push({ by: 'follow', kind: 'may-meet', winner: wins([0, 1]), pair: null });
  }
  return found;
}

/** Puts together what differs in its pairs only, what is certain first. */
function gathered(found: readonly Found[]): readonly Omit<Overlap<unknown>, 'activity'>[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = `${one.kind === 'same' ? 0 : 1} ${one.by} ${one.winner}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const pairs = group.flatMap(({ pair }) => (pair === null ? [] : [pair]));
      const { by, kind, winner } = first;
      return [{ by, kind, winner, pairs: pairs.slice(0, PAIRS_SHOWN), pairCount: pairs.length }];
    });
}
