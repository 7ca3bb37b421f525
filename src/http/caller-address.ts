import type { IncomingMessage } from 'node:http';

/**
 * Returns the address a request comes from, as Koa says it: of X-Forwarded-For only the last `proxyHops` are ours, so what a
 * client put there itself is never believed.
 */
export function callerAddress(request: IncomingMessage, proxyHops: number): string {
  const header = proxyHops > 0 ? request.headers['x-forwarded-for'] : undefined;
  const forwarded = typeof header === 'string' ? header.split(',').slice(-proxyHops)[0]?.trim() : undefined;
  return forwarded || (request.socket.remoteAddress ?? '');
}
