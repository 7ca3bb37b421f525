import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import { PayAwards } from '../../src/jobs/pay-awards.ts';
import type { PayAwardsOptions } from '../../src/jobs/pay-awards.ts';
import { createPayoutWake } from '../../src/store/payout-wake.ts';
import { buildActivity, buildWin } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { realLuck, wallClock } from '../support/draws.ts';
import { LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { hang, scriptedRail } from '../support/scripted-rail.ts';
import { merchantWith } from '../support/tls-server.ts';

let world: PayoutWorld;
let activity: BuiltActivity;
let rail: ReturnType<typeof scriptedRail>;
let logger: ReturnType<typeof quietLogger>;
const workers: PayAwards[] = [];

beforeEach(async () => {
  world = await openPayoutWorld();
  activity = await buildActivity(world.client);
  rail = scriptedRail();
  logger = quietLogger();
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  await world.close();
});

function startWorker(changes: Partial<PayAwardsOptions> = {}): PayAwards {
  const worker = new PayAwards({
    payouts: world.store,
    rail,
    accounts: { merchant: async () => merchantWith('', '') },
    machine: createPayoutMachine(),
    clock: wallClock,
    luck: realLuck,
    logger,
    wake: createPayoutWake({ url: world.url, logger }),
    leaseMs: LEASE_MS,
    graceMs: 300,
    recordMs: 2000,
    ...changes,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

const wins = (count: number) => inTurn(count, () => buildWin(world.client, activity, { dueAtMs: Date.now() - 1000 }));

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make());
  return made;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wallClock.sleep(10);
  }
}

const inState = (state: string, count: number) => async () => {
  const found = await world.client.query('select count(*)::int as n from payout where state = $1', [state]);
  return found.rows[0].n === count;
};

/** A store that fails where the test says so, and is real otherwise. */
function failing(changes: Partial<PayoutStore>): PayoutStore {
  return { ...world.store, ...changes };
}

test('what is due is paid, no more than 12 at once and never more than 30 in a second', async () => {
  await wins(60);
  rail.onSend = async () => {
    await wallClock.sleep(400);
    return { kind: 'paid', railNumber: '1' };
  };
  const startedMs = performance.now();
  startWorker();
  await until('60 are sent', inState('sent', 60), 20_000);
  assert.ok(rail.underWayMost <= 12, `${rail.underWayMost} at once`);
  // One after the other they would take 24 s.
  assert.ok(performance.now() - startedMs < 12_000, 'twelve are kept busy');
  const times = rail.calls.map((call) => call.atMs);
  for (const atMs of times) assert.ok(times.filter((other) => other >= atMs && other < atMs + 1000).length <= 30);
  assert.deepEqual(await world.differences(), []);
});

test('the pace holds when answers come at once', async () => {
  await wins(60);
  startWorker();
  await until('60 are sent', inState('sent', 60));
  const times = rail.calls.map((call) => call.atMs);
  for (const atMs of times) assert.ok(times.filter((other) => other >= atMs && other < atMs + 1000).length <= 30);
});

test('a notification wakes the worker at once, and a lost listener comes back', async () => {
  startWorker({ pollMs: 600_000 });
  await wallClock.sleep(200);
  await wins(1);
  await world.client.query(`select pg_notify('payout_due', '')`);
  await until('the first is sent', inState('sent', 1));
  await world.client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hongbao-wake' and datname = current_database()`,
  );
  await wins(1);
  await until('the second is sent by the new listener', inState('sent', 2));
});

test('without a notification the poll finds it', async () => {
  startWorker({ wake: { start: () => undefined, stop: async () => undefined } });
  await wallClock.sleep(100);
  await wins(1);
  await until('it is sent', inState('sent', 1));
});

test('stopping takes nothing new, breaks off what hangs and leaves it unknown, still leased to nobody', async () => {
  const [first] = await wins(20);
  rail.onSend = (_request, signal) => hang(signal);
  const worker = startWorker();
  await until('twelve calls hang', () => rail.calls.length === 12);
  const startedMs = performance.now();
  await worker.stop();
  assert.ok(performance.now() - startedMs < 10_000);
  assert.equal(rail.calls.length, 12);
  assert.ok(await inState('unknown', 12)());
  assert.ok(await inState('waiting', 8)());
  const held = await world.client.query('select 1 from payout where lease_token is not null');
  assert.equal(held.rows.length, 0);
  const outcome = await world.client.query('select outcome from payout_attempt where order_number = $1', [
    first?.orderNumber,
  ]);
  assert.equal(outcome.rows[0].outcome.code, 'aborted');
  assert.deepEqual(await world.differences(), []);
});

test('stopping comes to its end although the database hangs', async () => {
  await wins(1);
  const never = new Promise<never>(() => undefined);
  const worker = startWorker({ payouts: failing({ recordAnswer: () => never }), recordMs: 300 });
  await until('it is called', () => rail.calls.length === 1);
  const startedMs = performance.now();
  await worker.stop();
  assert.ok(performance.now() - startedMs < 10_000);
});

test('a worker that hangs is taken over within 30 s, and its late answer counts once', async () => {
  const [win] = await wins(1);
  let answerLate: () => void = () => undefined;
  rail.onSend = () => new Promise((resolve) => (answerLate = () => resolve({ kind: 'paid', railNumber: '1' })));
  startWorker();
  await until('it is called', () => rail.calls.length === 1);
  const heirRail = scriptedRail();
  const laterBy = (ms: number): Clock => ({ ...wallClock, nowMs: () => Date.now() + ms });
  startWorker({ rail: heirRail, clock: laterBy(LEASE_MS - 2000) });
  await wallClock.sleep(1200);
  assert.equal(heirRail.calls.length, 0, 'the lease is kept while it lasts');
  await until('the heir sends', () => heirRail.calls.length === 1, 5000);
  assert.equal(heirRail.calls[0]?.orderNumber, win?.orderNumber);
  answerLate();
  await until('both answers are there', async () => {
    const found = await world.client.query('select 1 from payout_attempt where answered_at is not null');
    return found.rows.length === 2;
  });
  assert.deepEqual(await world.bookings(win as BuiltWin), ['award', 'send']);
  assert.deepEqual(await world.differences(), []);
});

test('a lost database is asked ever less often, told of, and then the work goes on', async () => {
  await wins(3);
  let failures = 0;
  const claim: PayoutStore['claim'] = async (input) => {
    if (failures < 4) {
      failures += 1;
      throw new OutsideTrouble('database-trouble', 'gone');
    }
    return world.store.claim(input);
  };
  startWorker({ payouts: failing({ claim }), pollMs: 20 });
  await until('all are sent', inState('sent', 3));
  const pauses = logger.lines
    .filter((line) => line.event === 'payouts-not-claimed')
    .map((line) => line.fields['pauseMs']);
  assert.deepEqual(pauses, [20, 40, 80, 160]);
});

test('every connection cut in the middle of the work loses nothing and pays nothing twice', async () => {
  await wins(40);
  // What was claimed over a connection that died is free again when its lease ends: a short one, to see that here.
  startWorker({ leaseMs: 5000 });
  await until('some are sent', () => rail.calls.length > 10);
  for (let round = 0; round < 3; round += 1) {
    await world.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await wallClock.sleep(150);
  }
  await until('all are sent', inState('sent', 40), 30_000);
  assert.deepEqual(await world.differences(), []);
});

test('an answer is kept while the database is away for a moment', async () => {
  const [win] = await wins(1);
  let failures = 0;
  const recordAnswer: PayoutStore['recordAnswer'] = async (answer) => {
    failures += 1;
    if (failures <= 2) throw new OutsideTrouble('database-trouble', 'gone');
    return world.store.recordAnswer(answer);
  };
  startWorker({ payouts: failing({ recordAnswer }) });
  await until('it is sent', inState('sent', 1));
  assert.equal(rail.calls.length, 1);
  assert.equal(await world.awardState(win as BuiltWin), 'sent');
});

test('a rail that throws leaves its packet unknown and the others go on', async () => {
  const made = await wins(5);
  rail.onSend = (request) => {
    if (request.orderNumber === made[2]?.orderNumber) throw new Error('our bug');
    return { kind: 'paid', railNumber: '1' };
  };
  startWorker();
  await until('four are sent', inState('sent', 4));
  await until('the bug is told', () =>
    logger.lines.some((line) => line.level === 'error' && line.event === 'pay-rail-threw'),
  );
  assert.ok(await inState('unknown', 1)());
});

test('an empty balance stops the queue with one alarm per answer, and resuming pays the rest under their numbers', async () => {
  await wins(30);
  rail.onSend = () => ({ kind: 'refused', code: 'NOTENOUGH', message: '余额不足' });
  startWorker();
  await until('the merchant is stopped', async () => {
    const found = await world.client.query(`select 1 from merchant where state = 'stopped'`);
    return found.rows.length === 1;
  });
  await wallClock.sleep(500);
  assert.ok(rail.calls.length <= 8, 'what was under way may still be refused, nothing after');
  assert.ok(logger.lines.some((line) => line.level === 'error' && line.event === 'merchant-stopped'));
  rail.onSend = () => ({ kind: 'paid', railNumber: '1' });
  await world.store.resumeMerchant(activity.account.merchant.id, Date.now());
  await until('all are sent', inState('sent', 30), 8000);
  const numbers = await world.client.query('select 1 from payout');
  assert.equal(numbers.rows.length, 30);
  assert.deepEqual(await world.differences(), []);
});

test('a payout whose merchant is not there waits and does not spin', async () => {
  await wins(1);
  startWorker({ accounts: { merchant: async () => undefined }, pollMs: 50 });
  await wallClock.sleep(400);
  assert.equal(logger.lines.filter((line) => line.event === 'payout-without-merchant').length, 1);
});
