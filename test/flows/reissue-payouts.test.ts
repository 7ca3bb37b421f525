import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Operator } from '../../src/flows/ports/operators.ts';
import type { ReissueSelection } from '../../src/flows/ports/reissues.ts';
import { createReissuePayouts } from '../../src/flows/reissue-payouts.ts';
import type { ReissuePayouts } from '../../src/flows/reissue-payouts.ts';
import { buildActivity, NOON_MS, randomId } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { everythingOf, openReissueWorld } from '../support/reissue-world.ts';
import type { ReissueWorld } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

const zhang: Operator = { id: 'op-1', name: 'zhang', role: 'finance' };
const li: Operator = { id: 'op-2', name: 'li', role: 'owner' };

let world: ReissueWorld;
let logger: ReturnType<typeof quietLogger>;
let reissues: ReissuePayouts;
before(async () => {
  world = await openReissueWorld();
  logger = quietLogger();
  reissues = createReissuePayouts({
    reissues: world.store,
    clock: { nowMs: () => NOON_MS },
    luck: { randomId },
    logger,
    orderPrefix: 'test',
  });
});
after(() => world.close());

async function deadNight(count: number): Promise<BuiltActivity> {
  const activity = await buildActivity(world.client);
  await buildEndedWins(world.client, activity, count, { state: 'dead' });
  return activity;
}

test('a preview shows the first hundred and counts them all', async () => {
  const selection = everythingOf(await deadNight(120));
  const { candidates, payouts, amountFen } = await reissues.preview(selection);
  assert.deepEqual([candidates.length, payouts, amountFen], [100, 120, 12_000]);
});

test('one asks, another approves, and the log tells who', async () => {
  const activity = await deadNight(2);
  const made = await reissues.request(zhang, everythingOf(activity), ' 余额空了 ');
  assert.deepEqual([made.why, made.requestedBy, made.payouts], ['余额空了', 'op-1', 2]);
  const decided = await reissues.decide(li, made.id, 'approved');
  assert.deepEqual([decided.state, decided.decidedBy], ['approved', 'op-2']);
  assert.deepEqual(await reissues.find(made.id), decided);
  assert.ok((await reissues.list({ after: null, limit: 50 })).rows.some((item) => item.id === made.id));
  const line = (event: string) => logger.lines.find((item) => item.event === event)?.fields ?? {};
  assert.deepEqual([line('reissue-requested')['operator'], line('reissue-requested')['payouts']], ['op-1', 2]);
  const { operator, issued, leftOut } = line('reissue-decided');
  assert.deepEqual([operator, issued, leftOut], ['op-2', 2, 0]);
});

describe('nobody', () => {
  test('approves or refuses what he asked for, but he may withdraw it, and only he', async () => {
    const activity = await deadNight(1);
    const { id } = await reissues.request(zhang, everythingOf(activity), 'why');
    const own = { code: 'reissue-own', status: 403 };
    await assert.rejects(reissues.decide(zhang, id, 'approved'), own);
    await assert.rejects(reissues.decide(zhang, id, 'refused'), own);
    await assert.rejects(reissues.decide(li, id, 'withdrawn'), own);
    assert.equal((await reissues.decide(zhang, id, 'withdrawn')).state, 'withdrawn');
    await assert.rejects(reissues.decide(li, id, 'approved'), { code: 'reissue-decided', status: 409 });
    assert.equal((await reissues.preview(everythingOf(activity))).payouts, 1);
  });

  test('finds what does not exist', async () => {
    await assert.rejects(reissues.find('none'), { code: 'reissue-not-found', status: 404 });
    await assert.rejects(reissues.decide(li, 'none', 'approved'), { code: 'reissue-not-found', status: 404 });
  });

  test('selects by what is no period, reason or merchant, or without saying why', async () => {
    const selection = everythingOf(await deadNight(1));
    const faulty = async (changes: Partial<ReissueSelection>, path: string) => {
      const given = { ...selection, ...changes };
      const message = { code: 'selection-faulty', status: 400 };
      await assert.rejects(reissues.preview(given), message, path);
      await assert.rejects(reissues.request(zhang, given, 'why'), (error: { faults: { path: string }[] }) => {
        assert.deepEqual(
          error.faults.map((fault) => fault.path),
          [path],
        );
        return true;
      });
    };
    await faulty({ untilMs: selection.fromMs }, 'untilMs');
    await faulty({ fromMs: -1 }, 'fromMs');
    await faulty({ untilMs: 253_402_300_800_000 }, 'untilMs');
    await faulty({ fromMs: 0.5 }, 'fromMs');
    await faulty({ reason: 'x'.repeat(501) }, 'reason');
    await assert.rejects(reissues.request(zhang, selection, '  '), { code: 'selection-faulty' });
    await assert.rejects(reissues.request(zhang, { ...selection, reason: 'never said' }, 'why'), {
      code: 'reissue-empty',
    });
    assert.equal((await reissues.preview({ ...selection, reason: ' \u0000 ' })).payouts, 1);
  });
});
