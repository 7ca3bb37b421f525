import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { WrongRequest } from '../../src/base/errors.ts';
import { activityId } from '../../src/base/ids.ts';
import type { AccountId } from '../../src/base/ids.ts';
import { createOperateActivities } from '../../src/flows/operate-activities.ts';
import type { OperateActivities } from '../../src/flows/operate-activities.ts';
import type { Operator, RuleDraft, StoredActivity } from '../../src/flows/ports/operators.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { buildAccount } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, realLuck, wallClock } from '../support/draws.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';

const MAIN = 'main' as AccountId;
const anna: Operator = { id: 'op-anna', name: 'anna', role: 'owner' };
let database: TestDatabase;
let pool: pg.Pool;
let flow: OperateActivities;
let made = 0;

before(async () => {
  database = await freshDatabase();
  await buildAccount(database.client);
  pool = createPool({ url: database.url, connectionsMax: 12, name: 'test' }, quietLogger());
  flow = createOperateActivities({
    activities: createActivityStore(pool),
    clock: wallClock,
    luck: realLuck,
    logger: quietLogger(),
  });
});

after(async () => {
  await pool.end();
  await database.close();
});

function rule(changes: Parameters<typeof lotteryRule>[0] = {}): RuleDraft {
  return lotteryRule({ limits: { drawsPerPerson: 3 }, budgetFen: 1000, ...changes }) as RuleDraft;
}

async function draft(given: RuleDraft = rule()): Promise<StoredActivity> {
  made += 1;
  return (await flow.create(anna, { accountId: MAIN, slug: `store-${made}`, name: '测试', draft: given })).activity;
}

async function published(given?: RuleDraft): Promise<StoredActivity> {
  const { id, revision } = await draft(given);
  return (await flow.publish(anna, { id, revision })).activity;
}

async function count(sql: string, ...values: unknown[]): Promise<number> {
  return Number((await database.client.query(sql, values)).rows[0].count);
}

function refusal(code: string, status: number, paths?: readonly string[]) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof WrongRequest, String(error));
    assert.deepEqual([error.code, error.status], [code, status], error.message);
    if (paths !== undefined)
      assert.deepEqual(
        error.faults.map((fault) => fault.path),
        paths,
      );
    return true;
  };
}

/** The pool with `for update` taken out of what its connections send: the twin a race test must catch. */
function withoutLocks(real: pg.Pool): pg.Pool {
  const unlocked = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        if (name === 'query') {
          return (text: string, values?: unknown[]) => target.query(text.replace('for update', ''), values);
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return new Proxy(real, {
    get(target, name) {
      if (name === 'connect') return async () => unlocked(await target.connect());
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Runs every piece of work at the same moment and returns what each ended with. */
async function atOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  const gate = Promise.withResolvers<void>();
  const runs = Array.from({ length: times }, async (_, index) => {
    await gate.promise;
    return work(index);
  });
  gate.resolve();
  return Promise.allSettled(runs);
}

test('a draft keeps what was typed, faults included, and says what is missing', async () => {
  const { id } = await draft({ prizes: [], budgetFen: -1 });
  const shown = await flow.show(id);
  assert.deepEqual(shown.activity.draft, { prizes: [], budgetFen: -1 });
  const paths = shown.faults.map((fault) => fault.path);
  for (const path of ['prizes', 'budgetFen', 'trigger', 'texts']) assert.ok(paths.includes(path), path);
});

test('text that Postgres cannot hold is cleaned before it is stored', async () => {
  const { id } = await draft({ ...rule(), note: 'a\u0000b\ud800c' });
  assert.equal((await flow.show(id)).activity.draft['note'], 'ab\ufffdc');
});

test('an address is used once over all accounts', async () => {
  const first = await draft();
  await buildAccount(database.client, { id: 'second', appId: 'wx2' });
  for (const accountId of [MAIN, 'second' as AccountId]) {
    await assert.rejects(
      flow.create(anna, { accountId, slug: first.slug, name: 'x', draft: {} }),
      refusal('slug-taken', 409, ['slug']),
    );
  }
  const other = await draft();
  await assert.rejects(flow.edit(anna, { ...other, slug: first.slug }), refusal('slug-taken', 409, ['slug']));
});

test('an activity needs an account that exists', async () => {
  await assert.rejects(
    flow.create(anna, { accountId: 'nobody' as AccountId, slug: 'nobody', name: 'x', draft: {} }),
    refusal('account-unknown', 400, ['accountId']),
  );
  await assert.rejects(flow.show(activityId('0'.repeat(32))), refusal('activity-not-found', 404));
});

test('of twenty edits that saw the same revision one is saved', async () => {
  const { id, slug, revision } = await draft();
  const ended = await atOnce(20, (index) =>
    flow.edit(anna, { id, slug, revision, name: `n${index}`, draft: { index } }),
  );
  const saved = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value.activity] : []));
  assert.equal(saved.length, 1);
  for (const end of ended) if (end.status === 'rejected') refusal('revision-stale', 409)(end.reason);
  const { activity } = await flow.show(id);
  assert.deepEqual(activity, saved[0]);
  assert.equal(activity.revision, revision + 1);
});

test('the same race over a store with its lock taken out loses edits', async () => {
  const unlocked = createOperateActivities({
    activities: createActivityStore(withoutLocks(pool)),
    clock: wallClock,
    luck: realLuck,
    logger: quietLogger(),
  });
  const { id, slug, revision } = await draft();
  const ended = await atOnce(20, (index) => unlocked.edit(anna, { id, slug, revision, name: `n${index}`, draft: {} }));
  assert.ok(ended.filter((end) => end.status === 'fulfilled').length > 1);
});

test('a publication writes version, counters and budget; published twenty times at once it does so once', async () => {
  const { id, revision } = await draft();
  const ended = await atOnce(20, () => flow.publish(anna, { id, revision }));
  assert.equal(ended.filter((end) => end.status === 'fulfilled').length, 1);
  for (const end of ended) if (end.status === 'rejected') refusal('revision-stale', 409)(end.reason);
  assert.equal(await count('select count(*) from rule_version where activity_id = $1', id), 1);
  const rows = await database.client.query(
    `select open, budget_fen::int as budget, (select stock from prize_counter where activity_id = $1) as stock,
       (select amount_fen::int from book_entry where activity_id = $1 and debit = 'budget' and credit = 'funding' and merchant_id = 'main') as booked
     from activity_counter where activity_id = $1`,
    [id],
  );
  assert.deepEqual(rows.rows, [{ open: true, budget: 1000, stock: 10, booked: 1000 }]);
});

test('a faulty draft is not published and leaves nothing behind', async () => {
  const { id, revision } = await draft(rule({ prizes: [], mechanic: { kind: 'lottery', blankTickets: 1 } }));
  await assert.rejects(flow.publish(anna, { id, revision }), refusal('rule-faulty', 400, ['prizes']));
  for (const table of ['rule_version', 'activity_counter', 'prize_counter', 'book_entry']) {
    assert.equal(await count(`select count(*) from ${table} where activity_id = $1`, id), 0, table);
  }
  assert.equal((await flow.show(id)).activity.state, 'draft');
});

test('what WeChat Pay would refuse from this merchant is not published: nobody is told of a prize that cannot be paid', async () => {
  const { packet: plain, prizes } = lotteryRule();
  const packet = { ...plain, sceneId: 'PRODUCT_2' as const };
  const sized = (amountFen: number) =>
    rule({
      prizes: [{ ...prizes[0], amountFen } as (typeof prizes)[0]],
      budgetFen: 500_000,
      whenBudgetEnds: 'close',
      packet,
    });
  const set = (settings: string) => database.client.query(`update merchant set ${settings}`);
  const refused = async (amountFen: number, path = 'prizes.0.amountFen') => {
    const drafted = await draft(sized(amountFen));
    await assert.rejects(flow.publish(anna, drafted), refusal('rule-unpayable', 400, [path]));
  };
  await refused(50);
  await refused(20_001);
  await set(`scenes = '{PRODUCT_2}', amount_min_fen = 30, amount_max_fen = 300000`);
  await refused(29);
  await refused(300_000);
  await set(`person_day_fen = 400000, day_fen = 299999`);
  await refused(300_000);
  await set(`day_fen = 400000, send_name = '一个很长很长很长很长的商户名'`);
  await refused(100, 'accountId');
  await set(`send_name = '红包商户'`);
  for (const amountFen of [30, 100, 300_000]) {
    assert.equal((await flow.publish(anna, await draft(sized(amountFen)))).activity.state, 'published');
  }
  await set(
    `scenes = '{}', amount_min_fen = 100, amount_max_fen = 20000, person_day_fen = 100000, day_fen = 100000000`,
  );
});

test('a packet text that would be changed on its way is a fault of the rule', async () => {
  for (const wishing of [' 恭喜', '恭\u0007喜', '恭喜'.repeat(22)]) {
    const drafted = await draft(rule({ packet: { ...lotteryRule().packet, wishing } }));
    await assert.rejects(flow.publish(anna, drafted), refusal('rule-faulty', 400, ['packet.wishing']));
  }
});

test('a budget that pays for no packet and an end that is past are refused; one below the worst case asks what then', async () => {
  const poor = await draft(rule({ budgetFen: 99 }));
  await assert.rejects(flow.publish(anna, poor), refusal('rule-faulty', 400, ['budgetFen']));
  const late = await draft(rule({ endsAtMs: 1000 }));
  await assert.rejects(flow.publish(anna, late), refusal('rule-faulty', 400, ['endsAtMs']));
  const asked = await draft(rule({ budgetFen: 999 }));
  assert.deepEqual(
    (await flow.show(asked.id)).faults.map(({ path, bound }) => [path, bound]),
    [['whenBudgetEnds', 1000]],
  );
  await assert.rejects(flow.publish(anna, asked), refusal('rule-faulty', 400, ['whenBudgetEnds']));
  await assert.rejects(flow.publish(anna, asked), /10\.00 yuan.*9\.99 yuan/);
  const tight = await flow.publish(anna, await draft(rule({ budgetFen: 999, whenBudgetEnds: 'nobody-wins' })));
  assert.deepEqual(
    tight.warnings.map(({ code, worstCaseFen }) => [code, worstCaseFen]),
    [['budget-below-worst-case', 1000]],
  );
});

test('what the law forbids is refused with its reason and source, what it asks care for is told until it is published', async () => {
  const car = { id: 'car', name: '轿车', kind: 'text', tickets: 1, stock: 1, worthFen: 5_000_001 } as const;
  const unlawful = await draft(rule({ prizes: [...lotteryRule().prizes, car], trigger: { words: [], page: true } }));
  const { law } = await flow.show(unlawful.id);
  assert.deepEqual(
    law.filter(({ level }) => level === 'block').map(({ check, paths }) => [check, paths]),
    [['top-prize', [`prizes.${lotteryRule().prizes.length}.worthFen`]]],
  );
  await assert.rejects(flow.publish(anna, unlawful), refusal('rule-unlawful', 400, law[0]?.paths));
  await assert.rejects(flow.publish(anna, unlawful), /50,000 yuan.*Interim Provisions/);
  const shared = await draft(rule({ trigger: { words: [], page: true, invite: true } }));
  const before = await flow.show(shared.id);
  assert.ok(before.law.some(({ check, level }) => check === 'share-bait' && level === 'warn'));
  assert.deepEqual((await flow.publish(anna, shared)).law, []);
});

test('red packets need a merchant, texts do not; an activity without a budget has no book entry', async () => {
  await database.client.query(
    `insert into account (id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, message_mode, created_at, updated_at)
       values ('unpaid', 'wx3', '', '', '', 'safe', $1, $1)`,
    [new Date()],
  );
  const accountId = 'unpaid' as AccountId;
  const paid = await flow.create(anna, { accountId, slug: 'unpaid-1', name: 'x', draft: rule() });
  await assert.rejects(flow.publish(anna, paid.activity), refusal('merchant-missing', 409, ['accountId']));
  const coupon = rule({ budgetFen: 0, prizes: [{ id: 'c', name: '券', kind: 'text', tickets: 1, stock: 5 }] });
  const free = await flow.create(anna, { accountId, slug: 'unpaid-2', name: 'x', draft: coupon });
  const { activity } = await flow.publish(anna, free.activity);
  assert.equal(activity.state, 'published');
  assert.equal(await count('select count(*) from book_entry where activity_id = $1', activity.id), 0);
});

test('after a publication texts and the packet look may change, and nothing else', async () => {
  const live = await published();
  const spoken = rule({
    texts: { ...lotteryRule().texts, lose: '差一点' },
    packet: { ...lotteryRule().packet, wishing: '大吉' },
  });
  const edited = await flow.edit(anna, { ...live, draft: spoken });
  const again = await flow.publish(anna, edited.activity);
  assert.equal(again.activity.publishedVersion, 2);
  assert.equal(await count('select count(*) from book_entry where activity_id = $1', live.id), 1);

  const greedy = rule({
    budgetFen: 2000,
    prizes: [{ ...lotteryRule().prizes[0]!, stock: 99 }],
    limits: { drawsPerPerson: 9 },
  });
  const { activity } = await flow.edit(anna, { ...again.activity, draft: greedy });
  await assert.rejects(
    flow.publish(anna, activity),
    refusal('rule-locked', 409, ['prizes.0.stock', 'limits.drawsPerPerson', 'budgetFen']),
  );
  await assert.rejects(flow.edit(anna, { ...activity, slug: 'moved' }), refusal('slug-published', 409, ['slug']));
  assert.equal(await count('select count(*) from rule_version where activity_id = $1', live.id), 2);
});

test('a stopped activity draws nothing more, is not live and does not change any more', async () => {
  const live = await published(rule({ limits: {} }));
  const directory = createActivityDirectory({
    pool,
    clock: wallClock,
    logger: quietLogger(),
    parseRule: (stored) => activityRuleSchema.parse(stored),
  });
  const activity = await directory.bySlug(live.slug);
  assert.ok(activity);
  const batcher = batcherOver(createDrawStore(pool));
  const draw = (number: number) =>
    batcher.draw({ activity, openid: follower(number), key: messageKey(`stop-${number}`), render: (text) => text });
  assert.equal((await draw(1)).won, true);
  const { activity: stopped } = await flow.stop(anna, live.id);
  assert.equal(stopped.state, 'stopped');
  assert.equal((await draw(2)).reply, '活动未开放');
  await assert.rejects(flow.stop(anna, live.id), refusal('activity-not-published', 409));
  await assert.rejects(flow.edit(anna, stopped), refusal('activity-stopped', 409));
  await assert.rejects(flow.publish(anna, stopped), refusal('activity-stopped', 409));
});
