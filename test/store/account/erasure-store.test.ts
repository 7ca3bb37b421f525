import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Openid } from '../../../src/base/ids.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import type { PersonKey } from '../../../src/flows/ports/followers.ts';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { DAY_MS, openErasureWorld } from '../../support/erasure-world.ts';
import type { ErasureWorld } from '../../support/erasure-world.ts';
import { claim } from '../../support/payout-world.ts';

let world: ErasureWorld;
before(async () => {
  world = await openErasureWorld();
});
after(() => world.close());
afterEach(async () => {
  assert.deepEqual(await world.differences(), []);
});

/** The payout of the person given, claimed; others that are due come along. */
async function claimed({ openid }: PersonKey) {
  const payout = (await claim(world.store, world.clock.nowMs)).find((item) => item.openid === openid);
  assert.ok(payout);
  return payout;
}

/** Somebody who won once by a message, followed and showed a profile. */
async function winner(changes: Parameters<ErasureWorld['activity']>[0] = {}): Promise<{
  readonly activity: LiveActivity;
  readonly person: PersonKey;
}> {
  const activity = await world.activity(changes);
  const person = world.person(activity);
  await world.follow(person);
  await world.draw(activity, person.openid, '1');
  return { activity, person };
}

const tomorrow = (): void => {
  world.clock.nowMs += DAY_MS;
};

async function factsOf(activity: LiveActivity): Promise<readonly Record<string, unknown>[]> {
  const found = await world.client.query(
    `select openid, draws, wins, draws_that_day, streak_days, check_ins from participant
     where account_id = $1 and activity_id = $2 order by openid`,
    [activity.accountId, activity.id],
  );
  return found.rows as Record<string, unknown>[];
}

async function outcomes(activity: LiveActivity): Promise<Record<string, number>> {
  const found = await world.client.query<{ outcome: string; count: number }>(
    'select outcome, count(*)::int as count from draw where account_id = $1 and activity_id = $2 group by 1',
    [activity.accountId, activity.id],
  );
  return Object.fromEntries(found.rows.map((row) => [row.outcome, row.count]));
}

describe('an erasure', () => {
  test('of somebody whose payouts have ended leaves the openid nowhere, and the books as they were', async () => {
    const { activity, person } = await winner();
    await world.payAll();
    await world.client.query(
      `insert into oauth_login (account_id, code_hash, state_hash, openid, snapshot, created_at) values ($1, 'c', 's', $2, false, $3)`,
      [person.account, person.openid, new Date(world.clock.nowMs)],
    );
    await world.client.query(
      `insert into late_reply (account_id, request_key, openid, trigger, asked_at, created_at) values ($1, $2, $3, 'message', $4, $4)`,
      [person.account, `m:9:${person.openid}`, person.openid, new Date(world.clock.nowMs)],
    );
    await world.client.query(
      `insert into scene_visit (account_id, request_key, scene, openid, followed, visited_at) values ($1, $2, 'shop', $3, true, $4)`,
      [person.account, `e:1:${person.openid}:subscribe:shop`, person.openid, new Date(world.clock.nowMs)],
    );
    await world.client.query(
      `insert into person_list (account_id, list, openid, added_by, added_at) values ($1, 'black', $2, 'test', $3)`,
      [person.account, person.openid, new Date(world.clock.nowMs)],
    );
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
    const name = world.pseudonyms.of(person);
    const kept = await world.mentions(name);
    for (const place of [
      'participant.openid',
      'draw.openid',
      'draw.request_key',
      'award.openid',
      'payout.openid',
      'payout.request',
      'scene_visit.openid',
      'person_list.openid',
    ])
      assert.ok(kept.includes(place), `${place} of ${kept.join(' ')}`);
    const joined = await world.client.query(
      `select 1 from draw join award using (account_id, request_key, openid) join payout on payout.award_id = award.id
       where draw.openid = $1 and payout.state = 'received' and draw.activity_id = $2`,
      [name, activity.id],
    );
    assert.equal(joined.rowCount, 1);
  });

  test('takes profile, union id and follow at once, and waits with the openid until the payout has ended', async () => {
    const { person } = await winner();
    assert.equal(await world.erase(person), 'waiting');
    const places = await world.mentions(person.openid);
    assert.ok(
      !places.some((place) => /^(follower|web_profile|oauth_login|late_reply)\./.test(place)),
      places.join(' '),
    );
    assert.ok(places.includes('payout.openid'));
    tomorrow();
    for (const state of ['unknown', 'sent', 'parked']) {
      await world.client.query('update payout set state = $2 where openid = $1', [person.openid, state]);
      assert.equal(await world.goOn(person), 'waiting', state);
    }
    await world.client.query(`update payout set state = 'waiting' where openid = $1`, [person.openid]);
    await world.payAll();
    tomorrow();
    assert.equal(await world.goOn(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
  });

  test('waits for the day’s end, so that the day’s limit of packets cannot be emptied', async () => {
    const { person } = await winner();
    await world.payAll();
    assert.equal(await world.erase(person), 'waiting');
    const day = await world.client.query('select packets from payout_person_day where openid = $1', [person.openid]);
    assert.deepEqual(day.rows, [{ packets: 1 }]);
    tomorrow();
    assert.equal(await world.goOn(person), 'finished');
  });

  test('waits for a new number that was asked for, and then none is issued any more', async () => {
    const { person } = await winner();
    const row = (await world.client.query(`select * from payout where openid = $1`, [person.openid])).rows[0];
    await world.payAll();
    await world.client.query(
      `insert into reissue (id, merchant_id, why, selection, state, payouts, amount_fen, requested_by, requested_at)
       values ('r', $1, $2, '{}', 'requested', 1, 100, 'li', $3)`,
      [row.merchant_id, `${person.openid} asked for it`, new Date(world.clock.nowMs)],
    );
    await world.client.query(
      `insert into reissue_item (account_id, reissue_id, order_number, award_id, amount_fen, proof_attempt) values ($1, 'r', $2, $3, 100, 1)`,
      [row.account_id, row.order_number, row.award_id],
    );
    tomorrow();
    assert.equal(await world.erase(person), 'waiting');
    await world.client.query(`update reissue_item set outcome = 'refused'`);
    assert.equal(await world.goOn(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
  });

  test('is not undone by an answer that comes when it is finished', async () => {
    const { person } = await winner();
    const payout = await claimed(person);
    const number = await world.store.beginAttempt({ payout, call: 'send', nowMs: payout.callAtMs, leaseMs: 25_000 });
    await world.client.query(`update payout set state = 'received' where openid = $1`, [person.openid]);
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    await world.client.query(`update payout set state = 'unknown' where order_number = $1`, [payout.orderNumber]);
    const outcome = { kind: 'unknown', code: 'X', message: `${person.openid} 不明` } as const;
    const raw = `<xml><re_openid><![CDATA[${person.openid}]]></re_openid></xml>`;
    assert.ok(number !== null);
    await world.store.recordAnswer({ payout, number, outcome, raw, nowMs: world.clock.nowMs });
    assert.deepEqual(await world.mentions(person.openid), []);
    await world.payAll();
  });

  test('of somebody who was never here is finished at once and begins anew when asked for again', async () => {
    const activity = await world.activity();
    const person = world.person(activity);
    assert.equal(await world.erase(person), 'finished');
    await world.follow(person, world.clock.nowMs + 5000);
    assert.ok((await world.mentions(person.openid)).includes('follower.openid'));
    world.clock.nowMs += 10_000;
    assert.equal(await world.erase(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
  });

  test('finds the openid in what was written about many people', async () => {
    const { person } = await winner();
    await world.payAll();
    const at = new Date(world.clock.nowMs);
    const told = `NO_AUTH ${person.openid} 没有权限`;
    await world.client.query(
      `insert into alarm (kind, subject, message, raised_at) values ('contradiction', 'x', $1, $2)`,
      [told, at],
    );
    await world.client.query(
      `insert into reconciliation (day, made_at, totals, breaks) values ('2026-11-20', $2, '[]', $1)`,
      [JSON.stringify([{ reason: told, books: person.openid }]), at],
    );
    await world.client.query(`update merchant_pace set no_auth = $1`, [
      JSON.stringify([{ openid: person.openid, atMs: 1 }]),
    ]);
    await world.client.query(`update merchant set stopped_reason = $1`, [told]);
    await world.client.query(`update payout set reason = $1 where openid = $2`, [told, person.openid]);
    await world.client.query(
      `update payout_attempt set raw_answer = $1, outcome = outcome || jsonb_build_object('message', $1::text) where order_number in (select order_number from payout where openid = $2)`,
      [told, person.openid],
    );
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
  });

  test('that dies after any of its steps is finished by the next one, and the books agree after each', async () => {
    const activity = await world.activity({
      limits: {},
      prizes: [{ id: 'p', name: 'p', kind: 'text', tickets: 1, stock: 1000 }],
    });
    const person = world.person(activity);
    for (let number = 0; number < 450; number += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => world.draw(activity, person.openid, `${number + index}`)),
      );
    await createErasureStore(world.pool, world.pseudonyms).begin(person, {
      reason: 'request',
      requestedBy: 'x',
      nowMs: world.clock.nowMs,
    });
    let steps = 0;
    let state = 'more';
    while (state === 'more') {
      state = await createErasureStore(world.pool, world.pseudonyms).advance(person, world.clock.nowMs);
      assert.deepEqual(await world.differences(), []);
      steps += 1;
    }
    assert.deepEqual([state, steps], ['finished', 5]);
    assert.deepEqual(await world.mentions(person.openid), []);
    assert.equal((await factsOf(activity))[0]?.['draws'], 450);
  });

  test('is taken by one process when it is due, and by the next when that one dies', async () => {
    const { person } = await winner();
    const store = createErasureStore(world.pool, world.pseudonyms);
    await world.erase(person);
    const take = async () =>
      (await store.takeDue(world.clock.nowMs, 1000)).filter(({ openid }) => openid === person.openid).length;
    assert.equal(await take(), 0);
    world.clock.nowMs += 3_600_000;
    const both = await Promise.all([take(), take()]);
    assert.deepEqual(both.toSorted(), [0, 1]);
    world.clock.nowMs += 120_000;
    assert.equal(await take(), 1);
    await world.payAll();
  });
});

describe('limits after an erasure', () => {
  const once = { limits: { winsPerPerson: 1 } };

  test('a win counts: who is erased, follows again and draws is refused', async () => {
    const { activity, person } = await winner(once);
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    await world.follow(person);
    const again = await world.draw(activity, person.openid, '2');
    assert.match(again.reply, /机会用完了/);
    assert.deepEqual(await outcomes(activity), { won: 1, refused: 1 });
  });

  test('twin: without a look at pseudonyms the same person wins twice', async () => {
    const { activity, person } = await winner(once);
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    await world.draw(activity, person.openid, '2', createDrawStore(world.pool));
    assert.deepEqual(await outcomes(activity), { won: 2 });
    await world.payAll();
  });

  test('counts go on in the person’s own row, and a second erasure folds them back', async () => {
    const { activity, person } = await winner({ limits: { drawsPerPerson: 3 } });
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    await world.draw(activity, person.openid, '2');
    assert.deepEqual(
      (await factsOf(activity)).map((row) => [row['openid'], row['draws'], row['wins'], row['draws_that_day']]),
      [[person.openid, 2, 2, 1]],
    );
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    assert.deepEqual(await world.mentions(person.openid), []);
    await world.draw(activity, person.openid, '3');
    assert.match((await world.draw(activity, person.openid, '4')).reply, /机会用完了/);
    assert.equal((await factsOf(activity)).length, 1);
    await world.payAll();
  });

  test('a streak of check-ins goes on', async () => {
    const activity = await world.activity({
      mechanic: { kind: 'check-in', milestones: [{ streakDays: 3, prizeId: 'three' }] },
      prizes: [{ id: 'three', name: '三日', kind: 'red-packet', amountFen: 100, stock: 10 }],
    });
    const person = world.person(activity);
    await world.draw(activity, person.openid, '1');
    tomorrow();
    await world.draw(activity, person.openid, '2');
    const daysOf = async (openid: string): Promise<number> => {
      const found = await world.client.query('select from check_in where openid = $1', [openid]);
      return found.rowCount ?? 0;
    };
    assert.equal(await world.erase(person), 'finished');
    const name = world.pseudonyms.of(person);
    assert.deepEqual([await daysOf(person.openid), await daysOf(name)], [0, 2]);
    tomorrow();
    await world.draw(activity, person.openid, '3');
    assert.deepEqual([await daysOf(person.openid), await daysOf(name)], [3, 0]);
    assert.deepEqual(
      (await factsOf(activity)).map((row) => [row['streak_days'], row['check_ins'], row['wins']]),
      [[3, 3, 1]],
    );
    await world.payAll();
  });

  test('a message told again afterwards gets the reply it had, and no second draw', async () => {
    const { activity, person } = await winner();
    const first = await world.draw(activity, person.openid, '1');
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    const again = await world.draw(activity, person.openid, '1');
    assert.deepEqual([again.reply, again.fresh], [first.reply, false]);
    assert.deepEqual(await outcomes(activity), { won: 1 });
  });

  test('hold for a process that had not seen the account’s first erasure', async () => {
    const { activity, person } = await winner(once);
    const elsewhere = createDrawStore(world.pool, world.pseudonyms);
    await world.payAll();
    tomorrow();
    assert.equal(await world.erase(person), 'finished');
    assert.match((await world.draw(activity, person.openid, '2', elsewhere)).reply, /机会用完了/);
  });

  test('hold while draws and erasure run into each other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { activity, person } = await winner(once);
      await world.payAll();
      tomorrow();
      const elsewhere = createDrawStore(world.pool, world.pseudonyms);
      const draws = Array.from({ length: 12 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 2));
        return world.draw(activity, person.openid, `${10 + index}`, index % 2 === 0 ? elsewhere : world.draws);
      });
      await Promise.all([world.erase(person), ...draws]);
      assert.equal((await outcomes(activity))['won'], 1);
      assert.equal(
        (await factsOf(activity)).reduce((sum, row) => sum + Number(row['wins']), 0),
        1,
      );
    }
  });

  test('are another person’s own', async () => {
    const { activity, person } = await winner(once);
    await world.payAll();
    tomorrow();
    await world.erase(person);
    const other = world.person(activity);
    assert.match((await world.draw(activity, other.openid as Openid, '1')).reply, /恭喜/);
    await world.payAll();
  });
});
