import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSAL_POLICY } from '../../src/flows/payout-policy.ts';
import type { QueryOutcome, RefusalCode, SendOutcome } from '../../src/flows/ports/payouts.ts';
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

test('a new payout is sent when it is claimed', () => {
  assert.equal(new Play().claim(), 'send');
});

test('the first send moves the money to in-flight, a second one moves nothing', () => {
  const play = new Play()
    .send(unknown())
    .later(2 * SECOND)
    .send(unknown());
  assert.deepEqual(play.booked, ['send']);
});

const sendAnswers: readonly (readonly [SendOutcome, string, string, string])[] = [
  [paid, 'sent', 'query 60s', 'sent'],
  [unknown('deadline'), 'unknown', 'send 2s', 'sending'],
  [unknown('connection-lost'), 'unknown', 'send 2s', 'sending'],
  [unknown('not-connected'), 'unknown', 'send 2s', 'sending'],
  [unknown('http-502'), 'unknown', 'send 2s', 'sending'],
  [unknown('answer-unreadable'), 'unknown', 'send 2s', 'sending'],
  [unknown('answer-not-ours'), 'unknown', 'send 2s', 'sending'],
  [unknown('SYSTEMERROR'), 'unknown', 'send 2s', 'sending'],
  [unknown('BRAND_NEW_CODE'), 'unknown', 'send 2s', 'sending'],
  [unknown('PROCESSING'), 'unknown', 'query 1200s', 'sending'],
];
for (const [outcome, ...expected] of sendAnswers) {
  test(`a send answered ${outcome.kind} ${'code' in outcome ? outcome.code : ''} leads to ${expected.join(', ')}`, () => {
    stands(new Play().send(outcome), ...expected);
  });
}

// From 12:00:01 to one minute after midnight.
const NEXT_DAY = `send ${12 * 3600 - 1 + 60}s`;
const REFUSED_FIRST: Readonly<Record<RefusalCode, readonly [string, string, string]>> = {
  FREQ_LIMIT: ['waiting', 'send 5s', 'sending'],
  SECOND_OVER_LIMITED: ['waiting', 'send 5s', 'sending'],
  SENDNUM_LIMIT: ['waiting', NEXT_DAY, 'sending'],
  RCVDAMOUNT_LIMIT: ['waiting', NEXT_DAY, 'sending'],
  'DAY_ OVER_LIMITED': ['waiting', NEXT_DAY, 'sending'],
  DAY_OVER_LIMITED: ['waiting', NEXT_DAY, 'sending'],
  NOTENOUGH: ['waiting', 'send 2s', 'sending'],
  SENDAMOUNT_LIMIT: ['waiting', 'send 2s', 'sending'],
  API_METHOD_CLOSED: ['waiting', 'send 2s', 'sending'],
  PAYER_ACCOUNT_ABNORMAL: ['waiting', 'send 2s', 'sending'],
  CA_ERROR: ['waiting', 'send 2s', 'sending'],
  SIGN_ERROR: ['waiting', 'send 2s', 'sending'],
  SEND_FAILED: ['unknown', 'query 2s', 'sending'],
  FATAL_ERROR: ['unknown', 'query 2s', 'sending'],
  MONEY_LIMIT: ['parked', 'rest', 'parked'],
  NO_AUTH: ['parked', 'rest', 'parked'],
  NO_COMPETENCE: ['parked', 'rest', 'parked'],
  OPENID_ERROR: ['parked', 'rest', 'parked'],
  ILLEGAL_APPID: ['parked', 'rest', 'parked'],
  MSGAPPID_ERROR: ['parked', 'rest', 'parked'],
  ACCEPTMODE_ERROR: ['parked', 'rest', 'parked'],
  XML_ERROR: ['parked', 'rest', 'parked'],
  PARAM_ERROR: ['parked', 'rest', 'parked'],
  INVALID_REQUEST: ['parked', 'rest', 'parked'],
  NOT_ENOUGH: ['waiting', 'send 2s', 'sending'],
  FREQUENCY_LIMIT_EXCEED: ['waiting', 'send 5s', 'sending'],
  FREQUENCY_LIMITED: ['waiting', 'send 5s', 'sending'],
  FREQUENCY_LIMIT: ['waiting', 'send 5s', 'sending'],
  RATELIMIT_EXCEEDED: ['waiting', 'send 5s', 'sending'],
  ALREADY_EXISTS: ['unknown', 'query 2s', 'sending'],
  USER_ERROR: ['waiting', 'send 2s', 'sending'],
  REQUEST_INVALID: ['parked', 'rest', 'parked'],
  RAIL_NOT_SET_UP: ['waiting', 'send 2s', 'sending'],
};
const STOPPING =
  'NOTENOUGH SENDAMOUNT_LIMIT API_METHOD_CLOSED PAYER_ACCOUNT_ABNORMAL NOT_ENOUGH USER_ERROR RAIL_NOT_SET_UP'.split(
    ' ',
  );
for (const code of Object.keys(REFUSAL_POLICY) as RefusalCode[]) {
  test(`${code} on the first send leads to ${REFUSED_FIRST[code].join(', ')} and says so`, () => {
    const play = new Play().send(refused(code));
    stands(play, ...REFUSED_FIRST[code]);
    assert.equal(play.step?.reason, `${code}: 原因`);
    assert.equal(play.stop, STOPPING.includes(code) ? `${code}: 原因` : null);
    assert.deepEqual(play.booked, ['send']);
  });

  test(`${code} after a send that may have paid never rests unasked and never clears the doubt`, () => {
    const play = new Play()
      .send(unknown())
      .later(2 * SECOND)
      .send(refused(code));
    assert.equal(play.step?.state, 'unknown');
    const asks = ['prove', 'park', 'risk'].includes(REFUSAL_POLICY[code]);
    assert.match(play.next, asks ? /^query 2s$/ : /^send /);
  });

  test(`${code} that arrives after a later send began proves nothing and stops nobody`, () => {
    const play = new Play()
      .begin('send')
      .later(25 * SECOND)
      .begin('send')
      .later(SECOND)
      .answer(refused(code), 1);
    assert.equal(play.step?.state, 'unknown');
    assert.equal(play.stop, null);
    play.later(SECOND).answer(unknown(), 2);
    stands(play, 'unknown', 'send 10s', 'sending');
  });
}

test('a fault of communication that names a stopping cause stops the merchant and leaves the packet unknown', () => {
  for (const code of STOPPING) {
    const play = new Play().send(unknown(code));
    stands(play, 'unknown', 'send 2s', 'sending');
    assert.equal(play.stop, code);
  }
  assert.equal(new Play().send(unknown('SYSTEMERROR')).stop, null);
  assert.equal(new Play().send(unknown('toString')).stop, null);
});

test('a code that an older build recorded and this one does not know is parked', () => {
  stands(new Play().send(refused('GONE' as RefusalCode)), 'parked', 'rest', 'parked');
});

test('unclear sends are repeated after 2 s, 10 s, 1 min, 5 min and then every 5 min for 72 h, then only queried', () => {
  const play = new Play();
  const gaps: string[] = [];
  let sends = 0;
  while (gaps.length < 2000) {
    play.send(unknown());
    sends += 1;
    gaps.push(play.next);
    const wait = /^send (\d+)s$/.exec(play.next);
    if (wait === null) break;
    play.later(Number(wait[1]) * SECOND);
  }
  assert.deepEqual(gaps.slice(0, 6), ['send 2s', 'send 10s', 'send 60s', 'send 300s', 'send 300s', 'send 300s']);
  assert.equal(gaps.at(-1), 'query 300s');
  const lastSend = play.facts.attempts.at(-1)?.startedAtMs ?? 0;
  assert.ok(lastSend - START <= 72 * HOUR && lastSend - START > 72 * HOUR - 10 * MINUTE);
  assert.ok(sends < 900);
  play.later(300 * SECOND);
  assert.equal(play.claim(), 'query');
  stands(play.query(notFound), 'parked', 'rest', 'parked');
  assert.deepEqual(play.booked, ['send']);
});

test('a clear answer in between starts the growing gaps anew', () => {
  const play = new Play()
    .send(unknown())
    .later(2 * SECOND)
    .send(unknown())
    .later(10 * SECOND);
  play
    .send(refused('FREQ_LIMIT'))
    .later(5 * SECOND)
    .send(unknown());
  assert.equal(play.next, 'send 2s');
});

test('rate limits wait longer each time and never change the number', () => {
  const play = new Play();
  const gaps = [1, 2, 3, 4, 5, 6].map(() => {
    play.send(refused('FREQ_LIMIT'));
    const { next } = play;
    play.later(Number(/\d+/.exec(next)?.[0]) * SECOND);
    return next;
  });
  assert.deepEqual(gaps, ['send 5s', 'send 15s', 'send 60s', 'send 180s', 'send 300s', 'send 300s']);
});

test('a daily limit met day after day ends with a query after 72 h, not with a fourth day of sends', () => {
  const play = new Play();
  const days = [0, 1, 2, 3, 4].map(() => {
    if (play.claim() !== 'send') return play.claim();
    play.send(refused('SENDNUM_LIMIT'));
    play.later(Number(/\d+/.exec(play.next)?.[0]) * SECOND);
    return 'send';
  });
  assert.deepEqual(days, ['send', 'send', 'send', 'send', 'query']);
  stands(play.query(found('SENDING', '限额')), 'unknown', 'query 1200s', 'sending');
});

test('a merchant stopped for more than 72 h leads to a query first, never to a late send and never to a silent park', () => {
  const play = new Play().send(refused('NOTENOUGH')).at(73 * HOUR);
  assert.equal(play.claim(), 'query');
  stands(play.query(found('FAILED', '余额不足')), 'dead', 'rest', 'parked');
  assert.deepEqual(play.booked, ['send', 'failed']);
});

test('a merchant resumed in time sends again under the same number', () => {
  assert.equal(
    new Play()
      .send(refused('NOTENOUGH'))
      .at(71 * HOUR)
      .claim(),
    'send',
  );
});

test('a number unknown to WeChat is sent again within 72 h', () => {
  const play = new Play()
    .send(unknown('PROCESSING'))
    .later(20 * MINUTE)
    .query(notFound);
  stands(play, 'unknown', 'send 2s', 'sending');
});

test('a number found unknown in time but claimed too late is asked about once more, then parked', () => {
  const play = new Play()
    .send(unknown('PROCESSING'))
    .at(72 * HOUR - 5 * SECOND)
    .query(notFound);
  assert.equal(play.next, 'send 2s');
  play.at(73 * HOUR);
  assert.equal(play.claim(), 'query');
  stands(play.query(notFound), 'parked', 'rest', 'parked');
  assert.match(play.step?.reason ?? '', /too old/);
});

test('SEND_FAILED is proved by a query: FAILED kills the number, unknown to WeChat parks it', () => {
  const dead = new Play()
    .send(refused('SEND_FAILED'))
    .later(2 * SECOND)
    .query(found('FAILED'));
  stands(dead, 'dead', 'rest', 'parked');
  stands(
    new Play()
      .send(refused('SEND_FAILED'))
      .later(2 * SECOND)
      .query(notFound),
    'parked',
    'rest',
    'parked',
  );
});

test('FATAL_ERROR is never trusted: the first request may have been paid', () => {
  const play = new Play()
    .send(unknown())
    .later(2 * SECOND)
    .send(refused('FATAL_ERROR'))
    .later(2 * SECOND);
  stands(play.query(found('RECEIVED')), 'received', 'rest', 'received');
});

const queryAnswers: readonly (readonly [QueryOutcome, string, string, string, readonly string[]])[] = [
  [found('SENDING'), 'unknown', 'query 1200s', 'sending', ['send']],
  [found('SENDING', '余额不足'), 'unknown', 'query 1200s', 'sending', ['send']],
  [found('SENT'), 'sent', 'query 60s', 'sent', ['send']],
  [found('RFUND_ING'), 'sent', 'query 60s', 'sent', ['send']],
  [found('RECEIVED'), 'received', 'rest', 'received', ['send', 'received']],
  [found('REFUND'), 'returned', 'rest', 'returned', ['send', 'returned']],
  [found('FAILED', '风险'), 'dead', 'rest', 'parked', ['send', 'failed']],
  [notFound, 'parked', 'rest', 'parked', ['send']],
  [unknown('SYSTEMERROR'), 'unknown', 'query 60s', 'sending', ['send']],
];
for (const [outcome, state, next, award, booked] of queryAnswers) {
  test(`an unclear send asked about after 72 h, when WeChat says ${'status' in outcome ? outcome.status : outcome.kind} leads to ${state}, ${next}`, () => {
    const play = new Play()
      .send(unknown('http-502'))
      .at(73 * HOUR)
      .query(outcome);
    stands(play, state, next, award);
    assert.deepEqual(play.booked, booked);
  });

  test(`after paid a query that says ${'status' in outcome ? outcome.status : outcome.kind} never loses the payment`, () => {
    const play = new Play().send(paid).later(MINUTE).query(outcome);
    const ends = { RECEIVED: 'received', REFUND: 'returned', FAILED: 'dead' } as const;
    const end = outcome.kind === 'found' && outcome.status in ends ? ends[outcome.status as keyof typeof ends] : null;
    assert.equal(play.step?.state, end ?? 'sent');
    assert.equal(play.next.startsWith('query'), end === null);
  });
}

test('a packet that WeChat holds is asked about ever more rarely and parked when it neither goes nor fails', () => {
  const play = new Play().send(unknown('PROCESSING'));
  const heldSince = play.nowMs;
  const asked: number[] = [];
  for (let count = 0; count < 30 && play.next !== 'rest'; count += 1) {
    play.later(Number(/\d+/.exec(play.next)?.[0]) * SECOND);
    asked.push((play.nowMs - heldSince) / MINUTE);
    play.query(found('SENDING', '系统处理中'));
  }
  assert.deepEqual(asked.slice(0, 5), [20, 40, 80, 180, 360]);
  assert.equal(asked.length, 14);
  assert.equal(asked.at(-1), (7 * DAY) / MINUTE);
  stands(play, 'parked', 'rest', 'parked');
  assert.match(play.step?.reason ?? '', /系统处理中/);
});

test('a paid packet is asked about at 1, 5, 30 min, 2, 8, 24 h and on, and never later than 29 days after its send', () => {
  const play = new Play().send(paid);
  const paidAt = play.nowMs;
  const asked: number[] = [];
  for (let count = 0; count < 40 && play.next !== 'rest'; count += 1) {
    play.later(Number(/\d+/.exec(play.next)?.[0]) * SECOND);
    asked.push((play.nowMs - paidAt) / MINUTE);
    play.query(found('SENT'));
  }
  assert.deepEqual(asked.slice(0, 6), [1, 5, 30, 120, 480, 1450]);
  assert.equal(asked.length, 15);
  assert.ok((asked.at(-1) ?? 0) * MINUTE < 29 * DAY);
  stands(play, 'parked', 'rest', 'parked');
  assert.deepEqual(play.booked, ['send']);
});

test('a worker that was away for a day asks once, not once for every time it missed', () => {
  const play = new Play().send(paid).at(DAY).query(found('SENT'));
  assert.equal(play.next, `query ${10 * 60}s`);
});

test('a query that took longer than the plan’s next time is not followed by another at once', () => {
  const play = new Play()
    .send(paid)
    .later(MINUTE)
    .begin('query')
    .later(10 * MINUTE)
    .answer(found('SENT'));
  assert.equal(play.next, 'query 2s');
});

test('a packet on its way back is asked about every 10 min', () => {
  const play = new Play()
    .send(paid)
    .later(25 * HOUR)
    .query(found('RFUND_ING'));
  stands(play, 'sent', 'query 600s', 'sent');
  stands(play.later(10 * MINUTE).query(found('REFUND')), 'returned', 'rest', 'returned');
});

test('queries that fail are repeated after 1, 5, 30 min, 2, 6 h and end before the 30 days', () => {
  const play = new Play().send(unknown('PROCESSING')).later(20 * MINUTE);
  const gaps: string[] = [];
  for (let count = 0; count < 300 && play.next !== 'rest'; count += 1) {
    play.query(unknown('SYSTEMERROR'));
    gaps.push(play.next);
    play.later(Number(/\d+/.exec(play.next)?.[0] ?? 0) * SECOND);
  }
  assert.deepEqual(gaps.slice(0, 6), [
    'query 60s',
    'query 300s',
    'query 1800s',
    'query 7200s',
    'query 21600s',
    'query 21600s',
  ]);
  stands(play, 'parked', 'rest', 'parked');
  assert.ok(play.nowMs - START <= 29 * DAY);
});
