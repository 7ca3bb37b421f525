import { fen } from '../../src/base/fen.ts';
import type { PayRail, QueryOutcome, RedPacketRequest, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { asRedPacket } from './red-packets.ts';

type Outcome<T> = T | Promise<T>;

/** A rail whose answers the test gives; it notes every call and how many were under way at once. */
export interface ScriptedRail extends PayRail {
  readonly calls: { readonly call: 'send' | 'query'; readonly orderNumber: string; readonly atMs: number }[];
  underWayMost: number;
  onSend: (request: RedPacketRequest, signal: AbortSignal) => Outcome<SendOutcome>;
  onQuery: (signal: AbortSignal) => Outcome<QueryOutcome>;
}

/** Pays everything at once and shows it received, unless told otherwise. */
export function scriptedRail(): ScriptedRail {
  let underWay = 0;
  const never = new AbortController().signal;
  async function note<T>(call: 'send' | 'query', orderNumber: string, answer: () => Outcome<T>) {
    rail.calls.push({ call, orderNumber, atMs: performance.now() });
    underWay += 1;
    rail.underWayMost = Math.max(rail.underWayMost, underWay);
    try {
      return { ...(await answer()), raw: '<xml/>' };
    } finally {
      underWay -= 1;
    }
  }
  const rail: ScriptedRail = {
    calls: [],
    underWayMost: 0,
    onSend: () => ({ kind: 'paid', railNumber: '1000041701' }),
    onQuery: () => ({ kind: 'found', status: 'RECEIVED', reason: '', returnedFen: fen(0), openedAtMs: null }),
    send: (_merchant, request, signal) =>
      note('send', request.orderNumber, () => rail.onSend(asRedPacket(request), signal ?? never)),
    query: (_merchant, packet, signal) => note('query', packet.orderNumber, () => rail.onQuery(signal ?? never)),
  };
  return rail;
}

/** Waits as a call to WeChat does: for ever, until it is given up. */
export function hang(signal: AbortSignal): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ kind: 'unknown', code: 'aborted', message: '' });
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
