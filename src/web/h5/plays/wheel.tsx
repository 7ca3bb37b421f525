/** @jsxImportSource preact */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Wheel } from '../wheel.tsx';
import { piecesFor, restingAngle, wheelSegments } from '../wheel-segments.ts';
import type { PlayProps } from './play-props.ts';
import { useReveal } from './use-reveal.ts';

const TURN_MS = 4200;

/** The wheel of a lottery: turns to the piece of the prize the server has drawn. */
export function Play({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
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
      <button
        class="hub play-action"
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => onDraw()}
      >
        <span>{words.draw}</span>
      </button>
    </div>
  );
}
