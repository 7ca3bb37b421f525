/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Words } from './words.ts';

/** Counts down to a moment of the server's clock; calls `onZero` once when it is there. */
export function Countdown(props: {
  readonly untilMs: number;
  /** How far the server's clock is ahead of the phone's, in ms. */
  readonly aheadMs: number;
  readonly words: Words;
  readonly onZero: () => void;
}) {
  const [leftMs, setLeftMs] = useState(() => props.untilMs - Date.now() - props.aheadMs);
  useEffect(() => {
    const timer = setInterval(() => {
      const left = props.untilMs - Date.now() - props.aheadMs;
      setLeftMs(left);
      if (left > 0) return;
      clearInterval(timer);
      props.onZero();
    }, 1000);
    return () => clearInterval(timer);
  }, [props.untilMs]);
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return (
    <p class="countdown" role="timer">
      <span>{props.words.startsIn}</span>
      {days > 0 && (
        <span>
          <b>{days}</b> {props.words.days}
        </span>
      )}
      <b>{parts.map((part) => String(part).padStart(2, '0')).join(':')}</b>
    </p>
  );
}
