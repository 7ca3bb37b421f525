import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type pg from 'pg';
import type { BeijingDay } from '../../../src/base/beijing-day.ts';
import type { Openid } from '../../../src/base/ids.ts';
import type { ErasureState } from '../../../src/flows/ports/erasures.ts';
import type { PersonKey } from '../../../src/flows/ports/followers.ts';
import { fen } from '../../../src/base/fen.ts';
import type { ParticipantFacts } from '../../../src/rules/facts.ts';
import { carryOn } from '../../../src/store/account/erased-names.ts';
import { foldCounts } from '../../../src/store/account/erasure-people.ts';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createPseudonyms } from '../../../src/store/account/pseudonyms.ts';
import { buildActivity, NOON_MS, somebody } from '../../support/builders.ts';
import { mentionsOf } from '../../support/erasure-world.ts';
import { CHAT, MAIN, openPayeeWorld } from '../../support/payee-world.ts';
import { openPayoutWorld } from '../../support/payout-world.ts';
import { openReissueWorld } from '../../support/reissue-world.ts';
import { buildEndedWins } from '../../support/unpaid-wins.ts';

const pseudonyms = createPseudonyms(randomBytes(32));
const LATER_MS = NOON_MS + 30 * 86_400_000;

async function erase(pool: pg.Pool, person: PersonKey): Promise<ErasureState> {
  const store = createErasureStore(pool, pseudonyms);
  await store.begin(person, { reason: 'request', requestedBy: 'test', nowMs: LATER_MS });
  for (let step = 0; step < 100; step += 1) {
    const state = await store.advance(person, LATER_MS);
    if (state !== 'more') return state;
  }
  throw new Error('an erasure took a hundred steps');
}

describe('of somebody erased', () => {
  test('no number is issued again, whether it was asked for before or after', async (context) => {
    const world = await openReissueWorld();
    context.after(() => world.close());
    const activity = await buildActivity(world.client);
    const [one, other] = await buildEndedWins(world.client, activity, 2, { state: 'dead' });
    assert.ok(one && other);
    const asked = await world.request(activity);
    const person = { account: one.accountId, openid: one.openid };
    assert.equal(await erase(world.pool, person), 'waiting', 'a new number was asked for');
    // As if the request came between the look at it and the erasure.
    await world.client.query(`update reissue_item set outcome = 'set aside' where award_id = $1`, [one.awardId]);
    assert.equal(await erase(world.pool, person), 'finished');
    await world.client.query(`update reissue_item set outcome = null where award_id = $1`, [one.awardId]);
    const { items } = await world.approve(asked.id);
    const outcomeOf = (awardId: string) => items.find((item) => item.awardId === awardId)?.outcome;
    assert.equal(outcomeOf(one.awardId), 'left out: its person was erased');
    assert.equal(outcomeOf(other.awardId), 'issued');
    await assert.rejects(world.request(activity), /no award matches/);
    assert.deepEqual(await world.differences(activity), []);
    assert.deepEqual(await mentionsOf(world.client, one.openid), []);
  });
});

describe('who is paid under another account', () => {
  const linked = async (context: TestContext) => {
    const world = await openPayeeWorld();
    context.after(() => world.close());
    const [person, payee] = [somebody(), somebody()];
    const link = () =>
      world.links.link({
        person: { account: CHAT, openid: person },
        payee: { account: MAIN, openid: payee },
        by: 'link',
        nowMs: NOON_MS,
      });
    await link();
    await world.win(person);
    await world.win(person);
    return { world, person, payee, link };
  };
  const end = (client: pg.Client): Promise<unknown> =>
    client.query(`
      update payout set state = 'dead', due_at = null; update award set state = 'parked';
      insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome, raw_answer)
      select account_id, order_number, 1, 'query', 'l', created_at, created_at, '{"kind": "found", "status": "FAILED"}', openid from payout`);

  test('waits for packets on their way to the payee, and leaves neither openid once they have ended', async (context) => {
    const { world, person, payee, link } = await linked(context);
    const key = { account: CHAT, openid: person };
    assert.equal(await erase(world.pool, key), 'waiting');
    await end(world.client);
    assert.equal(await erase(world.pool, key), 'finished');
    assert.deepEqual(await mentionsOf(world.client, person), []);
    assert.deepEqual(await mentionsOf(world.client, payee), []);
    assert.deepEqual(await world.differences(), []);
    const name = pseudonyms.of({ account: MAIN, openid: payee });
    const paid = await world.client.query<{ openid: string }>('select distinct openid from payout');
    assert.deepEqual(paid.rows, [{ openid: name }]);
    await link();
    await world.win(person);
    assert.deepEqual(
      (await world.payoutsOf(person)).map((row) => row.openid),
      [payee],
      'and may be linked anew',
    );
  });

  test('has to say anew who they are when the payee is erased, whose openid is gone', async (context) => {
    const { world, person, payee } = await linked(context);
    const key = { account: MAIN, openid: payee };
    assert.equal(await erase(world.pool, key), 'waiting');
    await end(world.client);
    assert.equal(await erase(world.pool, key), 'finished');
    assert.deepEqual(await mentionsOf(world.client, payee), []);
    assert.ok((await mentionsOf(world.client, person)).includes('award.openid'));
    assert.deepEqual(await world.differences(), []);
    await world.win(person);
    const last = (await world.payoutsOf(person)).at(-1);
    assert.deepEqual([last?.openid, last?.reason], ['', 'payee-unknown']);
  });
});

describe('counts that stand twice', () => {
  const day = fc.option(fc.constantFrom('2026-11-19', '2026-11-20', '2026-11-21')) as fc.Arbitrary<BeijingDay | null>;
  const count = fc.integer({ min: 0, max: 5 });
  const facts: fc.Arbitrary<ParticipantFacts> = fc.record({
    draws: count,
    day,
    drawsToday: count,
    wins: count,
    winsToday: count,
    spentFen: count.map((number) => fen(number)),
    misses: count,
    lastDrawAtMs: fc.option(fc.constantFrom(NOON_MS, NOON_MS + 1, NOON_MS + 2)),
    checkInDay: day,
    streakDays: count,
    checkIns: count,
    state: fc.constantFrom<ParticipantFacts['state']>(
      {},
      { main: { chances: 1 } },
      { main: { chances: 2 } },
      { main: { months: { '2026-11': 0b101 } } },
      { main: { months: { '2026-11': 0b110, '2026-10': 1 }, owed: { 'totals.0': 1 } } },
    ),
  });

  test('are added up by a draw as by an erasure', async (context) => {
    const world = await openPayoutWorld();
    context.after(() => world.close());
    const activity = await buildActivity(world.client);
    const insert = async (openid: string, row: ParticipantFacts) => {
      const { months = {} } = (row.state['main'] ?? {}) as { readonly months?: Readonly<Record<string, number>> };
      for (const [month, days] of Object.entries(months))
        await world.client.query(
          `insert into check_in (account_id, activity_id, openid, day, made_up, created_at)
           select $1, $2, $3, $4::date + bit, false, to_timestamp(0) from generate_series(0, 30) as bit where $5::integer >> bit & 1 = 1`,
          [activity.account.id, activity.id, openid, `${month}-01`, days],
        );
      await world.client.query(
        `insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, check_in_day, streak_days, check_ins,
           wins_that_day, spent_fen, misses, last_draw_at, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, to_timestamp($14 / 1000.0), $15)`,
        [
          activity.account.id,
          activity.id,
          openid,
          row.draws,
          row.day,
          row.drawsToday,
          row.wins,
          row.checkInDay,
          row.streakDays,
          row.checkIns,
          row.winsToday,
          row.spentFen,
          row.misses,
          row.lastDrawAtMs,
          row.state,
        ],
      );
    };
    await fc.assert(
      fc.asyncProperty(facts, facts, async (one, other) => {
        const openid: Openid = somebody();
        const names = [activity.account.id, openid, `x:${openid}`];
        await insert(openid, one);
        await insert(`x:${openid}`, other);
        const client = await world.pool.connect();
        assert.equal(await foldCounts(client, names).finally(() => client.release()), 'done');
        const kept = await world.client.query<ParticipantFacts>(
          `select draws, day::text, draws_that_day as "drawsToday", wins, check_in_day::text as "checkInDay",
             streak_days as "streakDays", check_ins as "checkIns", wins_that_day as "winsToday", spent_fen::int as "spentFen",
             misses, (extract(epoch from last_draw_at) * 1000)::float8 as "lastDrawAtMs", state from participant where openid in ($1, $2)`,
          [openid, `x:${openid}`],
        );
        assert.deepEqual(kept.rows, [carryOn(one, other)]);
        assert.deepEqual(carryOn(other, one), carryOn(one, other));
      }),
      { numRuns: 100 },
    );
  });
});
