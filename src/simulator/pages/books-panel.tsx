/** @jsxImportSource preact */
import { useMemo } from 'preact/hooks';
import type { PacketItem, SimulatorState } from './api.ts';
import { compareBooks } from './stories.ts';
import type { PersonView } from './use-playground.ts';
import { useSpeech, yuan } from './words.ts';

/** The follower's packets in both sets of books, side by side. */
export function BooksPanel(properties: { readonly state: SimulatorState | null; readonly person: PersonView | null }) {
  const { words } = useSpeech();
  const { state, person } = properties;
  const books = useMemo(() => {
    const cards = (person?.chat ?? []).filter((item): item is PacketItem => item.kind === 'packet');
    return person?.draws ? compareBooks(person.draws, cards) : null;
  }, [person]);
  if (state === null || books === null) return null;
  const { service, pay, equal } = books;
  const empty = Object.values(service).every((fen) => fen === 0);
  const verdict = equal ? words.booksEqual : words.booksOpen;
  return (
    <details class="books">
      <summary>
        <span class="books-title">{words.booksTitle}</span>
        {empty ? (
          <span class="quiet">{words.booksEmpty}</span>
        ) : (
          <span class="books-verdict" data-equal={equal}>
            {verdict}
          </span>
        )}
        <span class="books-balance">
          {words.merchantBalance} <b>{yuan(state.books.balanceFen)}</b>
        </span>
      </summary>
      <div class="books-body">
        <p class="quiet">{words.booksNote}</p>
        <Bar
          title={words.booksService}
          parts={[
            ['reserved', words.place.reserved, service.reserved],
            ['flight', words.place['in-flight'], service.inFlight],
            ['done', words.place.delivered, service.delivered],
            ['back', words.place.returned, service.returned],
          ]}
        />
        <Bar
          title={words.booksPay}
          parts={[
            ['flight', words.payPending, pay.pending],
            ['done', words.payReceived, pay.received],
            ['back', words.payRefunded, pay.refunded],
          ]}
        />
        {!equal && <p class="quiet">{words.booksOpenNote}</p>}
        {state.violations.length > 0 && <p class="fault-played">{words.violations(state.violations.length)}</p>}
      </div>
    </details>
  );
}

function Bar(properties: { readonly title: string; readonly parts: readonly (readonly [string, string, number])[] }) {
  const { title, parts } = properties;
  return (
    <figure class="bar">
      <figcaption>{title}</figcaption>
      <div class="bar-strip" aria-hidden="true">
        {parts.map(([tone, , fen]) => fen > 0 && <span key={tone} data-tone={tone} style={{ flexGrow: fen }} />)}
      </div>
      <ul>
        {parts.map(([tone, name, fen]) => (
          <li key={tone} data-tone={tone}>
            {name} <b>{yuan(fen)}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}
