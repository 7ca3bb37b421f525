import { useEffect, useRef } from 'preact/hooks';
import type { DrawAnswer } from '../../../http/contract/activity-page.ts';

/** Whether the person asked their phone for less motion. */
export function wantsLessMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Tells when an answer has been shown long enough: at once for people who want less motion. */
export function useReveal(answer: DrawAnswer | null, durationMs: number, onRevealed: () => void): void {
  const tell = useRef(onRevealed);
  tell.current = onRevealed;
  useEffect(() => {
    if (answer === null) return;
    const timer = setTimeout(() => tell.current(), wantsLessMotion() ? 250 : durationMs);
    return () => clearTimeout(timer);
  }, [answer]);
}
