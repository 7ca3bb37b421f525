import { Agent, request } from 'undici';
import { OutsideTrouble } from '../base/errors.ts';

/** One call to WeChat's API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Such as `/cgi-bin/user/info`. */
  readonly path: string;
  /** Sent in this order. May hold secrets: neither logged nor part of any error. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON in plain UTF-8: WeChat takes no \u escapes. */
  readonly json?: Readonly<Record<string, unknown>>;
}

/** What WeChat said. It answers status 200 either way; an errcode that is absent or 0 means success. */
export type ApiAnswer = { readonly kind: 'ok'; readonly body: Readonly<Record<string, unknown>> } | ApiRefusal;

export interface ApiRefusal {
  readonly kind: 'refused';
  /** The only part to decide by; the text changes. */
  readonly errcode: number;
  readonly errmsg: string;
  /** WeChat's number for this call, to ask its support with; null when the text has none. */
  readonly rid: string | null;
}

const ANSWER_BYTES_MAX = 1_048_576;
const CALL_DEADLINE_MS = 5000;
// Nicknames carry raw control characters that JSON forbids inside strings.
// oxlint-disable-next-line no-control-regex -- exactly these control characters are meant
const RAW_CONTROLS = /[\u0000-\u001F]/g;

/**
 * Calls WeChat's HTTP API (https://developers.weixin.qq.com/doc/subscription/guide/dev/api/). One try per call: what
 * may be repeated is for the caller to know.
 */
export class ApiClient {
  readonly #apiUrl: string;
  readonly #deadlineMs: number;
  readonly #agent: Agent;

  constructor(options: { readonly apiUrl: string; readonly deadlineMs?: number }) {
    this.#apiUrl = options.apiUrl.replace(/\/$/, '');
    this.#deadlineMs = options.deadlineMs ?? CALL_DEADLINE_MS;
    this.#agent = new Agent({ connections: 16, connect: { timeout: 3000 } });
  }

  /**
   * Calls once within the deadline, which is absolute: an answer that trickles does not stretch it. Throws
   * OutsideTrouble `wechat-unreachable`, `wechat-too-slow` or `wechat-garbled`.
   */
  async call(call: ApiRequest): Promise<ApiAnswer> {
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    // undici does not react to the signal while it connects, so this waits for whichever ends first.
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new OutsideTrouble('wechat-too-slow', `${call.path} gave no answer within ${this.#deadlineMs} ms`));
        over.abort();
      }, this.#deadlineMs);
    });
    const exchange = this.#exchange(call, over.signal);
    exchange.catch(() => undefined);
    try {
      return readAnswer(call.path, await Promise.race([exchange, late]));
    } catch (error) {
      if (error instanceof OutsideTrouble) throw error;
      throw new OutsideTrouble('wechat-unreachable', `${call.path} cannot be reached: ${codeOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Cuts every connection; calls under way end with `wechat-unreachable`. */
  async stop(): Promise<void> {
    await this.#agent.destroy();
  }

  async #exchange(call: ApiRequest, signal: AbortSignal): Promise<string> {
    const query = new URLSearchParams(call.query).toString();
    const { statusCode, body } = await request(`${this.#apiUrl}${call.path}${query === '' ? '' : `?${query}`}`, {
      dispatcher: this.#agent,
      method: call.method,
      signal,
      ...(call.json === undefined
        ? {}
        : { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(call.json) }),
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop cuts the connection: the rest is never read.
      if (bytes > ANSWER_BYTES_MAX) throw garbled(call.path, 'the answer is too large');
      chunks.push(chunk);
    }
    if (statusCode !== 200) throw garbled(call.path, `status ${statusCode}`);
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** Reads JSON whatever the content type says: the sns endpoints call theirs text/plain. */
function readAnswer(path: string, text: string): ApiAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text.replace(RAW_CONTROLS, ' '));
  } catch {
    throw garbled(path, 'the answer is no JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw garbled(path, 'the answer is no object');
  const fields = body as Record<string, unknown>;
  const errcode = fields['errcode'] ?? 0;
  if (typeof errcode !== 'number') throw garbled(path, 'errcode is no number');
  if (errcode === 0) return { kind: 'ok', body: fields };
  const errmsg = typeof fields['errmsg'] === 'string' ? fields['errmsg'].slice(0, 500) : '';
  return { kind: 'refused', errcode, errmsg, rid: /\brid: ?([0-9a-f-]{8,40})/.exec(errmsg)?.[1] ?? null };
}

function garbled(path: string, reason: string): OutsideTrouble {
  return new OutsideTrouble('wechat-garbled', `${path} answered what cannot be used: ${reason}`);
}

/** Only the code: messages and causes of undici hold the address, and with it the secret in its query. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'connection lost';
}
