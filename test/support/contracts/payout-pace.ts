import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { MerchantId } from '../../../src/base/ids.ts';
import type { PayoutKey } from '../../../src/flows/ports/payouts.ts';
import {
  begin,
  callNow,
  claim,
  claimOnly,
  DAY,
  HOUR,
  LEASE,
  MINUTE,
  NOON,
  notFound,
  numbersOf,
  paid,
  play,
  refused,
  SECOND,
  unclear,
} from './payout-contract-world.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';

const TOMORROW = Date.parse('2026-11-22T00:00:00+08:00');
const SPACING = 34.5;

/** Times handed out, daily limits, whose turn it is. */
export function paceContract(open: () => Promise<PayoutContractWorld>): void {
  let world: PayoutContractWorld;
  let merchant: MerchantId;
  beforeEach(async () => {
    world = await open();
    merchant = await world.merchant('main');
  });
  afterEach(() => world.close());

  const wins = async (count: number, given: Parameters<PayoutContractWorld['win']>[0] = {}) => {
    const made: PayoutKey[] = [];
    for (let index = 0; index < count; index += 1) made.push(await world.win(given));
    return made;
  };

  function spaced(times: readonly number[], spacingMs: number): void {
    const sorted = times.toSorted((left, right) => left - right);
    for (const [index, atMs] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before !== undefined) assert.ok(atMs - before >= spacingMs - 0.01, `${atMs - before} ms apart`);
    }
  }

  it('hands out send times a spacing apart, over two claimers at once', async () => {
    await world.merchant('main', { callsMax: 16 });
    await wins(20);
    const claims = await Promise.all([claim(world.store), claim(world.store)]);
    const payouts = claims.flatMap((one) => one.payouts);
    assert.equal(new Set(numbersOf(payouts)).size, 20);
    const times = payouts.map((payout) => payout.callAtMs);
    spaced(times, SPACING);
    // Half the pace, because connections are opened anew.
    assert.ok(Math.max(...times) < NOON + 20 * 2 * SPACING + 100);
  });

  it('gives a missed time another one, after all the others', async () => {
    await wins(3);
    const { payouts } = await claim(world.store);
    const input = { merchantId: merchant, call: 'send', nowMs: NOON } as const;
    const turns = await Promise.all([world.store.takeTurn(input), world.store.takeTurn(input)]);
    spaced([...payouts.map((payout) => payout.callAtMs), ...turns], SPACING);
    assert.ok((await world.store.takeTurn({ ...input, nowMs: NOON + HOUR })) >= NOON + HOUR);
  });

  it('paces queries apart from sends', async () => {
    const [first, second] = await wins(2);
    const { payouts } = await claim(world.store);
    for (const payout of payouts) await callNow(world.store, payout, paid, NOON);
    await wins(2, { dueAtMs: NOON + HOUR });
    const both = await claim(world.store, NOON + HOUR);
    const asked = both.payouts.filter((payout) => payout.call === 'query');
    assert.deepEqual(new Set(numbersOf(asked)), new Set([first?.orderNumber, second?.orderNumber]));
    const timesOf = (call: string) => both.payouts.filter((item) => item.call === call).map((item) => item.callAtMs);
    spaced(timesOf('query'), SPACING);
    spaced(timesOf('send'), SPACING);
    assert.equal(Math.min(...timesOf('query')), Math.min(...timesOf('send')));
  });

  it('lets a worker hold three quarters of the places for sends and the rest for queries', async () => {
    await world.merchant('main', { callsMax: 8 });
    await wins(20);
    const first = await claim(world.store);
    assert.deepEqual([first.payouts.length, first.more], [6, true]);
    const held = new Map([[merchant, { sends: 4, queries: 0 }]]);
    assert.equal((await claim(world.store, NOON, held)).payouts.length, 2);
    const full = new Map([[merchant, { sends: 6, queries: 2 }]]);
    assert.deepEqual((await claim(world.store, NOON, full)).payouts, []);
  });

  it('sends live awards before batch issues, which get every tenth time first', async () => {
    const batch = await wins(3, { class: 'batch', dueAtMs: NOON - HOUR });
    await wins(25);
    await world.merchant('main', { callsMax: 1000 });
    const { payouts } = await claim(world.store);
    const order = payouts.toSorted((left, right) => left.callAtMs - right.callAtMs);
    const isBatch = (index: number) => batch.some((key) => key.orderNumber === order[index]?.orderNumber);
    assert.deepEqual(
      order.flatMap((_payout, index) => (isBatch(index) ? [index] : [])),
      [9, 19, 27],
    );
  });

  it('sends one person no more packets in a day than allowed, and holds back nobody else', async () => {
    await world.merchant('main', { personDayPackets: 2 });
    await wins(5, { openid: 'oGreedy', dueAtMs: NOON - HOUR });
    const other = await world.win({ openid: 'oOther' });
    const today = await claim(world.store);
    assert.equal(today.payouts.filter((payout) => payout.openid === 'oGreedy').length, 2);
    assert.ok(numbersOf(today.payouts).includes(other.orderNumber));
    for (const payout of today.payouts) await callNow(world.store, payout, paid, NOON);
    const sends = async (atMs: number) =>
      (await claim(world.store, atMs)).payouts.filter((item) => item.call === 'send');
    assert.deepEqual(await sends(TOMORROW - 1), []);
    assert.equal((await sends(TOMORROW + MINUTE)).length, 2);
  });

  it('tells why and until when a payout over the limit waits', async () => {
    await world.merchant('main', { personDayPackets: 1 });
    const keys = await wins(2, { openid: 'oGreedy' });
    const taken = numbersOf((await claim(world.store)).payouts);
    const second = keys.find((key) => !taken.includes(key.orderNumber));
    assert.ok(second !== undefined && taken.length === 1);
    const waiting = await world.see(second);
    assert.equal(waiting.dueAtMs, TOMORROW + MINUTE);
    assert.match(waiting.reason ?? '', /waits until tomorrow/);
    assert.deepEqual([waiting.state, waiting.award], ['waiting', 'reserved']);
  });

  it('sends one person no more money in a day than allowed', async () => {
    await world.merchant('main', { personDayFen: 1000 });
    await wins(4, { openid: 'oGreedy', amountFen: 400 });
    assert.equal((await claim(world.store)).payouts.length, 2);
  });

  it('counts over two claimers at once', async () => {
    await world.merchant('main', { personDayPackets: 3, callsMax: 3 });
    await wins(8, { openid: 'oGreedy' });
    const claims = await Promise.all([claim(world.store), claim(world.store), claim(world.store)]);
    assert.equal(claims.flatMap((one) => one.payouts).length, 3);
  });

  it('counts a number once a day, however often it is sent', async () => {
    await world.merchant('main', { personDayPackets: 2 });
    const key = await world.win({ openid: 'oGreedy' });
    await play(world.store, key, unclear());
    await play(world.store, key, unclear(), NOON + 2 * SECOND);
    await play(world.store, key, refused('FREQ_LIMIT'), NOON + MINUTE);
    await wins(2, { openid: 'oGreedy', dueAtMs: NOON + MINUTE });
    const { payouts } = await claim(world.store, NOON + MINUTE);
    assert.equal(payouts.length, 1);
  });

  it('counts a number anew on another day only when nothing of it can have been paid before', async () => {
    await world.merchant('main', { personDayPackets: 1 });
    const doubtful = await world.win({ openid: 'oDoubtful', dueAtMs: TOMORROW - SECOND });
    const clear = await world.win({ openid: 'oClear', dueAtMs: TOMORROW - SECOND });
    for (const payout of (await claim(world.store, TOMORROW - SECOND)).payouts) {
      const outcome = payout.orderNumber === clear.orderNumber ? refused('FREQ_LIMIT') : unclear();
      await callNow(world.store, payout, outcome, TOMORROW - SECOND);
    }
    const atMs = TOMORROW + 5 * MINUTE;
    const again = await claim(world.store, atMs);
    assert.deepEqual(new Set(numbersOf(again.payouts)), new Set([doubtful.orderNumber, clear.orderNumber]));
    const more = [
      await world.win({ openid: 'oDoubtful', dueAtMs: atMs }),
      await world.win({ openid: 'oClear', dueAtMs: atMs }),
    ];
    assert.deepEqual(numbersOf((await claim(world.store, atMs)).payouts), [more[0]?.orderNumber]);
  });

  it('counts a refused packet anew on another day although it was asked about between', async () => {
    await world.merchant('main', { personDayPackets: 1 });
    const key = await world.win({ openid: 'oPatient' });
    await play(world.store, key, refused('FREQ_LIMIT'));
    await world.store.askAllFirst(NOON + DAY);
    await play(world.store, key, notFound, NOON + DAY);
    const atMs = NOON + DAY + HOUR;
    assert.equal((await claimOnly(world.store, key, atMs)).call, 'send');
    await world.win({ openid: 'oPatient', dueAtMs: atMs });
    assert.deepEqual((await claim(world.store, atMs)).payouts, []);
  });

  it('counts a parked packet that is sent again on another day', async () => {
    await world.merchant('main', { personDayPackets: 1 });
    const key = await world.win({ openid: 'oRisky' });
    await play(world.store, key, refused('NO_AUTH'));
    await world.store.retryParked(key, NOON + DAY);
    await claimOnly(world.store, key, NOON + DAY);
    await world.win({ openid: 'oRisky', dueAtMs: NOON + DAY });
    assert.deepEqual((await claim(world.store, NOON + DAY)).payouts, []);
  });

  it('sends no more of a merchant in a day than allowed, and goes on the next day', async () => {
    await world.merchant('main', { dayFen: 1000 });
    const keys = await wins(3, { amountFen: 400 });
    assert.equal((await claim(world.store)).payouts.length, 2);
    await world.win({ amountFen: 100, dueAtMs: NOON + HOUR });
    assert.equal((await claim(world.store, NOON + LEASE - 1)).payouts.length, 0);
    const next = await claim(world.store, TOMORROW + MINUTE);
    assert.ok(next.payouts.some((payout) => keys.some((key) => key.orderNumber === payout.orderNumber)));
  });

  it("begins a merchant's new day once, though clocks differ by milliseconds at midnight", async () => {
    await world.merchant('main', { dayFen: 1000 });
    const taken: number[] = [];
    for (const offsetMs of [1, -1, 2]) {
      await world.win({ amountFen: 400, dueAtMs: TOMORROW - SECOND });
      taken.push((await claim(world.store, TOMORROW + offsetMs)).payouts.length);
    }
    assert.deepEqual(taken, [1, 1, 0]);
  });

  it('halves the pace for a minute when WeChat Pay says "too fast"', async () => {
    await play(world.store, await world.win(), refused('FREQ_LIMIT'));
    await wins(5, { dueAtMs: NOON + SECOND });
    const slow = await claim(world.store, NOON + SECOND);
    spaced(
      slow.payouts.map((payout) => payout.callAtMs),
      2 * SPACING,
    );
    for (const payout of slow.payouts) await callNow(world.store, payout, paid, NOON + SECOND);
    await world.win({ dueAtMs: NOON + 2 * MINUTE - 2 * SECOND });
    await claim(world.store, NOON + 2 * MINUTE - 2 * SECOND);
    await wins(5, { dueAtMs: NOON + 2 * MINUTE });
    const swift = (await claim(world.store, NOON + 2 * MINUTE)).payouts.filter((payout) => payout.call === 'send');
    const times = swift.map((payout) => payout.callAtMs);
    spaced(times, SPACING);
    assert.ok(Math.max(...times) - Math.min(...times) < 6 * SPACING);
  });

  it('sends a person nothing more on the day WeChat Pay says is full', async () => {
    await play(world.store, await world.win({ openid: 'oFull' }), refused('SENDNUM_LIMIT'));
    const other = await world.win({ openid: 'oFull', dueAtMs: NOON + SECOND });
    assert.deepEqual((await claim(world.store, NOON + SECOND)).payouts, []);
    assert.equal((await world.see(other)).dueAtMs, TOMORROW + MINUTE);
    assert.equal((await claim(world.store, TOMORROW + MINUTE)).payouts.length, 2);
  });

  it('keeps each merchant its own pace and counters', async () => {
    const second = await world.merchant('second', { dayFen: 100 });
    await world.merchant('main', { dayFen: 100 });
    await world.win({ openid: 'oBoth' });
    await world.win({ merchantId: second, openid: 'oBoth' });
    const { payouts } = await claim(world.store);
    assert.equal(payouts.length, 2);
    assert.equal(payouts[0]?.callAtMs, payouts[1]?.callAtMs);
  });

  it('begins a call at the time it was handed out', async () => {
    const key = await world.win();
    const payout = await claimOnly(world.store, key);
    assert.equal(await begin(world.store, payout, Math.ceil(payout.callAtMs)), 1);
  });
}
