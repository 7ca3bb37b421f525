import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WrongControlCall, type ControlApi } from '../control/control-api.ts';
import { readPage } from '../control/static-pages.ts';
import { answer, BodyTooLarge, readBody, readBytes } from '../wire/http-body.ts';
import { listenOnLoopback, stopListening } from '../wire/listening.ts';
import { WeixinApi } from './weixin-api.ts';

export type WeixinServerParts = { api: WeixinApi; control: ControlApi; pagesDir: string | undefined };

const bodyBytesMax = 1_048_576;
/** The largest media have 10 MB. */
const uploadBytesMax = 12_582_912;
const json = 'application/json; charset=utf-8';
const pageHeaders = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** One HTTP server on loopback: WeChat's API and authorize page, the control API, and the playground page. */
export class WeixinServer {
  readonly #parts: WeixinServerParts;
  readonly #server: Server;

  constructor(parts: WeixinServerParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => broken(error, response));
    });
  }

  /** Returns the port it listens on. */
  async start(port: number): Promise<number> {
    return listenOnLoopback(this.#server, port);
  }

  async stop(): Promise<void> {
    await stopListening(this.#server);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(`http://127.0.0.1${request.url ?? ''}`);
    if (!url) return answer(response, 400, 'text/plain', 'bad address');
    if (WeixinApi.owns(url.pathname)) return this.#weixin(request, response, url);
    refuseForeign(request);
    if (url.pathname.startsWith('/simulator/')) return this.#control(request, response, url);
    return this.#page(request, response, url.pathname);
  }

  async #weixin(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const reply = this.#parts.api.handle({
      method: request.method ?? 'GET',
      path: url.pathname,
      rawQuery: url.search.slice(1),
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      bytes: await readBytes(request, uploadBytesMax),
      cookie: request.headers.cookie ?? '',
      address: request.socket.remoteAddress ?? '',
    });
    if (reply.location !== undefined) response.setHeader('location', reply.location);
    if (reply.disposition !== undefined) response.setHeader('content-disposition', reply.disposition);
    answer(response, reply.status, reply.contentType, reply.body);
  }

  async #control(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET';
    if (method !== 'GET' && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      throw new WrongControlCall(415, 'send application/json');
    }
    const body = await readBody(request, bodyBytesMax);
    const call = { method, path: url.pathname, query: url.searchParams, body };
    const { status, value, setCookie } = await this.#parts.control.handle(call);
    response.setHeader('cache-control', 'no-store');
    if (setCookie !== undefined) response.setHeader('set-cookie', setCookie);
    answer(response, status, json, JSON.stringify(value));
  }

  async #page(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method !== 'GET') return answer(response, 405, 'text/plain', 'use GET');
    const { pagesDir } = this.#parts;
    const page = pagesDir === undefined ? undefined : await readPage(pagesDir, path);
    if (!page) return answer(response, 404, 'text/plain', 'not found');
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
    answer(response, 200, page.contentType, page.bytes);
  }
}

/** Only pages of this very server may command it: neither another site's page nor a name that points to loopback. */
function refuseForeign({ headers }: IncomingMessage): void {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) throw new WrongControlCall(403, 'not this host');
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    throw new WrongControlCall(403, 'not from this page');
  }
}

function broken(error: unknown, response: ServerResponse): void {
  if (response.headersSent) return void response.socket?.destroy();
  const known = error instanceof WrongControlCall ? error.status : error instanceof BodyTooLarge ? 413 : 500;
  answer(response, known, json, JSON.stringify({ error: error instanceof Error ? error.message : 'broken' }));
}
