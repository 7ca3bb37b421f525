/** @jsxImportSource preact */
import { Packet } from '../packet.tsx';
import type { PlayProps } from './play-props.ts';
import { useReveal } from './use-reveal.ts';

const OPENING_MS = 900;

/** A red packet to open. */
export function Play({ answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  useReveal(answer, OPENING_MS, onRevealed);
  return (
    <Packet opening={answer !== null}>
      <button
        class={busy ? 'hub play-action packet-seal packet-busy' : 'hub play-action packet-seal'}
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => onDraw()}
      >
        <span>{words.open}</span>
      </button>
    </Packet>
  );
}
