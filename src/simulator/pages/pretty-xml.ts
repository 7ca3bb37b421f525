/** A piece of a line, as it is coloured. */
export interface CodePart {
  readonly kind: 'tag' | 'text' | 'mark';
  readonly text: string;
}

/** One line of pretty-printed XML or JSON; `field` is the element a line is about, for its explanation. */
export interface CodeLine {
  readonly depth: number;
  readonly parts: readonly CodePart[];
  readonly field: string | null;
}

const TOKEN = /<!\[CDATA\[[^]*?\]\]>|<[^>]*>|[^<]+/g;
const DEPTH_MAX = 12;

/**
 * Breaks XML into lines with one element each. JSON is indented, and what is neither is shown as it came, because
 * showing broken answers is what this page is for.
 */
export function prettyLines(source: string): readonly CodeLine[] {
  const text = source.trim();
  if (text.startsWith('<') && !/^<(?:!doctype|html)/i.test(text)) return xmlLines(text);
  return plain(text.startsWith('{') || text.startsWith('[') ? indentedJson(text) : text);
}

/** Returns the text of the first element of this name, without CDATA marks; undefined when there is none. */
export function fieldOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[([^]*?)\\]\\]>|([^<]*))</${name}>`).exec(xml);
  return found ? (found[1] ?? found[2] ?? '') : undefined;
}

function xmlLines(text: string): readonly CodeLine[] {
  const lines: CodeLine[] = [];
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (token.trim() === '') continue;
    const name = /^<([A-Za-z_][\w.-]*)/.exec(token)?.[1];
    if (token.startsWith('</')) depth = Math.max(0, depth - 1);
    const leaf = name !== undefined && tokens[at + 2] === `</${name}>` ? (tokens[at + 1] ?? '') : undefined;
    if (name !== undefined && leaf !== undefined && isContent(leaf)) {
      lines.push({ depth, parts: [tag(token), ...contentParts(leaf), tag(`</${name}>`)], field: name });
      at += 2;
      continue;
    }
    lines.push({ depth, parts: token.startsWith('<!') ? contentParts(token) : [tag(token)], field: null });
    if (name !== undefined && !token.endsWith('/>')) depth = Math.min(DEPTH_MAX, depth + 1);
  }
  return lines;
}

function isContent(token: string): boolean {
  return token.startsWith('<![CDATA[') || !token.startsWith('<');
}

/** CDATA marks are needed on the wire and noise to a reader, so they stay but step back. */
function contentParts(token: string): CodePart[] {
  const inside = /^<!\[CDATA\[([^]*)\]\]>$/.exec(token)?.[1];
  if (inside === undefined) return [{ kind: 'text', text: token }];
  return [
    { kind: 'mark', text: '<![CDATA[' },
    { kind: 'text', text: inside },
    { kind: 'mark', text: ']]>' },
  ];
}

function tag(text: string): CodePart {
  return { kind: 'tag', text };
}

function plain(text: string): readonly CodeLine[] {
  return text.split('\n').map((line) => ({ depth: 0, parts: [{ kind: 'text', text: line }], field: null }));
}

function indentedJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
