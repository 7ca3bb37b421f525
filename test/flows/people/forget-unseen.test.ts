import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AccountId, Openid } from '../../../src/base/ids.ts';
import { createErasePerson } from '../../../src/flows/people/erase-person.ts';
import { createForgetUnseen } from '../../../src/flows/people/forget-unseen.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { KnownPeople } from '../../../src/flows/ports/erasures.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import { ErasePeople } from '../../../src/jobs/erase-people.ts';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createKnownPeople } from '../../../src/store/account/known-people.ts';
import { NOON_MS, somebody } from '../../support/builders.ts';
import { DAY_MS, openErasureWorld } from '../../support/erasure-world.ts';
import type { ErasureWorld } from '../../support/erasure-world.ts';
import { handClock } from '../../support/hand-clock.ts';
import type { HandClock } from '../../support/hand-clock.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const KEPT_DAYS = 30;
/** Beijing midnight after the last of the days for which somebody seen at noon is kept. */
const BORDER_MS = NOON_MS + DAY_MS / 2 + KEPT_DAYS * DAY_MS;

let world: ErasureWorld;
let activity: LiveActivity;
beforeEach(async () => {
  world = await openErasureWorld();
  activity = await world.activity();
});
afterEach(() => world.close());

function forgetting(clock: Pick<HandClock, 'nowMs'>, given: { days?: number | null; people?: KnownPeople } = {}) {
  const { days = KEPT_DAYS, people = createKnownPeople(world.pool) } = given;
  const logger = quietLogger();
  const erasures = createErasureStore(world.pool, world.pseudonyms);
  const erasePerson = createErasePerson({ erasures, clock, logger });
  const account = { id: activity.accountId, retentionDays: days } as Account;
  const accounts = { accounts: async () => [account] };
  const forgetUnseen = createForgetUnseen({ accounts, people, erasePerson, clock, logger });
  return { forgetUnseen, erasePerson, logger };
}
const sweepAt = (nowMs: number, given: Parameters<typeof forgetting>[1] = {}): Promise<number> =>
  forgetting({ nowMs: () => nowMs }, given).forgetUnseen.sweep(new AbortController().signal);
const known = async (openid: Openid): Promise<boolean> => (await world.mentions(openid)).length > 0;

describe('the retention setting', () => {
  test('erases who drew, followed, showed a profile or scanned a code on the day before the border, and no later one', async () => {
    const person = () => ({ account: activity.accountId, openid: somebody() });
    const seen = {
      async drew(openid: Openid) {
        await world.draw(activity, openid, '1');
        await world.payAll();
      },
      follows: (openid: Openid) => world.follow({ account: activity.accountId, openid }),
      async profile(openid: Openid) {
        await world.client.query(
          `insert into web_profile (account_id, openid, nickname, seen_at) values ($1, $2, 'x', $3)`,
          [activity.accountId, openid, new Date(world.clock.nowMs)],
        );
      },
      async scanned(openid: Openid) {
        await world.client.query(
          `insert into scene_visit (account_id, request_key, scene, openid, followed, visited_at) values ($1, $2, 'shop', $3, false, $4)`,
          [activity.accountId, `e:1:${openid}:scan:shop`, openid, new Date(world.clock.nowMs)],
        );
      },
    };
    for (const [name, see] of Object.entries(seen)) {
      world.clock.nowMs = NOON_MS;
      const [old, later] = [person(), person()];
      await see(old.openid);
      world.clock.nowMs = NOON_MS + DAY_MS;
      await see(later.openid);
      assert.equal(await sweepAt(BORDER_MS - 1), 0, `${name}: the last day is not over`);
      assert.equal(await sweepAt(BORDER_MS), 1, name);
      assert.deepEqual([await known(old.openid), await known(later.openid)], [false, true], name);
      assert.equal(await sweepAt(BORDER_MS + DAY_MS), 1, `${name}: the other one a day later, and nobody twice`);
    }
    assert.deepEqual(await world.differences(), []);
  });

  test('looks at the last thing that was heard of a person', async () => {
    const person = world.person(activity);
    await world.follow(person);
    world.clock.nowMs = NOON_MS + 20 * DAY_MS;
    await world.draw(activity, person.openid, '1');
    await world.payAll();
    assert.equal(await sweepAt(BORDER_MS), 0);
    assert.equal(await sweepAt(BORDER_MS + 20 * DAY_MS), 1);
  });

  test('leaves alone whose payout has not ended, and whoever an account keeps for ever', async () => {
    const person = world.person(activity);
    await world.draw(activity, person.openid, '1');
    assert.equal(await sweepAt(BORDER_MS), 0);
    assert.ok(await known(person.openid));
    await world.payAll();
    assert.equal(await sweepAt(BORDER_MS, { days: null }), 0);
    assert.equal(await sweepAt(BORDER_MS), 1);
  });

  test('goes through any number of people a few at a time', async () => {
    const people = Array.from({ length: 450 }, () => world.person(activity));
    for (const person of people) await world.follow(person);
    const store = createKnownPeople(world.pool);
    const looks: number[] = [];
    const counted: KnownPeople = {
      async notSeenSince(input) {
        assert.equal(input.most, 200);
        const found = await store.notSeenSince(input);
        if (input.source === 'follower') looks.push(found.people.length);
        return found;
      },
    };
    assert.equal(await sweepAt(BORDER_MS, { people: counted }), 450);
    assert.equal(
      looks.reduce((sum, count) => sum + count, 0),
      450,
    );
    assert.ok(Math.max(...looks) <= 200);
  });

  test('stops at the signal and goes on with the rest when it is begun anew', async () => {
    for (let count = 0; count < 20; count += 1) await world.follow(world.person(activity));
    const stopping = new AbortController();
    const store = createKnownPeople(world.pool);
    const people: KnownPeople = {
      async notSeenSince(input) {
        const found = await store.notSeenSince(input);
        if (found.people.length > 0) stopping.abort();
        return found;
      },
    };
    const { forgetUnseen } = forgetting({ nowMs: () => BORDER_MS }, { people });
    assert.equal(await forgetUnseen.sweep(stopping.signal), 0);
    assert.equal(await sweepAt(BORDER_MS), 20);
  });
});

describe('the job', () => {
  test('sweeps once a day from three in the morning, and goes on with what is due in between', async (context) => {
    const clock = handClock(BORDER_MS + 2 * 3_600_000);
    const person = world.person(activity);
    await world.follow(person);
    const owed = world.person(activity);
    await world.draw(activity, owed.openid, '1');
    const { forgetUnseen, erasePerson, logger } = forgetting(clock);
    assert.equal(await erasePerson.erase(owed, { reason: 'request', requestedBy: 'x' }), 'waiting');
    await world.payAll();
    const sweeps = (): number => logger.lines.filter(({ event }) => event === 'people-not-seen-are-erased').length;
    const job = new ErasePeople({ erasing: erasePerson, forgetUnseen, clock, logger });
    context.after(() => job.stop());
    job.start();
    await clock.asleep();
    await clock.advance(3_600_000);
    for (let round = 0; round < 200 && ((await known(person.openid)) || (await known(owed.openid))); round += 1)
      await clock.advance(5000);
    assert.deepEqual([await known(person.openid), await known(owed.openid)], [false, false]);
    for (let round = 0; round < 20; round += 1) await clock.advance(3_600_000);
    assert.equal(sweeps(), 2, 'for the day before, which nobody had seen to, and for this one');
  });
});

test('an account’s people are its own', async () => {
  const person = world.person(activity);
  await world.follow(person);
  const elsewhere = createKnownPeople(world.pool);
  const look = {
    account: 'nobody' as AccountId,
    source: 'follower' as const,
    after: '',
    beforeMs: BORDER_MS,
    most: 10,
  };
  assert.deepEqual(await elsewhere.notSeenSince(look), { people: [], next: null });
  assert.equal(await sweepAt(BORDER_MS), 1);
});
