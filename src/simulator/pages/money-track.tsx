/** @jsxImportSource preact */
import type { BookEntry } from './api.ts';
import { balances } from './stories.ts';
import { useSpeech, wordFor, yuan } from './words.ts';

const ROAD = ['budget', 'reserved', 'in-flight', 'delivered'];

/**
 * The way of one award's money through the accounts of the books, and every entry that moved it. `ended` says that the
 * packet was opened or went back, which the books may not know yet.
 */
export function MoneyTrack({ entries, ended }: { readonly entries: readonly BookEntry[]; readonly ended: boolean }) {
  const { words } = useSpeech();
  const held = balances(entries);
  // Money that went back ends at another station than money that arrived.
  const road = held.has('returned') ? [...ROAD.slice(0, 3), 'returned'] : ROAD;
  const visited = new Set(entries.flatMap(({ debit, credit }) => [debit, credit]));
  return (
    <>
      <ol class="track">
        {road.map((place) => (
          <li key={place} data-visited={visited.has(place)} data-here={held.has(place)}>
            <span>{wordFor(words.place, place)}</span>
            <b>{held.has(place) ? yuan(held.get(place) ?? 0) : ''}</b>
          </li>
        ))}
      </ol>
      {ended && held.has('in-flight') && <p class="quiet">{words.booksOpenNote}</p>}
      <ul class="entries">
        {entries.map(({ kind, debit, credit, amountFen }, at) => (
          <li key={`${kind}-${at}`}>
            <span>{wordFor(words.entry, kind)}</span>
            <span>{words.movedFromTo(wordFor(words.place, credit), wordFor(words.place, debit))}</span>
            <b>{yuan(amountFen)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}
