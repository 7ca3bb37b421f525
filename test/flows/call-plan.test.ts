import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merchantId } from '../../src/base/ids.ts';
import { anotherTurn, planCalls } from '../../src/flows/call-plan.ts';
import type {
  CallPlan,
  DueCall,
  MerchantPace,
  MerchantQueue,
  PersonDay,
} from '../../src/flows/ports/merchant-queue.ts';

const NOON = Date.parse('2026-11-21T12:00:00+08:00');
const MIDNIGHT = Date.parse('2026-11-22T00:00:00+08:00');

const IDLE: MerchantPace = {
  // Something was sent a second ago, so connections are open.
  nextSendAtMs: NOON - 1000,
  nextQueryAtMs: 0,
  handedOut: 0,
  slowUntilMs: null,
  warmUntilMs: null,
  sendsFromMs: null,
  day: null,
  dayFen: 0,
};

function queue(changes: Partial<MerchantPace> = {}, limits: Partial<MerchantQueue['limits']> = {}): MerchantQueue {
  return {
    merchantId: merchantId('main'),
    open: true,
    limits: {
      personDayPackets: 10,
      personDayFen: 100_000,
      dayFen: 100_000_000,
      spacingMs: 34.5,
      callsMax: 16,
      ...limits,
    },
    pace: { ...IDLE, ...changes },
  };
}

function sends(count: number, changes: Partial<DueCall> = {}): DueCall[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${changes.class ?? 'live'}-${index}`,
    call: 'send',
    class: 'live',
    person: `person-${index}`,
    amountFen: 100,
    uncounted: true,
    ...changes,
  }));
}

function plan(
  due: readonly DueCall[],
  given: Partial<Parameters<typeof planCalls>[0]> = {},
  persons: ReadonlyMap<string, PersonDay> = new Map(),
): CallPlan {
  return planCalls({ queue: queue(), nowMs: NOON, held: { sends: 0, queries: 0 }, due, persons, ...given });
}

const ids = (result: CallPlan) => result.taken.map((taken) => taken.id);

test('send times are 34.5 ms apart, begin a little ahead and go on where the last claim ended', () => {
  const first = plan(sends(3));
  assert.deepEqual(
    first.taken.map((taken) => taken.callAtMs - NOON),
    [20, 54.5, 89],
  );
  const second = plan(sends(1), { queue: queue(first.pace), nowMs: NOON + 10 });
  assert.deepEqual(
    second.taken.map((taken) => taken.callAtMs - NOON),
    [123.5],
  );
});

test('a worker gets three quarters of its places for sends and one for queries', () => {
  const queries = sends(20, { call: 'query' }).map((due) => ({ ...due, id: `q-${due.id}` }));
  const result = plan([...sends(20), ...queries]);
  assert.equal(ids(result).filter((id) => !id.startsWith('q')).length, 12);
  assert.equal(ids(result).filter((id) => id.startsWith('q')).length, 4);
  assert.equal(result.more, true);
  const held = plan([...sends(20), ...queries], { held: { sends: 11, queries: 4 } });
  assert.deepEqual(ids(held), ['live-0']);
});

test('queries have a pace of their own and go on while sends are stopped', () => {
  const queries = sends(2, { call: 'query' });
  const stopped = plan([...queries, ...sends(3)], { queue: { ...queue({ nextSendAtMs: NOON + 9999 }), open: false } });
  assert.deepEqual(
    stopped.taken.map((taken) => taken.callAtMs - NOON),
    [20, 54.5],
  );
  assert.equal(stopped.pace.nextSendAtMs, NOON + 9999);
  assert.equal(stopped.more, false);
});

test('a person gets ten packets a day; the eleventh waits until after midnight and nobody behind it does', () => {
  const result = plan([...sends(11, { person: 'eager' }), ...sends(1, { person: 'other', class: 'batch' })]);
  assert.equal(result.taken.length, 11);
  assert.ok(ids(result).includes('batch-0'));
  assert.deepEqual(
    result.deferred.map(({ untilMs }) => untilMs),
    [MIDNIGHT + 60_000],
  );
  assert.match(result.deferred[0]?.reason ?? '', /10 packets today/);
  assert.deepEqual(
    [...result.persons],
    [
      ['eager', { packets: 10, amountFen: 1000 }],
      ['other', { packets: 1, amountFen: 100 }],
    ],
  );
});

test('what was counted before this claim counts, and so do sums and what WeChat said of the day', () => {
  const had = (changes: Partial<PersonDay>) => new Map([['p', { packets: 0, amountFen: 0, full: false, ...changes }]]);
  const one = sends(1, { person: 'p', amountFen: 20_000 });
  assert.equal(plan(one, {}, had({ packets: 9 })).taken.length, 1);
  assert.equal(plan(one, {}, had({ packets: 10 })).taken.length, 0);
  assert.equal(plan(one, {}, had({ amountFen: 80_000 })).taken.length, 1);
  assert.match(plan(one, {}, had({ amountFen: 80_001 })).deferred[0]?.reason ?? '', /100000 fen today/);
  assert.match(plan(one, {}, had({ full: true })).deferred[0]?.reason ?? '', /WeChat Pay says/);
});

test('a resend of what may have been paid is not counted again and not put off', () => {
  const again = sends(1, { person: 'p', uncounted: false });
  const result = plan(again, {}, new Map([['p', { packets: 10, amountFen: 1000, full: true }]]));
  assert.equal(result.taken.length, 1);
  assert.equal(result.taken[0]?.counted, false);
  assert.equal(result.pace.dayFen, 0);
});

test("the merchant's day closes its sends until after midnight when the next packet does not fit any more", () => {
  const day = '2026-11-21' as NonNullable<MerchantPace['day']>;
  const full = plan(sends(3), { queue: queue({ day, dayFen: 850 }, { dayFen: 1000 }) });
  assert.equal(full.taken.length, 1);
  assert.equal(full.pace.sendsFromMs, MIDNIGHT + 60_000);
  assert.equal(full.pace.dayFen, 950);
  assert.equal(full.more, false);
  const later = plan(sends(3), { queue: queue(full.pace, { dayFen: 1000 }), nowMs: NOON + 60_000 });
  assert.equal(later.taken.length, 0);
  const next = plan(sends(3), { queue: queue(full.pace, { dayFen: 1000 }), nowMs: MIDNIGHT + 60_000 });
  assert.equal(next.taken.length, 3);
  assert.deepEqual([next.pace.day, next.pace.dayFen], ['2026-11-22', 300]);
});

test('after "too fast" the times are twice as far apart until the minute is over', () => {
  const slow = plan(sends(2), { queue: queue({ slowUntilMs: NOON + 1 }) });
  assert.deepEqual(
    slow.taken.map((taken) => taken.callAtMs - NOON),
    [20, 89],
  );
  const over = plan(sends(2), { queue: queue({ slowUntilMs: NOON }) });
  assert.equal((over.taken[1]?.callAtMs ?? 0) - NOON, 54.5);
});

test('after a pause of 5 s the pace is halved for a second, over all claims, while connections are opened anew', () => {
  const first = plan(sends(2), { queue: queue({ nextSendAtMs: NOON - 5000 }) });
  assert.deepEqual(
    first.taken.map((taken) => taken.callAtMs - NOON),
    [20, 89],
  );
  const second = plan(sends(2), { queue: queue(first.pace), nowMs: NOON + 999 });
  assert.equal((second.taken[1]?.callAtMs ?? 0) - (second.taken[0]?.callAtMs ?? 0), 69);
  const third = plan(sends(2), { queue: queue(second.pace), nowMs: NOON + 1000 });
  assert.equal((third.taken[1]?.callAtMs ?? 0) - (third.taken[0]?.callAtMs ?? 0), 34.5);
});

test('live awards go before batch issues, which keep every tenth time; alone they get them all', () => {
  let pace = IDLE;
  const order: string[] = [];
  for (let claim = 0; claim < 5; claim += 1) {
    const result = plan([...sends(20), ...sends(20, { class: 'batch' })], { queue: queue(pace) });
    order.push(...ids(result).map((id) => id.slice(0, 4)));
    pace = result.pace;
  }
  assert.equal(order.length, 60);
  order.forEach((kind, index) => assert.equal(kind, index % 10 === 9 ? 'batc' : 'live'));
  assert.equal(plan(sends(20, { class: 'batch' })).taken.length, 12);
});

test('who missed his time gets the next free one of his own pace', () => {
  const before = queue({ nextSendAtMs: NOON + 100, nextQueryAtMs: NOON - 100 });
  const send = anotherTurn(before, 'send', NOON);
  assert.deepEqual(
    [send.callAtMs, send.pace.nextSendAtMs, send.pace.nextQueryAtMs],
    [NOON + 100, NOON + 134.5, NOON - 100],
  );
  const query = anotherTurn(before, 'query', NOON);
  assert.deepEqual([query.callAtMs, query.pace.nextQueryAtMs], [NOON + 20, NOON + 54.5]);
});
