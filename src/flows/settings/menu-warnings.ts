import { foldWord } from '../../rules/fold-word.ts';
import { chooseByText } from '../../rules/trigger.ts';
import type { WordsInUse } from '../ports/keyword-replies.ts';
import type { MenuAction, MenuButton } from '../ports/menus.ts';
import type { FieldFault } from './account-checks.ts';
import { readMenuKey } from './menu-key.ts';
import { actionsOf } from './menu-links.ts';

/** Names buttons whose tap would lead nowhere as things stand. They may be meant: an activity may begin later. */
export function menuWarnings(
  buttons: readonly MenuButton[],
  words: WordsInUse,
  pageUrl: (slug: string) => string,
): readonly FieldFault[] {
  return actionsOf(buttons).flatMap(({ path, action }) => {
    const message = action.type === 'view' ? pageWarning(action.url, words, pageUrl) : keyWarning(action, words);
    return message === null ? [] : [{ path, message }];
  });
}

function pageWarning(url: string, words: WordsInUse, pageUrl: (slug: string) => string): string | null {
  const base = pageUrl('');
  if (!url.startsWith(base)) return null;
  const slug = url.slice(base.length);
  return words.activities.some((activity) => activity.slug === slug) ? null : `the activity ${slug} is not published`;
}

function keyWarning(action: MenuAction, words: WordsInUse): string | null {
  if (action.type !== 'click') return null;
  const key = readMenuKey(action.key);
  switch (key.kind) {
    case 'my-awards':
      return null;
    case 'activity': {
      const activity = words.activities.find(({ slug }) => slug === key.slug);
      if (activity === undefined) return `the activity ${key.slug} is not published`;
      return activity.rule.trigger.menu ? null : `the activity ${activity.name} does not listen to the menu`;
    }
    case 'reply':
      return words.replies.some(({ id, enabled }) => id === key.id && enabled)
        ? null
        : 'there is no such reply, or it is off';
    case 'text':
      return isAnswered(key.text, words) ? null : 'no activity and no keyword reply answers this key';
  }
}

function isAnswered(text: string, words: WordsInUse): boolean {
  const said = foldWord(text);
  if (chooseByText(text, words.activities) !== undefined) return true;
  return words.replies.some(
    (reply) =>
      reply.enabled &&
      reply.words.some((word) => (reply.match === 'exact' ? foldWord(word) === said : said.includes(foldWord(word)))),
  );
}
