import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type pg from 'pg';
import type { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import { chancesLeft } from '../../src/flows/draw-on-page.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createPageReads } from '../../src/store/page-reads.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const paidWheel = {
  trigger: { page: true, payment: true, leads: { payment: 'paid' } },
  mechanic: { kind: 'lottery', blankTickets: 0, chances: 'earned' },
  chained: [{ id: 'paid', mechanic: { kind: 'chances', in: 'main', count: 2 } }],
} satisfies Partial<ActivityRuleInput>;

let database: TestDatabase;
let pool: pg.Pool;
let batcher: DrawBatcher;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test-chains' }, quietLogger());
  batcher = batcherOver(createDrawStore(pool));
});
after(async () => {
  await pool.end();
  await database.close();
});

const why = async (activity: LiveActivity, key: string, start: string): Promise<string> => {
  const input = { activity, openid: follower(1), key: messageKey(`${activity.id}-${key}`), start };
  const { reply } = await batcher.draw({
    ...input,
    render: (_, verdict) => (verdict.outcome === 'won' ? verdict.prizeId : verdict.why),
  });
  return reply;
};

it('a payment gives two chances, the page counts them, and each is spent once in the books', async () => {
  const activity = await publishActivity(database.client, paidWheel);
  const reads = createPageReads({ pool, parseRule: (stored) => activityRuleSchema.parse(stored) });
  const left = async () => {
    const { person, last } = await reads.standing(activity, follower(1));
    assert.ok(person);
    return [chancesLeft(activity.rule, person, Date.now()), last?.amountFen];
  };
  assert.equal(await why(activity, 'too-soon', 'main'), 'no-chance');
  assert.equal(await why(activity, 'payment', 'paid'), 'chances');
  assert.equal(await why(activity, 'payment', 'paid'), 'chances');
  assert.deepEqual(await left(), [2, 0]);
  assert.equal(await why(activity, 'one', 'main'), 'one-yuan');
  assert.deepEqual(await left(), [1, 100]);
  assert.equal(await why(activity, 'two', 'main'), 'one-yuan');
  assert.equal(await why(activity, 'three', 'main'), 'no-chance');
  assert.deepEqual(await left(), [0, 100]);
  const kept = await database.client.query(
    `select draws, wins, wins_that_day, spent_fen::int, misses, last_draw_at is not null as drew, state from participant
      where activity_id = $1`,
    [activity.id],
  );
  const state = { main: { chances: 0 } };
  assert.deepEqual(kept.rows, [{ draws: 3, wins: 2, wins_that_day: 2, spent_fen: 200, misses: 0, drew: true, state }]);
});

it('a batch of chains is one transaction, and one message is one draw with one award', async () => {
  const activity = await publishActivity(database.client, {
    mechanic: { kind: 'keyword', leadsTo: { kind: 'draw', in: 'wheel' } },
    chained: [{ id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 0 } }],
  });
  await Promise.all(
    Array.from({ length: 40 }, (_, person) =>
      batcher.draw({ activity, openid: follower(person), key: messageKey(`chain-${person}`), render: (text) => text }),
    ),
  );
  const found = await database.client.query(
    `select count(*)::int as draws, count(award_id)::int as awards, count(distinct draw.xmin::text)::int as transactions,
       count(*) filter (where jsonb_path_exists(trace::jsonb, 'strict $.steps[*] ? (@[0] == "mechanic" && @[2] == "wheel")'))::int as chained
      from draw where activity_id = $1`,
    [activity.id],
  );
  assert.deepEqual(found.rows, [{ draws: 40, awards: 10, transactions: 1, chained: 40 }]);
});
