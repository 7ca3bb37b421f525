/** @jsxImportSource preact */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { formatYuan } from '../../shared/format-yuan.ts';
import { CELLS, gridCells, stepTimes } from '../grid-cells.ts';
import { piecesFor } from '../wheel-segments.ts';
import type { Segment } from '../wheel-segments.ts';
import type { Words } from '../words.ts';
import type { PlayProps } from './play-props.ts';
import { useReveal, wantsLessMotion } from './use-reveal.ts';

const RUN_MS = 3600;
const ROUNDS = 3;

/** Eight fields around a button; a light runs around them and stops at what the server has drawn. */
export function Play({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  const cells = useMemo(() => gridCells(state.prizes), [state.prizes]);
  const [lit, setLit] = useState(-1);
  useReveal(answer, RUN_MS + 500, onRevealed);
  useEffect(() => {
    if (answer === null) return;
    const fits = piecesFor(cells, answer.prizeId);
    const target = fits[Math.floor(Math.random() * fits.length)] ?? 0;
    if (wantsLessMotion()) return setLit(target);
    return runLight({ from: Math.max(0, lit), target, onStep: setLit });
  }, [answer]);
  return (
    <div class={busy ? 'grid grid-busy' : 'grid'}>
      {cells.map((cell, index) => (
        <div key={index} class={`grid-cell grid-cell-${index}${index === lit ? ' grid-lit' : ''}`} aria-hidden="true">
          <Cell cell={cell} words={words} />
        </div>
      ))}
      <button
        class="grid-button play-action"
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => onDraw()}
      >
        {words.gridDraw}
      </button>
    </div>
  );
}

function Cell({ cell, words }: { cell: Segment; words: Words }) {
  const mark = cell.kind === 'blank' ? 'mark mark-flower' : cell.packet ? 'mark' : 'mark mark-gift';
  const name = cell.kind === 'blank' ? words.blank : cell.kind === 'more' ? words.more : cell.name;
  return (
    <>
      <span class={mark} />
      <b>{cell.amountFen > 0 ? `${formatYuan(cell.amountFen)} ${words.yuan}` : name}</b>
    </>
  );
}

/** Moves the light on until it stands on the target; returns what stops it. */
function runLight(run: { readonly from: number; readonly target: number; readonly onStep: (cell: number) => void }) {
  const steps = ROUNDS * CELLS + ((run.target - run.from + CELLS) % CELLS);
  let atMs = 0;
  const timers = stepTimes(steps, RUN_MS).map((waitMs, index) => {
    atMs += waitMs;
    return setTimeout(() => run.onStep((run.from + index + 1) % CELLS), atMs);
  });
  return () => timers.forEach((timer) => clearTimeout(timer));
}
