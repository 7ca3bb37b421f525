import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { createPageReads } from '../../../src/store/page-reads.ts';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import { DAY_MS, openErasureWorld } from '../../support/erasure-world.ts';
import { watchedPool } from '../../support/reissue-world.ts';

/** A draw that has read its people and not written them when the person’s counts are to be put under the pseudonym. */
async function meet(context: TestContext, around: (pool: pg.Pool) => pg.Pool): Promise<readonly string[]> {
  const world = await openErasureWorld();
  context.after(() => world.close());
  const activity = await world.activity();
  const person = world.person(activity);
  await world.draw(activity, person.openid, '1');
  await world.payAll();
  world.clock.nowMs += DAY_MS;

  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = watchedPool(world.pool, async (text, run) => {
    if (!text.startsWith('copy draw')) return run(text);
    reached.resolve();
    await gate.promise;
    return run(text);
  });
  const draw = world.draw(activity, person.openid, '2', createDrawStore(held, world.pseudonyms));
  await reached.promise;
  const erasures = createErasureStore(around(world.pool), world.pseudonyms);
  await erasures.begin(person, { reason: 'request', requestedBy: 'test', nowMs: world.clock.nowMs });
  const steps = async (): Promise<void> => {
    for (let step = 0; step < 3; step += 1) await erasures.advance(person, world.clock.nowMs);
  };
  const erasing = steps();
  await sleep(300);
  gate.resolve();
  await Promise.all([draw, erasing]);
  return world.differences();
}

test('counts are put under the pseudonym before a draw reads them or after it wrote them', async (context) => {
  assert.deepEqual(await meet(context, (pool) => pool), []);
});

test('twin: without the counters’ lock a draw writes what was put away already', async (context) => {
  const unlocked = (pool: pg.Pool): pg.Pool =>
    watchedPool(pool, (text, run) =>
      run(text.startsWith('select 1 from activity_counter') ? text.replace('for update', '') : text),
    );
  const differences = await meet(context, unlocked);
  assert.ok(
    differences.some((item) => item.startsWith('draws of all people')),
    differences.join('\n'),
  );
});

test('the page shows somebody who was erased where they stand', async (context) => {
  const world = await openErasureWorld();
  context.after(() => world.close());
  const activity = await world.activity();
  const person = world.person(activity);
  await world.draw(activity, person.openid, '1');
  await world.payAll();
  world.clock.nowMs += DAY_MS;
  assert.equal(await world.erase(person), 'finished');
  const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
  const reads = createPageReads({ pool: world.pool, parseRule, pseudonyms: world.pseudonyms });
  const standing = await reads.standing(activity, person.openid);
  assert.deepEqual([standing.person?.draws, standing.person?.wins, standing.last], [1, 1, null]);
  assert.equal((await reads.standing(activity, world.person(activity).openid)).person, null);
});
