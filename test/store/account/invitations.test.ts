import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import type { Openid } from '../../../src/base/ids.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import type { DueInvitation, InvitationStore } from '../../../src/flows/ports/invitations.ts';
import type { InvitationCondition } from '../../../src/rules/trigger-schema.ts';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createInvitationStore } from '../../../src/store/account/invitations.ts';
import { createPseudonyms } from '../../../src/store/account/pseudonyms.ts';
import { createPool } from '../../../src/store/database.ts';
import { createDrawBatchStore } from '../../../src/store/draw-batches.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { NOON_MS, randomId } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { batcherOver, follower, messageKey } from '../../support/draws.ts';
import { mentionsOf } from '../../support/erasure-world.ts';
import { publishActivity } from '../../support/live-activity.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const PEOPLE = 64;
const pseudonyms = createPseudonyms(randomBytes(32));
const ANNA = follower(1001);
const BO = follower(1002);
const CHEN = follower(1003);

let database: TestDatabase;
let pools: readonly pg.Pool[];
let stores: readonly InvitationStore[];
let activity: LiveActivity;
const log = quietLogger();

before(async () => {
  database = await freshDatabase();
  pools = [0, 1].map((index) => createPool({ url: database.url, connectionsMax: 8, name: `invite-${index}` }, log));
  stores = pools.map((pool) => createInvitationStore(pool, pseudonyms));
});
beforeEach(async () => {
  await database.client.query('truncate invitation, invitation_code, follower, erasure');
  activity = await publishActivity(database.client, { trigger: { page: true, invite: true, invitesPerPerson: 3 } });
});
after(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.close();
});

function store(index = 0): InvitationStore {
  const found = stores[index % stores.length];
  assert.ok(found);
  return found;
}
const person = (openid: Openid) => ({ account: activity.accountId, activity: activity.id, openid });
const codeOf = (openid: Openid) => store().codeOf(person(openid), randomId().slice(0, 12), NOON_MS);
const open = (code: string, openid: Openid, counts: InvitationCondition = 'opened', index = 0) =>
  store(index).opened({ person: person(openid), code, id: randomId(), counts, nowMs: NOON_MS });
const claim = (most = 100, nowMs = NOON_MS) => store().claim({ nowMs, leaseMs: 1000, most });
async function acceptAll(due: readonly DueInvitation[], most: number) {
  const ends = await Promise.all(due.map((one, index) => store(index).accept(one, { most, nowMs: NOON_MS })));
  return ends.filter((end) => end === 'accepted').length;
}
const rows = async () =>
  (await database.client.query(`select invitee_openid as invitee, inviter_openid as inviter, state from invitation`))
    .rows;

describe('an invitation', () => {
  it('has one code a person, however often it is asked for and by how many processes', async () => {
    const codes = await Promise.all(
      Array.from({ length: 16 }, (_, index) => store(index).codeOf(person(ANNA), randomId().slice(0, 12), NOON_MS)),
    );
    assert.equal(new Set(codes).size, 1);
    assert.notEqual(await codeOf(BO), codes[0]);
  });

  it('begins once for whoever opens the page by it, and belongs to the first', async () => {
    const [annas, chens] = [await codeOf(ANNA), await codeOf(CHEN)];
    assert.equal(await open(annas, BO), true);
    assert.equal(await open(annas, BO), false);
    assert.equal(await open(chens, BO), false);
    assert.deepEqual(await rows(), [{ invitee: BO, inviter: ANNA, state: 'met' }]);
  });

  it('never begins by an unknown code, by one’s own, or for somebody who took part', async () => {
    const code = await codeOf(ANNA);
    assert.equal(await open('0123456789ab', BO), false);
    assert.equal(await open(code, ANNA), false);
    await draw(CHEN, 'before');
    assert.equal(await open(code, CHEN), false);
    assert.deepEqual(await rows(), []);
  });

  it('is not given back: of two who invite each other one counts', async () => {
    const [annas, bos] = [await codeOf(ANNA), await codeOf(BO)];
    const begun = await Promise.all([open(annas, BO, 'opened', 0), open(bos, ANNA, 'opened', 1)]);
    assert.deepEqual(begun.toSorted(), [false, true]);
    assert.equal((await rows()).length, 1);
  });

  it('takes two openids of one union id for one person', async () => {
    const follow = `insert into follower (account_id, openid, following, union_id, seen_at) values ('main', $1, true, $2, $3)`;
    for (const [openid, union] of [
      [ANNA, 'one'],
      [CHEN, 'one'],
      [BO, 'two'],
      [follower(7), 'two'],
    ]) {
      await database.client.query(follow, [openid, union, new Date(NOON_MS)]);
    }
    const code = await codeOf(ANNA);
    assert.equal(await open(code, CHEN), false, 'oneself');
    assert.equal(await open(code, BO), true);
    assert.equal(await open(code, follower(7)), false, 'invited before');
  });

  it('knows somebody again who was erased and comes back', async () => {
    const code = await codeOf(ANNA);
    await open(code, BO);
    const pseudonym = pseudonyms.of(person(BO));
    await database.client.query('update invitation set invitee_openid = $1', [pseudonym]);
    assert.equal(await open(code, BO), false);
  });

  it('and a list of people leave nothing of somebody erased but a pseudonym, and nothing more is drawn for them', async () => {
    await open(await codeOf(ANNA), BO);
    await open(await codeOf(BO), CHEN);
    const key = { account: activity.accountId, id: randomId() };
    const lines = [{ openid: BO, fault: null }];
    const batches = createDrawBatchStore(firstPool());
    await codeOf(BO);
    await draw(BO, 'known');
    await batches.prepare({ key, activity: activity.id, note: '', lines, operator: 'op', nowMs: NOON_MS });
    const erasures = createErasureStore(firstPool(), pseudonyms);
    await erasures.begin(person(BO), { reason: 'request', requestedBy: 'test', nowMs: NOON_MS });
    await database.client.query(`update payout set state = 'received', due_at = null`);
    for (
      let step = 0;
      step < 50 && (await erasures.advance(person(BO), NOON_MS + 2 * 86_400_000)) === 'more';
      step += 1
    );
    assert.deepEqual(await mentionsOf(database.client, BO), []);
    const states = (await rows()).map(({ state }) => state);
    assert.deepEqual(states, ['void', 'void']);
    assert.deepEqual(await claim(), []);
    const [line] = await batches.lines(key, { after: 0, most: 10, faulty: false });
    assert.deepEqual([line?.openid, line?.fault], [pseudonyms.of(person(BO)), 'erased']);
  });

  it('waits for a first draw where the rule asks for one, and meets it in the draw’s own transaction', async () => {
    activity = await publishActivity(database.client, {
      trigger: { page: true, invite: true, inviteCounts: 'first-draw' },
    });
    await open(await codeOf(ANNA), BO, 'first-draw');
    assert.deepEqual(await claim(), []);
    await draw(CHEN, 'another');
    assert.deepEqual(await claim(), []);
    await draw(BO, 'own');
    assert.equal((await claim(100, Date.now())).length, 1);
  });

  it('waits for a first follow where the rule asks for one', async () => {
    await open(await codeOf(ANNA), BO, 'first-follow');
    await store().followed(person(BO), { first: false, nowMs: NOON_MS });
    assert.deepEqual(await claim(), []);
    await store().followed(person(BO), { first: true, nowMs: NOON_MS });
    assert.equal((await claim()).length, 1);
  });

  it('of somebody unproven is looked at again once they follow, or come again', async () => {
    const code = await codeOf(ANNA);
    await open(code, BO);
    for (const again of [() => store().followed(person(BO), { first: false, nowMs: NOON_MS }), () => open(code, BO)]) {
      const [due] = await claim();
      assert.ok(due);
      await store().rest(due, 'unproven', null);
      assert.deepEqual(await claim(), []);
      await again();
    }
    assert.equal((await claim()).length, 1);
  });

  it('is held by one at a time until the lease is over', async () => {
    await open(await codeOf(ANNA), BO);
    assert.equal((await claim()).length, 1);
    assert.deepEqual(await claim(), []);
    const [again] = await claim(1, NOON_MS + 1000);
    assert.equal(again?.tries, 2);
  });

  function firstPool(): pg.Pool {
    const pool = pools[0];
    assert.ok(pool);
    return pool;
  }
  async function draw(openid: Openid, name: string): Promise<void> {
    const batcher = batcherOver(createDrawStore(firstPool()), log);
    await batcher.draw({ activity, openid, key: messageKey(name + randomId()), render: (text) => text });
  }
});

describe('invitations at two processes at once', () => {
  async function crowd(): Promise<readonly DueInvitation[]> {
    const code = await codeOf(ANNA);
    for (let number = 0; number < PEOPLE; number += 1) await open(code, follower(number));
    const due = await claim(PEOPLE);
    assert.equal(due.length, PEOPLE);
    return due;
  }

  it('count three of 64 where three is the limit', async () => {
    assert.equal(await acceptAll(await crowd(), 3), 3);
    assert.deepEqual(await store().standing(person(ANNA)), { accepted: 3, waiting: 0 });
  });

  it('twin: without the inviter’s lock more count', async () => {
    const due = await crowd();
    const met = Promise.withResolvers<void>();
    let readers = 0;
    const unlocked = pools.map((pool) =>
      createInvitationStore(
        withoutLock(pool, () => {
          readers += 1;
          if (readers >= 8) met.resolve();
          return Promise.race([met.promise, sleep(300)]);
        }),
        pseudonyms,
      ),
    );
    const unlockedStore = (index: number): InvitationStore => {
      const found = unlocked[index % 2];
      assert.ok(found);
      return found;
    };
    const ends = await Promise.all(
      due.slice(0, 8).map((one, index) => unlockedStore(index).accept(one, { most: 3, nowMs: NOON_MS })),
    );
    assert.equal(ends.filter((end) => end === 'accepted').length, 8);
  });

  const twoInviters = async () => {
    const codes = await Promise.all([codeOf(ANNA), codeOf(CHEN)]);
    return Promise.all(Array.from({ length: PEOPLE }, (_, index) => open(codes[index % 2] ?? '', BO, 'opened', index)));
  };
  it('count an invitee for one of two inviters who meet', async () => {
    assert.equal((await twoInviters()).filter(Boolean).length, 1);
    assert.equal((await rows()).length, 1);
  });
  it('twin: without the key both count', async () => {
    await database.client.query('alter table invitation drop constraint invitation_pk');
    try {
      await twoInviters();
      assert.ok((await rows()).length > 1);
    } finally {
      await database.client.query('truncate invitation');
      await database.client.query(
        'alter table invitation add constraint invitation_pk primary key (account_id, activity_id, invitee_openid)',
      );
    }
  });
});

/** A pool whose connections take no lock on people and meet after they have counted. */
function withoutLock(pool: pg.Pool, meet: () => Promise<void>): pg.Pool {
  return {
    connect: async () => {
      const client = await pool.connect();
      return new Proxy(client, {
        get(target, name) {
          if (name !== 'query') {
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          }
          return async (text: string, values?: unknown[]) => {
            const answer = await target.query(
              text.includes('invitation_code') ? text.replace('for update', '') : text,
              values,
            );
            if (text.includes('count(*)')) await meet();
            return answer;
          };
        },
      });
    },
  } as pg.Pool;
}
