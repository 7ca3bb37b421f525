import { foldWord } from '../../rules/fold-word.ts';
import type { Trigger, TriggerKind } from '../../rules/trigger-schema.ts';
import type { InboundMessage } from '../ports/messages.ts';

/**
 * Returns how the numbers count the way that a message took into an activity: by the rule's own word where it was
 * said or begun with or contained, by the scene of a code, else by the kind of way alone. What people write is never kept.
 */
export function wayTaken(trigger: Pick<Trigger, 'words'>, by: TriggerKind, message: InboundMessage): string {
  if (message.kind === 'text' && by === 'words') {
    const word = wordIn(trigger, foldWord(message.content));
    return word === undefined ? by : `${by}/${word}`;
  }
  if (message.kind === 'event' && by === 'scenes' && 'scene' in message && message.scene !== null) {
    return `${by}/${message.scene}`;
  }
  return by;
}

function wordIn({ words }: Pick<Trigger, 'words'>, said: string): string | undefined {
  const folded = words.map(({ word, match }) => ({ word, match, fold: foldWord(word) }));
  const found =
    folded.find(({ match, fold }) => match !== 'pattern' && fold === said) ??
    folded.find(({ match, fold }) => match === 'prefix' && said.startsWith(fold)) ??
    folded.find(({ match, fold }) => match === 'contains' && said.includes(fold));
  return found?.word;
}
