/**
 * Makes text from outside storable: Postgres refuses U+0000, and a lone surrogate is not valid UTF-8, so one such
 * character would fail a whole batch. U+0000 is dropped, a lone surrogate becomes U+FFFD.
 */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\u0000') ? wellFormed.replaceAll('\u0000', '') : wellFormed;
}
