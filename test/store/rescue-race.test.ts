import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fen } from '../../src/base/fen.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { QueryOutcome } from '../../src/flows/ports/payouts.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import type { BuiltWin } from '../support/builders.ts';
import { HOUR, openReissueWorld, watchedPool } from '../support/reissue-world.ts';
import type { ReissueWorld } from '../support/reissue-world.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

let world: ReissueWorld;
before(async () => {
  world = await openReissueWorld();
});
after(() => world.close());

const waits: QueryOutcome = {
  kind: 'found',
  status: 'SENT',
  reason: 'WAIT_USER_CONFIRM',
  returnedFen: fen(0),
  openedAtMs: null,
  transferState: 'WAIT_USER_CONFIRM',
};
const LIVING = `select rail, state from payout where award_id = $1 and state not in ('dead', 'returned')`;
const MEET_MS = 200;

/**
 * A transfer that was proved dead is let go as a red packet, and just when that has looked at it, an older question is
 * answered: it waits for its winner after all. Returns the award's numbers that could still pay.
 */
async function meet(locks: 'kept' | 'removed'): Promise<readonly { rail: string | null; state: string }[]> {
  const activity = await buildActivity(world.client);
  const [win] = (await buildEndedWins(world.client, activity, 1, { state: 'dead' })) as [BuiltWin];
  await world.client.query(
    `update payout set rail = 'transfer', request = '{"rail": "transfer"}' where award_id = $1`,
    [win.awardId],
  );
  await world.attempt(win, 3, { kind: 'query', outcome: null, atMs: NOON_MS });
  const { id } = await world.request(activity, { rail: 'red-packet' });
  const looked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const unlock = (text: string): string => (locks === 'kept' ? text : text.replaceAll(/for update( of \w+)?/g, ''));
  const approving = watchedPool(world.pool, async (text, run) => {
    const result = await run(unlock(text));
    if (!text.includes('"returnedAllowed"')) return result;
    looked.resolve();
    await Promise.race([answered.promise, sleep(MEET_MS)]);
    return result;
  });
  const answering = watchedPool(world.pool, (text, run) => run(unlock(text)));
  const payouts = createPayoutStore({ pool: answering, rules: createPayoutRules() });
  const answer = async (): Promise<void> => {
    await looked.promise;
    const late = { payout: { ...win, leaseToken: 'late' }, number: 3, outcome: waits, raw: '', nowMs: NOON_MS + HOUR };
    await payouts.recordAnswer(late).finally(() => answered.resolve());
  };
  const store = createReissueStore({ pool: approving, payoutsMax: REISSUE_MAX });
  await Promise.all([world.approve(id, { store }), answer()]);
  return (await world.client.query(LIVING, [win.awardId])).rows as { rail: string | null; state: string }[];
}

test('a late word about a transfer and its rescue as a red packet leave one number that can pay', async () => {
  assert.deepEqual(await meet('kept'), [{ rail: 'red-packet', state: 'waiting' }]);
});

test('even without the locks the unique index of living numbers lets one in, whichever the rail', async () => {
  assert.deepEqual(await meet('removed'), [{ rail: 'transfer', state: 'sent' }]);
});

test('twin: without locks and index the award has two', async () => {
  await world.client.query('drop index payout_one_living_per_award');
  assert.equal((await meet('removed')).length, 2);
});
