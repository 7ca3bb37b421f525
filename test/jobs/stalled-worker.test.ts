import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import { payAward } from '../../src/flows/pay-award.ts';
import type { PayAwardOptions } from '../../src/flows/pay-award.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import { claimOne, LEASE_MS, openPayoutWorld } from '../support/payout-world.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { scriptedRail } from '../support/scripted-rail.ts';
import { merchantWith } from '../support/tls-server.ts';

test('a worker that stood still past its lease between writing the attempt and calling does not call any more', async () => {
  const world = await openPayoutWorld();
  const win = await buildWin(world.client, await buildActivity(world.client));
  let nowMs = NOON_MS;
  const { signal } = new AbortController();
  const ends = { stopping: signal, signal };
  const options = (rail: ReturnType<typeof scriptedRail>, sleep: Clock['sleep']): PayAwardOptions => ({
    payouts: world.store,
    rail,
    accounts: { merchant: async () => merchantWith('', '') },
    machine: createPayoutMachine(),
    clock: { nowMs: () => nowMs, sleep },
    logger: quietLogger(),
    leaseMs: LEASE_MS,
  });
  const wakeInTime: Clock['sleep'] = async (durationMs) => void (nowMs += Math.max(0, durationMs));
  const [stalledRail, heirRail] = [scriptedRail(), scriptedRail()];
  let sleeps = 0;
  // It sleeps until it begins, then until its turn: there it stands still, and another takes over.
  await payAward(
    await claimOne(world.store, nowMs),
    options(stalledRail, async (durationMs) => {
      sleeps += 1;
      if (sleeps !== 2) return wakeInTime(durationMs);
      nowMs += LEASE_MS;
      await payAward(await claimOne(world.store, nowMs), options(heirRail, wakeInTime), ends);
    }),
    ends,
  );
  assert.deepEqual([stalledRail.calls.length, heirRail.calls.length], [0, 1]);
  assert.equal(await world.awardState(win), 'sent');
  const attempts = await world.client.query(
    `select attempt, outcome ->> 'kind' as kind from payout_attempt order by 1`,
  );
  assert.deepEqual(attempts.rows, [
    { attempt: 1, kind: 'unknown' },
    { attempt: 2, kind: 'paid' },
  ]);
  assert.deepEqual(await world.differences(), []);
  await world.close();
});
