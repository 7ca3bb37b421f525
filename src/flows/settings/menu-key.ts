/** What tapping a `click` button of the menu means. */
export type MenuKey =
  /** As if the activity's word was sent. */
  | { readonly kind: 'activity'; readonly slug: string }
  | { readonly kind: 'reply'; readonly id: string }
  | { readonly kind: 'my-awards' }
  /** As if this text was sent: looked up among the keyword replies. */
  | { readonly kind: 'text'; readonly text: string };

const ACTIVITY = /^activity:([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)$/;
const REPLY = /^reply:([0-9a-f]{32})$/;

/**
 * Reads a `click` button's key: `activity:<slug>`, `reply:<id of a keyword reply>` or `my-awards`; anything else, one of
 * these with a slug or id that cannot be included, is a text. Never throws: the key may come from a menu made elsewhere.
 */
export function readMenuKey(key: string): MenuKey {
  if (key === 'my-awards') return { kind: 'my-awards' };
  const slug = ACTIVITY.exec(key)?.[1];
  if (slug !== undefined) return { kind: 'activity', slug };
  const id = REPLY.exec(key)?.[1];
  if (id !== undefined) return { kind: 'reply', id };
  return { kind: 'text', text: key };
}

/** Writes the key of a button that draws in an activity: at most 73 of the 128 bytes a key may have. */
export function activityMenuKey(slug: string): string {
  return `activity:${slug}`;
}
