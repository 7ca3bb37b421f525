/** A run of a chat text: with an address it is a link. */
export interface TextRun {
  readonly text: string;
  readonly url: string | null;
}

const LINK = /<a\s[^>]*?href="(https?:\/\/[^"]*)"[^>]*>([^<]*)<\/a>|https?:\/\/[^\s<>"'，。！？；：、（）【】]+/gi;

/**
 * Splits a text as WeChat shows it: `<a href="https://...">label</a>` and bare web addresses become links, everything
 * else, other markup included, stays text.
 */
export function linkedText(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    if (found.index > from) runs.push({ text: text.slice(from, found.index), url: null });
    const [whole, href, label] = found;
    runs.push({ text: label ?? whole, url: href ?? whole });
    from = found.index + whole.length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), url: null });
  return runs;
}

/** Returns an address only if it is one of the web; anything else could be a script. */
export function webUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}
