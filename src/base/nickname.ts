// What a hostile name can be made of is looked at only so far; WeChat's own names have 32 characters at most.
const READ_CHARACTERS_MAX = 2048;
const SHOWN_GRAPHEMES_MAX = 24;
const GRAPHEME_UNITS_MAX = 32;

// Controls, line and paragraph separators, marks that turn the direction of what follows, invisible characters, tags,
// private use and what no character is assigned to. The joiner U+200D and the selectors of variants stay: emoji need them.
const UNSHOWABLE =
  /[[\p{Cc}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]--[\u200d\p{Variation_Selector}]]/gv;
const SHOWS_SOMETHING = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Returns a nickname that a page can show in one line: at most 24 characters as people count them, nothing that
 * controls, hides or turns text round; null when nothing is left. Names are chosen by people and hostile; whoever
 * writes one into HTML still escapes it and isolates its direction.
 */
export function shownNickname(given: string): string | null {
  const read = given.slice(0, READ_CHARACTERS_MAX).normalize('NFC');
  const text = read.replaceAll(/[\t-\r\u2028\u2029]/g, ' ').replaceAll(UNSHOWABLE, '');
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const graphemes = Array.from(new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(line), ({ segment }) =>
    // A letter under a tower of marks covers the lines above and below.
    segment.length > GRAPHEME_UNITS_MAX || /\p{M}{4}/u.test(segment) ? '' : segment,
  ).filter((segment) => segment !== '');
  const cut = graphemes.length > SHOWN_GRAPHEMES_MAX;
  const shown = (cut ? [...graphemes.slice(0, SHOWN_GRAPHEMES_MAX - 1), '…'] : graphemes).join('').trim();
  return SHOWS_SOMETHING.test(shown) ? shown : null;
}
