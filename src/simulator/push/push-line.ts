import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BodyTooLarge, readBody } from '../wire/http-body.ts';

/** One try to hand over a push. Status 0 means that no answer came; `error` says why. */
export type Delivery = { status: number; ms: number; body: string; error?: string };

export type LineCall = { url: URL; method: 'GET' | 'POST'; query: string; body: string; cutOffMs: number };

const replyBytesMax = 1_048_576;

/** The connections on which WeChat calls a callback. */
export class PushLine {
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  /** Calls once and never rejects: what went wrong is part of the delivery. */
  async call(call: LineCall): Promise<Delivery> {
    const startMs = performance.now();
    const took = (): number => Math.round(performance.now() - startMs);
    try {
      const response = await this.#open(call);
      const text = await readBody(response, replyBytesMax);
      return { status: response.statusCode ?? 0, ms: took(), body: text };
    } catch (error) {
      if (error instanceof TypeError || error instanceof BodyTooLarge) {
        return { status: 200, ms: took(), body: `unreadable: ${error.message}` };
      }
      return { status: 0, ms: took(), body: '', error: error instanceof Error ? error.message : String(error) };
    }
  }

  stop(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  /** Headers as in a capture of 2023. The signal ends the whole exchange at the cut-off, body included. */
  #open({ url, method, query, body, cutOffMs }: LineCall): Promise<IncomingMessage> {
    const target = new URL(url);
    target.search = url.search === '' ? query : `${url.search}&${query}`;
    const headers = { accept: '*/*', pragma: 'no-cache', 'user-agent': 'Mozilla/4.0' };
    const content = { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) };
    const signal = AbortSignal.timeout(cutOffMs);
    const [send, agent] =
      url.protocol === 'https:' ? [httpsRequest, this.#agents.https] : [httpRequest, this.#agents.http];
    return new Promise((resolve, reject) => {
      const all = { method, agent, signal, headers: method === 'POST' ? { ...headers, ...content } : headers };
      send(target, all, resolve).on('error', reject).end(body);
    });
  }
}
