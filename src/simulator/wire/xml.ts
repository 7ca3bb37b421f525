/** One element: either text or children, as in every WeChat message. */
export type XmlElement = { name: string; text: string; children: XmlElement[] };

/** A string becomes CDATA, a number stays bare, a list of pairs nests. */
export type XmlValue = string | number | bigint | XmlPairs;
export type XmlPairs = readonly (readonly [string, XmlValue])[];

/** Text that is not the XML that WeChat understands; the message says what and where. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

const depthMax = 8;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** Everything that XML 1.0 allows, as one class; lone surrogates are outside of it because of the u flag. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * Reads one document strictly: no DTD, no attributes, no comments, no text beside children, every entity known.
 * Throws XmlFault. A second document type is impossible, so entity tricks have nothing to hold on to.
 */
export function readXml(source: string): XmlElement {
  const found = illegal.exec(source);
  if (found) throw new XmlFault(`a character that XML forbids at ${found.index}`);
  return new Reader(source).document();
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  document(): XmlElement {
    this.#take(/<\?xml [^?>]*\?>/y);
    this.#take(/\s*/y);
    const root = this.#element(0);
    this.#take(/\s*/y);
    if (this.#at < this.#source.length) this.#fail('something after the root element');
    return root;
  }

  #element(depth: number): XmlElement {
    if (depth > depthMax) this.#fail('nested too deeply');
    const [, name = '', closed] = this.#take(/<([A-Za-z_][\w.-]*)\s*(\/)?>/y) ?? this.#fail('an element expected');
    const element: XmlElement = { name, text: '', children: [] };
    if (closed === '/') return element;
    while (!this.#take(/<\/([A-Za-z_][\w.-]*)\s*>/y, name)) this.#content(element, depth);
    if (element.children.length > 0) {
      if (element.text.trim() !== '') this.#fail(`text beside the children of ${name}`);
      element.text = '';
    }
    return element;
  }

  #content(element: XmlElement, depth: number): void {
    const cdata = this.#take(/<!\[CDATA\[([^]*?)\]\]>/y);
    const text = cdata ? undefined : this.#take(/[^<]+/y);
    if (cdata) element.text += cdata[1] ?? '';
    else if (text) element.text += this.#plain(text[0]);
    else element.children.push(this.#element(depth + 1));
  }

  #plain(text: string): string {
    if (text.includes(']]>')) this.#fail('"]]>" outside CDATA');
    return text.replaceAll(/&([^;&]*);|&/g, (whole, name?: string) => this.#entity(whole, name ?? ''));
  }

  #entity(whole: string, name: string): string {
    const known = entities[name];
    if (known !== undefined) return known;
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const code = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10) : Number.NaN;
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : '';
    if (character === '' || illegal.test(character)) this.#fail(`unknown entity ${whole}`);
    return character;
  }

  /** Moves over the pattern if it stands here; with a name, a closing tag of another name is a fault. */
  #take(pattern: RegExp, name?: string): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (!found) return undefined;
    if (name !== undefined && found[1] !== name) this.#fail(`</${found[1]}> closes <${name}>`);
    this.#at += found[0].length;
    return found;
  }

  #fail(what: string): never {
    throw new XmlFault(`${what} at ${this.#at}`);
  }
}

/** The fields of a flat document, in their order. Throws XmlFault for nesting or a repeated name. */
export function flatFields(root: XmlElement): Map<string, string> {
  if (root.name !== 'xml') throw new XmlFault(`root element ${root.name} instead of xml`);
  const fields = new Map<string, string>();
  for (const { name, text, children } of root.children) {
    if (children.length > 0) throw new XmlFault(`${name} has children`);
    if (fields.has(name)) throw new XmlFault(`${name} stands twice`);
    fields.set(name, text);
  }
  return fields;
}

/** One element a line under `<xml>`, no declaration, no newline at the end, as WeChat itself writes. */
export function writeXml(pairs: XmlPairs): string {
  return `<xml>${writePairs(pairs)}\n</xml>`;
}

function writePairs(pairs: XmlPairs): string {
  return pairs.map(([name, value]) => `\n<${name}>${writeValue(value)}</${name}>`).join('');
}

function writeValue(value: XmlValue): string {
  if (typeof value === 'string') return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  if (typeof value === 'object') return writePairs(value);
  return String(value);
}
