import { isUtf8 } from 'node:buffer';
import type { Random } from '../random.ts';

/** One request to api.weixin.qq.com, mp.weixin.qq.com or open.weixin.qq.com. */
export type ApiCall = {
  method: string;
  path: string;
  /** The query as it came, because the authorize page checks the order of its parameters. */
  rawQuery: string;
  query: URLSearchParams;
  contentType: string;
  bytes: Buffer;
  cookie: string;
  address: string;
  /** What becomes of escapes such as \u4f60: refused unless said otherwise, or shown to people as they stand. */
  escapes?: 'refused' | 'literal';
};

/** Always status 200 and JSON for the API; a file, a page or a redirect where WeChat gives one. */
export type ApiReply = {
  status: number;
  contentType: string;
  body: string | Buffer;
  location?: string;
  disposition?: string;
};

/** A handler answers JSON by its value, anything else by a whole reply. */
export class FileReply {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly fileName: string;

  constructor(contentType: string, bytes: Buffer, fileName: string) {
    this.contentType = contentType;
    this.bytes = bytes;
    this.fileName = fileName;
  }
}

/** A refusal by its number; the text is only for people. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Newer than the compiler's library: a number that JSON.stringify writes digit by digit. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** Makes a whole number of any size that goes into JSON bare, as WeChat writes its message ids. */
export function bareNumber(value: bigint): unknown {
  return rawJSON(String(value));
}

/** `cgi-bin` says encoding instead of charset; `sns` calls its JSON plain text and puts a comma before the rid. */
export function jsonReply(path: string, value: object): ApiReply {
  const contentType = path.startsWith('/sns/') ? 'text/plain' : 'application/json; encoding=utf-8';
  return { status: 200, contentType, body: JSON.stringify(value) };
}

/** The rid's first group is the time of the request in seconds, in hex. */
export function makeRid(nowMs: number, random: Random): string {
  return `${Math.floor(nowMs / 1000).toString(16)}-${random.hex(8)}-${random.hex(8)}`;
}

export function faultReply(path: string, fault: ApiFault, rid: string): ApiReply {
  const comma = path.startsWith('/sns/') ? ',' : '';
  return jsonReply(path, { errcode: fault.code, errmsg: `${fault.message}${comma} rid: ${rid}` });
}

/** A backslash that is itself escaped begins none. */
const escape = /(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})/g;

/** The JSON body of a POST, checked in the order of the platform: method, empty, characters, JSON. */
export function jsonBody({ method, bytes, escapes }: ApiCall): Record<string, unknown> {
  if (method !== 'POST') throw new ApiFault(43002, 'require POST method');
  if (bytes.length === 0) throw new ApiFault(44002, 'empty post data');
  const sent = bytes.toString('utf8');
  const body = escapes === 'literal' ? sent.replaceAll(escape, String.raw`$1\\u`) : sent;
  if (!isUtf8(bytes) || body.match(escape)) throw new ApiFault(40033, 'invalid charset. please check your request');
  const value = parsed(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson();
  return value as Record<string, unknown>;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw notJson();
  }
}

function notJson(): ApiFault {
  return new ApiFault(47001, 'data format error');
}

export function requireGet({ method }: ApiCall): void {
  if (method !== 'GET') throw new ApiFault(43001, 'require GET method');
}

export const done = { errcode: 0, errmsg: 'ok' } as const;

/** A text field; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An object's fields; none for anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
