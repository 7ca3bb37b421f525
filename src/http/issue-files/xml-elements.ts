/** One element of a text: what its tag says, what it holds, and where it stands. */
export interface XmlElement {
  readonly head: string;
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the whole elements of one name in XML that machines wrote, from left to right: names without prefix, nothing of the same
 * name inside, no `>` in attributes. The first that does not end is the last that is looked at, so any text takes a time that
 * grows with its length only.
 */
export function* elementsIn(text: string, name: string): Generator<XmlElement> {
  const closing = `</${name}>`;
  for (let start = nextTag(text, name, 0); start >= 0;) {
    const tagEnd = text.indexOf('>', start);
    if (tagEnd < 0) return;
    const head = text.slice(start + name.length + 1, tagEnd);
    const close = head.endsWith('/') ? tagEnd + 1 : text.indexOf(closing, tagEnd);
    if (close < 0) return;
    const end = head.endsWith('/') ? close : close + closing.length;
    yield { head, body: text.slice(tagEnd + 1, Math.max(tagEnd + 1, close)), start, end };
    start = nextTag(text, name, end);
  }
}

function nextTag(text: string, name: string, from: number): number {
  for (let at = text.indexOf(`<${name}`, from); at >= 0; at = text.indexOf(`<${name}`, at + 1)) {
    const next = text.charAt(at + name.length + 1);
    if (next === '' || next === '>' || next === '/' || /\s/.test(next)) return at;
  }
  return -1;
}
