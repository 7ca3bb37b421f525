import { menuLink, textLink } from '../../base/chat-links.ts';
import type { LiveActivity } from '../ports/draws.ts';

/**
 * Returns a link by which a follower gets into an activity from a text: to its page, else one that sends its word into
 * the chat; empty for an activity with neither. `publicUrl` is where the pages are, without a slash at the end.
 */
export function wayInto({ rule, slug, name }: LiveActivity, publicUrl: string): string {
  if (rule.trigger.page) return textLink({ href: `${publicUrl}/a/${slug}`, label: name });
  // A number or a pattern is no text to send.
  const word = rule.trigger.words.find(({ match }) => match !== 'number' && match !== 'pattern')?.word;
  return word === undefined ? '' : menuLink({ id: `activity-${slug}`, content: word, label: name });
}

/** Joins the parts of a text that are not empty, each in a line of its own. */
export function joinLines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
