import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { method: string; query: URLSearchParams; rawQuery: string; body: string; atMs: number };
export type Answer = string | { status: number; body: string } | { trouble: 'hang' | 'drop' };

/** A service's callback reduced to a function: what came in, and what goes back. */
export async function startCallback(respond: (received: Received, count: number) => Answer) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://x');
      const body = Buffer.concat(chunks).toString();
      const item = { method: request.method ?? '', query: url.searchParams, rawQuery: url.search.slice(1), body };
      received.push({ ...item, atMs: performance.now() });
      const answer = respond(received.at(-1) ?? { ...item, atMs: 0 }, received.length);
      if (typeof answer === 'string') response.end(answer);
      else if ('trouble' in answer) void (answer.trouble === 'drop' && response.destroy());
      else response.writeHead(answer.status).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wechat/main`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url, received, close };
}
