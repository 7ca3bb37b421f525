import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { chinese } from './words-chinese.ts';
import type { Words } from './words-chinese.ts';
import { english } from './words-english.ts';

export type { Words } from './words-chinese.ts';
export type Language = 'zh' | 'en';

const DICTIONARIES: Readonly<Record<Language, Words>> = { zh: chinese, en: english };
const STORED_UNDER = 'playground-language';

export interface Speech {
  readonly language: Language;
  readonly words: Words;
}

export const SpeechContext = createContext<Speech>({ language: 'zh', words: chinese });

export function speechOf(language: Language): Speech {
  return { language, words: DICTIONARIES[language] };
}

/** The page's language and its words. */
export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

/** The language chosen last time, else the browser's own. */
export function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED_UNDER);
  if (stored === 'zh' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Remembers the choice and tells the document, for readers and hyphenation. */
export function rememberLanguage({ language, words }: Speech): void {
  localStorage.setItem(STORED_UNDER, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = words.title;
}

/** Looks a key up that came from the server; one that no dictionary knows is shown as it is. */
export function wordFor(group: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(group, key) ? (group[key] ?? key) : key;
}

/** `¥1.88` for 188 fen. */
export function yuan(fen: number): string {
  return `¥${yuanNumber(fen)}`;
}

/** `1.88` for 188 fen. */
export function yuanNumber(fen: number): string {
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = String(Math.abs(fen) % 100).padStart(2, '0');
  return `${fen < 0 ? '-' : ''}${whole.toLocaleString('en-US')}.${rest}`;
}

const CLOCK = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' });

/** `20:15:03`, Beijing time; with the date in front when it is another Beijing day than `nowMs`. */
export function clockText(atMs: number, nowMs: number): string {
  const day = DAY.format(atMs);
  return day === DAY.format(nowMs) ? CLOCK.format(atMs) : `${day} ${CLOCK.format(atMs)}`;
}
