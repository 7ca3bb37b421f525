import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { ClaimedPayout, PayoutStore } from '../../src/flows/ports/payouts.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin, NOON_MS, somebody } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { begin, call, claim, claimOne, LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';
import { asRedPacket } from '../support/red-packets.ts';

let world: PayoutWorld;
let activity: BuiltActivity;

before(async () => {
  world = await openPayoutWorld();
});
after(() => world.close());
beforeEach(async () => {
  await world.client.query('update payout set due_at = null, lease_token = null, lease_until = null');
  await world.client.query(
    `update merchant set state = 'open', stopped_reason = null, calls_max = 16, person_day_packets = 10, person_day_fen = 100000, day_fen = 100000000`,
  );
  await world.client.query('delete from merchant_pace');
  await world.client.query('delete from payout_person_day');
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
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    riskInfo: null,
  };
  assert.deepEqual((await claimOne(world.store)).request, expected);
  await world.client.query(`update merchant set send_name = '改名', client_ip = '10.0.0.1'`);
  assert.deepEqual((await claimOne(world.store, NOON_MS + LEASE_MS)).request, expected);
  await world.client.query(`update merchant set send_name = '红包商户', client_ip = '127.0.0.1'`);
});

test('risk information goes along where the merchant sends it: when the person acted, encoded as it is signed', async () => {
  await world.client.query(
    `update merchant set risk_info = true, sub_mch_id = '1900000110', msg_app_id = 'wx0000000000000002'`,
  );
  await buildWin(world.client, activity);
  const request = asRedPacket((await claimOne(world.store)).request);
  await world.client.query('update merchant set risk_info = false, sub_mch_id = null, msg_app_id = null');
  assert.deepEqual(
    [request.riskInfo, request.subMchId, request.msgAppId],
    [`posttime%3d${NOON_MS / 1000}`, '1900000110', 'wx0000000000000002'],
  );
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
  const scenes = new Map(
    (await claim(world.store)).map((payout) => [payout.orderNumber, asRedPacket(payout.request).sceneId]),
  );
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
  await world.client.query('update merchant set calls_max = 8');
  const held = (sends: number) => ({ held: new Map([[activity.account.merchant.id, { sends, queries: 2 }]]) });
  assert.equal((await claim(world.store, NOON_MS, held(6))).length, 0);
  assert.equal((await claim(world.store, NOON_MS, held(7))).length, 0);
  assert.equal((await claim(world.store, NOON_MS, held(3))).length, 3);
  assert.equal((await claim(world.store)).length, 6);
  assert.equal((await claim(world.store)).length, 3);
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

async function race(store: PayoutStore, claimers: number): Promise<readonly ClaimedPayout[]> {
  return (await Promise.all(Array.from({ length: claimers }, () => claim(store)))).flat();
}

test('ten workers that claim at once never take one payout twice, nor one call time twice', async () => {
  for (let count = 0; count < 200; count += 1) await buildWin(world.client, activity);
  const taken: ClaimedPayout[] = [];
  for (let round = 0; round < 20 && taken.length < 200; round += 1) taken.push(...(await race(world.store, 10)));
  assert.equal(taken.length, 200);
  assert.equal(new Set(numbers(taken)).size, 200);
  const times = taken.map((payout) => payout.callAtMs).toSorted((left, right) => left - right);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  assert.ok(Math.min(...gaps) > 34.4, `the closest two are ${Math.min(...gaps)} ms apart`);
});

/**
 * The store with parts of its statements taken out, whose claims meet after reading the merchant's pace and again
 * after reading what is due: each waits there until the other has come too, or for a while, as when it waits for a lock.
 */
function meeting(parts: readonly string[]): PayoutStore {
  const come = new Map<string, number>();
  const meet = async (place: string): Promise<void> => {
    come.set(place, (come.get(place) ?? 0) + 1);
    for (let look = 0; look < 30 && come.get(place) !== 2; look += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const query = async (client: pg.PoolClient, text: string, values?: unknown[]): Promise<unknown> => {
    const kept = parts.reduce((rest, part) => rest.replaceAll(part, ''), text);
    const answer = await client.query(kept, values);
    for (const place of ['for update of pace', 'as uncounted']) if (text.includes(place)) await meet(place);
    return answer;
  };
  const pool = {
    query: (text: string, values?: unknown[]) => world.pool.query(text, values),
    connect: async () => {
      const client = await world.pool.connect();
      return {
        query: (text: string, values?: unknown[]) => query(client, text, values),
        release: (broken?: Error) => client.release(broken),
      };
    },
  } as unknown as pg.Pool;
  return createPayoutStore({ pool, rules: createPayoutRules() });
}

async function bothClaim(store: PayoutStore): Promise<readonly ClaimedPayout[]> {
  const person = somebody();
  await world.client.query('update merchant set person_day_packets = 3, calls_max = 3');
  for (let count = 0; count < 6; count += 1) await buildWin(world.client, activity, { openid: person });
  return race(store, 2);
}

test("two workers that claim at once hand out a person's day once", async () => {
  assert.equal((await bothClaim(meeting([]))).length, 3);
});

test("the twin without locks hands out the person's day and the call times twice", async () => {
  const taken = await bothClaim(meeting(['for update of pace', 'for update skip locked']));
  assert.ok(taken.length > 3, `${taken.length} taken`);
  assert.ok(new Set(taken.map((payout) => payout.callAtMs)).size < taken.length);
});

test('a payout whose answer is being recorded is skipped, not waited for', async () => {
  const win = await buildWin(world.client, activity);
  await world.client.query('begin');
  await world.client.query('select 1 from payout where order_number = $1 for update', [win.orderNumber]);
  assert.deepEqual(await claim(world.store), []);
  await world.client.query('rollback');
  assert.equal((await claim(world.store)).length, 1);
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
    `explain select 1 from payout where merchant_id = 'main' and next_call = 'send' and class = 'live' and due_at <= $1 and (lease_until is null or lease_until <= $1)
     order by due_at limit 8 for update skip locked`.replaceAll('$1', `'${new Date(NOON_MS + 5000).toISOString()}'`),
  );
  assert.match(
    plan.rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'),
    /Index Scan using payout_due_by_call/,
  );
  assert.equal((await claim(world.store, NOON_MS + 5000)).length, 5);
});
