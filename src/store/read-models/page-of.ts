import type { Cursor, Page, PageRequest } from '../../flows/ports/console-reads.ts';

/**
 * Cuts what a query with `limit + 1` rows returned into a page: the row too many tells that there is a next one.
 * `cursor` names where a row stands in the list.
 */
export function pageOf<Row, Line>(
  rows: readonly Row[],
  { limit }: PageRequest,
  read: { readonly line: (row: Row) => Line; readonly cursor: (row: Row) => Cursor },
): Page<Line> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown.map(read.line), next: rows.length > limit && last !== undefined ? read.cursor(last) : null };
}

/** The two parameters a cursor is compared by; without one, a place before everything. */
export function afterParameters(after: Cursor | null): readonly [Date | 'infinity', string] {
  return after === null ? ['infinity', ''] : [new Date(after.atMs), after.key];
}
