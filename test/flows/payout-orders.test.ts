import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type { Credentials, SendOutcome } from '../../src/flows/ports/payouts.ts';
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
  START,
  unknown,
} from '../support/payout-play.ts';

const checked = (code: 'CA_ERROR' | 'SIGN_ERROR', credentials: Credentials): SendOutcome => ({
  kind: 'refused',
  code,
  message: '原因',
  credentials,
});
const risky = (peopleRefused: number): SendOutcome => ({
  kind: 'refused',
  code: 'NO_AUTH',
  message: '疑似风险',
  peopleRefused,
});
const actionsOf = (play: Play) => play.step?.actions.map((action) => action.kind) ?? [];

for (const code of ['CA_ERROR', 'SIGN_ERROR'] as const) {
  test(`${code} stops the merchant when a query of another number is not understood either`, () => {
    const play = new Play().send(checked(code, 'fail'));
    stands(play, 'waiting', 'send 2s', 'sending');
    assert.equal(play.stop, `${code}: 原因`);
  });

  test(`${code} parks only this payout when a query of another number is understood`, () => {
    const play = new Play().send(checked(code, 'work'));
    stands(play, 'parked', 'rest', 'parked');
    assert.equal(play.stop, null);
  });

  test(`${code} is tried again while nobody knows whether it is this packet or all of them`, () => {
    const play = new Play().send(checked(code, 'unclear'));
    stands(play, 'waiting', 'send 2s', 'sending');
    assert.equal(play.stop, null);
  });

  test(`${code} as a fault of communication stops the merchant or asks, and leaves the packet unknown`, () => {
    const stopping = new Play().send({ ...unknown(code), credentials: 'fail' });
    stands(stopping, 'unknown', 'send 2s', 'sending');
    assert.equal(stopping.stop, code);
    const odd = new Play().send({ ...unknown(code), credentials: 'work' });
    stands(odd, 'unknown', 'query 2s', 'sending');
    assert.equal(odd.stop, null);
  });
}

test('NO_AUTH parks its payout until five people met it, then it stops the merchant and waits', () => {
  for (const people of [1, 4]) stands(new Play().send(risky(people)), 'parked', 'rest', 'parked');
  const fifth = new Play().send(risky(5));
  stands(fifth, 'waiting', 'send 2s', 'sending');
  assert.equal(fifth.stop, 'NO_AUTH: 疑似风险');
});

test('"too fast" slows the merchant, a full day of the person is noted, anything else does neither', () => {
  assert.ok(actionsOf(new Play().send(refused('FREQ_LIMIT'))).includes('slow-merchant'));
  assert.ok(actionsOf(new Play().send(refused('SENDNUM_LIMIT'))).includes('person-full'));
  assert.ok(actionsOf(new Play().send(refused('RCVDAMOUNT_LIMIT'))).includes('person-full'));
  for (const outcome of [paid, unknown(), refused('NOTENOUGH')]) {
    const actions = actionsOf(new Play().send(outcome));
    assert.ok(!actions.includes('slow-merchant') && !actions.includes('person-full'));
  }
});

/** A payout about which someone ordered to ask before anything is sent. */
function asking(play: Play, fromMs = play.nowMs): Play {
  play.facts = { ...play.facts, askFromMs: fromMs };
  return play;
}

test('a payout that must be asked about first is queried, not sent, and sent once WeChat does not know it', () => {
  const play = asking(new Play());
  assert.equal(play.claim(), 'query');
  stands(play.query(notFound), 'waiting', 'send 0s', 'reserved');
  assert.deepEqual(play.booked, []);
  assert.equal(play.claim(), 'send');
});

test('what a restored backup forgot is booked when the query shows it', () => {
  const opened = asking(new Play()).query(found('RECEIVED'));
  stands(opened, 'received', 'rest', 'received');
  assert.deepEqual(opened.booked, ['send', 'received']);
  const back = asking(new Play()).query(found('REFUND'));
  assert.deepEqual(back.booked, ['send', 'returned']);
  const unopened = asking(new Play()).query(found('SENT'));
  stands(unopened, 'sent', 'query 60s', 'sent');
  assert.deepEqual(unopened.booked, ['send']);
  const failed = asking(new Play()).query(found('FAILED'));
  stands(failed, 'dead', 'rest', 'parked');
});

test('while the query that is to come first brings nothing, it is asked again and nothing is sent', () => {
  const play = asking(new Play());
  for (const next of ['query 60s', 'query 300s', 'query 1800s']) {
    play.query(unknown('deadline'));
    stands(play, 'waiting', next, 'reserved');
    play.later(Number(/\d+/.exec(next)?.[0]) * SECOND);
  }
});

test('asking first ends before the 30 days too, for a number that was sent and for one that never was', () => {
  for (const play of [new Play(), new Play().send(unknown())]) {
    asking(play);
    let queries = 0;
    while (queries === 0 || (play.next !== 'rest' && queries < 300)) {
      play.query(unknown('deadline'));
      play.later(Number(/\d+/.exec(play.next)?.[0] ?? 0) * SECOND);
      queries += 1;
    }
    assert.equal(play.step?.state, 'parked');
    assert.ok(play.nowMs - START <= 29 * DAY + MINUTE && queries > 100, `${queries} queries`);
  }
});

test('an answer to a question from before the order does not count', () => {
  const play = new Play().send(unknown()).later(2 * SECOND);
  play.query(notFound).later(HOUR);
  asking(play);
  assert.equal(play.claim(), 'query');
  play.query(notFound);
  assert.match(play.next, /^send /);
});

/** A parked payout that an operator ordered to be sent again. */
function retried(play: Play): Play {
  play.facts = { ...play.facts, retryAtMs: play.nowMs };
  return play;
}

test('a parked payout goes again under its number when an operator orders it, once per order', () => {
  const play = new Play().send(refused('MONEY_LIMIT')).later(HOUR);
  retried(play);
  assert.equal(play.claim(), 'send');
  play.send(refused('MONEY_LIMIT'));
  stands(play, 'parked', 'rest', 'parked');
  assert.equal(play.claim(), 'query');
});

test('no order sends a number again more than 72 h after its first send', () => {
  const play = new Play().send(refused('MONEY_LIMIT')).at(73 * HOUR);
  assert.equal(retried(play).claim(), 'query');
});

test('an order does not send what may have been paid: it is asked about first', () => {
  const play = new Play()
    .send(unknown())
    .later(2 * SECOND)
    .send(refused('MONEY_LIMIT'))
    .later(2 * SECOND);
  assert.equal(retried(play).claim(), 'query');
});

test('money that comes back opens the budget again where the activity says so', () => {
  const play = new Play().send(paid);
  play.facts = { ...play.facts, returnsToBudget: true };
  play.later(DAY).query(found('REFUND'));
  assert.deepEqual(play.booked, ['send', 'returned', 'reopened']);
});

test('two ends of one number, FAILED and paid, and another person under one number raise an alarm', () => {
  const machine = createPayoutMachine();
  const contradicts = (play: Play, outcome: Parameters<Play['answer']>[0], number: number): boolean =>
    machine(play.facts, { kind: 'answered', number, atMs: play.nowMs, outcome }).actions.some(
      (action) => action.kind === 'contradiction',
    );
  const late = new Play()
    .begin('send')
    .later(25 * SECOND)
    .query(found('FAILED'))
    .later(MINUTE);
  assert.ok(contradicts(late, paid, 1));
  const opened = new Play().send(paid).begin('query').later(MINUTE).query(found('RECEIVED'));
  assert.ok(contradicts(opened, found('REFUND'), 2));
  assert.ok(!contradicts(opened, found('RECEIVED'), 2));
  assert.ok(actionsOf(new Play().send(refused('FATAL_ERROR'))).includes('contradiction'));
});
