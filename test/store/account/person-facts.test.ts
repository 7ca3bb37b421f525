import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Openid } from '../../../src/base/ids.ts';
import { conditionSchema } from '../../../src/rules/conditions-schema.ts';
import type { ConditionInput } from '../../../src/rules/conditions-schema.ts';
import { factsNeeded, NOBODY_KNOWN } from '../../../src/rules/person-facts.ts';
import type { PersonFacts } from '../../../src/rules/person-facts.ts';
import { personFactsStatement, readPersonFacts } from '../../../src/store/account/person-facts.ts';
import type { FactsAsked } from '../../../src/store/account/person-facts.ts';
import { buildAccount, buildActivity, NOON_MS, randomId, somebody } from '../../support/builders.ts';
import type { BuiltActivity } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';

const MINUTE_MS = 60_000;
let database: TestDatabase;
let activity: BuiltActivity;
let other: BuiltActivity;
let ann: Openid;

before(async () => {
  database = await freshDatabase();
  activity = await buildActivity(database.client);
  other = await buildActivity(database.client, { account: activity.account });
});
after(() => database.close());
beforeEach(() => {
  ann = somebody();
});

/** What is found of these people for a condition; a pseudonym may stand for one of them. */
async function load(
  must: ConditionInput,
  people: Readonly<Record<string, Openid>> = { [ann]: ann },
  needs: Partial<FactsAsked['needed']> = {},
): Promise<ReadonlyMap<Openid, PersonFacts>> {
  const asked: FactsAsked = {
    account: activity.account.id,
    activity: activity.id,
    people: new Map(Object.entries(people)),
    needed: { ...factsNeeded({ must: conditionSchema.parse(must), shadow: null }), ...needs },
    atMs: NOON_MS,
  };
  const found = await database.client.query(personFactsStatement(asked));
  return readPersonFacts(found.rows as Record<string, unknown>[], asked);
}

async function loadAnn(must: ConditionInput): Promise<PersonFacts | undefined> {
  return (await load(must)).get(ann);
}

async function follower(openid: string, columns: Readonly<Record<string, unknown>>, account = activity.account.id) {
  const row = { account_id: account, openid, following: true, seen_at: new Date(NOON_MS), ...columns };
  const names = Object.keys(row);
  await database.client.query(
    `insert into follower (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
}

async function drew(
  openid: string,
  outcome: 'won' | 'lost' | 'refused',
  atMs: number,
  where: BuiltActivity = activity,
) {
  const [key, award, account] = [`m:${randomId()}:1`, randomId(), where.account.id];
  const won = outcome === 'won';
  await database.client.query(
    `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, reply, trace, created_at)
     values ($1, $2, $3, 1, $4, $5, $6, $7, '', '{}', $8)`,
    [account, key, where.id, openid, outcome, won ? 'p' : null, won ? award : null, new Date(atMs)],
  );
  if (won) {
    await database.client.query(
      `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
       values ($1, $2, $3, 'p', $4, $5, 100, 'reserved', $6, $6)`,
      [account, award, where.id, openid, key, new Date(atMs)],
    );
  }
  if (outcome !== 'refused') {
    await database.client.query(
      `insert into participant as known (account_id, activity_id, openid, draws, draws_that_day, wins, streak_days, check_ins)
       values ($1, $2, $3, 1, 1, $4, 0, 0) on conflict (account_id, activity_id, openid)
       do update set draws = known.draws + 1, wins = known.wins + excluded.wins`,
      [account, where.id, openid, Number(won)],
    );
  }
}

async function list(name: string, openid: string): Promise<void> {
  await database.client.query(
    `insert into person_list (account_id, list, openid, added_by, added_at) values ($1, $2, $3, 'test', $4)`,
    [activity.account.id, name, openid, new Date(NOON_MS)],
  );
}

const at = (minutes: number): Date => new Date(NOON_MS + minutes * MINUTE_MS);

describe('a follower', () => {
  test('is unknown without a row, and with one that only a union id made', async () => {
    assert.deepEqual(await loadAnn({ kind: 'follows' }), NOBODY_KNOWN);
    await follower(ann, { following: false, union_id: 'u' });
    assert.deepEqual(await loadAnn({ kind: 'follows' }), NOBODY_KNOWN);
  });

  test('follows since when the events say', async () => {
    await follower(ann, { first_followed_at: at(-90), followed_at: at(-5) });
    assert.deepEqual((await loadAnn({ kind: 'followed-for', days: 1 }))?.follower, {
      following: true,
      firstFollowedAtMs: at(-90).getTime(),
      followedAtMs: at(-5).getTime(),
    });
  });

  test('is known not to follow once WeChat was asked', async () => {
    await follower(ann, { following: false, refreshed_at: at(-5), tag_ids: [] });
    assert.equal((await loadAnn({ kind: 'follows' }))?.follower?.following, false);
  });

  test('has the tags told since the latest follow', async () => {
    const tagged: ConditionInput = { kind: 'tagged', tagIds: [2] };
    await follower(ann, { followed_at: at(-5), refreshed_at: at(-4), tag_ids: [101, 2] });
    assert.deepEqual((await loadAnn(tagged))?.tagIds, [101, 2]);
    const change = async (set: string): Promise<void> => {
      await database.client.query(`update follower set ${set} where openid = $1`, [ann]);
    };
    await change(`refreshed_at = followed_at - interval '1 second'`);
    assert.equal((await loadAnn(tagged))?.tagIds, null);
    await change('refreshed_at = null, tag_ids = null');
    assert.equal((await loadAnn(tagged))?.tagIds, null);
    await change('following = false, left_at = followed_at');
    assert.deepEqual((await loadAnn(tagged))?.tagIds, []);
  });
});

describe('earlier wins and draws', () => {
  test('are the newest so many, of this activity and of any', async () => {
    for (const minutes of [-30, -20, -10]) await drew(ann, 'won', NOON_MS + minutes * MINUTE_MS);
    await drew(ann, 'won', NOON_MS - 5 * MINUTE_MS, other);
    await drew(ann, 'lost', NOON_MS - MINUTE_MS);
    const facts = await loadAnn({ kind: 'won', times: 2 });
    assert.deepEqual(facts?.wins, {
      here: [at(-10).getTime(), at(-20).getTime()],
      anywhere: [at(-5).getTime(), at(-10).getTime()],
    });
  });

  test('are recent draws of this activity that were not refused', async () => {
    await drew(ann, 'lost', NOON_MS - 60_000);
    await drew(ann, 'won', NOON_MS - 59_999);
    await drew(ann, 'refused', NOON_MS - 3);
    await drew(ann, 'lost', NOON_MS - 2, other);
    await drew(ann, 'lost', NOON_MS - 1);
    const facts = await loadAnn({ kind: 'velocity', draws: 5, seconds: 60 });
    assert.deepEqual(facts?.drawsAtMs, [NOON_MS - 1, NOON_MS - 59_999]);
  });

  test('go on under the pseudonym of somebody who was erased', async () => {
    const pseudonym = `x:${randomBytes(8).toString('hex')}`;
    await drew(pseudonym, 'won', NOON_MS - 3000);
    await drew(ann, 'won', NOON_MS - 2000);
    await list('black', pseudonym);
    const people = { [ann]: ann, [pseudonym]: ann };
    const all = {
      kind: 'all',
      of: [
        { kind: 'won', times: 5 },
        { kind: 'listed', list: 'black' },
      ],
    } as const;
    const facts = (await load(all, people)).get(ann);
    assert.deepEqual([facts?.wins?.here, facts?.lists], [[NOON_MS - 2000, NOON_MS - 3000], ['black']]);
    const velocity = (await load({ kind: 'velocity', draws: 5, seconds: 60 }, people)).get(ann);
    assert.deepEqual(velocity?.drawsAtMs, [NOON_MS - 2000, NOON_MS - 3000]);
    await follower(ann, { followed_at: at(-1), union_id: randomId() });
    const union = (await load({ kind: 'union', counts: 'wins', below: 9 }, people)).get(ann)?.union;
    assert.deepEqual(union?.wins, { here: 2, anywhere: 2 });
  });
});

describe('lists', () => {
  test('are those the rule asks about', async () => {
    await list('black', ann);
    await list('staff', ann);
    await list('white', somebody());
    assert.deepEqual((await loadAnn({ kind: 'listed', list: 'black' }))?.lists, ['black']);
    assert.deepEqual((await loadAnn({ kind: 'listed', list: 'white' }))?.lists, []);
  });
});

describe('everyone with one union id', () => {
  const union = { kind: 'union', counts: 'wins', below: 3 } as const;

  test('draws and wins together, in this account and in others', async () => {
    const id = randomId();
    const [twin, far] = [somebody(), somebody()];
    const second = await buildActivity(database.client, {
      account: await buildAccount(database.client, { id: 'far', appId: 'wx0000000000000002' }),
    });
    await follower(ann, { followed_at: at(-9), union_id: id });
    await follower(twin, { following: false, union_id: id });
    await follower(far, { followed_at: at(-9), union_id: id }, second.account.id);
    await drew(ann, 'lost', NOON_MS - 4);
    await drew(twin, 'won', NOON_MS - 3);
    await drew(twin, 'refused', NOON_MS - 3);
    await drew(ann, 'won', NOON_MS - 2, other);
    await drew(far, 'won', NOON_MS - 1, second);
    const expected = { id, draws: { here: 2, anywhere: 4 }, wins: { here: 1, anywhere: 3 } };
    const both = await load(union, { [ann]: ann, [twin]: twin });
    assert.deepEqual([both.get(ann)?.union, both.get(twin)?.union], [expected, expected]);
  });

  test('is nobody while WeChat has told no union id', async () => {
    await follower(ann, { followed_at: at(-9) });
    await drew(ann, 'won', NOON_MS);
    assert.equal((await loadAnn(union))?.union, null);
  });
});

describe('the statement', () => {
  const everything: ConditionInput = {
    kind: 'all',
    of: [
      { kind: 'followed-for', days: 3 },
      { kind: 'tagged', tagIds: [1] },
      { kind: 'won', times: 2 },
      { kind: 'listed', list: 'black' },
      { kind: 'union', counts: 'wins', below: 3 },
      { kind: 'velocity', draws: 5, seconds: 60 },
    ],
  };

  test('tells each person their own, and of those never seen what is known for sure', async () => {
    const ben = somebody();
    await follower(ann, { followed_at: at(-9), refreshed_at: at(-8), tag_ids: [7], union_id: randomId() });
    await drew(ann, 'won', NOON_MS - 1000);
    const found = await load(everything, { [ann]: ann, [ben]: ben });
    assert.deepEqual(found.get(ben), {
      ...NOBODY_KNOWN,
      wins: { here: [], anywhere: [] },
      lists: [],
      drawsAtMs: [],
    });
    assert.deepEqual(found.get(ann)?.drawsAtMs, [NOON_MS - 1000]);
    assert.deepEqual(found.get(ann)?.tagIds, [7]);
  });

  test('reads no table from end to end, whatever is asked of many people', async () => {
    const people = Object.fromEntries(Array.from({ length: 256 }, () => [somebody()]).map(([one]) => [one, one]));
    const asked: FactsAsked = {
      account: activity.account.id,
      activity: activity.id,
      people: new Map(Object.entries(people) as [string, Openid][]),
      needed: factsNeeded({ must: conditionSchema.parse(everything), shadow: null }),
      atMs: NOON_MS,
    };
    await database.client.query(
      `insert into follower (account_id, openid, following, seen_at, union_id)
       select $1, 'many' || n, true, $2, 'u' || n from generate_series(1, 20000) as n`,
      [activity.account.id, new Date(NOON_MS)],
    );
    await database.client.query(
      `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, reply, trace, created_at)
       select $1, 'many' || n, $2, 1, 'many' || n, 'lost', '', '{}', $3 from generate_series(1, 20000) as n`,
      [activity.account.id, activity.id, new Date(NOON_MS)],
    );
    const plan = await database.client.query<Record<string, string>>(`explain ${personFactsStatement(asked)}`);
    const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.doesNotMatch(text, /Seq Scan on (follower|draw|participant|award|person_list)/);
  });
});
