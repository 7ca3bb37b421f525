import type { Words } from '../words/words-zh.ts';

const MINUTE_MS = 60_000;

/** Says how long something has been so: "3 天 4 小时". */
export function showAge(sinceMs: number, nowMs: number, words: Words): string {
  const minutes = Math.max(0, Math.floor((nowMs - sinceMs) / MINUTE_MS));
  return words.age(Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60);
}

/** Explains why a payout is where it is; null where all that is known is what was said. */
export function explainReason(reason: string, words: Words): string | null {
  const known = Object.entries(words.payReasons).find(([start]) => reason === start || startsWord(reason, start));
  return known?.[1] ?? null;
}

function startsWord(text: string, start: string): boolean {
  return text.startsWith(start) && /^[\s:：(,]/.test(text.slice(start.length));
}
