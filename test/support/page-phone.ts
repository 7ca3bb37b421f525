import { WECHAT_USER_AGENT } from './browser.ts';

/** One answer on the way from an address to a page. */
export interface PhoneAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without a window: keeps cookies per host, as browsers do, and follows redirects one by one. */
export class PagePhone {
  readonly cookies = new Map<string, string>();
  readonly #userAgent: string;

  constructor(userAgent: string = WECHAT_USER_AGENT) {
    this.#userAgent = userAgent;
  }

  /** Asks once, without following a redirect. */
  async ask(url: string, init: RequestInit = {}): Promise<PhoneAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'user-agent': this.#userAgent, accept: 'text/html', ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(url, {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Follows redirects to the page at their end; returns every answer on the way. */
  async walk(url: string): Promise<readonly PhoneAnswer[]> {
    const way: PhoneAnswer[] = [await this.ask(url)];
    for (let step = 0; step < 8; step += 1) {
      const last = way.at(-1);
      const location = last?.headers.get('location');
      if (last === undefined || location === null || location === undefined) break;
      way.push(await this.ask(new URL(location, last.url).href));
    }
    return way;
  }

  /** Walks until WeChat would send the browser back, and returns that callback address without opening it. */
  async walkToCallback(url: string): Promise<string> {
    let next = url;
    for (let step = 0; step < 8; step += 1) {
      const answer = await this.ask(next);
      next = new URL(answer.headers.get('location') ?? '', next).href;
      if (next.includes('/callback?')) return next;
    }
    throw new Error(`no callback on the way from ${url}`);
  }

  /** Posts a draw as the page's own script does. */
  draw(
    door: string,
    slug: string,
    token: string,
    headers: Record<string, string> = {},
    signal: AbortSignal | null = null,
  ): Promise<PhoneAnswer> {
    return this.ask(`${door}/api/a/${slug}/draw`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', accept: '*/*', ...headers },
      body: JSON.stringify({ token }),
    });
  }
}
