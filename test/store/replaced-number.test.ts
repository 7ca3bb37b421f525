import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '../../src/base/fen.ts';
import type { QueryOutcome } from '../../src/flows/ports/payouts.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import { begin, call, claimOne, LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';

const DAY_MS = 86_400_000;
const FAILED: QueryOutcome = { kind: 'found', status: 'FAILED', reason: '', returnedFen: fen(0), openedAtMs: null };

test('a late answer about a number that has been replaced leaves the award to its new number', async () => {
  const world = await openPayoutWorld();
  try {
    const activity = await buildActivity(world.client);
    const win = await buildWin(world.client, activity);
    await call(world.store, await claimOne(world.store), unclear('PROCESSING'), NOON_MS);
    // A worker whose lease runs out while it asks, and the heir that is told FAILED.
    const askedMs = NOON_MS + DAY_MS;
    const late = await claimOne(world.store, askedMs);
    const number = (await begin(world.store, late, 'query', askedMs)) ?? 0;
    const heir = await claimOne(world.store, askedMs + LEASE_MS);
    await call(world.store, heir, FAILED, askedMs + LEASE_MS);

    const reissues = createReissueStore({ pool: world.pool, payoutsMax: 10 });
    const nowMs = askedMs + LEASE_MS + 1000;
    const period = { fromMs: NOON_MS, untilMs: nowMs, reason: null, activityId: null };
    const selection = { merchantId: activity.account.merchant.id, ...period };
    await reissues.request({ id: 'again', selection, why: 'proved unpaid', operatorId: 'one', nowMs });
    const decision = { id: 'again', decision: 'approved', operatorId: 'another', nowMs, orderPrefix: 'test' } as const;
    await reissues.decide(decision, () => undefined);
    assert.equal(await world.awardState(win), 'reserved');

    await world.store.recordAnswer({ payout: late, number, outcome: FAILED, raw: '', nowMs: nowMs + 1000 });
    assert.equal(await world.awardState(win), 'reserved');
    assert.deepEqual(await world.differences(), []);
  } finally {
    await world.close();
  }
});

function unclear(code: string) {
  return { kind: 'unknown', code, message: '' } as const;
}
