import { cleanText } from '../../base/clean-text.ts';
import { readFlatXml } from '../../base/flat-xml.ts';
import { readXml, xmlText } from '../../base/xml.ts';
import type { XmlElement } from '../../base/xml.ts';

/** Reads a message's XML: nearly all are flat and take the fast reader. Throws WrongRequest `xml-malformed`. */
export function readMessageXml(xml: string): XmlElement {
  return readFlatXml(xml) ?? readXml(xml);
}

/** The text of a field as it may be stored; empty when it is absent, repeated or nested. */
export function fieldText(fields: XmlElement, name: string): string {
  return cleanText(xmlText(fields, name) ?? '');
}

/** The text of a field, or null when there is none. */
export function fieldTextOrNull(fields: XmlElement, name: string): string | null {
  const text = fieldText(fields, name);
  return text === '' ? null : text;
}

/** The number in a field, or null for anything but plain decimal digits: no accessory is worth refusing a message for. */
export function fieldNumber(fields: XmlElement, name: string): number | null {
  const text = fieldText(fields, name).trim();
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

/**
 * The elements at the end of a path, each step of which may occur once or more: WeChat repeats `List` for several
 * entries and has been seen to repeat `PicList` as well. Empty when there are none.
 */
export function nestedElements(fields: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  return path.reduce<readonly XmlElement[]>((found, name) => found.flatMap((one) => children(one, name)), [fields]);
}

function children(parent: XmlElement, name: string): readonly XmlElement[] {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one): one is XmlElement => typeof one === 'object' && one !== null && !Array.isArray(one));
}
