import type { CopyingQuery } from '../../src/store/copy-in.ts';

/** What the stores give to a connection: statements as text, or statements with rows. */
export type Statements = string | CopyingQuery;

export function textOf(query: Statements): string {
  return typeof query === 'string' ? query : query.text;
}

/** Changes the text of a query on its way to the server. */
export function rewritten(query: Statements, change: (text: string) => string): Statements {
  if (typeof query === 'string') return change(query);
  query.text = change(query.text);
  return query;
}

/** What opens a batch of draws, without the locks on the activity and on codes. */
export function withoutDrawLocks(text: string): string {
  const unlocked =
    'select open, paused, spent_fen, draws, wins from activity_counter where account_id = $1 and activity_id = $2';
  return text.replace(/execute draw_lock \((.+?), (.+?)\)/, unlocked).replaceAll('for update', '');
}
