import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PACKAGE_SENDS_MAX, REFUSAL_POLICY } from '../../src/flows/payout-policy.ts';
import type { RefusalCode } from '../../src/flows/ports/payouts.ts';
import { collectable, HOUR, MINUTE, notFound, Play, refused, SECOND, stands } from '../support/payout-play.ts';
import { transferFound, unknown } from '../support/payout-play.ts';

const WAITS = transferFound('SENT', 'WAIT_USER_CONFIRM');

describe('a transfer', () => {
  test('that waits for the person is asked about as a packet that lies in the chat', () => {
    stands(Play.transfer().send(collectable), 'sent', 'query 60s', 'sent');
  });

  test('that WeChat Pay still works on is asked about within seconds, for a person waits', () => {
    stands(Play.transfer().send(unknown('PROCESSING')), 'unknown', 'query 2s', 'sending');
  });

  test('that a query shows before its answer was known is asked for by the same request', () => {
    const play = Play.transfer()
      .send(unknown())
      .later(2 * SECOND)
      .query(WAITS);
    stands(play, 'sent', 'send 2s', 'sent');
    play.later(2 * SECOND).send(collectable);
    assert.match(play.next, /^query /);
    assert.deepEqual(play.booked, ['send']);
  });

  test('whose answer comes after a query showed it needs no other request', () => {
    const play = Play.transfer()
      .begin('send')
      .later(25 * SECOND)
      .query(WAITS);
    assert.match(play.next, /^send /);
    play.answer(collectable, 1);
    assert.match(play.next, /^query /);
  });

  test('that brings nothing to confirm it with is asked for a few times, and then left to run out', () => {
    const play = Play.transfer()
      .send(unknown('PROCESSING'))
      .later(2 * SECOND)
      .query(WAITS);
    let sends = 0;
    while (play.next.startsWith('send')) {
      play.later(10 * MINUTE).send(unknown());
      sends += 1;
    }
    assert.equal(sends, PACKAGE_SENDS_MAX);
    assert.equal(play.step?.state, 'sent');
    assert.match(play.next, /^query /);
  });

  test('that the person has confirmed needs nothing to confirm it with', () => {
    const play = Play.transfer()
      .send(unknown())
      .later(2 * SECOND)
      .query(transferFound('SENT', 'TRANSFERING'));
    assert.match(play.next, /^query /);
  });

  test('that nobody collected is returned, and its money with it', () => {
    const play = Play.transfer()
      .send(collectable)
      .later(25 * HOUR);
    play.query(transferFound('REFUND', 'FAIL', 'OVERDUE_CLOSE'));
    stands(play, 'returned', 'rest', 'returned');
    assert.deepEqual(play.booked, ['send', 'returned']);
  });

  test('that failed or was taken back is a dead number, and its money reserved again', () => {
    for (const end of [transferFound('FAILED', 'FAIL', 'ACCOUNT_NOT_EXIST'), transferFound('FAILED', 'CANCELLED')]) {
      const play = Play.transfer().send(collectable).later(MINUTE).query(end);
      stands(play, 'dead', 'rest', 'parked');
      assert.deepEqual(play.booked, ['send', 'failed']);
    }
  });

  test('ordered back is asked about every minute, and its package is asked for no more', () => {
    const play = Play.transfer().send(unknown()).later(SECOND);
    play.facts = { ...play.facts, cancelAtMs: play.nowMs };
    stands(play.query(WAITS), 'sent', 'query 60s', 'sent');
    stands(play.later(MINUTE).query(transferFound('RFUND_ING', 'CANCELING')), 'sent', 'query 60s', 'sent');
    stands(play.later(MINUTE).query(transferFound('FAILED', 'CANCELLED')), 'dead', 'rest', 'parked');
  });

  test('shown cancelled stays dead when an older query is answered after it, and only a confirmation contradicts it', () => {
    const play = Play.transfer().send(collectable).later(SECOND);
    play.facts = { ...play.facts, cancelAtMs: play.nowMs };
    play.begin('query').later(MINUTE).query(transferFound('FAILED', 'CANCELLED'));
    for (const stale of [transferFound('RFUND_ING', 'CANCELING'), WAITS]) {
      const late = play.copy().later(SECOND).answer(stale, 2);
      stands(late, 'dead', 'rest', 'parked');
      assert.ok(!late.step?.actions.some(({ kind }) => kind === 'contradiction'));
    }
    const confirmed = play.copy().later(SECOND).answer(transferFound('RECEIVED', 'SUCCESS'), 2);
    assert.ok(confirmed.step?.actions.some(({ kind }) => kind === 'contradiction'));
  });

  test('confirmed before it could be taken back is received', () => {
    const play = Play.transfer().send(collectable).later(SECOND);
    play.facts = { ...play.facts, cancelAtMs: play.nowMs };
    stands(play.query(transferFound('RECEIVED', 'SUCCESS')), 'received', 'rest', 'received');
  });
});

for (const code of Object.keys(REFUSAL_POLICY) as RefusalCode[]) {
  if (!['park', 'risk'].includes(REFUSAL_POLICY[code])) continue;
  test(`a transfer refused with ${code} is asked about before it is parked, and goes on when it is known`, () => {
    const play = Play.transfer().send(refused(code));
    stands(play, 'unknown', 'query 2s', 'sending');
    play.later(2 * SECOND);
    stands(play.query(notFound), 'parked', 'rest', 'parked');
    const known = Play.transfer()
      .send(refused(code))
      .later(2 * SECOND);
    stands(known.query(WAITS), 'sent', 'send 2s', 'sent');
  });
}
