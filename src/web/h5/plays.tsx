/** @jsxImportSource preact */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ActivityPageState, DrawAnswer } from '../../http/contract/activity-page.ts';
import { Wheel } from './wheel.tsx';
import { piecesFor, restingAngle, wheelSegments } from './wheel-segments.ts';
import type { Words } from './words.ts';

const TURN_MS = 4200;
const OPENING_MS = 900;

/** What every play gets: `answer` is set once the server has decided, and the play says when it has shown it. */
export interface PlayProps {
  readonly state: ActivityPageState;
  readonly answer: DrawAnswer | null;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly words: Words;
  readonly onDraw: () => void;
  readonly onRevealed: () => void;
}

/** The wheel of a lottery: turns to the piece of the prize the server has drawn. */
export function WheelPlay({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  const segments = useMemo(() => wheelSegments(state.prizes), [state.prizes]);
  const [degrees, setDegrees] = useState(0);
  useReveal(answer, TURN_MS + 350, onRevealed);
  useEffect(() => {
    if (answer === null) return;
    const pieces = piecesFor(segments, answer.prizeId);
    const piece = pieces[Math.floor(Math.random() * pieces.length)] ?? 0;
    const within = (Math.random() - 0.5) * 0.6;
    setDegrees((from) => restingAngle({ fromDegrees: from, piece, pieces: segments.length, turns: 6, within }));
  }, [answer]);
  return (
    <div class={busy ? 'wheel-frame wheel-busy' : 'wheel-frame'}>
      <Wheel segments={segments} degrees={degrees} turning={answer !== null} words={words} />
      <span class="pointer" aria-hidden="true" />
      <button class="hub" type="button" aria-disabled={disabled || busy} onClick={disabled ? undefined : onDraw}>
        <span>{words.draw}</span>
      </button>
    </div>
  );
}

/** A red packet to open: for activities without a wheel, such as a check-in. */
export function PacketPlay({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  useReveal(answer, OPENING_MS, onRevealed);
  const label = state.mechanic === 'check-in' ? words.checkIn : words.open;
  return (
    <div class={answer === null ? 'packet' : 'packet packet-opening'}>
      <div class="packet-flap" aria-hidden="true" />
      {state.mechanic === 'check-in' && <p class="packet-streak">{words.streak(state.person.streakDays)}</p>}
      <button
        class={busy ? 'hub packet-seal packet-busy' : 'hub packet-seal'}
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : onDraw}
      >
        <span>{label}</span>
      </button>
    </div>
  );
}

/** Tells when an answer has been shown long enough: at once for people who want less motion. */
function useReveal(answer: DrawAnswer | null, durationMs: number, onRevealed: () => void): void {
  const tell = useRef(onRevealed);
  tell.current = onRevealed;
  useEffect(() => {
    if (answer === null) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setTimeout(() => tell.current(), still ? 250 : durationMs);
    return () => clearTimeout(timer);
  }, [answer]);
}
