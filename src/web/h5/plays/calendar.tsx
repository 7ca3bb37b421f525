/** @jsxImportSource preact */
import { monthGrid } from '../month-grid.ts';
import type { PlayProps } from './play-props.ts';
import { useReveal } from './use-reveal.ts';

const STAMP_MS = 700;

/** This month with the days checked in on, the streak, and what it is good for. */
export function Play({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  useReveal(answer, STAMP_MS, onRevealed);
  const { checkIn, person } = state;
  if (checkIn === null) return null;
  const done = new Set(checkIn.days);
  if (answer !== null) done.add(checkIn.today);
  const [year = '', month = ''] = checkIn.today.split('-');
  return (
    <div class="sheet calendar">
      <div class="calendar-head">
        <h2>{words.month(year, Number(month))}</h2>
        {person.streakDays > 0 && <p class="calendar-streak">{words.streak(person.streakDays)}</p>}
      </div>
      <ol class="calendar-grid">
        {words.weekdays.map((day) => (
          <li key={day} class="calendar-weekday" aria-hidden="true">
            {day}
          </li>
        ))}
        {monthGrid(checkIn.today).map(({ day, number, column }) => (
          <li
            key={day}
            data-day={day}
            class={`calendar-day${done.has(day) ? ' calendar-done' : ''}${day === checkIn.today ? ' calendar-today' : ''}`}
            style={number === 1 ? { gridColumnStart: column } : undefined}
            aria-current={day === checkIn.today ? 'date' : undefined}
          >
            <span>{number}</span>
            {done.has(day) && <span class="heard">{words.checkedIn}</span>}
          </li>
        ))}
      </ol>
      <Milestones state={state} words={words} />
      <button
        class="button play-action"
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => onDraw()}
      >
        {busy ? words.asking : words.checkIn}
      </button>
    </div>
  );
}

function Milestones({ state, words }: Pick<PlayProps, 'state' | 'words'>) {
  const shown = (state.checkIn?.milestones ?? []).filter(({ prizeName }) => prizeName !== null);
  if (shown.length === 0) return null;
  return (
    <ul class="milestones">
      {shown.map(({ streakDays, prizeName }) => (
        <li key={streakDays} class={state.person.streakDays >= streakDays ? 'milestone milestone-done' : 'milestone'}>
          <b>{words.daysInRow(streakDays)}</b>
          <span>{prizeName}</span>
        </li>
      ))}
    </ul>
  );
}
