/** @jsxImportSource preact */
import type { Draw, DrawRule, TraceStep } from './api.ts';
import { useSpeech, wordFor, yuan } from './words.ts';
import type { Words } from './words.ts';

/** Why the engine decided so: each check in plain words, the ticket among all tickets, and the result. */
export function Decision({ draw }: { readonly draw: Draw }) {
  const { words } = useSpeech();
  const { trace, outcome, ticket, rule } = draw;
  return (
    <div class="decision">
      <ul class="checks">
        {told(trace.steps).map((step, index) => (
          <li key={`${index} ${step.check}`} data-passed={step.passed}>
            <span class="check-mark" role="img" aria-label={step.passed ? words.passed : words.notPassed} />
            <span>{wordFor(words.check, step.check)}</span>
            <span class="check-seen">{seenText(step, draw, words)}</span>
          </li>
        ))}
      </ul>
      {ticket !== null && rule !== undefined && <TicketStrip ticket={ticket} rule={rule} />}
      <p class="verdict" data-outcome={outcome}>
        {verdictText(draw, words)}
      </p>
    </div>
  );
}

/** Which mechanic was played is told where one led to another; early draws note the check-in's question for every one. */
function told(steps: readonly TraceStep[]): readonly TraceStep[] {
  const checkIn = steps.some(({ check }) => check === 'streak');
  const chain = steps.filter(({ check }) => check === 'mechanic').length > 1;
  return steps
    .filter(({ check, passed }) => checkIn || !passed || check !== 'checked-in-today')
    .filter(({ check }) => chain || check !== 'mechanic');
}

function verdictText(draw: Draw, words: Words): string {
  if (draw.outcome === 'won') {
    const [name, amount] = [knownPrize(draw, draw.prizeId ?? ''), yuan(draw.amountFen ?? 0)];
    return name === undefined ? words.wonAmount(amount) : words.wonPrize(name, amount);
  }
  return draw.trace.why === null ? '' : wordFor(words.why, draw.trace.why);
}

/** What a check looked at, against what it was allowed to be. */
function seenText({ check, seen, limit }: TraceStep, draw: Draw, words: Words): string {
  const [was, most] = [String(seen ?? ''), String(limit ?? '')];
  switch (check) {
    case 'stopped':
    case 'not-started':
    case 'ended':
    case 'checked-in-today':
      return '';
    case 'mechanic':
    case 'gone':
    case 'next':
    case 'chances':
      return [was, prizeName(draw, most, words)].join(' → ');
    case 'redraw':
    case 'ticket':
      return words.seenTicket(was, prizeName(draw, most, words));
    case 'streak':
      return words.seenStreak(was);
    case 'stock':
      return words.seenStock(was, most);
    case 'budget':
    case 'day-budget':
    case 'person-budget':
    case 'amount':
      return words.seenBudget(yuan(Number(seen)), yuan(Number(limit)));
    default:
      return words.seenOf(was, most);
  }
}

function prizeName(draw: Draw, prizeId: string, words: Words): string {
  return prizeId === 'blank' ? words.blankTicket : (knownPrize(draw, prizeId) ?? prizeId);
}

function knownPrize({ rule }: Draw, prizeId: string): string | undefined {
  return rule?.prizes?.find((prize) => prize.id === prizeId)?.name;
}

/** All tickets of a lottery as one strip, in the order in which they are numbered, and a pin where the drawn one lies. */
function TicketStrip({ ticket, rule }: { readonly ticket: number; readonly rule: DrawRule }) {
  const { words } = useSpeech();
  const parts = [
    ...(rule.prizes ?? []).map(({ name, tickets = 0 }) => ({ name, tickets })),
    { name: words.blankTicket, tickets: rule.mechanic?.blankTickets ?? 0 },
  ].filter(({ tickets }) => tickets > 0);
  const total = parts.reduce((sum, { tickets }) => sum + tickets, 0);
  if (total === 0) return null;
  return (
    <figure class="tickets">
      <div class="ticket-strip" aria-hidden="true">
        {parts.map(({ name, tickets }) => (
          <span key={name} style={{ flexGrow: tickets }} />
        ))}
        <i style={{ left: `${((ticket + 0.5) / total) * 100}%` }} />
      </div>
      <figcaption>
        <b>{words.ticketNumber(ticket)}</b>
        {parts.map(({ name, tickets }) => (
          <span key={name} class="odd">
            {words.oddsOf(name, tickets, total)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
