import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueryOutcome } from '../../src/flows/ports/payouts.ts';
import { DAY, found, HOUR, MINUTE, paid, Play, SECOND } from '../support/payout-play.ts';

/** How many queries a packet costs and how long after its end it is booked, when its status changes at a known time. */
function settled(answerAt: (sinceSentMs: number) => QueryOutcome): {
  readonly queries: number;
  readonly endMs: number;
} {
  const play = new Play().send(paid);
  const sentMs = play.nowMs;
  let queries = 0;
  while (play.next !== 'rest' && queries < 100) {
    play.later(Number(/\d+/.exec(play.next)?.[0]) * SECOND);
    play.query(answerAt(play.nowMs - sentMs));
    queries += 1;
  }
  return { queries, endMs: play.nowMs - sentMs };
}

const openedAfter = (openedMs: number) =>
  settled((sinceMs) => (sinceMs >= openedMs ? found('RECEIVED') : found('SENT'))).queries;
const returned = settled((sinceMs) => (sinceMs >= DAY ? found('REFUND') : found('SENT')));
const returning = settled((sinceMs) =>
  sinceMs < DAY ? found('SENT') : sinceMs < DAY + 40 * MINUTE ? found('RFUND_ING') : found('REFUND'),
);

// The table in docs/payouts.md.
test('settling costs 1 query for a packet opened within a minute, 6 for one that comes back, 15 at most', () => {
  assert.deepEqual(
    [30 * SECOND, 4 * MINUTE, 20 * MINUTE, HOUR, 7 * HOUR, 23 * HOUR].map(openedAfter),
    [1, 2, 3, 4, 5, 6],
  );
  assert.equal(returned.queries, 6);
  assert.ok(returned.endMs - DAY < 11 * MINUTE, 'a returned packet is booked within 11 minutes of its return');
  assert.ok(returning.queries <= 11, `${returning.queries} queries while it is on its way back`);
  const never = settled(() => found('SENT'));
  assert.equal(never.queries, 15);
  assert.ok(never.endMs <= 29 * DAY);
});
