import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type pg from 'pg';
import { runCommand } from '../../src/cli.ts';
import type { AccountId, ActivityId } from '../../src/base/ids.ts';
import type { FairDraws } from '../../src/flows/ports/fairness.ts';
import type { Luck } from '../../src/flows/ports/time-and-luck.ts';
import { verifyDraws } from '../../src/flows/fairness/verify-draws.ts';
import { createFairRecords } from '../../src/store/fairness/fair-records.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { luckFrom } from '../../src/rules/fair-luck.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createFairSeeds } from '../../src/store/fairness/fair-seeds.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { buildAccount } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, wallClock } from '../support/draws.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const key = randomBytes(32);
const pseudonyms = createPseudonyms(key);
const box = createSecretBox(key);
const seeds = createFairSeeds(box, pseudonyms);
/** Whoever asks it for luck fails. */
const noLuck: Luck = {
  below: () => assert.fail('luck was taken from elsewhere'),
  randomId: () => randomBytes(16).toString('hex'),
};

describe('draws whose luck follows from a seed', () => {
  let database: TestDatabase;
  let pools: readonly [pg.Pool, pg.Pool];
  let account: AccountId;
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    const pool = (name: string) => createPool({ url: database.url, connectionsMax: 4, name }, log);
    pools = [pool('test-fair-1'), pool('test-fair-2')];
    account = (await buildAccount(database.client)).id;
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
  });

  const rule = activityRuleSchema.parse(
    lotteryRule({
      mechanic: { kind: 'lottery', blankTickets: 700 },
      prizes: [
        {
          id: 'lucky',
          name: '红包',
          kind: 'random-packet',
          minFen: 100,
          maxFen: 900,
          meanFen: 300,
          tickets: 300,
          stock: 40,
        },
      ],
      limits: { drawsPerPerson: 3 },
      budgetFen: 12_000,
    }),
  );

  async function publish(slug: string, withSeed = true): Promise<ActivityId> {
    const store = createActivityStore(pools[0], withSeed ? seeds : undefined);
    const id = randomBytes(16).toString('hex') as ActivityId;
    const place = { accountId: account, id, nowMs: Date.now() };
    await store.create({ ...place, slug, name: slug, draft: {} });
    await store.publish({ ...place, operatorId: 'somebody' }, () => rule);
    return id;
  }

  const directory = (given = true) =>
    createActivityDirectory({
      pool: pools[0],
      clock: wallClock,
      logger: log,
      parseRule: (stored) => activityRuleSchema.parse(stored),
      ...(given ? { seeds } : {}),
    });

  it('commits to a seed that nobody can read, in the same transaction as the publication', async () => {
    const id = await publish('commits');
    const { rows } = await database.client.query('select * from fairness where activity_id = $1', [id]);
    const seed = seeds.reveal(
      { account, activity: id },
      { commitment: rows[0].commitment, sealed: rows[0].sealed_seed },
    );
    assert.match(seed, /^[0-9a-f]{64}$/);
    assert.equal(rows[0].commitment, createHash('sha256').update(Buffer.from(seed, 'hex')).digest('hex'));
    assert.ok(!rows[0].sealed_seed.includes(seed));
    const other = await publish('commits-too');
    const place = { account, activity: other };
    const sealed = { commitment: rows[0].commitment, sealed: rows[0].sealed_seed };
    assert.throws(() => seeds.open(place, sealed), { code: 'secret-does-not-open' });
  });

  it('draws by HMAC of seed, activity, person and their number, whoever decides and whatever the requests are', async () => {
    const id = await publish('draws');
    const activity = await directory().bySlug('draws');
    assert.ok(activity?.fair);
    const batchers = pools.map((pool) =>
      batcherOver(createDrawStore(pool, pseudonyms), log, { luck: noLuck, batchMax: 7 }),
    );
    const gate = Promise.withResolvers<void>();
    const runs = Array.from({ length: 160 }, async (_, index) => {
      await gate.promise;
      const name = { openid: follower(index % 40), key: messageKey(`${index}-${randomBytes(4).toString('hex')}`) };
      return batchers[index % 2]?.draw({ activity, ...name, render: (text) => text });
    });
    gate.resolve();
    await Promise.all(runs);

    const { rows } = await database.client.query<{ openid: string; outcome: string; ticket: number; place: number }>(
      'select openid, outcome, ticket::int, place from draw where activity_id = $1 order by place, outcome = $2',
      [id, 'refused'],
    );
    const decided = rows.filter(({ outcome }) => outcome !== 'refused');
    assert.deepEqual(
      decided.map(({ place }) => place),
      decided.map((_, index) => index + 1),
    );
    assert.equal(decided.length, 120);
    assert.equal(rows.length, 160);
    const numbers = new Map<string, number>();
    const { fair } = activity;
    for (const { openid, ticket } of decided) {
      const number = (numbers.get(openid) ?? 0) + 1;
      numbers.set(openid, number);
      const bits = fair.bitsOf(fair.personOf(openid as never), number);
      assert.equal(luckFrom(rule, bits).tickets[0], ticket);
    }
    assert.ok([...numbers.values()].every((number) => number === 3));
  });

  it('calls a person the same before and after an erasure, and never by their openid', async () => {
    await publish('names');
    const { fair } = (await directory().bySlug('names')) as { readonly fair: FairDraws };
    const person = fair.personOf(follower(1));
    assert.match(person, /^[0-9a-f]{32}$/);
    assert.equal(fair.personOf(pseudonyms.of({ account, openid: follower(1) }) as never), person);
    assert.notEqual(fair.personOf(follower(2)), person);
  });

  it('follows the protocol that docs/fairness.md tells', async () => {
    const id = await publish('protocol');
    const { rows } = await database.client.query('select * from fairness where activity_id = $1', [id]);
    const place = { account, activity: id };
    const sealed = { commitment: rows[0].commitment, sealed: rows[0].sealed_seed };
    const seed = seeds.reveal(place, sealed);
    const fair = seeds.open(place, sealed);
    const name = pseudonyms.of({ account, openid: follower(1) });
    const person = createHash('sha256').update(`person\n${seed}\n${name}`).digest('hex').slice(0, 32);
    assert.equal(fair.personOf(follower(1)), person);
    const hmac = createHmac('sha256', Buffer.from(seed, 'hex')).update(`draw\n${id}\n${person}\n2`).digest('hex');
    assert.equal(fair.bitsOf(person, 2), hmac);
  });

  it('never lets an activity with a seed draw without it', async () => {
    await publish('no-seed');
    assert.equal(await directory(false).bySlug('no-seed'), undefined);
    assert.ok(log.lines.some(({ event }) => event === 'rule-not-readable'));
  });

  it('lets an activity published before keep random luck', async () => {
    await publish('before', false);
    const activity = await directory().bySlug('before');
    assert.ok(activity !== undefined && activity.fair === undefined);
    const batcher = batcherOver(createDrawStore(pools[0]), log);
    await batcher.draw({ activity, openid: follower(1), key: messageKey('before'), render: (text) => text });
    const { rows } = await database.client.query('select ticket from draw where request_key = $1', [
      messageKey('before'),
    ]);
    assert.notEqual(rows[0].ticket, null);
  });

  const verify = (slug: string) =>
    verifyDraws(
      {
        records: createFairRecords(pools[0]),
        seeds,
        parseRule: (stored) => activityRuleSchema.parse(stored),
      },
      slug,
    );

  it('are decided again from the database, and any that was changed there is named', async () => {
    const id = await publish('verified');
    const activity = await directory().bySlug('verified');
    assert.ok(activity);
    const batcher = batcherOver(createDrawStore(pools[0], pseudonyms), log);
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          batcher.draw({
            activity,
            openid: follower(index),
            key: messageKey(`v${round}-${index}`),
            render: (text) => text,
          }),
        ),
      );
    }
    const env = { DATABASE_URL: database.url, SECRETS_KEY: key.toString('base64') };
    const fine = await runCommand(['verify-draws', 'verified'], env);
    assert.deepEqual([fine.code, fine.faults], [0, []]);
    assert.equal(fine.lines[0], 'verified (verified): 180 draws, 60 requests refused');
    assert.match(fine.lines.join('\n'), /seed committed to as [0-9a-f]{64}\nEvery draw came to the same again\.$/);
    const whole = await verify('verified');
    assert.deepEqual([whole?.draws, whole?.refused, whole?.faults], [180, 60, []]);

    const { rows } = await database.client.query<{ award_id: string; place: number }>(
      `select award_id, place from draw where activity_id = $1 and outcome = 'won' order by place`,
      [id],
    );
    const win = rows[3];
    assert.ok(win);
    const changes: readonly (readonly [string, string, number])[] = [
      [
        'update draw set ticket = ticket + 1 where activity_id = $1 and place = 20 and outcome <> $2',
        'update draw set ticket = ticket - 1 where activity_id = $1 and place = 20 and outcome <> $2',
        20,
      ],
      [
        `update award set amount_fen = amount_fen + 1 where activity_id = $1 and id = '${win.award_id}' and $2 <> ''`,
        `update award set amount_fen = amount_fen - 1 where activity_id = $1 and id = '${win.award_id}' and $2 <> ''`,
        win.place,
      ],
      [`update draw set openid = 'oSomebodyElse' where activity_id = $1 and place = 20 and outcome <> $2`, '', 20],
    ];
    for (const [change, back, place] of changes) {
      await database.client.query(change, [id, 'refused']);
      const found = await verify('verified');
      assert.equal(found?.faults[0]?.place, place);
      if (back !== '') await database.client.query(back, [id, 'refused']);
    }
    await database.client.query(`delete from draw where activity_id = $1 and place = 20 and outcome <> 'refused'`, [
      id,
    ]);
    const missing = await verify('verified');
    assert.equal(missing?.faults[0]?.place, 21);
    assert.match(missing.faults[0].what, /stands at place 21, and its place is 20/);
    const told = await runCommand(['verify-draws', 'verified'], env);
    assert.equal(told.code, 1);
    assert.match(told.faults[0] ?? '', /^\d+ draws differ:$/);
    assert.match(told.faults[1] ?? '', /^draw 21 \(.+\): .*stands at place 21, and its place is 20/);

    assert.equal(await verify('nowhere'), undefined);
    const nowhere = await runCommand(['verify-draws', 'nowhere'], env);
    assert.match(nowhere.faults.join(), /^There is no activity "nowhere" with a seed: it is a draft, or/);
    const two = await runCommand(['verify-draws', 'one', 'two'], env);
    assert.deepEqual(
      [two.code, two.faults],
      [1, ['verify-draws takes the address of one activity, as in /a/<address>']],
    );
  });
});
