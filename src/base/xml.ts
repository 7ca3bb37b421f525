import { Parser } from 'xml2js';
import { WrongRequest } from './errors.ts';

/** A parsed element: text, or named children; a name that occurs more than once holds a list. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

// Anything that could define or pull in an entity is refused before the parser sees it; WeChat never sends one.
const DECLARATION = /<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i;
// Where none of these is left outside the sections, every `<![CDATA[` began a section for the parser too.
const COULD_HIDE_A_DECLARATION = /<[!?]|["']/;
// XML 1.0 forbids these, but people type them and WeChat passes them on; strict parsers fail on the whole message.
// oxlint-disable-next-line no-control-regex -- exactly these control characters are meant
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/**
 * Reads an XML document and returns the children of its root. Characters that XML 1.0 forbids are dropped.
 * Throws WrongRequest `xml-malformed` for a document type declaration or anything that is not one well-formed element.
 */
export function readXml(text: string): XmlElement {
  const allowed = text.replace(FORBIDDEN, '');
  if (declares(allowed)) throw malformed('a document type declaration is not accepted');
  const parser = new Parser({
    explicitArray: false,
    explicitRoot: false,
    async: false,
    trim: false,
    ignoreAttrs: true,
  });
  let root: unknown;
  let fault: Error | null = null;
  try {
    parser.parseString(allowed, (error: Error | null, result: unknown) => {
      fault ??= error;
      root ??= result;
    });
  } catch (cause) {
    // A second fault in one document is thrown past the callback.
    throw malformed('not well-formed XML', cause);
  }
  if (fault !== null) throw malformed('not well-formed XML', fault);
  if (root === null || typeof root !== 'object') return Object.create(null) as XmlElement;
  return root as XmlElement;
}

/** A declaration inside a CDATA section is a text that somebody typed; anywhere else it is refused. */
function declares(text: string): boolean {
  return DECLARATION.test(text) && COULD_HIDE_A_DECLARATION.test(outsideSections(text));
}

/** The text without its CDATA sections, in one pass: a pattern would begin anew at each of thousands that never end. */
function outsideSections(text: string): string {
  const outside: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('<![CDATA[', at);
    const end = start < 0 ? -1 : text.indexOf(']]>', start);
    if (end < 0) return outside.join('') + text.slice(at);
    outside.push(text.slice(at, start));
    at = end + ']]>'.length;
  }
}

/** Returns the text of a child, or undefined when it is absent, repeated or has children of its own. */
export function xmlText(element: XmlElement, name: string): string | undefined {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Wraps text as CDATA; a `]]>` inside is split so that it cannot end the section, forbidden characters are dropped. */
export function cdata(text: string): string {
  return `<![CDATA[${text.toWellFormed().replace(FORBIDDEN, '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function malformed(reason: string, cause?: unknown): WrongRequest {
  return new WrongRequest('xml-malformed', `the body cannot be read as XML: ${reason}`, { cause });
}
