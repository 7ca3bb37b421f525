export type Language = 'zh' | 'en';

/** Reads the page's language from its root element, which the server has set. */
export function pageLanguage(): Language {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
}

/** Returns the address of this very page in the other language. */
export function otherLanguageHref(language: Language): string {
  return language === 'zh' ? '?lang=en' : '?lang=zh';
}
