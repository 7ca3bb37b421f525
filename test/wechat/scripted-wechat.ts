import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly body: string;
}

type Script = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => unknown;

/** A server that answers by a test's script: what it returns is sent as JSON; nothing returned means it answered itself. */
export async function scriptedWechat(
  context: { after(work: () => Promise<void>): void },
  script: Script,
): Promise<{ url: string; seen: SeenRequest[]; to(path: string): SeenRequest[] }> {
  const seen: SeenRequest[] = [];
  const server = createServer((raw, response) => {
    const url = new URL(`http://127.0.0.1${raw.url ?? ''}`);
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const request = {
        method: raw.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        rawQuery: url.search,
        body,
      };
      seen.push(request);
      const answer = script(request, response, raw);
      if (answer === undefined) return;
      response.setHeader('content-type', 'text/plain');
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    to: (path) => seen.filter((request) => request.path === path),
  };
}

/** A clock a test can push forward; sleeping is real, a hundred times faster. */
export function testClock(): Clock & { advance(byMs: number): void } {
  let nowMs = 1_795_200_000_000;
  return {
    nowMs: () => nowMs,
    advance: (byMs) => void (nowMs += byMs),
    sleep: (durationMs) => sleep(durationMs / 100),
  };
}
