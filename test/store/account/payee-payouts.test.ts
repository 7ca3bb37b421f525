import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { beijingDay } from '../../../src/base/beijing-day.ts';
import { fen } from '../../../src/base/fen.ts';
import type { RailStatus } from '../../../src/flows/ports/payouts.ts';
import { REISSUE_MAX } from '../../../src/flows/ports/reissues.ts';
import { createActivityDirectory } from '../../../src/store/activity-directory.ts';
import { createReconciliationStore } from '../../../src/store/reconciliation-store.ts';
import { createReissueStore } from '../../../src/store/reissue-store.ts';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import { randomId, somebody } from '../../support/builders.ts';
import { wallClock } from '../../support/draws.ts';
import { CHAT, MAIN, openPayeeWorld } from '../../support/payee-world.ts';
import type { PayeeWorld } from '../../support/payee-world.ts';
import { call, claimOne } from '../../support/payout-world.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { anyone } from '../../support/reissue-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: PayeeWorld;
beforeEach(async () => {
  world = await openPayeeWorld();
});
afterEach(() => world.close());

const found = (status: RailStatus) =>
  ({ kind: 'found', status, reason: '', returnedFen: fen(0), openedAtMs: null }) as const;

/** Wins once in the chat and links the winner, now. */
async function winLinked() {
  const [person, payee] = [somebody(), somebody()];
  await world.win(person);
  const nowMs = Date.now();
  await world.links.link({
    person: { account: CHAT, openid: person },
    payee: { account: MAIN, openid: payee },
    by: 'link',
    nowMs,
  });
  return { payee, nowMs };
}

test('the hot path knows through whom an activity’s account pays', async () => {
  const directory = createActivityDirectory({
    pool: world.pool,
    clock: wallClock,
    logger: quietLogger(),
    parseRule: (stored) => activityRuleSchema.parse(stored),
  });
  assert.deepEqual(
    (await directory.live(CHAT)).map(({ paysThrough }) => paysThrough),
    [MAIN],
  );
});

test('a payout issued again goes to the same payee under the same app id', async () => {
  const { payee, nowMs } = await winLinked();
  const first = await claimOne(world.store, nowMs);
  await call(world.store, first, { kind: 'refused', code: 'SEND_FAILED', message: '' }, first.callAtMs);
  const asked = await claimOne(world.store, nowMs + 60_000);
  await call(world.store, asked, found('FAILED'), asked.callAtMs);
  const reissues = createReissueStore({ pool: world.pool, payoutsMax: REISSUE_MAX });
  const period = { fromMs: nowMs - HOUR, untilMs: nowMs + HOUR, reason: null, activityId: null };
  const selection = { merchantId: first.merchantId, ...period };
  const { id } = await reissues.request({ id: randomId(), selection, why: 'why', operatorId: 'zhang', nowMs });
  const decision = { id, decision: 'approved', operatorId: 'li', nowMs: nowMs + HOUR, orderPrefix: 'test' } as const;
  await reissues.decide(decision, anyone);
  const second = await claimOne(world.store, nowMs + HOUR);
  assert.notEqual(second.orderNumber, first.orderNumber);
  assert.deepEqual([second.openid, second.request.openid, second.request.appId], [payee, payee, first.request.appId]);
  assert.equal(first.request.appId, 'wx0000000000000001');
  assert.deepEqual(await world.differences(), []);
});

test('after a restored backup a payout that gets its payee is asked about before it is sent', async () => {
  const person = somebody();
  await world.win(person);
  const nowMs = Date.now();
  await world.store.askAllFirst(nowMs);
  await world.links.link({
    person: { account: CHAT, openid: person },
    payee: { account: MAIN, openid: somebody() },
    by: 'link',
    nowMs: nowMs + HOUR,
  });
  assert.equal((await claimOne(world.store, nowMs + HOUR)).call, 'query');
});

test('the daily report calls nothing unsettled that waits for its winner', async () => {
  await world.win(somebody());
  await winLinked();
  const nowMs = Date.now() + 4 * DAY;
  const report = await createReconciliationStore(world.pool).make(beijingDay(nowMs - DAY), nowMs);
  assert.deepEqual(
    report.breaks.map(({ kind }) => kind),
    ['unsettled'],
  );
});
