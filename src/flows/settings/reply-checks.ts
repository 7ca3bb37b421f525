import type { ActivityId } from '../../base/ids.ts';
import { foldWord } from '../../rules/fold-word.ts';
import { createActivityChooser } from '../../rules/trigger.ts';
import type { KeywordReply } from '../ports/chat-settings.ts';
import type { ActivityWords, WordsInUse } from '../ports/keyword-replies.ts';
import type { FieldFault } from './account-checks.ts';

/** A word of a reply that never reaches it, because an activity answers first. */
export interface ReplyWarning {
  readonly word: string;
  readonly activityId: ActivityId;
  readonly activityName: string;
  readonly message: string;
}

type Checked = KeywordReply & { readonly enabled: boolean };

/**
 * Finds words that a reply cannot have: the same twice, one that asks for the person's awards, and among exact replies
 * that are on, one that another of them has. Spaces around, letter case and width do not make a word another.
 */
export function replyFaults(reply: Checked, words: WordsInUse): readonly FieldFault[] {
  const folded = reply.words.map(foldWord);
  const faults = folded.flatMap((word, index) => {
    const message = word === '' ? 'is empty' : wordFault(word, folded.indexOf(word) < index, words);
    return message === null ? [] : [{ path: `words.${index}`, message }];
  });
  if (reply.match !== 'exact' || !reply.enabled) return faults;
  const others = words.replies.filter((other) => other.id !== reply.id && other.enabled && other.match === 'exact');
  const taken = folded.flatMap((word, index) => {
    const other = others.find((one) => one.words.some((theirs) => foldWord(theirs) === word));
    return other === undefined
      ? []
      : [{ path: `words.${index}`, message: `another reply answers this word already: ${other.words.join(', ')}` }];
  });
  return [...faults, ...taken];
}

function wordFault(word: string, repeated: boolean, { myAwardsKeyword }: WordsInUse): string | null {
  if (repeated) return 'is there twice';
  return foldWord(myAwardsKeyword) === word ? 'is the word by which people ask for their awards' : null;
}

/** Returns what names the words of a reply that a live activity takes before the reply is looked for. */
export function warnsOfReplies(words: WordsInUse): (reply: Pick<KeywordReply, 'words'>) => readonly ReplyWarning[] {
  const chooser = createActivityChooser<ActivityWords>();
  return (reply) =>
    reply.words.flatMap((word) => {
      const activity = chooser.byText(word, words.activities);
      if (activity === undefined) return [];
      const message = `the activity ${activity.name} listens to this word and answers it first`;
      return [{ word, activityId: activity.id, activityName: activity.name, message }];
    });
}
