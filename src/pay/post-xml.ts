import type { Agent } from 'undici';
import { callHost } from './call-host.ts';
import type { PostOutcome } from './call-host.ts';

/** Posts XML once, as `callHost` does. */
export async function postXml(call: {
  readonly agent: Agent;
  readonly url: URL;
  readonly xml: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}): Promise<PostOutcome> {
  const { xml, ...rest } = call;
  const headers = { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml' };
  return callHost({ ...rest, method: 'POST', headers, body: xml });
}
