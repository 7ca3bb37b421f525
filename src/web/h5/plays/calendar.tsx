/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { PageCheckIn, PageGain } from '../../../http/contract/activity-page.ts';
import { monthGrid } from '../month-grid.ts';
import type { Words } from '../words.ts';
import type { PlayProps } from './play-props.ts';
import { useReveal } from './use-reveal.ts';

const STAMP_MS = 700;

/** This month with the days checked in on, the streak, what it is good for, and missed days that a card makes up. */
export function Play({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  useReveal(answer, STAMP_MS, onRevealed);
  const [picked, setPicked] = useState<string | null>(null);
  const [stamped, setStamped] = useState<string | null>(null);
  const { checkIn, person, phase } = state;
  if (checkIn === null) return null;
  const done = new Set(checkIn.days);
  if (answer !== null && stamped !== null) done.add(stamped);
  const makeUp = phase === 'open' && !person.snapshot && checkIn.makeUp !== null ? checkIn.makeUp : null;
  const missed = makeUp !== null && makeUp.cards > 0 ? makeUp.days.filter((day) => !done.has(day)) : [];
  const day = picked !== null && missed.includes(picked) ? picked : missed[0];
  const draw = (on: string, to?: string) => {
    if (busy) return;
    setStamped(on);
    onDraw(to === undefined ? undefined : on, to);
  };
  const [year = '', month = ''] = checkIn.today.split('-');
  return (
    <div class="sheet calendar">
      <div class="calendar-head">
        <h2>{words.month(year, Number(month))}</h2>
        {person.streakDays > 0 && <p class="calendar-streak">{words.streak(person.streakDays)}</p>}
      </div>
      <Month checkIn={checkIn} done={done} missed={missed} picked={day} words={words} onPick={setPicked} />
      <Goals checkIn={checkIn} streakDays={person.streakDays} words={words} />
      <button
        class="button play-action"
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => draw(checkIn.today)}
      >
        {busy ? words.asking : done.has(checkIn.today) && disabled ? words.checkedInAction : words.checkIn}
      </button>
      {makeUp !== null && makeUp.days.length > 0 && (
        <div class="make-up">
          <p>{words.cards(makeUp.cards)}</p>
          {day !== undefined && (
            <button class="button button-small" type="button" aria-disabled={busy} onClick={() => draw(day, makeUp.to)}>
              {words.makeUpDay(Number(day.slice(5, 7)), Number(day.slice(8)))}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface MonthProps {
  readonly checkIn: PageCheckIn;
  readonly done: ReadonlySet<string>;
  readonly missed: readonly string[];
  readonly picked: string | undefined;
  readonly words: Words;
  readonly onPick: (day: string) => void;
}

function Month({ checkIn, done, missed, picked, words, onPick }: MonthProps) {
  return (
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
          {missed.includes(day) ? (
            <button class="calendar-missed" type="button" aria-pressed={day === picked} onClick={() => onPick(day)}>
              {number}
              <span class="heard">{words.makeUp}</span>
            </button>
          ) : (
            <span>{number}</span>
          )}
          {done.has(day) && <span class="heard">{words.checkedIn}</span>}
        </li>
      ))}
    </ol>
  );
}

function Goals(props: { readonly checkIn: PageCheckIn; readonly streakDays: number; readonly words: Words }) {
  const { checkIn, streakDays, words } = props;
  if (checkIn.milestones.length + checkIn.totals.length === 0) return null;
  return (
    <ul class="milestones">
      {checkIn.milestones.map(({ streakDays: days, gain }, index) => (
        <li key={`m${index}`} class={streakDays >= days ? 'milestone milestone-done' : 'milestone'}>
          <b>{words.daysInRow(days)}</b>
          <span>{gainText(gain, words)}</span>
        </li>
      ))}
      {checkIn.totals.map(({ of, days, have, gain }, index) => (
        <li key={`t${index}`} class={have >= days ? 'milestone milestone-done' : 'milestone'}>
          <b>
            {words.goalOf[of]} {words.daysOf(have, days)}
          </b>
          <span>{gainText(gain, words)}</span>
        </li>
      ))}
    </ul>
  );
}

function gainText(gain: PageGain, words: Words): string {
  switch (gain.kind) {
    case 'prize':
      return gain.name;
    case 'chances':
      return words.gainChances(gain.count);
    case 'cards':
      return words.gainCards(gain.count);
    case 'draw':
      return words.gainDraw;
  }
}
