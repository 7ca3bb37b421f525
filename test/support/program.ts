import { randomUUID } from 'node:crypto';
import type { Answer } from './console.ts';

type ProgramAnswer = Answer & { readonly headers: Headers };

/** Another program that calls the API with a token; every POST gets a key of its own unless told. */
export class Program {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  get(path: string): Promise<ProgramAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}, key: string | null = randomUUID()): Promise<ProgramAnswer> {
    return this.send('POST', path, body, key === null ? {} : { 'idempotency-key': key });
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ProgramAnswer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: text }),
      signal: AbortSignal.timeout(30_000),
    });
    const cookie = answer.headers.get('set-cookie');
    return { status: answer.status, cookie, headers: answer.headers, body: await answer.json() };
  }
}
