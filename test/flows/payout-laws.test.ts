import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { REFUSAL_POLICY } from '../../src/flows/payout-policy.ts';
import type { RailStatus, RefusalCode } from '../../src/flows/ports/payouts.ts';
import { DAY, found, HOUR, notFound, paid, Play, refused, SECOND, unknown } from '../support/payout-play.ts';

const anySend = fc.oneof(
  fc.constant(paid),
  fc.constantFrom('deadline', 'SYSTEMERROR', 'PROCESSING', 'NEW').map((code) => unknown(code)),
  fc.constantFrom(...(Object.keys(REFUSAL_POLICY) as RefusalCode[])).map(refused),
);
const anyQuery = fc.oneof(
  fc
    .constantFrom<RailStatus>('SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND')
    .map((status) => found(status)),
  fc.constant(notFound),
  fc.constant(unknown('SYSTEMERROR')),
);
// A worker that follows the machine, answers in time, late or never, and waits that come out too long.
const anyTurn = fc.record({
  send: anySend,
  query: anyQuery,
  lostMs: fc.constantFrom(0, 0, 0, 25 * SECOND, DAY),
  answered: fc.constantFrom('now', 'now', 'now', 'late', 'never'),
});

test('whatever WeChat answers and however late, the laws of a payout hold', () => {
  let ended = 0;
  fc.assert(
    fc.property(fc.array(anyTurn, { maxLength: 25 }), (turns) => {
      const play = new Play();
      let late: (() => unknown)[] = [];
      for (const turn of turns) {
        const call = play.claim();
        if (call !== 'send' && call !== 'query') break;
        if (call === 'send') assertMaySend(play);
        play.begin(call).later(SECOND);
        const number = play.facts.attempts.length;
        const outcome = call === 'send' ? turn.send : turn.query;
        if (turn.answered === 'now') play.answer(outcome);
        else play.later(25 * SECOND);
        for (const tell of late) tell();
        late = turn.answered === 'late' ? [() => play.answer(outcome, number)] : [];
        assertLaws(play);
        play.later(Math.max(turn.lostMs, Number(/\d+/.exec(play.next)?.[0] ?? 0) * SECOND));
      }
      if (play.next === 'rest') ended += 1;
    }),
    { numRuns: 2000 },
  );
  assert.ok(ended > 300, `only ${ended} runs came to an end`);
});

function assertMaySend({ facts, nowMs }: Play): void {
  const sends = facts.attempts.filter((attempt) => attempt.kind === 'send');
  const [first, last] = [sends[0], sends.at(-1)];
  if (first !== undefined) assert.ok(nowMs - first.startedAtMs <= 72 * HOUR, 'no send after 72 h');
  if (last !== undefined) assert.ok(nowMs - last.startedAtMs >= SECOND, 'no send within a second of the last');
  assert.ok(!facts.attempts.some((attempt) => attempt.outcome?.kind === 'paid') || facts.state === 'sent');
}

function assertLaws(play: Play): void {
  const { attempts, state } = play.facts;
  const outcomes = attempts.map((attempt) => attempt.outcome);
  const says = (status: RailStatus) =>
    outcomes.some((outcome) => outcome?.kind === 'found' && outcome.status === status);
  if (state === 'dead') assert.ok(says('FAILED'), 'dead only by FAILED');
  if (state === 'received') assert.ok(says('RECEIVED'));
  if (state === 'returned') assert.ok(says('REFUND'));
  if (says('RECEIVED') || says('REFUND')) assert.ok(state === 'received' || state === 'returned', 'an end stays');
  const paidOnce = outcomes.some((outcome) => outcome?.kind === 'paid');
  if (paidOnce) assert.ok(!['waiting', 'unknown'].includes(state) || says('FAILED'), 'paid is never unknown');
  const place = play.booked.reduce((at, booking) => {
    const [from, to] = MOVES[booking as keyof typeof MOVES];
    assert.equal(at, from, `${booking} from ${at}`);
    return to;
  }, 'reserved');
  const expected = { received: 'delivered', returned: 'returned', dead: 'reserved' } as const;
  assert.equal(place, expected[state as keyof typeof expected] ?? 'in-flight', 'the books follow the state');
  assert.equal(
    play.next === 'rest',
    ['received', 'returned', 'dead', 'parked'].includes(state),
    'all else is called again',
  );
}

const MOVES = {
  send: ['reserved', 'in-flight'],
  received: ['in-flight', 'delivered'],
  returned: ['in-flight', 'returned'],
  failed: ['in-flight', 'reserved'],
} as const;
