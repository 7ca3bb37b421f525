import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WrongRequest } from '../../src/base/errors.ts';
import type { ReissueSelection } from '../../src/flows/ports/reissues.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, buildMerchant, NOON_MS, randomId } from '../support/builders.ts';
import type { BuiltWin } from '../support/builders.ts';
import { anyone, everythingOf, openReissueWorld } from '../support/reissue-world.ts';
import type { ReissueWorld } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

let world: ReissueWorld;
before(async () => {
  world = await openReissueWorld();
});
after(() => world.close());

describe('candidates', () => {
  test('are the awards proved unpaid, each with its own proof, the earliest first', async () => {
    const activity = await buildActivity(world.client);
    const [late] = await buildEndedWins(world.client, activity, 1, { state: 'dead', atMs: NOON_MS + 5 });
    const [early] = await buildEndedWins(world.client, activity, 1, { state: 'dead', atMs: NOON_MS });
    for (const state of ['parked', 'received', 'sent', 'returned'] as const)
      await buildEndedWins(world.client, activity, 1, { state });
    const found = await world.store.candidates(everythingOf(activity), 10);
    assert.deepEqual(
      found.map((item) => item.awardId),
      [early?.awardId, late?.awardId],
    );
    assert.deepEqual(found[0], {
      accountId: early?.accountId,
      awardId: early?.awardId,
      activityId: activity.id,
      openid: early?.openid,
      orderNumber: early?.orderNumber,
      amountFen: 100,
      state: 'dead',
      reason: 'FAILED',
      proofAttempt: 2,
      provedAtMs: NOON_MS,
    });
    assert.equal((await world.store.candidates(everythingOf(activity), 1)).length, 1);
  });

  test('are chosen by merchant, half-open period and by what payout or send was refused for', async () => {
    const activity = await buildActivity(world.client);
    const other = await buildMerchant(world.client, { id: 'other', mchId: '1900000110' });
    await buildEndedWins(world.client, activity, 2, { state: 'dead', code: 'NOTENOUGH' });
    await buildEndedWins(world.client, activity, 1, { state: 'dead', code: 'SEND_FAILED', atMs: NOON_MS + 1 });
    const count = async (changes: Partial<ReissueSelection>) =>
      (await world.store.candidates(everythingOf(activity, changes), 10)).length;
    assert.equal(await count({ reason: 'NOTENOUGH' }), 2);
    assert.equal(await count({ reason: 'FAILED' }), 3);
    assert.equal(await count({ reason: '%' }), 0);
    assert.equal(await count({ fromMs: NOON_MS + 1 }), 1);
    assert.equal(await count({ untilMs: NOON_MS + 1 }), 2);
    assert.equal(await count({ merchantId: other.id }), 0);
  });

  test('are returned packets only where the activity lets them be issued again', async () => {
    const never = await buildActivity(world.client);
    const always = await world.reissuingActivity();
    for (const activity of [never, always]) await buildEndedWins(world.client, activity, 1, { state: 'returned' });
    assert.equal((await world.store.candidates(everythingOf(never), 10)).length, 0);
    assert.equal((await world.store.candidates(everythingOf(always), 10)).length, 1);
  });

  test('are no numbers of which WeChat Pay told anything else', async () => {
    const activity = await world.reissuingActivity();
    const told = async (state: 'dead' | 'returned', given: Parameters<ReissueWorld['attempt']>[2]) => {
      const [win] = await buildEndedWins(world.client, activity, 1, { state });
      await world.attempt(win as BuiltWin, 3, given);
    };
    const query = (status: string, atMs: number) =>
      ({ kind: 'query', outcome: { kind: 'found', status }, atMs }) as const;
    await told('dead', { kind: 'send', outcome: { kind: 'paid', railNumber: '1' }, atMs: NOON_MS + 1 });
    await told('dead', query('SENT', NOON_MS + 1));
    await told('dead', query('REFUND', NOON_MS + 1));
    await told('dead', query('RECEIVED', NOON_MS - 1));
    await told('dead', { kind: 'send', outcome: null, atMs: NOON_MS - 1 });
    await told('returned', query('RECEIVED', NOON_MS + 1));
    assert.deepEqual(await world.store.candidates(everythingOf(activity), 10), []);
    await told('dead', { kind: 'send', outcome: { kind: 'refused', code: 'SEND_FAILED' }, atMs: NOON_MS + 1 });
    assert.equal((await world.store.candidates(everythingOf(activity), 10)).length, 1);
  });
});

describe('a request', () => {
  test('holds every number with its proof, and can be found and listed', async () => {
    const activity = await buildActivity(world.client);
    const wins = await buildEndedWins(world.client, activity, 3, { state: 'dead' });
    const made = await world.request(activity);
    assert.deepEqual([made.state, made.payouts, made.amountFen, made.requestedBy], ['requested', 3, 300, 'zhang']);
    const found = await world.store.find(made.id);
    assert.deepEqual({ ...found, items: [] }, { ...made, items: [] });
    const items = found?.items.map(
      (item) => `${item.orderNumber} ${item.proofAttempt} ${item.newOrderNumber} ${item.outcome}`,
    );
    assert.deepEqual(new Set(items), new Set(wins.map((win) => `${win.orderNumber} 2 null null`)));
    assert.deepEqual(
      (await world.store.list({ after: null, limit: 100 })).rows.find((item) => item.id === made.id),
      made,
    );
    const all = (await world.store.list({ after: null, limit: 100 })).rows.map(({ id }) => id);
    const first = await world.store.list({ after: null, limit: 1 });
    const older = await world.store.list({ after: first.next, limit: 100 });
    assert.deepEqual(
      [...first.rows, ...(first.next === null ? [] : older.rows)].map(({ id }) => id),
      all,
    );
    assert.ok((await world.store.waiting(100)).some(({ id }) => id === made.id));
    assert.equal(await world.store.find('none'), undefined);
  });

  test('leaves out what stands in another open one, also when both are made at once', async () => {
    const activity = await buildActivity(world.client);
    await buildEndedWins(world.client, activity, 50, { state: 'dead' });
    const outcomes = await Promise.allSettled([
      world.request(activity),
      world.request(activity),
      world.request(activity),
    ]);
    const made = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assert.equal(made.length, 1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.equal((outcome.reason as WrongRequest).code, 'reissue-empty');
    const kept = made[0]?.value;
    assert.ok(kept);
    await world.store.decide(
      { id: kept.id, decision: 'refused', operatorId: 'li', nowMs: NOON_MS, orderPrefix: 'test' },
      anyone,
    );
    assert.equal((await world.request(activity)).payouts, 50);
  });

  test('must not be empty, too large or about a merchant that does not exist', async () => {
    const activity = await buildActivity(world.client);
    await assert.rejects(world.request(activity), { code: 'reissue-empty', status: 409 });
    await buildEndedWins(world.client, activity, 3, { state: 'dead' });
    const small = createReissueStore({ pool: world.pool, payoutsMax: 2 });
    const selection = everythingOf(activity);
    const input = { id: randomId(), selection, why: 'x', operatorId: 'zhang', nowMs: NOON_MS };
    await assert.rejects(small.request(input), { code: 'reissue-too-large', status: 409 });
    const merchantId = 'nobody' as ReissueSelection['merchantId'];
    await assert.rejects(world.request(activity, { merchantId }), { code: 'selection-faulty', status: 400 });
    assert.equal((await world.request(activity)).payouts, 3);
  });
});
