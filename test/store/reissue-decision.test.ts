import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WrongRequest } from '../../src/base/errors.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import type { BuiltWin } from '../support/builders.ts';
import { anyone, HOUR, openReissueWorld, watchedPool } from '../support/reissue-world.ts';
import type { ReissueWorld } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

let world: ReissueWorld;
before(async () => {
  world = await openReissueWorld();
});
after(() => world.close());

describe('two who decide', () => {
  /** Approves twice at once, each having read the request before either goes on, or as near to that as locks let. */
  async function race(change: (text: string) => string): Promise<readonly PromiseSettledResult<unknown>[]> {
    const activity = await buildActivity(world.client);
    await buildEndedWins(world.client, activity, 3, { state: 'dead' });
    const { id } = await world.request(activity);
    let arrived = 0;
    const pool = watchedPool(world.pool, async (text, run) => {
      const result = await run(change(text));
      if (!text.includes('from reissue where id = $1 for update') || !text.includes('requestedBy')) return result;
      arrived += 1;
      for (let wait = 0; wait < 30 && arrived < 2; wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      return result;
    });
    const store = createReissueStore({ pool, payoutsMax: REISSUE_MAX });
    return Promise.allSettled(['li', 'wang'].map((operatorId) => world.approve(id, { store, operatorId })));
  }

  test('at once: one does, the other is told', async () => {
    const outcomes = await race((text) => text);
    assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as WrongRequest).code] : [],
    );
    assert.deepEqual(codes, ['reissue-decided']);
  });

  test('twin: without the lock both would', async () => {
    const outcomes = await race((text) => text.replace(/for update( of \w+)?/, ''));
    assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 2);
  });

  test('one after the other: the first word stays, saying it again changes nothing', async () => {
    const activity = await buildActivity(world.client);
    const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'dead' })) as [BuiltWin];
    const { id } = await world.request(activity);
    const say = (decision: 'approved' | 'refused' | 'withdrawn', operatorId: string, nowMs = NOON_MS) =>
      world.store.decide({ id, decision, operatorId, nowMs, orderPrefix: 'test' }, anyone);
    const first = await say('refused', 'li');
    assert.deepEqual([first.state, first.items[0]?.outcome], ['refused', 'refused']);
    assert.deepEqual(await say('refused', 'li', NOON_MS + 9), first);
    await assert.rejects(say('approved', 'li'), { code: 'reissue-decided', status: 409 });
    await assert.rejects(say('refused', 'wang', NOON_MS + HOUR), { code: 'reissue-decided' });
    assert.equal((await world.payouts(win)).length, 1);
  });
});

describe('an approval that broke off', () => {
  async function brokenOff() {
    const activity = await buildActivity(world.client);
    await buildEndedWins(world.client, activity, 450, { state: 'dead' });
    const { id } = await world.request(activity);
    let writes = 0;
    const breaking = watchedPool(world.pool, async (text, run) => {
      if (text.includes('jsonb_to_recordset($1) as item') && (writes += 1) === 2)
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' });
      return run(text);
    });
    const broken = createReissueStore({ pool: breaking, payoutsMax: REISSUE_MAX });
    await assert.rejects(world.approve(id, { store: broken }), { name: 'OutsideTrouble' });
    const found = await world.store.find(id);
    assert.equal(found?.state, 'approved');
    assert.equal(found?.items.filter((item) => item.outcome === null).length, 250);
    return { id, activity };
  }
  const issued = (items: readonly { readonly outcome: string | null }[]) =>
    items.filter((item) => item.outcome === 'issued').length;

  test('is finished when the same person says it again, and nothing is issued twice', async () => {
    const { id, activity } = await brokenOff();
    await assert.rejects(world.request(activity), { code: 'reissue-empty' });
    const finished = await world.approve(id);
    assert.equal(issued(finished.items), 450);
    assert.deepEqual(await world.differences(activity), []);
    const found = await world.client.query('select count(*)::int as payouts from payout where activity_id = $1', [
      activity.id,
    ]);
    assert.equal(found.rows[0].payouts, 900);
  });

  test('can be finished by another after five minutes, and not before', async () => {
    const { id } = await brokenOff();
    const decidedAtMs = NOON_MS + 2 * HOUR;
    await assert.rejects(world.approve(id, { operatorId: 'wang', nowMs: decidedAtMs + 299_999 }), {
      code: 'reissue-decided',
    });
    const finished = await world.approve(id, { operatorId: 'wang', nowMs: decidedAtMs + 300_000 });
    assert.deepEqual([issued(finished.items), finished.decidedBy], [450, 'li']);
    await assert.rejects(world.approve(id, { operatorId: 'wang', nowMs: decidedAtMs + 300_001 }), {
      code: 'reissue-decided',
    });
  });
});
