import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { WrongRequest } from '../../../src/base/errors.ts';
import type { Openid } from '../../../src/base/ids.ts';
import { createPayeeLinks } from '../../../src/store/account/payee-links.ts';
import { createPageReads } from '../../../src/store/page-reads.ts';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import { buildAccount, buildMerchant, NOON_MS, somebody } from '../../support/builders.ts';
import { CHAT, MAIN, openPayeeWorld, unlockedPool } from '../../support/payee-world.ts';
import type { PayeeWorld } from '../../support/payee-world.ts';

let world: PayeeWorld;
beforeEach(async () => {
  world = await openPayeeWorld();
});
afterEach(() => world.close());

const chatting = (openid: Openid) => ({ account: CHAT, openid });
const paidAs = (openid: Openid) => ({ account: MAIN, openid });
const link = (person: Openid, payee: Openid, links = world.links) =>
  links.link({ person: chatting(person), payee: paidAs(payee), by: 'link', nowMs: NOON_MS });
const taken = (error: unknown) => error instanceof WrongRequest && error.code === 'payee-taken' && error.status === 409;
const resting = { openid: '', payee: MAIN, merchant: 'main', state: 'waiting', due: false, reason: 'payee-unknown' };
const dueFor = (openid: Openid) => ({ ...resting, openid, due: true, reason: null });

/** Waits until so many statements wait for a lock. */
async function lockWaits(count: number): Promise<void> {
  for (let step = 0; step < 500; step += 1) {
    const { rows } = await world.client.query<{ waits: number }>(
      `select count(*)::integer as waits from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows[0]?.waits === count) return;
    await sleep(10);
  }
  throw new Error(`never ${count} statements waited for a lock`);
}

/** Holds what a statement locks until it is let go. */
async function hold(sql: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await client.query('begin');
  await client.query(sql);
  return async () => {
    await client.query('commit');
    await client.end();
  };
}

describe('a payout of an account that pays through another', () => {
  test('rests without a payee, and goes out to the payee once there is a link', async () => {
    const [person, payee] = [somebody(), somebody()];
    await world.win(person);
    await world.win(person);
    assert.deepEqual(await world.payoutsOf(person), [resting, resting]);
    assert.deepEqual(await world.differences(), []);
    const awards = await world.links.unlinkedAwards(chatting(person));
    assert.deepEqual(awards, { packets: 2, amountFen: 200, activityName: '新年活动' });
    await link(person, payee);
    assert.deepEqual(await world.payoutsOf(person), [dueFor(payee), dueFor(payee)]);
    assert.equal((await world.links.unlinkedAwards(chatting(person))).packets, 0);
    await world.win(person);
    assert.deepEqual((await world.payoutsOf(person))[2], dueFor(payee), 'a later win goes at once');
    assert.deepEqual(await world.differences(), []);
  });

  test('wakes the workers when it becomes due', async () => {
    const person = somebody();
    await world.win(person);
    const listener = new pg.Client({ connectionString: world.url });
    await listener.connect();
    await listener.query('listen payout_due');
    const woken = new Promise((resolve) => listener.once('notification', resolve));
    await link(person, somebody());
    await woken;
    await listener.end();
  });

  test('goes out by the account that pays when the link is made, whoever paid at the win', async () => {
    const [person, payee] = [somebody(), somebody()];
    await world.win(person);
    const merchant = await buildMerchant(world.client, { id: 'second', mchId: '1900000110' });
    const second = await buildAccount(world.client, { id: 'second', appId: 'wx0000000000000002', merchant });
    await world.client.query(`update account set pays_through = 'second' where id = 'chat'`);
    const to = { account: second.id, openid: payee };
    await world.links.link({ person: chatting(person), payee: to, by: 'link', nowMs: NOON_MS });
    assert.deepEqual(await world.payoutsOf(person), [{ ...dueFor(payee), payee: 'second', merchant: 'second' }]);
    await link(person, somebody());
    assert.deepEqual(await world.differences(), []);
  });

  test('releases nobody else’s payouts', async () => {
    const [person, other] = [somebody(), somebody()];
    await world.win(person);
    await world.win(other);
    await link(person, somebody());
    assert.deepEqual(await world.payoutsOf(other), [resting]);
  });

  test('is a difference of the books when it goes to somebody else than the link says', async () => {
    const [person, payee] = [somebody(), somebody()];
    await link(person, payee);
    await world.win(person);
    await world.client.query(`update payout set openid = 'oSomebodyElse'`);
    assert.equal((await world.differences()).filter((item) => item.startsWith('payout is its award')).length, 1);
  });

  test('cannot be made due without a payee, by a check of the database', async () => {
    await world.win(somebody());
    await assert.rejects(world.client.query('update payout set due_at = created_at'), /payout_without_payee_rests/);
    await assert.rejects(world.client.query(`update payout set state = 'parked'`), /payout_without_payee_rests/);
  });
});

describe('a link', () => {
  test('of the same two again changes nothing', async () => {
    const [person, payee] = [somebody(), somebody()];
    await link(person, payee);
    await link(person, payee);
    assert.equal(await world.links.payeeOf(chatting(person), MAIN), payee);
  });

  test('is refused to a second payee of a person, and to a second person of a payee', async () => {
    const [person, payee] = [somebody(), somebody()];
    await link(person, payee);
    await assert.rejects(link(person, somebody()), taken);
    await assert.rejects(link(somebody(), payee), taken);
    assert.equal(await world.links.payeeOf(chatting(person), MAIN), payee);
  });

  test('opened by two browsers at once goes to one of them', async () => {
    const person = somebody();
    await world.win(person);
    const open = await hold(`select pg_advisory_lock(hashtextextended('payee chat ${person}', 0))`);
    const browsers = [somebody(), somebody()];
    const outcomes = Promise.allSettled(browsers.map((payee) => link(person, payee)));
    await lockWaits(2);
    await open();
    const settled = await outcomes;
    assert.deepEqual(settled.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const winner = browsers[settled.findIndex(({ status }) => status === 'fulfilled')];
    assert.equal(await world.links.payeeOf(chatting(person), MAIN), winner);
    assert.deepEqual(
      (await world.payoutsOf(person)).map(({ openid }) => openid),
      [winner],
    );
  });

  test('twin: without the unique keys both browsers would be linked', async () => {
    await world.client.query(
      'alter table payee_link drop constraint payee_link_pk, drop constraint payee_link_once_per_payee',
    );
    const person = somebody();
    const outcomes = await Promise.allSettled([link(person, somebody()), link(person, somebody())]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
    );
  });

  test('of one payee with two people at once holds for one of them', async () => {
    const payee = somebody();
    const outcomes = await Promise.allSettled([link(somebody(), payee), link(somebody(), payee)]);
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  });
});

/** A link while a draw has written its payout and not committed. */
async function linkDuringDraw(pool: pg.Pool, waiting: number): Promise<Openid> {
  const [person, payee] = [somebody(), somebody()];
  const goOn = await hold('select 1 from prize_counter for update');
  const drawing = world.win(person, pool);
  await lockWaits(1);
  const linking = link(person, payee, createPayeeLinks(pool));
  if (waiting > 1) await lockWaits(waiting);
  else await linking;
  await goOn();
  await Promise.all([drawing, linking]);
  return person;
}

/** A draw while a link has looked for payouts and not committed. */
async function drawDuringLink(pool: pg.Pool, waiting: number): Promise<Openid> {
  const [person, payee] = [somebody(), somebody()];
  await world.win(person);
  const goOn = await hold('select 1 from payout for update');
  const linking = link(person, payee, createPayeeLinks(pool));
  await lockWaits(1);
  const drawing = world.win(person, pool);
  if (waiting > 1) await lockWaits(waiting);
  else await drawing;
  await goOn();
  await Promise.all([drawing, linking]);
  return person;
}

describe('a draw and a link at the same moment', () => {
  for (const [name, race] of Object.entries({ linkDuringDraw, drawDuringLink })) {
    test(`${name}: no payout is left behind`, async () => {
      const person = await race(world.pool, 2);
      assert.ok((await world.payoutsOf(person)).every(({ due }) => due));
      assert.deepEqual(await world.differences(), []);
    });

    test(`twin, ${name}: without the lock one is left behind, the books show it and a sweep mends it`, async () => {
      const person = await race(unlockedPool(world.pool), 1);
      assert.ok((await world.payoutsOf(person)).some(({ due }) => !due));
      assert.match((await world.differences()).join('\n'), /payout is its award/);
      const { linked } = await world.links.sweep({ after: null, most: 10, nowMs: NOON_MS });
      assert.equal(linked, 1);
      assert.ok((await world.payoutsOf(person)).every(({ due }) => due));
      assert.deepEqual(await world.differences(), []);
    });
  }
});

describe('a union id', () => {
  test('links a person whom the paying account knows under the same one', async () => {
    const [person, payee] = [somebody(), somebody()];
    await world.win(person);
    assert.equal(await world.links.linkByUnionId(chatting(person), MAIN, NOON_MS), undefined);
    await world.tellUnionId(chatting(person), 'oUnion1');
    assert.equal(await world.links.linkByUnionId(chatting(person), MAIN, NOON_MS), undefined);
    await world.tellUnionId(paidAs(somebody()), 'oUnion2');
    await world.tellUnionId(paidAs(payee), 'oUnion1');
    assert.equal(await world.links.linkByUnionId(chatting(person), MAIN, NOON_MS), payee);
    assert.deepEqual(await world.payoutsOf(person), [dueFor(payee)]);
  });

  test('takes no payee from somebody who confirmed before', async () => {
    const [person, payee] = [somebody(), somebody()];
    await world.tellUnionId(chatting(person), 'oUnion1');
    await world.tellUnionId(paidAs(payee), 'oUnion1');
    await link(somebody(), payee);
    assert.equal(await world.links.linkByUnionId(chatting(person), MAIN, NOON_MS), undefined);
  });

  test('told after the win is found by a sweep, page by page and from the first again', async () => {
    const people = [somebody(), somebody(), somebody()];
    for (const person of people) await world.win(person);
    const pages: number[] = [];
    let after = null;
    for (let page = 0; page < 4; page += 1) {
      const swept = await world.links.sweep({ after, most: 2, nowMs: NOON_MS });
      pages.push(swept.linked);
      after = swept.next;
      if (page !== 1) continue;
      assert.equal(after, null, 'the second page is the last');
      for (const person of people) {
        await world.tellUnionId(chatting(person), `u ${person}`);
        await world.tellUnionId(paidAs(somebody()), `u ${person}`);
      }
    }
    assert.deepEqual(pages, [0, 0, 2, 1]);
    assert.deepEqual(await world.differences(), []);
  });
});

test('a person’s awards ask for the link, then go on, and show under the paying account too', async () => {
  const [person, payee] = [somebody(), somebody()];
  const reads = createPageReads({ pool: world.pool, parseRule: (stored) => activityRuleSchema.parse(stored) });
  const progress = async (account: typeof MAIN, openid: Openid) =>
    (await reads.awards({ account, openid, most: 10, nowMs: Date.now() })).map((award) => award.progress);
  await world.win(person);
  assert.deepEqual(await progress(CHAT, person), ['link-needed']);
  assert.deepEqual(await progress(MAIN, payee), []);
  await link(person, payee);
  assert.deepEqual(await progress(CHAT, person), ['preparing']);
  assert.deepEqual(await progress(MAIN, payee), ['preparing']);
  assert.deepEqual(await progress(MAIN, person), [], 'the pair of account and openid is the key');
});
