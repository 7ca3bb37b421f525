import type { Random } from '../random.ts';

/** One request to api.weixin.qq.com or open.weixin.qq.com. */
export type ApiCall = {
  method: string;
  path: string;
  /** The query as it came, because the authorize page checks the order of its parameters. */
  rawQuery: string;
  query: URLSearchParams;
  body: string;
  cookie: string;
  address: string;
};

/** Always status 200 and JSON for the API; a page or a redirect for the authorize page. */
export type ApiReply = { status: number; contentType: string; body: string; location?: string };

/** A refusal by its number; the text is only for people. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** `cgi-bin` says encoding instead of charset; `sns` calls its JSON plain text and puts a comma before the rid. */
export function jsonReply(path: string, value: object): ApiReply {
  const contentType = path.startsWith('/sns/') ? 'text/plain' : 'application/json; encoding=utf-8';
  return { status: 200, contentType, body: JSON.stringify(value) };
}

/** The rid's first group is the time of the request in seconds, in hex. */
export function faultReply(path: string, fault: ApiFault, nowMs: number, random: Random): ApiReply {
  const rid = `${Math.floor(nowMs / 1000).toString(16)}-${random.hex(8)}-${random.hex(8)}`;
  const comma = path.startsWith('/sns/') ? ',' : '';
  return jsonReply(path, { errcode: fault.code, errmsg: `${fault.message}${comma} rid: ${rid}` });
}

/** The JSON body of a POST, checked in the order of the platform: method, empty, JSON, escapes. */
export function jsonBody({ method, body }: ApiCall): Record<string, unknown> {
  if (method !== 'POST') throw new ApiFault(43002, 'require POST method');
  if (body === '') throw new ApiFault(44002, 'empty post data');
  if (/\\u[0-9a-fA-F]{4}/.test(body)) throw new ApiFault(40033, 'invalid charset. please check your request');
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
