import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { Alarm, AlarmChannel, AlarmStore } from '../../src/flows/ports/alarms.ts';
import { TellAlarms } from '../../src/jobs/tell-alarms.ts';
import { createWebhookChannel } from '../../src/notify/webhook-channel.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createPool } from '../../src/store/database.ts';
import { realSleep } from '../../src/store/database-clock.ts';
import { openDoor } from '../support/breakable-door.ts';
import { NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { handClock } from '../support/hand-clock.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { scriptedWechat } from '../wechat/scripted-wechat.ts';

let database: TestDatabase;
let pool: pg.Pool;
let alarms: AlarmStore;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  alarms = createAlarmStore(pool);
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query('delete from alarm');
});

const stopped = { kind: 'merchant-stopped', subject: 'main', message: 'NOTENOUGH' } as const;

type Hook = { after(work: () => Promise<void>): void };

/** A job by a clock in the test's hand, over the real store; `tell` stands for the robot. */
function job(context: Hook, tell: AlarmChannel['tell'] | null) {
  const clock = handClock(NOON_MS);
  const logger = quietLogger();
  const told: Alarm[] = [];
  const channel: AlarmChannel | null = tell && {
    async tell(alarm) {
      await tell(alarm);
      told.push(alarm);
    },
  };
  const telling = new TellAlarms({ alarms, channel, clock, logger });
  context.after(() => telling.stop());
  telling.start();
  const logged = (event: string) => logger.lines.filter((line) => line.event === event);
  return { telling, clock, logger, told, logged };
}

async function untold(): Promise<number> {
  const found = await database.client.query<{ untold: string }>(
    'select count(*) as untold from alarm where told_at is null',
  );
  return Number(found.rows[0]?.untold);
}

const refuse = () => Promise.reject(new OutsideTrouble('webhook-refused', 'the webhook refused: 45009'));

test('an alarm is an error in the log and told once', async (context) => {
  const { clock, told, logged } = job(context, () => Promise.resolve());
  await clock.asleep();
  await alarms.raise(stopped, clock.nowMs());
  await clock.advance(2000);
  assert.equal(told.length, 1);
  assert.equal(told[0]?.message, 'NOTENOUGH');
  const [line] = logged('alarm-raised');
  assert.equal(line?.level, 'error');
  assert.equal(line?.fields['subject'], 'main');
  assert.equal(line?.fields['message'], 'NOTENOUGH');
  assert.equal(await untold(), 0);
  for (let round = 0; round < 5; round += 1) await clock.advance(1_000_000);
  assert.equal(told.length, 1);
  assert.equal(logged('alarm-raised').length, 1);
});

test('without a channel the log is all, and the alarm counts as told', async (context) => {
  const { clock, logged } = job(context, null);
  await clock.asleep();
  await alarms.raise(stopped, clock.nowMs());
  await clock.advance(2000);
  assert.equal(logged('alarm-raised').length, 1);
  assert.equal(await untold(), 0);
});

test('a channel that fails is tried again after 5 s, 10 s and so on up to 10 min, and told of once in the log', async (context) => {
  let open = false;
  const triedAtMs: number[] = [];
  const { clock, told, logged } = job(context, async () => {
    triedAtMs.push(clock.nowMs());
    if (!open) await refuse();
  });
  await alarms.raise(stopped, NOON_MS - 1);
  for (let round = 0; round < 5000 && triedAtMs.length < 10; round += 1) await clock.advance(1000);
  const gaps = triedAtMs.slice(1).map((at, index) => (at - (triedAtMs[index] ?? 0)) / 1000);
  const wanted = [5, 10, 20, 40, 80, 160, 320, 600, 600];
  // It looks every two seconds, so a try may come that much later.
  assert.ok(
    gaps.every((gap, index) => gap >= (wanted[index] ?? 0) && gap <= (wanted[index] ?? 0) + 3),
    gaps.join(' '),
  );
  open = true;
  for (let round = 0; round < 20 && told.length === 0; round += 1) await clock.advance(60_000);
  assert.equal(logged('alarm-raised').length, 1);
  assert.equal(logged('alarm-not-told').length, 10);
  assert.ok(logged('alarm-not-told').every((line) => line.level === 'warn'));
  assert.equal(await untold(), 0);
});

test('after twenty tries nobody is bothered any more, which is an error of its own', async (context) => {
  let tries = 0;
  const { clock, logged } = job(context, () => {
    tries += 1;
    return refuse();
  });
  await alarms.raise(stopped, NOON_MS - 1);
  for (let round = 0; round < 60; round += 1) await clock.advance(600_000);
  assert.equal(tries, 20);
  assert.equal(logged('alarm-given-up').length, 1);
  assert.equal(logged('alarm-given-up')[0]?.level, 'error');
  assert.equal((await alarms.open()).length, 1, 'the console shows it all the same');
});

test('one refused alarm does not keep the next from being told', async (context) => {
  const { clock, told } = job(context, (alarm) => (alarm.subject === 'main' ? refuse() : Promise.resolve()));
  await clock.asleep();
  await alarms.raise(stopped, clock.nowMs());
  await alarms.raise({ ...stopped, subject: 'second' }, clock.nowMs() + 1);
  for (let round = 0; round < 4; round += 1) await clock.advance(3100);
  assert.deepEqual(
    told.map(({ subject }) => subject),
    ['second'],
  );
});

test('many alarms are told at most 20 a minute', async (context) => {
  const toldAtMs: number[] = [];
  const { clock } = job(context, () => Promise.resolve(void toldAtMs.push(clock.nowMs())));
  for (let index = 0; index < 25; index += 1) {
    await alarms.raise({ kind: 'contradiction', subject: `order-${index}`, message: 'm' }, NOON_MS - 25 + index);
  }
  for (let round = 0; round < 1000 && toldAtMs.length < 25; round += 1) await clock.advance(500);
  assert.equal(toldAtMs.length, 25);
  for (const [index, at] of toldAtMs.entries()) {
    const within = toldAtMs.slice(index).filter((other) => other < at + 60_000).length;
    assert.ok(within <= 20, `${within} in the minute from ${at - NOON_MS}`);
  }
});

test('stopping waits for no robot, and another process tells what was left', async (context) => {
  const robot = Promise.withResolvers<void>();
  const { clock, telling } = job(context, () => robot.promise);
  await clock.asleep();
  await alarms.raise(stopped, clock.nowMs());
  await clock.pass(2000);
  const taken = async () => (await database.client.query('select 1 from alarm where tries = 1')).rowCount === 1;
  for (let look = 0; look < 1000 && !(await taken()); look += 1) await realSleep(5);
  let ended = false;
  const stopping = telling.stop().then(() => (ended = true));
  await clock.asleep();
  assert.equal(ended, false, 'a moment is granted');
  await clock.pass(1000);
  await stopping;
  const next = job(context, () => Promise.resolve());
  await next.clock.advance(60_000);
  assert.equal(next.told.length, 0, 'the first one may still be at it');
  await next.clock.advance(70_000);
  assert.equal(next.told.length, 1);
  robot.resolve();
});

test('a database that is away is asked ever less often, and the alarm is told when it is back', async (context) => {
  const door = await openDoor(database.url);
  const doorPool = createPool({ url: door.url, connectionsMax: 2, name: 'test' }, quietLogger());
  const clock = handClock(NOON_MS);
  const logger = quietLogger();
  const told: Alarm[] = [];
  const channel = { tell: async (alarm: Alarm) => void told.push(alarm) };
  const telling = new TellAlarms({ alarms: createAlarmStore(doorPool), channel, clock, logger });
  context.after(async () => {
    await telling.stop();
    await doorPool.end();
    await door.close();
  });
  await door.closedWhile(async () => {
    telling.start();
    for (const pauseMs of [2000, 4000, 8000]) await clock.advance(pauseMs);
  });
  await alarms.raise(stopped, NOON_MS);
  await clock.advance(60_000);
  assert.deepEqual(clock.slept.slice(0, 4), [2000, 4000, 8000, 16_000]);
  assert.equal(
    logger.lines.filter(({ level, event }) => level === 'warn' && event === 'alarms-not-looked-at').length,
    4,
  );
  assert.equal(told.length, 1);
});

test('an alarm raised in Postgres arrives at a robot over HTTP', async (context) => {
  const wecom = await scriptedWechat(context, () => ({ errcode: 0, errmsg: 'ok' }));
  const clock = { nowMs: () => Date.now(), sleep: realSleep };
  const url = `${wecom.url}/cgi-bin/webhook/send?key=0123456789`;
  const channel = createWebhookChannel({ url, preset: 'wecom', nowMs: clock.nowMs });
  const telling = new TellAlarms({ alarms, channel, clock, logger: quietLogger(), everyMs: 20 });
  context.after(async () => {
    await telling.stop();
    await channel.close();
  });
  telling.start();
  await alarms.raise(stopped, clock.nowMs());
  const deadlineMs = performance.now() + 20_000;
  while ((await untold()) > 0 && performance.now() < deadlineMs) await realSleep(10);
  assert.equal(wecom.seen.length, 1);
  assert.match(wecom.seen[0]?.body ?? '', /商户已停止发红包/);
  assert.equal(await untold(), 0);
});
