import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type pg from 'pg';
import { addDays, startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { AccountId } from '../../src/base/ids.ts';
import { createOperateActivities } from '../../src/flows/operate-activities.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { RuleDraft } from '../../src/flows/ports/operators.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { mechanicAt } from '../../src/rules/trigger-schema.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { buildAccount } from '../support/builders.ts';
import { buildPool } from '../support/code-pools.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { someDay } from '../support/decisions.ts';
import { batcherOver, follower, messageKey, realLuck, wallClock } from '../support/draws.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { CHAIN_EXAMPLES, MECHANIC_EXAMPLES } from './rule-examples.ts';
import type { ExamplePlay } from './rule-examples.ts';

const MAIN = 'main' as AccountId;
const log = quietLogger();
let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await freshDatabase();
  await buildAccount(database.client);
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test-examples' }, log);
});
after(async () => {
  await pool.end();
  await database.close();
});

/** Publishes a draft as an operator does, and returns the activity as the service then sees it. */
async function published(slug: string, draft: RuleDraft): Promise<LiveActivity> {
  const operate = createOperateActivities({
    activities: createActivityStore(pool),
    clock: wallClock,
    luck: realLuck,
    logger: log,
  });
  const operator = { id: 'op-anna', name: 'anna', role: 'owner' } as const;
  const { activity } = await operate.create(operator, { accountId: MAIN, slug, name: '示例', draft });
  await operate.publish(operator, { id: activity.id, revision: activity.revision });
  const directory = createActivityDirectory({
    pool,
    clock: wallClock,
    logger: log,
    parseRule: (stored) => activityRuleSchema.parse(stored),
  });
  const live = await directory.bySlug(slug);
  assert.ok(live);
  return live;
}

/** Draws one request of an example through the batcher, with the tickets it names. Returns what it ended with. */
async function ended(activity: LiveActivity, play: ExamplePlay, number: number): Promise<string> {
  const tickets = [...(play.tickets ?? [])];
  const nowMs = startOfBeijingDayMs(addDays(someDay, play.day)) + number;
  const batcher = batcherOver(createDrawStore(pool), log, {
    clock: { ...wallClock, nowMs: () => nowMs },
    luck: { ...realLuck, below: () => tickets.shift() ?? 0 },
  });
  const { reply } = await batcher.draw({
    activity,
    openid: follower(play.person),
    key: messageKey(`${activity.slug}-${number}`),
    start: mechanicAt(activity.rule.trigger, play.by),
    said: play.said ?? null,
    render: (_, verdict) => (verdict.outcome === 'won' ? verdict.prizeId : verdict.why),
  });
  return reply;
}

for (const [index, { shows, rule, plays, pools = {} }] of [...MECHANIC_EXAMPLES, ...CHAIN_EXAMPLES].entries()) {
  it(`the example of ${shows} is published and ends each request as it says, to equal books`, async () => {
    for (const [id, codes] of Object.entries(pools)) await buildPool(database.client, id, codes);
    const activity = await published(`example-${index}`, rule as RuleDraft);
    const inOrder = plays.toSorted((one, other) => one.day - other.day);
    const ends: string[] = [];
    for (const [number, play] of inOrder.entries()) ends.push(await ended(activity, play, number));
    assert.deepEqual(
      ends,
      inOrder.map((play) => play.ends),
    );
    const { differences } = await verifyBooks(pool);
    assert.deepEqual(differences, []);
  });
}
