import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { OutsideTrouble } from '../base/errors.ts';

/** A request under an idempotency key while its work is done. */
export interface ActingRequest {
  readonly caller: string;
  readonly key: string;
  readonly leaseToken: string;
  /** Whether a transaction of it has committed. */
  acted: boolean;
  /** Set once it is answered: what goes on in the background afterwards is no part of it. */
  over: boolean;
}

/**
 * Which request the code that runs belongs to, followed through everything it waits for. It holds nothing itself; passed
 * as an argument it would go through every store there is.
 */
export const actingRequest = new AsyncLocalStorage<ActingRequest>();

const ACT = `update api_request set state = 'acted'
  where caller = $1 and key = $2 and lease_token = $3 and state <> 'done'`;

/**
 * Last in a transaction: says that the request it belongs to was acted on, so that both are committed or neither. Throws
 * OutsideTrouble `request-taken-over` where a retry took the request over, because its work is done there.
 */
export async function markActed(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const request = actingRequest.getStore();
  if (request === undefined || request.acted || request.over) return;
  const marked = await client.query(ACT, [request.caller, request.key, request.leaseToken]);
  if (marked.rowCount !== 1) {
    throw new OutsideTrouble('request-taken-over', 'the request took so long that a repeated one took its place');
  }
}

/** Called once the transaction has committed. */
export function noteActed(): void {
  const request = actingRequest.getStore();
  if (request !== undefined) request.acted = true;
}
