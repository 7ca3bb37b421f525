import { createContext, useContext } from 'react';
import type { Words } from '../words/words-zh.ts';

export type Language = 'zh' | 'en';

/** The language everything is shown in, and the way to the other one. */
export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly speak: (language: Language) => void;
}

const STORED_AS = 'console-language';

/** The language chosen last in this browser; Chinese before any choice. */
export function rememberedLanguage(): Language {
  try {
    return localStorage.getItem(STORED_AS) === 'en' ? 'en' : 'zh';
  } catch {
    // A browser that keeps nothing still shows everything.
    return 'zh';
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED_AS, language);
  } catch {
    // The choice holds until the page is closed.
  }
}

const SpeechContext = createContext<Speech | null>(null);
export const SpeechProvider = SpeechContext.Provider;

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error('words are spoken inside a SpeechProvider');
  return speech;
}

export function useWords(): Words {
  return useSpeech().words;
}
