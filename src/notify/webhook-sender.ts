import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { DeliveryEnd, WebhookSender } from '../flows/ports/webhooks.ts';
import { isPublicAddress } from './public-address.ts';
import { webhookHeaders } from './webhook-signature.ts';

export interface WebhookSenderOptions {
  /** Lets a test's own server be told, at http and at addresses that are not public. */
  readonly testHostsAllowed: boolean;
  /** PEM of an authority to be believed besides the usual ones. */
  readonly caPem?: string;
  /** Absolute, over connecting, headers and body: 10 s unless told. */
  readonly timeoutMs?: number;
  /** How names are looked up: as the system does unless told. */
  readonly resolve?: ResolveAll;
}

type ResolveAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

const TIMEOUT_MS = 10_000;
/** What somebody answers is not read further. */
const ANSWER_BYTES_MAX = 16_384;
const NOT_PUBLIC = 'its address is not public';

/**
 * Posts signed events. Only https and only to public addresses: each address a name stands for is looked at when it is
 * connected to, so that a name which changes its mind between the look and the call gets nowhere. No redirect is followed.
 */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender & { close(): Promise<void> } {
  const { testHostsAllowed, caPem, timeoutMs = TIMEOUT_MS, resolve = lookup } = options;
  const agent = new Agent({
    connections: 8,
    pipelining: 0,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: {
      timeout: timeoutMs,
      rejectUnauthorized: true,
      ...(caPem === undefined ? {} : { ca: caPem }),
      ...(testHostsAllowed ? {} : { lookup: publicOnly(resolve) }),
    },
  });
  const fault = (url: string): string | null => webhookAddressFault(url, testHostsAllowed);
  return {
    fault,
    async send({ url, ...message }) {
      const wrong = fault(url);
      if (wrong !== null) return { status: null, error: wrong };
      const headers = { ...webhookHeaders(message), 'content-type': 'application/json; charset=utf-8' };
      return withinDeadline(timeoutMs, (signal) => post({ agent, url, headers, body: message.body, signal }));
    },
    close: () => agent.destroy(),
  };
}

/** Why events cannot be told at an address; null where they can, as far as the address itself says. */
export function webhookAddressFault(text: string, testHostsAllowed: boolean): string | null {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return 'give a whole address, such as https://shop.example.com/hongbao';
  if (url.username !== '' || url.password !== '') return 'an address with a password in it is not accepted';
  if (url.hash !== '') return 'an address ends before #';
  if (testHostsAllowed && url.protocol === 'http:') return null;
  if (url.protocol !== 'https:') return 'only https is accepted';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // A name is looked up when it is connected to; an address that is written out is not looked up at all.
  const literal = isIP(host) !== 0;
  const ours = literal ? !isPublicAddress(host) : !host.includes('.') || /\.(local|localhost|internal)\.?$/i.test(host);
  return ours && !testHostsAllowed ? NOT_PUBLIC : null;
}

function publicOnly(resolve: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(Object.assign(new Error(NOT_PUBLIC), { code: 'ENOTPUBLIC' }), []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

async function post(call: {
  readonly agent: Agent;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}): Promise<DeliveryEnd> {
  const { agent, url, headers, body, signal } = call;
  const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body, signal });
  const status = answer.statusCode;
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop cuts the connection: the rest is never read.
    if (bytes > ANSWER_BYTES_MAX) break;
  }
  if (status >= 200 && status < 300) return { status, error: null };
  return {
    status,
    error: status >= 300 && status < 400 ? `redirects are not followed (${status})` : `status ${status}`,
  };
}

async function withinDeadline(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<DeliveryEnd>,
): Promise<DeliveryEnd> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // undici does not react to the signal while it connects, so this waits for whichever ends first.
  const late = new Promise<DeliveryEnd>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: null, error: `no answer within ${timeoutMs} ms` });
      over.abort();
    }, timeoutMs);
  });
  const failed = (error: unknown): DeliveryEnd => ({ status: null, error: reasonOf(error) });
  try {
    return await Promise.race([work(over.signal).catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Messages of undici hold the address, which may be a secret: only their code is told. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ENOTPUBLIC') return NOT_PUBLIC;
  return `it cannot be reached: ${typeof code === 'string' ? code : 'connection lost'}`;
}
