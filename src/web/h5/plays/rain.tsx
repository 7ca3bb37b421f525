/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlayProps } from './play-props.ts';
import { wantsLessMotion } from './use-reveal.ts';

const SECONDS = 10;
const PACKETS = 16;

/** Ten seconds of catching red packets. It is for the fun of it, and says so: the server decided before the first one fell. */
export function Play({ state, answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  const finish = useRef(onRevealed);
  finish.current = onRevealed;
  const [left, setLeft] = useState(SECONDS);
  const [caught, setCaught] = useState<ReadonlySet<number>>(new Set());
  const [extra, setExtra] = useState(0);
  useEffect(() => {
    if (answer === null) return;
    setLeft(SECONDS);
    setCaught(new Set());
    setExtra(0);
    const endsAtMs = performance.now() + (wantsLessMotion() ? 250 : SECONDS * 1000);
    const timer = setInterval(() => {
      const leftMs = endsAtMs - performance.now();
      setLeft(Math.max(0, Math.ceil(leftMs / 1000)));
      if (leftMs > 0) return;
      clearInterval(timer);
      finish.current();
    }, 100);
    return () => clearInterval(timer);
  }, [answer]);
  const count = caught.size + extra;
  const onPointerDown = (event: PointerEvent) => {
    const index = Number((event.target as HTMLElement).dataset['packet'] ?? -1);
    if (index >= 0) setCaught((before) => new Set(before).add(index));
  };
  if (answer === null) return <Waiting busy={busy} disabled={disabled} words={words} onDraw={onDraw} />;
  return (
    <div class="rain">
      <p class="rain-count">
        <b>{words.caught(count)}</b>
        <span>{words.seconds(left)}</span>
      </p>
      <div class="rain-sky" aria-hidden="true" onPointerDown={onPointerDown}>
        {Array.from({ length: PACKETS }, (_, index) => (
          <i
            key={`${state.nowMs}-${index}`}
            data-packet={index}
            class={caught.has(index) ? 'drop drop-caught' : 'drop'}
            style={dropStyle(index)}
          />
        ))}
      </div>
      <div class="rain-actions">
        <button
          class="button button-small"
          type="button"
          onClick={() => setExtra((before) => Math.min(before + 1, 999))}
        >
          {words.rainCatch}
        </button>
        <button class="button button-small button-quiet" type="button" onClick={() => finish.current()}>
          {words.skip}
        </button>
      </div>
    </div>
  );
}

/** Before the first packet falls. */
function Waiting({ busy, disabled, words, onDraw }: Pick<PlayProps, 'busy' | 'disabled' | 'words' | 'onDraw'>) {
  return (
    <div class="rain rain-waiting">
      <RainPicture />
      <button
        class="hub play-action"
        type="button"
        aria-disabled={disabled || busy}
        onClick={disabled ? undefined : () => onDraw()}
      >
        <span>{busy ? '…' : words.rainStart}</span>
      </button>
      <p class="rain-hint">{words.rainHint}</p>
    </div>
  );
}

function RainPicture() {
  return (
    <div class="rain-still" aria-hidden="true">
      {Array.from({ length: 9 }, (_, index) => (
        <i key={index} class="drop-still" style={{ left: `${(index * 41) % 88}%`, top: `${(index * 29) % 82}%` }} />
      ))}
    </div>
  );
}

/** Spread by arithmetic, so that a redraw does not throw the packets about. */
function dropStyle(index: number) {
  const across = (index * 37) % 86;
  const startMs = (index * 9300) / PACKETS;
  return {
    left: `${across}%`,
    animationDuration: `${2200 + ((index * 530) % 1300)}ms`,
    animationDelay: `${Math.min(startMs, 7400)}ms`,
  };
}
