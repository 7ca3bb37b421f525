import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type { ClaimedPayout, PayoutStore } from '../../src/flows/ports/payouts.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin, NOON_MS, somebody } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { begin, call, claim, claimOne, LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';

let world: PayoutWorld;
let activity: BuiltActivity;

before(async () => {
  world = await openPayoutWorld();
});
after(() => world.close());
beforeEach(async () => {
  await world.client.query('update payout set due_at = null, lease_token = null, lease_until = null');
  await world.client.query(`update merchant set state = 'open', stopped_reason = null`);
  activity = await buildActivity(world.client);
});

const numbers = (claimed: readonly ClaimedPayout[]) => claimed.map((payout) => payout.orderNumber);

test('what is due is taken, earliest first; what is due later is not', async () => {
  const later = await buildWin(world.client, activity, { dueAtMs: NOON_MS - 1000 });
  const first = await buildWin(world.client, activity, { dueAtMs: NOON_MS - 2000 });
  await buildWin(world.client, activity, { dueAtMs: NOON_MS + 1 });
  assert.deepEqual(numbers(await claim(world.store)), [first.orderNumber, later.orderNumber]);
});

test('the first claim freezes the request with the texts of the rule the draw was decided by', async () => {
  const person = somebody();
  const win = await buildWin(world.client, activity, { openid: person });
  const rule = JSON.stringify({ ...activity.rule, packet: { ...activity.rule.packet, wishing: '另一个' } });
  await world.client.query(
    `insert into rule_version (account_id, activity_id, version, rule, published_by, created_at) values ($1, $2, 2, $3, 'test', $4)`,
    [win.accountId, activity.id, rule, new Date(NOON_MS)],
  );
  await world.client.query('update activity set published_version = 2 where id = $1', [activity.id]);
  const expected = {
    orderNumber: win.orderNumber,
    appId: activity.account.appId,
    mchId: activity.account.merchant.mchId,
    openid: person,
    amountFen: 100,
    sendName: '红包商户',
    activityName: '新年活动',
    wishing: '恭喜发财',
    remark: '抽奖红包',
    clientIp: '127.0.0.1',
    sceneId: null,
  };
  assert.deepEqual((await claimOne(world.store)).request, expected);
  await world.client.query(`update merchant set send_name = '改名', client_ip = '10.0.0.1'`);
  assert.deepEqual((await claimOne(world.store, NOON_MS + LEASE_MS)).request, expected);
  await world.client.query(`update merchant set send_name = '红包商户', client_ip = '127.0.0.1'`);
});

test('a scene goes along only with an amount that needs one', async () => {
  const prize = { kind: 'red-packet', tickets: 1, stock: 10 } as const;
  const prizes = [
    { ...prize, id: 'small', name: '五角', amountFen: 50 },
    { ...prize, id: 'plain', name: '一元', amountFen: 100 },
  ];
  const packet = { wishing: '恭喜', activityName: '活动', remark: '备注', sceneId: 'PRODUCT_2' } as const;
  const scened = await buildActivity(world.client, { rule: { prizes, packet } });
  const small = await buildWin(world.client, scened, { prizeId: 'small' });
  await buildWin(world.client, scened, { prizeId: 'plain' });
  const scenes = new Map((await claim(world.store)).map((payout) => [payout.orderNumber, payout.request.sceneId]));
  assert.equal(scenes.get(small.orderNumber), 'PRODUCT_2');
  assert.deepEqual([...scenes.values()].filter((scene) => scene === null).length, 1);
});

test('a request changed behind our back is parked and never handed out', async () => {
  const win = await buildWin(world.client, activity);
  const claimed = await claimOne(world.store);
  await call(world.store, claimed, { kind: 'unknown', code: 'deadline', message: '' }, NOON_MS);
  await world.client.query(
    `update payout set request = jsonb_set(request, '{amountFen}', '20000') where order_number = $1`,
    [win.orderNumber],
  );
  assert.deepEqual(await claim(world.store, NOON_MS + 60_000), []);
  const payout = await world.payout(win);
  assert.deepEqual([payout['state'], payout['due_at'], payout['lease_token']], ['parked', null, null]);
  assert.equal(await world.awardState(win), 'parked');
});

test('a stopped merchant is left alone, the others go on, and resuming brings it back', async () => {
  const other = await buildMerchant(world.client, { id: 'other', mchId: '1900000110' });
  const account = await buildAccount(world.client, { id: 'other', appId: 'wx0000000000000002', merchant: other });
  const mine = await buildWin(world.client, activity);
  const theirs = await buildWin(world.client, await buildActivity(world.client, { account }));
  await world.store.stopMerchant(activity.account.merchant.id, 'NOTENOUGH: 余额不足', NOON_MS);
  assert.deepEqual(numbers(await claim(world.store)), [theirs.orderNumber]);
  await world.store.stopMerchant(activity.account.merchant.id, 'another reason', NOON_MS);
  const kept = await world.client.query(`select stopped_reason from merchant where id = 'main'`);
  assert.equal(kept.rows[0].stopped_reason, 'NOTENOUGH: 余额不足');
  await world.store.resumeMerchant(activity.account.merchant.id, NOON_MS);
  assert.deepEqual(numbers(await claim(world.store)), [mine.orderNumber]);
});

test('a worker never takes more of a merchant than its bound, with what it holds already', async () => {
  for (let count = 0; count < 12; count += 1) await buildWin(world.client, activity);
  const busy = (held: number) => ({ busy: new Map([[activity.account.merchant.id, held]]) });
  assert.equal((await claim(world.store, NOON_MS, busy(8))).length, 0);
  assert.equal((await claim(world.store, NOON_MS, busy(9))).length, 0);
  assert.equal((await claim(world.store, NOON_MS, busy(5))).length, 3);
  assert.equal((await claim(world.store)).length, 8);
  assert.equal((await claim(world.store)).length, 1);
});

test('a leased payout is left alone until its lease has run out, then it is taken over', async () => {
  const win = await buildWin(world.client, activity);
  await claimOne(world.store);
  assert.deepEqual(await claim(world.store, NOON_MS + LEASE_MS - 1), []);
  assert.deepEqual(numbers(await claim(world.store, NOON_MS + LEASE_MS)), [win.orderNumber]);
});

test('a payout given back is due when it is said to be', async () => {
  await buildWin(world.client, activity);
  await world.store.release(await claimOne(world.store), NOON_MS + 5000);
  assert.deepEqual(await claim(world.store, NOON_MS + 4999), []);
  assert.equal((await claim(world.store, NOON_MS + 5000)).length, 1);
});

test('whoever lost the lease can neither give the payout back nor begin a call', async () => {
  const win = await buildWin(world.client, activity);
  const old = await claimOne(world.store);
  const taken = await claimOne(world.store, NOON_MS + LEASE_MS);
  await world.store.release(old, NOON_MS);
  assert.equal((await world.payout(win))['lease_token'], taken.leaseToken);
  assert.equal(await begin(world.store, old, 'send', NOON_MS + LEASE_MS), null);
  assert.equal(await begin(world.store, taken, 'send', NOON_MS + LEASE_MS), 1);
});

test('a lease that has run out begins nothing, even when nobody took the payout over', async () => {
  await buildWin(world.client, activity);
  const claimed = await claimOne(world.store);
  assert.equal(await begin(world.store, claimed, 'send', NOON_MS + LEASE_MS), null);
});

async function race(store: PayoutStore, claimers: number): Promise<readonly string[]> {
  const taken = await Promise.all(Array.from({ length: claimers }, () => claim(store, NOON_MS, { perMerchant: 40 })));
  return taken.flatMap(numbers);
}

test('ten workers that claim at once never take one payout twice', async () => {
  for (let count = 0; count < 200; count += 1) await buildWin(world.client, activity);
  const taken: string[] = [];
  // A claim skips rows that another is just looking at, so it takes a few rounds until all are taken.
  for (let round = 0; round < 20 && taken.length < 200; round += 1) taken.push(...(await race(world.store, 10)));
  assert.equal(taken.length, 200);
  assert.equal(new Set(taken).size, 200);
});

/** The store with a part of the claim's statement taken out: the twin that the race must catch. */
function without(part: string, instead: string): PayoutStore {
  const pool = {
    query: (text: string, values?: unknown[]) => {
      assert.ok(text.includes(part), `the claim has no ${part}`);
      return world.pool.query(text.replace(part, instead), values);
    },
  } as unknown as pg.Pool;
  return createPayoutStore({ pool, machine: createPayoutMachine() });
}

/** Holds a row that is due while two workers claim, lets them come to rest, then lets it go. */
async function claimTwiceBehindBarrier(store: PayoutStore): Promise<readonly string[]> {
  const win = await buildWin(world.client, activity);
  await world.client.query('begin');
  await world.client.query('select 1 from payout where order_number = $1 for update', [win.orderNumber]);
  const claims = [claim(store), claim(store)];
  const settled = Promise.allSettled(claims);
  for (let look = 0; look < 100; look += 1) {
    const waiting = await world.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    const finished = await Promise.race([settled.then(() => true), new Promise((resolve) => setTimeout(resolve, 20))]);
    if (waiting.rows.length === 2 || finished === true) break;
  }
  await world.client.query('rollback');
  return (await Promise.all(claims)).flatMap(numbers);
}

test('a payout that two workers reach for at once goes to one of them, later, and to none while it is held', async () => {
  assert.deepEqual(await claimTwiceBehindBarrier(world.store), []);
  assert.equal((await race(world.store, 2)).length, 1);
});

test('the twin without the row lock takes the same payout twice', async () => {
  assert.equal((await claimTwiceBehindBarrier(without('for update skip locked', ''))).length, 2);
});

test('the twin without the lease check takes a payout that is being sent', async () => {
  const win = await buildWin(world.client, activity);
  await claimOne(world.store);
  const twin = without('and (lease_until is null or lease_until <= $1)', '');
  assert.deepEqual(numbers(await claim(twin)), [win.orderNumber]);
});

test('a claim finds what is due by the index, among 20,000 payouts that are not', async () => {
  await world.client.query(
    `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
     select 'main', 'bulk' || n, $1, 'one-yuan', 'o', 'bulk' || n, 100, 'sent', $2, $2 from generate_series(1, 20000) n`,
    [activity.id, new Date(NOON_MS)],
  );
  await world.client.query(
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, created_at, updated_at)
     select 'main', 'bulk' || n, 'bulk' || n, $1, 'main', 'o', 100, 'sent', $2::timestamptz + n * interval '1 second', $2, $2 from generate_series(1, 20000) n`,
    [activity.id, new Date(NOON_MS)],
  );
  await world.client.query('analyze payout');
  const plan = await world.client.query(
    `explain select 1 from payout where merchant_id = 'main' and due_at <= $1 and (lease_until is null or lease_until <= $1)
     order by due_at limit 8 for update skip locked`.replaceAll('$1', `'${new Date(NOON_MS + 5000).toISOString()}'`),
  );
  assert.match(
    plan.rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'),
    /Index Scan using payout_due/,
  );
  assert.equal((await claim(world.store, NOON_MS + 5000)).length, 5);
});
