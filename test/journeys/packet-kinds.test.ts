import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTakeInMiniProgram } from '../../src/flows/take-in-mini-program.ts';
import { signMiniClaim } from '../../src/pay/mini-claim.ts';
import { takeMiniPacket } from '../../src/simulator/pay/packet-kinds.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createMiniPackets } from '../../src/store/read-models/mini-packets.ts';
import { readMyAwards } from '../../src/store/read-models/my-awards.ts';
import { buildAccount, buildActivity, buildMerchant, somebody } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { realLuck } from '../support/draws.ts';
import { startPayoutJourney } from '../support/payout-journey.ts';
import type { PayoutJourney } from '../support/payout-journey.ts';
import { simulatedMerchant } from '../support/transfers.ts';

const MINUTE = 60_000;
const MINI_APP = 'wxcccccccccccccccc';
const UNBOUND_APP = 'wxeeeeeeeeeeeeeeee';

let journey: PayoutJourney;
let other: Simulator;
let shared: BuiltActivity;
let reopening: BuiltActivity;
let inMiniProgram: BuiltActivity;
let elsewhere: BuiltActivity;
let couponed: BuiltActivity;
let astray: BuiltActivity;

before(async () => {
  other = await startSimulator({ seed: 'another company', appId: 'wxdddddddddddddddd' });
  const couponStocks = { 98765432: 3 };
  const payRules = { groupPacketsOpen: true, couponStocks, miniAppIds: [MINI_APP], repeatPauseMs: 1000 };
  journey = await startPayoutJourney({ simulator: { appIds: [MINI_APP], payRules }, other });
  const { world, activity } = journey;
  const { client } = world;
  const { account } = activity;
  const kind = 'group-packet' as const;
  const prizes = [{ id: 'group', name: '裂变红包', kind, amountFen: 1000, shares: 5, tickets: 1, stock: 100 }];
  shared = await buildActivity(client, { account, rule: { prizes } });
  reopening = await buildActivity(client, { account, rule: { prizes, returned: { money: 'budget', reissue: false } } });
  const mini = { id: 'mini', name: '小程序红包', kind: 'mini-packet' as const, amountFen: 300, tickets: 1, stock: 100 };
  const miniAccount = await buildAccount(client, { id: 'mini', appId: MINI_APP, merchant: account.merchant });
  inMiniProgram = await buildActivity(client, { account: miniAccount, rule: { prizes: [mini] } });
  const company = await buildMerchant(client, { id: 'other', mchId: other.merchant.mchId });
  const theirs = await buildAccount(client, { id: 'theirs', appId: other.account.appId, merchant: company });
  elsewhere = await buildActivity(client, { account: theirs });
  const coupon = { id: 'coupon', name: '满减券', kind: 'coupon' as const, stockId: '98765432', tickets: 1, stock: 9 };
  couponed = await buildActivity(client, { account, rule: { prizes: [coupon], budgetFen: 0 } });
  const unbound = await buildAccount(client, { id: 'astray', appId: UNBOUND_APP, merchant: account.merchant });
  astray = await buildActivity(client, { account: unbound });
});
after(async () => {
  await journey.close();
  await other.close();
});

/** Kind and amount of each of the award's book entries after it was sent. */
async function endings({ accountId, awardId }: BuiltWin): Promise<readonly string[]> {
  const found = await journey.world.client.query<{ entry: string }>(
    `select kind || ' ' || amount_fen as entry from book_entry where account_id = $1 and award_id = $2
       and kind not in ('award', 'send') order by id`,
    [accountId, awardId],
  );
  return found.rows.map(({ entry }) => entry);
}

/** What the winner is told about the award. */
async function told({ accountId: account, openid }: BuiltWin): Promise<string | undefined> {
  const nowMs = journey.simulator.clock.nowMs();
  return (await readMyAwards(journey.world.pool, { account, openid, most: 1, nowMs }))[0]?.progress;
}

async function spentFen({ account, id }: BuiltActivity): Promise<number> {
  const found = await journey.world.client.query<{ spent_fen: string }>(
    'select spent_fen from activity_counter where account_id = $1 and activity_id = $2',
    [account.id, id],
  );
  return Number(found.rows[0]?.spent_fen);
}

test('a packet that friends share is received once the last share is taken, however the query shows the first ones', async () => {
  const { win, reaches, state, pass, simulator, compareBooks } = journey;
  for (const groupReceivedFrom of ['last-share', 'first-share'] as const) {
    simulator.payRules.groupReceivedFrom = groupReceivedFrom;
    const won = await win(undefined, shared);
    await reaches(won, 'sent');
    simulator.followers.openPacket(won.orderNumber);
    for (const friend of simulator.followers.addMany(3)) simulator.books.takeShare(won.orderNumber, friend.openid);
    await pass(2 * MINUTE);
    assert.equal(await state(won), 'sent', groupReceivedFrom);
    simulator.books.takeShare(won.orderNumber, simulator.followers.add().openid);
    await reaches(won, 'received');
    assert.deepEqual(await endings(won), ['received 1000']);
    await compareBooks();
  }
});

test('shares nobody takes within a day come back, and the books have both parts to the fen', async () => {
  const { win, reaches, simulator, compareBooks, world } = journey;
  const won = await win(undefined, shared);
  await reaches(won, 'sent');
  simulator.followers.openPacket(won.orderNumber);
  simulator.books.takeShare(won.orderNumber, simulator.followers.add().openid);
  await reaches(won, 'received');
  const taken = simulator.books.packet(won.orderNumber)?.taken ?? [];
  const takenFen = taken.reduce((sum, { fen }) => sum + fen, 0);
  assert.equal(taken.length, 2);
  assert.deepEqual(await endings(won), [`received ${takenFen}`, `returned ${1000 - takenFen}`]);
  assert.equal(await world.awardState(won), 'received');
  await compareBooks();
});

test('the part that comes back can be won again where the activity says so, and all of it where nobody took a share', async () => {
  const { win, reaches, simulator, world } = journey;
  const won = await win(undefined, reopening);
  await reaches(won, 'sent');
  simulator.followers.openPacket(won.orderNumber);
  await reaches(won, 'received');
  const takenFen = simulator.books.packet(won.orderNumber)?.taken?.[0]?.fen ?? 0;
  assert.deepEqual(await endings(won), [
    `received ${takenFen}`,
    `returned ${1000 - takenFen}`,
    `reopened ${1000 - takenFen}`,
  ]);
  assert.equal(await spentFen(reopening), takenFen);
  const untouched = await win(undefined, reopening);
  await reaches(untouched, 'returned');
  assert.deepEqual(await endings(untouched), ['returned 1000', 'reopened 1000']);
  assert.equal(await spentFen(reopening), takenFen);
  assert.deepEqual(await world.differences(), []);
});

test('a shared packet whose answer was lost is sent again under its number and paid once', async () => {
  const { win, reaches, simulator } = journey;
  simulator.faults.next('answer-lost-after-paying', 1);
  const won = await win(undefined, shared);
  await reaches(won, 'sent');
  assert.equal(simulator.books.paidCountByNumber.get(won.orderNumber), 1);
  await reaches(won, 'returned');
});

test('a packet in a mini program is taken there with the signature that its merchant is set to', async () => {
  const { win, reaches, simulator, world } = journey;
  const { apiKey } = simulator.merchant;
  const activityWinner = somebody();
  for (const [signs, letters] of [
    ['encoded', 'lower'],
    ['raw', 'upper'],
  ] as const) {
    simulator.payRules.miniClaim = { signs, letters };
    const person = simulator.followers.add();
    const openid = simulator.followers.openidFor(person, MINI_APP) ?? '';
    // The first answer is lost: the same request brings what the packet is taken with.
    simulator.faults.next('answer-lost-after-paying', 1);
    const won = await win(openid, inMiniProgram);
    await reaches(won, 'sent');
    assert.equal(simulator.followers.chat(person.openid).length, 0, 'nothing comes to the chat');
    const take = createTakeInMiniProgram({
      packets: createMiniPackets(world.pool),
      accounts: { merchant: async () => simulatedMerchant(simulator) },
      sign: signMiniClaim,
      clock: simulator.clock,
      luck: realLuck,
    });
    const parts = { books: simulator.books, rules: simulator.payRules, apiKey };
    const setTo = (form: string): Promise<unknown> =>
      world.client.query(`update merchant set mini_claim = $1 where id = 'main'`, [form]);
    await setTo(signs === 'raw' ? 'encoded-upper' : 'raw-lower');
    const [wrong] = await take(won.accountId, won.openid);
    assert.ok(wrong);
    assert.throws(() => takeMiniPacket({ appId: MINI_APP, ...wrong.claim }, openid, parts), /签名错误/);
    assert.deepEqual(await take(won.accountId, activityWinner), [], 'nobody else has anything to take');
    assert.equal(await told(won), 'in-mini-program');
    await setTo(`${signs}-${letters}`);
    const [right, ...more] = await take(won.accountId, won.openid);
    assert.deepEqual([right?.orderNumber, right?.amountFen, more.length], [won.orderNumber, 300, 0]);
    takeMiniPacket({ appId: MINI_APP, ...(right ?? wrong).claim }, openid, parts);
    await reaches(won, 'received');
    assert.deepEqual(await endings(won), ['received 300']);
  }
});

test('a packet in a mini program that nobody takes comes back after a day', async () => {
  const { win, reaches, simulator } = journey;
  const openid = simulator.followers.openidFor(simulator.followers.add(), MINI_APP) ?? '';
  const won = await win(openid, inMiniProgram);
  await reaches(won, 'returned');
  assert.deepEqual(await endings(won), ['returned 300']);
});

test('a coupon is given once under its number, whatever becomes of the first answers, and no cash moves', async () => {
  const { reaches, win, simulator, compareBooks, world } = journey;
  for (const kind of ['answer-lost-after-paying', 'garbage'] as const) {
    simulator.faults.next(kind, 1);
    const won = await win(undefined, couponed);
    await reaches(won, 'received');
    const given = simulator.coupons.coupons().filter(({ number }) => number === won.orderNumber);
    assert.deepEqual(
      given.map(({ openid }) => openid),
      [won.openid],
    );
    assert.deepEqual(await endings(won), []);
    assert.equal((await world.payout(won))['rail_number'], given[0]?.id);
    assert.equal(await told(won), 'coupon');
  }
  await compareBooks();
});

test('a coupon that is refused rests until a person has seen to it, and is then given under the same number', async () => {
  const { reaches, win, simulator, world, state, pass } = journey;
  const last = await win(undefined, couponed);
  await reaches(last, 'received');
  const none = await win(undefined, couponed);
  await reaches(none, 'parked');
  assert.match(String((await world.payout(none))['reason']), /批次已发完.*no question about coupons/);
  simulator.payRules.couponStocks = { 98765432: 4 };
  await world.store.askAllFirst(simulator.clock.nowMs());
  assert.equal(await state(none), 'parked');
  await pass(MINUTE);
  await world.store.retryParked(none, simulator.clock.nowMs());
  await reaches(none, 'received');
  assert.equal(simulator.coupons.coupons().length, 4);
  assert.deepEqual(await world.differences(), []);
});

test('a service provider pays each kind for its sub-merchant, and a wrong pair of the two is refused and told', async () => {
  const { reaches, win, simulator, world } = journey;
  const provide = (subMchId: string | null, msgAppId: string | null): Promise<unknown> =>
    world.client.query(`update merchant set sub_mch_id = $1, msg_app_id = $2 where id = 'main'`, [subMchId, msgAppId]);
  simulator.payRules.subMerchants = { 1900000999: [MINI_APP] };
  await provide('1900000999', MINI_APP);
  const openid = simulator.followers.openidFor(simulator.followers.add(), MINI_APP) ?? '';
  const paid = [await win(), await win(undefined, shared), await win(openid, inMiniProgram)];
  for (const won of paid) await reaches(won, 'sent');
  for (const won of paid) assert.equal(simulator.books.paidCountByNumber.get(won.orderNumber), 1);
  await provide('1900000111', MINI_APP);
  const astrayWin = await win();
  await reaches(astrayWin, 'parked');
  assert.match(String((await world.payout(astrayWin))['reason']), /ACCEPTMODE_ERROR/);
  await provide(null, null);
  simulator.payRules.subMerchants = {};
  for (const won of paid) await reaches(won, 'returned');
  assert.deepEqual(await world.differences(), []);
});

test('under an app id that its merchant is not bound to nothing is sent, and the words say which pair it is', async () => {
  const { win, reaches, simulator, world } = journey;
  const calls = simulator.books.arrivals.length;
  const won = await win(undefined, astray);
  await reaches(won, 'parked');
  assert.equal(simulator.books.arrivals.length, calls);
  const { reason } = await world.payout(won);
  assert.match(String(reason), new RegExp(`${UNBOUND_APP} is not bound to merchant ${simulator.merchant.mchId}`));
});

test('two companies pay at once, each from its own balance; one that is empty stops nobody else', async () => {
  const { win, reaches, pass, state, simulator, compareBooks } = journey;
  const before = { ours: simulator.books.totals().sentFen, theirs: other.books.totals().sentFen };
  other.clock.advance(simulator.clock.nowMs() - other.clock.nowMs());
  const ours: BuiltWin[] = [];
  const theirs: BuiltWin[] = [];
  for (let count = 0; count < 3; count += 1) {
    ours.push(await win());
    theirs.push(await win(other.followers.add().openid, elsewhere));
  }
  for (const won of [...ours, ...theirs]) await reaches(won, 'sent');
  assert.equal(simulator.books.totals().sentFen - before.ours, 300);
  assert.equal(other.books.totals().sentFen - before.theirs, 300);
  for (const won of ours) simulator.followers.openPacket(won.orderNumber);
  for (const won of theirs) other.followers.openPacket(won.orderNumber);
  for (const won of [...ours, ...theirs]) await reaches(won, 'received');
  await compareBooks();
  other.payRules.merchantFenPerDayMax = 0;
  const last = { ours: await win(), theirs: await win(other.followers.add().openid, elsewhere) };
  await reaches(last.ours, 'sent');
  await pass(0);
  assert.equal(await state(last.theirs), 'waiting');
  const stopped = await journey.world.client.query<{ id: string }>(`select id from merchant where state = 'stopped'`);
  assert.deepEqual(
    stopped.rows.map(({ id }) => id),
    ['other'],
  );
});
