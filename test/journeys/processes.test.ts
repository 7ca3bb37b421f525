import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { publishActivity } from '../support/live-activity.ts';
import { startProcesses } from '../support/processes-world.ts';
import type { ProcessesWorld } from '../support/processes-world.ts';
import { runMain, serviceEnvironment, startServiceProcess } from '../support/service-process.ts';
import { eventually } from '../support/world.ts';

describe('production processes', () => {
  let world: ProcessesWorld;

  before(async () => {
    world = await startProcesses(['web', 'web', 'worker']);
    await publishActivity(world.database.client, { prizes: [prize(10)], limits: {} });
  });
  after(async () => {
    await world.close();
  });

  function prize(stock: number) {
    return { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock } as const;
  }

  /** Returns when both know it, which takes about a second: each leads somebody into one that was published after it. */
  async function publish(word: string, stock: number) {
    const published = (words: string, left: number) =>
      publishActivity(world.database.client, {
        trigger: { words: [{ match: 'exact', word: words }] },
        prizes: [prize(left)],
      });
    const activity = await published(word, stock);
    await published(`${word}后`, 0);
    for (const callback of [world.callback(0), world.callback(1)]) {
      await eventually(`${word} to be known`, async () => {
        const { openid } = world.simulator.followers.add();
        const asking = world.simulator.push.prepare(openid, { MsgType: 'text', Content: `${word}后` });
        const { verdict } = await world.simulator.push.deliverOnce(asking, callback);
        return verdict.kind === 'replied' && verdict.xml.includes('已抢光');
      });
    }
    return activity;
  }

  it('give 200 people who draw at once through two of them exactly 10 prizes, all of them paid', async () => {
    const people = world.simulator.followers.addMany(200);
    const messages = people.map(({ openid }) =>
      world.simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' }),
    );
    const answers = await Promise.all(
      messages.map((message, index) => world.simulator.push.deliverOnce(message, world.callback(index % 2))),
    );
    assert.equal(answers.filter(({ verdict }) => verdict.kind === 'replied').length, 200);
    assert.equal(await world.one('select count(*) as n from award'), 10);
    assert.equal(await world.one('select count(*) as n from draw'), 200);
    await eventually('ten packets', () => world.simulator.books.packets().length === 10);
    assert.equal(world.simulator.books.totals().sentFen, 1000);
  });

  it('answer the same 50 messages in opposite order with the same replies', async () => {
    const people = world.simulator.followers.addMany(50);
    const messages = people.map(({ openid }) =>
      world.simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' }),
    );
    const at = (index: number, list: typeof messages) =>
      Promise.all(list.map((message) => world.simulator.push.deliverOnce(message, world.callback(index))));
    const [forward, backward] = await Promise.all([at(0, messages), at(1, messages.toReversed())]);
    const xml = (answers: typeof forward) =>
      answers.map(({ verdict }) => (verdict.kind === 'replied' ? verdict.xml : verdict.kind));
    assert.deepEqual(xml(forward), xml(backward.toReversed()));
    assert.equal(await world.one('select count(*) as n from draw'), 250);
  });

  it('go on drawing and paying while Redis is gone, and say that they are degraded', async () => {
    await world.redis.kill();
    const activity = await publish('第二场', 5);
    const people = world.simulator.followers.addMany(20);
    const messages = people.map(({ openid }) =>
      world.simulator.push.prepare(openid, { MsgType: 'text', Content: '第二场' }),
    );
    const answers = await Promise.all(
      messages.map((message, index) => world.simulator.push.deliverOnce(message, world.callback(index % 2))),
    );
    assert.equal(answers.filter(({ verdict }) => verdict.kind === 'replied').length, 20);
    await eventually('five more packets', () => world.simulator.books.packets().length === 15);
    const ready = await fetch(`${world.running[0]?.url}/readyz`);
    assert.equal(ready.status, 200);
    assert.equal(((await ready.json()) as { status: string }).status, 'degraded');
    assert.equal(await world.one(`select count(*) as n from award where activity_id = '${activity.id}'`), 5);
  });

  it('take over the payout of a killed worker within 30 s and pay it once', async () => {
    const worker = world.running[2];
    assert.ok(worker);
    world.simulator.faults.next('hang', 1, { on: 'send', ms: 60_000 });
    await publish('第三场', 1);
    const { openid } = world.simulator.followers.add();
    await world.simulator.push.deliverOnce(
      world.simulator.push.prepare(openid, { MsgType: 'text', Content: '第三场' }),
      world.callback(0),
    );
    // Not only written down but arrived: a worker killed before would leave the fault to the next one.
    await eventually('the send to hang', () => world.simulator.faults.pending().length === 0);
    const unanswered = `select count(*) as n from payout_attempt where answered_at is null and kind = 'send'`;
    assert.equal(await world.one(unanswered), 1);
    await worker.end('SIGKILL');
    const killedMs = performance.now();
    world.running[2] = await startServiceProcess(world.surroundings, { ROLE: 'worker' });
    await eventually(
      'the packet',
      () => world.simulator.books.packets().some((packet) => packet.openid === openid),
      35_000,
    );
    const tookMs = performance.now() - killedMs;
    assert.ok(tookMs < 30_000, `taken over after ${Math.round(tookMs)} ms`);
    for (const times of world.simulator.books.paidCountByNumber.values()) assert.equal(times, 1);
  });

  it('have books that agree with WeChat Pay’s after all this', async () => {
    await eventually(
      'every send to be recorded',
      async () => (await world.one(`select count(*) as n from payout where state <> 'sent'`)) === 0,
    );
    await world.compareBooks();
  });

  it('end within 25 s on SIGTERM, with code 0, having answered what was under way', async () => {
    const [process] = world.running;
    assert.ok(process);
    const message = world.simulator.push.prepare(world.simulator.followers.add().openid, {
      MsgType: 'text',
      Content: '抽奖',
    });
    const answer = world.simulator.push.deliverOnce(message, world.callback(0));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { code, tookMs } = await process.end('SIGTERM');
    assert.equal(code, 0);
    assert.ok(tookMs < 25_000);
    assert.equal((await answer).verdict.kind, 'replied');
  });

  it('refuse to start with anything missing, naming every variable, at once', async () => {
    const started = performance.now();
    const process = runMain({ PATH: globalThis.process.env['PATH'] ?? '' });
    await once(process.child, 'close');
    assert.ok(performance.now() - started < 10_000);
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
    const environment = serviceEnvironment(
      { ...world.surroundings, secretsKey: randomBytes(32).toString('base64') },
      0,
    );
    const process = runMain(environment);
    await once(process.child, 'close');
    assert.equal(process.child.exitCode, 1);
    assert.match(process.said(), /SECRETS_KEY is not the key this database was set up with/);
  });

  it('refuse to start on a database that was not migrated', async () => {
    const empty = `empty_${randomBytes(4).toString('hex')}`;
    await world.database.client.query(`create database ${empty}`);
    const url = new URL(world.database.url);
    url.pathname = `/${empty}`;
    const process = runMain(serviceEnvironment({ ...world.surroundings, databaseUrl: url.href }, 0));
    await once(process.child, 'close');
    assert.equal(process.child.exitCode, 1);
    assert.match(process.said(), /run npm run cli -- migrate/);
    await world.database.client.query(`drop database ${empty}`);
  });
});
