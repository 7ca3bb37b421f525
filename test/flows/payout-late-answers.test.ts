import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt } from '../../src/flows/ports/payouts.ts';
import {
  DAY,
  found,
  HOUR,
  MINUTE,
  notFound,
  paid,
  Play,
  refused,
  SECOND,
  stands,
  unknown,
} from '../support/payout-play.ts';

test('a late paid wins from unknown, after a later refusal, from parked and from dead', () => {
  const begun = () => new Play().begin('send').later(25 * SECOND);
  const fromUnknown = begun().send(unknown()).answer(paid, 1);
  stands(fromUnknown, 'sent', 'query 60s', 'sent');
  stands(begun().send(refused('NOTENOUGH')).answer(paid, 1), 'sent', 'query 60s', 'sent');
  const parked = begun().send(refused('NO_AUTH'));
  while (parked.next !== 'rest') parked.later(Number(/\d+/.exec(parked.next)?.[0]) * SECOND).query(notFound);
  assert.equal(parked.step?.state, 'parked');
  stands(parked.later(SECOND).answer(paid, 1), 'sent', 'query 60s', 'sent');
  const dead = begun()
    .send(refused('SEND_FAILED'))
    .later(2 * SECOND)
    .query(found('FAILED'));
  stands(dead.later(SECOND).answer(paid, 1), 'sent', 'query 60s', 'sent');
  assert.deepEqual(dead.booked, ['send', 'failed', 'send']);
});

test('paid twice, by the old worker and by the new one, is booked and awarded once', () => {
  const play = new Play()
    .begin('send')
    .later(25 * SECOND)
    .send(paid)
    .later(SECOND)
    .answer(paid, 1);
  stands(play, 'sent', `query ${59}s`, 'sent');
  assert.deepEqual(play.booked, ['send']);
});

test('an end stays an end, whatever late answers say', () => {
  const late: readonly (Attempt['outcome'] & object)[] = [
    paid,
    unknown(),
    refused('NOTENOUGH'),
    refused('SEND_FAILED'),
  ];
  for (const status of ['RECEIVED', 'REFUND'] as const) {
    for (const outcome of late) {
      const play = new Play()
        .begin('send')
        .later(25 * SECOND)
        .send(paid)
        .later(MINUTE)
        .query(found(status));
      const state: string | undefined = play.step?.state;
      play.later(SECOND).answer(outcome, 1);
      assert.equal(play.step?.state, state);
      assert.equal(play.next, 'rest');
      assert.deepEqual(play.booked, ['send', status === 'RECEIVED' ? 'received' : 'returned']);
    }
  }
});

test('a late query of a worker that lost its lease does not undo what a newer one showed', () => {
  const play = new Play()
    .send(paid)
    .later(MINUTE)
    .begin('query')
    .later(25 * SECOND)
    .query(found('RECEIVED'));
  play.later(SECOND).answer(found('SENT'), 2);
  assert.equal(play.step?.state, 'received');
});

test('a send without any answer is sent again under the same number by whoever takes it over', () => {
  const play = new Play().begin('send').later(25 * SECOND);
  assert.equal(play.claim(), 'send');
  assert.equal(new Play().begin('send').later(SECOND).claim(), 'wait');
});

test('what has ended is never called about', () => {
  for (const status of ['RECEIVED', 'REFUND', 'FAILED'] as const) {
    const play = new Play().send(unknown('PROCESSING')).later(HOUR).query(found(status)).later(DAY);
    assert.equal(play.claim(), 'rest');
  }
});

test('a refused number that may have been paid before is asked about for days although WeChat does not know it', () => {
  for (const code of ['NO_AUTH', 'SEND_FAILED', 'FATAL_ERROR'] as const) {
    const play = new Play()
      .send(unknown())
      .later(2 * SECOND)
      .send(refused(code))
      .later(2 * SECOND)
      .query(notFound);
    stands(play, 'unknown', `query ${20 * 60 - 3}s`, 'sending');
    stands(play.later(20 * MINUTE).query(found('SENT')), 'sent', 'query 60s', 'sent');
  }
});
