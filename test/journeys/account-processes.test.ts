import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../../src/store/database.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startProcesses } from '../support/processes-world.ts';
import type { ProcessesWorld } from '../support/processes-world.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { eventually } from '../support/world.ts';

describe('two service processes with one Redis and one PostgreSQL', () => {
  let world: ProcessesWorld;

  before(async () => {
    world = await startProcesses(['all', 'all']);
    await publishActivity(world.database.client, {
      prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 }],
      limits: {},
    });
  });
  after(async () => {
    await world.close();
  });

  function aDraw(openid = world.simulator.followers.add().openid) {
    return world.simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' });
  }

  const drawsOf = (openid: string): Promise<number> =>
    world.one('select count(*) as n from draw where openid = $1', [openid]);

  /** Holds what every draw locks, as a stalled process would, until released. */
  async function holdDraws(): Promise<() => Promise<void>> {
    const pool = createPool({ url: world.database.url, connectionsMax: 1, name: 'holder' }, quietLogger());
    const client = await pool.connect();
    await client.query('set idle_in_transaction_session_timeout = 0; begin; select 1 from activity_counter for update');
    return async () => {
      await client.query('rollback');
      client.release();
      await pool.end();
    };
  }

  it('answer one message that reaches both at once with one draw and one reply, twenty times over', async () => {
    for (let round = 0; round < 20; round += 1) {
      const message = aDraw();
      const answers = await Promise.all(
        [0, 1].map((index) => world.simulator.push.deliverOnce(message, world.callback(index))),
      );
      const replies = answers.map(({ verdict }) => (verdict.kind === 'replied' ? verdict.xml : verdict.kind));
      assert.match(replies[0] ?? '', /恭喜/);
      assert.equal(replies[0], replies[1]);
      assert.equal(await drawsOf(message.openid), 1);
    }
  });

  it('give the repeat at the other the reply of one that was killed between its commit and its answer', async () => {
    const message = aDraw();
    const killed = world.running[0] ?? assert.fail('nobody runs');
    // Its draw waits with its last statement, the commit included, already sent: it ends without the process.
    const pool = createPool({ url: world.database.url, connectionsMax: 1, name: 'holder' }, quietLogger());
    const holder = await pool.connect();
    await holder.query('begin; lock table draw in share mode');
    const first = world.simulator.push.deliverOnce(message, world.callback(0));
    await eventually(
      'the draw to wait for its commit',
      async () =>
        (await world.one(
          `select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and query like 'copy draw%'`,
        )) > 0,
    );
    killed.child.kill('SIGSTOP');
    await holder.query('rollback');
    holder.release();
    await pool.end();
    await eventually('the commit', async () => (await drawsOf(message.openid)) === 1);
    await killed.end('SIGKILL');
    assert.equal((await first).verdict.kind, 'fault', 'the first delivery got no answer');
    const stored = await world.database.client.query<{ reply: string }>('select reply from draw where openid = $1', [
      message.openid,
    ]);
    const again = await world.simulator.push.deliverOnce(message, world.callback(1));
    assert.equal(again.verdict.kind === 'replied' && again.verdict.xml, stored.rows[0]?.reply);
    assert.equal(await drawsOf(message.openid), 1);
    world.running[0] = await startServiceProcess(world.surroundings);
  });

  it('let a delivery lapse that is late, and answer its repeat', async () => {
    const message = aDraw();
    world.simulator.setCallbackUrl(world.callback(0));
    const release = await holdDraws();
    const pushed = world.simulator.push.deliver(message);
    await sleep(6000);
    await release();
    const { deliveries, reply, fault } = await pushed;
    assert.deepEqual([deliveries.length, reply?.type, fault], [2, 'text', undefined]);
    assert.equal(await drawsOf(message.openid), 1);
    assert.equal(await world.one('select count(*) as n from late_reply'), 0);
  });

  it('answer the last delivery with success, and the reply follows by itself, once', async () => {
    const message = aDraw();
    world.simulator.setCallbackUrl(world.callback(1));
    const release = await holdDraws();
    const pushed = world.simulator.push.deliver(message);
    await eventually(
      'the reply to be owed',
      async () => (await world.one('select count(*) as n from late_reply')) === 1,
      16_000,
    );
    await release();
    const { deliveries, reply, fault } = await pushed;
    assert.deepEqual([deliveries.length, reply, fault], [3, undefined, undefined]);
    const texts = () =>
      world.simulator.followers
        .chat(message.openid)
        .flatMap((item) => (item.kind === 'text' && item.from !== 'user' ? [item.text] : []));
    await eventually('the customer-service message', () => texts().length > 0, 40_000);
    assert.match(texts()[0] ?? '', /恭喜获得/);
    await sleep(1500);
    assert.deepEqual([texts().length, await drawsOf(message.openid)], [1, 1]);
  });

  it('fetch one token when it expires under their load', async (context) => {
    const people = world.simulator.followers.addMany(60).map(({ openid }) => openid);
    for (const openid of people) world.simulator.push.prepare(openid, { MsgType: 'text', Content: '你好' });
    const fetched = context.mock.method(world.simulator.tokens, 'stableToken');
    const owe = (some: readonly string[]) =>
      world.database.client.query(
        `insert into late_reply (account_id, request_key, openid, trigger, asked_at, reply, due_at, created_at)
           select 'main', 'm:' || person || ':1', person, 'message', $2, '<xml><Content>迟到的回复</Content></xml>', $2, $2
           from unnest($1::text[]) as person`,
        [some, new Date()],
      );
    const sent = (count: number) =>
      eventually(
        `${count} messages`,
        async () =>
          (await world.one(`select count(*) as n from late_reply where state = 'sent' and openid = any($1)`, [
            people,
          ])) === count,
        20_000,
      );
    await owe(people.slice(0, 20));
    await sent(20);
    const before = fetched.mock.callCount();
    assert.ok(before <= 1, `${before} fetches before`);
    world.simulator.tokens.revokeAll();
    await owe(people.slice(20));
    await sent(60);
    const forced = fetched.mock.calls.slice(before).map(({ result, error }) => (error === undefined ? result : error));
    assert.equal(new Set(forced.map((answer) => JSON.stringify(answer))).size, forced.length);
    assert.equal(fetched.mock.callCount() - before, 1, 'one refresh for all of them');
  });

  it('have books that agree with WeChat Pay’s after all this', async () => {
    const unsent = `select count(*) as n from payout where state <> 'sent'`;
    await eventually('every send to be recorded', async () => (await world.one(unsent)) === 0);
    await world.compareBooks();
  });
});
