import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createPool } from '../../src/store/database.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startRedis } from '../support/redis-server.ts';
import type { TestRedis } from '../support/redis-server.ts';
import { runMain, serviceEnvironment, startServiceProcess } from '../support/service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from '../support/service-process.ts';
import { compareBooks, eventually } from '../support/world.ts';

describe('production processes', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  let redis: TestRedis;
  let surroundings: ServiceSurroundings;
  const running: ServiceProcess[] = [];

  before(async () => {
    database = await freshDatabase();
    simulator = await startSimulator({ merchantBalanceFen: 100_000_000, payRules: { sendsPerSecondMax: 1000 } });
    redis = await startRedis();
    const secretsKey = randomBytes(32).toString('base64');
    surroundings = { simulator, databaseUrl: database.url, redisUrl: redis.url, secretsKey };
    for (const role of ['web', 'web', 'worker']) running.push(await startServiceProcess(surroundings, { ROLE: role }));
    await publishActivity(database.client, { prizes: [prize(10)], limits: {} });
  });
  after(async () => {
    for (const process of running) await process.end('SIGKILL');
    await redis.kill();
    await simulator.close();
    await database.close();
  });

  function prize(stock: number) {
    return { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock } as const;
  }

  function callback(index: number): string {
    return `${running[index]?.url}/wechat/main`;
  }

  async function one(sql: string): Promise<number> {
    return Number((await database.client.query<{ n: string }>(sql)).rows[0]?.n);
  }

  it('give 200 people who draw at once through two of them exactly 10 prizes, all of them paid', async () => {
    const people = simulator.followers.addMany(200);
    const messages = people.map(({ openid }) => simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' }));
    const answers = await Promise.all(
      messages.map((message, index) => simulator.push.deliverOnce(message, callback(index % 2))),
    );
    assert.equal(answers.filter(({ verdict }) => verdict.kind === 'replied').length, 200);
    assert.equal(await one('select count(*) as n from award'), 10);
    assert.equal(await one('select count(*) as n from draw'), 200);
    await eventually('ten packets', () => simulator.books.packets().length === 10);
    assert.equal(simulator.books.totals().sentFen, 1000);
  });

  it('answer the same 50 messages in opposite order with the same replies', async () => {
    const people = simulator.followers.addMany(50);
    const messages = people.map(({ openid }) => simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' }));
    const at = (index: number, list: typeof messages) =>
      Promise.all(list.map((message) => simulator.push.deliverOnce(message, callback(index))));
    const [forward, backward] = await Promise.all([at(0, messages), at(1, messages.toReversed())]);
    const xml = (answers: typeof forward) =>
      answers.map(({ verdict }) => (verdict.kind === 'replied' ? verdict.xml : verdict.kind));
    assert.deepEqual(xml(forward), xml(backward.toReversed()));
    assert.equal(await one('select count(*) as n from draw'), 250);
  });

  it('go on drawing and paying while Redis is gone, and say that they are degraded', async () => {
    await redis.kill();
    const activity = await publishActivity(database.client, {
      trigger: { words: [{ match: 'exact', word: '第二场' }] },
      prizes: [prize(5)],
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const people = simulator.followers.addMany(20);
    const messages = people.map(({ openid }) => simulator.push.prepare(openid, { MsgType: 'text', Content: '第二场' }));
    const answers = await Promise.all(
      messages.map((message, index) => simulator.push.deliverOnce(message, callback(index % 2))),
    );
    assert.equal(answers.filter(({ verdict }) => verdict.kind === 'replied').length, 20);
    await eventually('five more packets', () => simulator.books.packets().length === 15);
    const ready = await fetch(`${running[0]?.url}/readyz`);
    assert.equal(ready.status, 200);
    assert.equal(((await ready.json()) as { status: string }).status, 'degraded');
    assert.equal(await one(`select count(*) as n from award where activity_id = '${activity.id}'`), 5);
  });

  it('take over the payout of a killed worker within 30 s and pay it once', async () => {
    const worker = running[2];
    assert.ok(worker);
    simulator.faults.next('hang', 1, { on: 'send', ms: 60_000 });
    await publishActivity(database.client, {
      trigger: { words: [{ match: 'exact', word: '第三场' }] },
      prizes: [prize(1)],
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { openid } = simulator.followers.add();
    await simulator.push.deliverOnce(
      simulator.push.prepare(openid, { MsgType: 'text', Content: '第三场' }),
      callback(0),
    );
    await eventually(
      'the send to begin',
      async () => (await one('select count(*) as n from payout_attempt where answered_at is null')) === 1,
    );
    await worker.end('SIGKILL');
    const killedMs = performance.now();
    running[2] = await startServiceProcess(surroundings, { ROLE: 'worker' });
    await eventually('the packet', () => simulator.books.packets().some((packet) => packet.openid === openid), 35_000);
    const tookMs = performance.now() - killedMs;
    assert.ok(tookMs < 30_000, `taken over after ${Math.round(tookMs)} ms`);
    for (const times of simulator.books.paidCountByNumber.values()) assert.equal(times, 1);
  });

  it('have books that agree with WeChat Pay’s after all this', async () => {
    await eventually(
      'every send to be recorded',
      async () => (await one(`select count(*) as n from payout where state <> 'sent'`)) === 0,
    );
    const pool = createPool({ url: database.url, connectionsMax: 2, name: 'comparing' }, quietLogger());
    try {
      await compareBooks(pool, simulator);
    } finally {
      await pool.end();
    }
  });

  it('end within 25 s on SIGTERM, with code 0, having answered what was under way', async () => {
    const [process] = running;
    assert.ok(process);
    const message = simulator.push.prepare(simulator.followers.add().openid, { MsgType: 'text', Content: '抽奖' });
    const answer = simulator.push.deliverOnce(message, callback(0));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { code, tookMs } = await process.end('SIGTERM');
    assert.equal(code, 0);
    assert.ok(tookMs < 25_000);
    assert.equal((await answer).verdict.kind, 'replied');
  });

  it('refuse to start with anything missing, naming every variable, within 5 s', async () => {
    const started = performance.now();
    const process = runMain({ PATH: globalThis.process.env['PATH'] ?? '' });
    await once(process.child, 'close');
    assert.ok(performance.now() - started < 5000);
    assert.equal(process.child.exitCode, 1);
    for (const name of [
      'DATABASE_URL',
      'REDIS_URL',
      'SECRETS_KEY',
      'WECHAT_APP_ID',
      'WECHAT_PAY_API_KEY',
      'WECHAT_PAY_CERT_P12',
    ]) {
      assert.match(process.said(), new RegExp(`^ {2}${name} is missing`, 'm'));
    }
  });

  it('refuse to start with another SECRETS_KEY than the database knows', async () => {
    const environment = serviceEnvironment({ ...surroundings, secretsKey: randomBytes(32).toString('base64') }, 0);
    const process = runMain(environment);
    await once(process.child, 'close');
    assert.equal(process.child.exitCode, 1);
    assert.match(process.said(), /SECRETS_KEY is not the key this database was set up with/);
  });

  it('refuse to start on a database that was not migrated', async () => {
    const empty = `empty_${randomBytes(4).toString('hex')}`;
    await database.client.query(`create database ${empty}`);
    const url = new URL(database.url);
    url.pathname = `/${empty}`;
    const process = runMain(serviceEnvironment({ ...surroundings, databaseUrl: url.href }, 0));
    await once(process.child, 'close');
    assert.equal(process.child.exitCode, 1);
    assert.match(process.said(), /run npm run cli -- migrate/);
    await database.client.query(`drop database ${empty}`);
  });
});
