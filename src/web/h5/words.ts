import type { Language } from '../shared/language.ts';
import { loadScript } from './load-script.ts';
import type { words } from './words-zh.ts';

/** What the page says; Chinese and English have the same entries. */
export type Words = typeof words;

/** Loads what the page says in one language, a script of its own; undefined when the connection stays away. */
export async function loadWords(language: Language): Promise<Words | undefined> {
  return loadScript<{ readonly words: Words }>(() =>
    language === 'en' ? import('./words-en.ts') : import('./words-zh.ts'),
  ).then((script) => script?.words);
}
