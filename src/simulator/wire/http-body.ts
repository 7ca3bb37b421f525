import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body above the limit; the caller answers 413 or drops the connection. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The whole body as UTF-8 text. Throws BodyTooLarge, and TypeError when the bytes are not UTF-8. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readBytes(request, bytesMax));
}

/** The whole body as it came. Throws BodyTooLarge. */
export async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new BodyTooLarge(`more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One whole answer with its length, never chunked, as WeChat answers. */
export function answer(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
  response.end(bytes);
}
