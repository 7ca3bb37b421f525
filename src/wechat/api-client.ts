import { Agent, request } from 'undici';
import { assert, OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { logLevelOf, readRefusal } from './api-refusal.ts';
import type { ApiRefusal } from './api-refusal.ts';
import { renderMultipart } from './api/multipart.ts';
import type { FilePart } from './api/multipart.ts';
import { readWireJson, renderWireJson } from './api/wire-json.ts';

/** One call to WeChat's API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Such as `/cgi-bin/user/info`. */
  readonly path: string;
  /** Sent in this order. May hold secrets: neither logged nor part of any error. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON in plain UTF-8: WeChat takes no \u escapes. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Sent as a form instead of JSON. */
  readonly upload?: { readonly file: FilePart; readonly texts?: Readonly<Record<string, string>> };
  /** Of this call; the client's own unless given. */
  readonly deadlineMs?: number;
}

/** A file that WeChat sent. */
export interface ReceivedFile {
  readonly kind: 'file';
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What WeChat said. It answers status 200 either way; an errcode that is absent or 0 means success. */
export type ApiAnswer = { readonly kind: 'ok'; readonly body: Readonly<Record<string, unknown>> } | ApiRefusal;

export interface ApiClient {
  /**
   * Calls once, never twice: what may be repeated is for the caller to know. Throws OutsideTrouble
   * `wechat-unreachable`, `wechat-too-slow` or `wechat-garbled`, none of which says whether WeChat acted.
   */
  call(call: ApiRequest): Promise<ApiAnswer>;
  /** The same for what may answer a file, of 20 MB at most; a refusal comes as JSON also there. */
  download(call: ApiRequest): Promise<ReceivedFile | ApiAnswer>;
  /** Cuts every connection; calls under way end with `wechat-unreachable`. */
  close(): Promise<void>;
}

const ANSWER_BYTES_MAX = 1_048_576;
const FILE_BYTES_MAX = 20_971_520;
const CALL_DEADLINE_MS = 5000;
const CONNECTIONS_MAX = 50;
/** What must not come back in an error's text. */
const SECRET_NAMES = ['secret', 'code', 'access_token', 'refresh_token', 'openid', 'touser'] as const;
/**
 * Opens a client of WeChat's HTTP API (https://developers.weixin.qq.com/doc/subscription/guide/dev/api/). `baseUrl` is
 * its host. The deadline of a call, 5 s by default, is absolute: it covers connecting, headers and body together, so
 * that an answer that trickles does not stretch it. No secret, token or code reaches a log line or an error's text.
 */
export function createApiClient(options: {
  readonly baseUrl: string;
  readonly logger: Logger;
  readonly deadlineMs?: number;
}): ApiClient {
  const { logger, deadlineMs = CALL_DEADLINE_MS } = options;
  assert(URL.canParse(options.baseUrl), 'the API needs an absolute address');
  const baseUrl = options.baseUrl.replace(/\/$/, '');
  const agent = new Agent({ connections: CONNECTIONS_MAX, connect: { timeout: deadlineMs } });
  const heard = async <Answer extends ReceivedFile | ApiAnswer>(
    call: ApiRequest,
    bytesMax: number,
    read: (call: ApiRequest, response: RawAnswer) => Answer,
  ): Promise<Answer> => {
    const startedMs = performance.now();
    const fields = () => ({ path: call.path, durationMs: Math.round(performance.now() - startedMs) });
    try {
      const exchange = { agent, baseUrl, deadlineMs: call.deadlineMs ?? deadlineMs, call, bytesMax };
      const answer = read(call, await withinDeadline(exchange));
      if (answer.kind === 'refused') logger[logLevelOf(answer)]({ ...fields(), ...said(answer) }, 'wechat-refused');
      else logger.debug(fields(), 'wechat-answered');
      return answer;
    } catch (error) {
      if (error instanceof OutsideTrouble) {
        logger.warn({ ...fields(), code: error.code, error: error.message }, 'wechat-call-failed');
      }
      throw error;
    }
  };
  return {
    call: (call) => heard(call, ANSWER_BYTES_MAX, readAnswer),
    download: (call) => heard(call, FILE_BYTES_MAX, readFileOrAnswer),
    close: async () => agent.destroy(),
  };
}

interface Exchange {
  readonly agent: Agent;
  readonly baseUrl: string;
  readonly deadlineMs: number;
  readonly call: ApiRequest;
  readonly bytesMax: number;
}

interface RawAnswer {
  readonly contentType: string;
  readonly bytes: Buffer;
}

async function withinDeadline(exchange: Exchange): Promise<RawAnswer> {
  const { call, deadlineMs } = exchange;
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // undici does not react to the signal while it connects, so this waits for whichever ends first.
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OutsideTrouble('wechat-too-slow', `${call.path} gave no answer within ${deadlineMs} ms`));
      over.abort();
    }, deadlineMs);
  });
  const conversation = converse(exchange, over.signal);
  conversation.catch(() => undefined);
  try {
    return await Promise.race([conversation, late]);
  } catch (error) {
    if (error instanceof OutsideTrouble) throw error;
    throw new OutsideTrouble('wechat-unreachable', `${call.path} cannot be reached: ${codeOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function converse({ agent, baseUrl, call, bytesMax }: Exchange, signal: AbortSignal): Promise<RawAnswer> {
  const query = new URLSearchParams(call.query).toString();
  const { statusCode, headers, body } = await request(`${baseUrl}${call.path}${query === '' ? '' : `?${query}`}`, {
    dispatcher: agent,
    method: call.method,
    signal,
    ...contentOf(call),
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop cuts the connection: the rest is never read.
    if (bytes > bytesMax) throw garbled(call.path, 'the answer is too large');
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw garbled(call.path, `status ${statusCode}`);
  return { contentType: String(headers['content-type'] ?? ''), bytes: Buffer.concat(chunks) };
}

function contentOf({ json, upload }: ApiRequest): { headers?: Record<string, string>; body?: string | Buffer } {
  if (upload !== undefined) {
    const { contentType, body } = renderMultipart(upload.file, upload.texts);
    return { headers: { 'content-type': contentType }, body };
  }
  if (json === undefined) return {};
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: renderWireJson(json) };
}

/** A refusal of a file is JSON, called so or plain text. */
function readFileOrAnswer(call: ApiRequest, { contentType, bytes }: RawAnswer): ReceivedFile | ApiAnswer {
  if (/^(application\/json|text\/plain)\b/i.test(contentType)) return readAnswer(call, { contentType, bytes });
  if (contentType === '' || bytes.length === 0) throw garbled(call.path, 'no file');
  return { kind: 'file', contentType, bytes };
}

/** Reads JSON whatever the content type says: the sns endpoints call theirs text/plain. */
function readAnswer(call: ApiRequest, { bytes }: RawAnswer): ApiAnswer {
  let body: unknown;
  try {
    body = readWireJson(bytes.toString('utf8'));
  } catch {
    throw garbled(call.path, 'the answer is no JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw garbled(call.path, 'the answer is no object');
  }
  const fields = body as Record<string, unknown>;
  const errcode = fields['errcode'] ?? 0;
  if (typeof errcode !== 'number') throw garbled(call.path, 'errcode is no number');
  if (errcode === 0) return { kind: 'ok', body: fields };
  return readRefusal({ path: call.path, errcode, errmsg: fields['errmsg'], secrets: secretsOf(call) });
}

function secretsOf({ query, json }: ApiRequest): readonly string[] {
  const values = SECRET_NAMES.flatMap((name) => [query?.[name], json?.[name]]);
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

function said({ errcode, errmsg, rid }: ApiRefusal): Omit<ApiRefusal, 'kind' | 'path'> {
  return { errcode, errmsg, rid };
}

/** Makes the error for an answer that cannot be used. `reason` quotes nothing of it: it may hold a token. */
export function garbled(path: string, reason: string): OutsideTrouble {
  return new OutsideTrouble('wechat-garbled', `${path} answered what cannot be used: ${reason}`);
}

/** Only the code: messages and causes of undici hold the address, and with it the secret in its query. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'connection lost';
}
