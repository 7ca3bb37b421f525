import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutsideTrouble, WrongRequest } from '../../../src/base/errors.ts';
import type { AccountId, Openid } from '../../../src/base/ids.ts';
import { createRefreshFollowers } from '../../../src/flows/people/refresh-followers.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { FollowerRefreshes, ToldOfFollowers } from '../../../src/flows/ports/follower-refreshes.ts';
import { NOON_MS } from '../../support/builders.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MAIN = 'main' as AccountId;
const DAY_MS = 86_400_000;

interface Options {
  /** Openids WeChat lists, and how many a page has. */
  readonly list: number;
  readonly page?: number;
  /** Followers of ours whom the list does not name. */
  readonly leftOver?: readonly string[];
  readonly retentionDays?: number;
  /** Thrown by the calls with these numbers, counted from 1 over pages and records. */
  readonly trouble?: Readonly<Record<number, Error>>;
  readonly account?: boolean;
}

/** One account's round, with a WeChat that counts its calls and a store in memory. */
function world({ list, page = 10_000, leftOver = [], retentionDays, trouble = {}, account = true }: Options) {
  const names = Array.from({ length: list }, (_, index) => `o${String(index).padStart(6, '0')}` as Openid);
  const asked = new Set<Openid>();
  const state = { calls: [] as string[], ended: null as string | null, kept: [] as ToldOfFollowers['keepFromMs'][] };
  const called = (name: string): void => {
    state.calls.push(name);
    const error = trouble[state.calls.length];
    if (error !== undefined) throw error;
  };
  const refreshes: FollowerRefreshes = {
    take: async () => (state.ended === null ? { account: MAIN, beganAtMs: NOON_MS } : null),
    notAsked: async (_, people) => people.filter((one) => !asked.has(one)),
    leftOver: async (_, most) => (leftOver as Openid[]).filter((one) => !asked.has(one)).slice(0, most),
    note: async ({ told, keepFromMs }) => {
      for (const { openid } of told) {
        assert.ok(!asked.has(openid), 'nobody is asked about twice');
        asked.add(openid);
      }
      state.kept.push(keepFromMs);
    },
    leaveOut: async (_, people) => people.forEach((one) => asked.add(one)),
    finish: async () => void (state.ended = 'finished'),
    rest: async (_, untilMs, reason) => void (state.ended = `${reason} for ${(untilMs - NOON_MS) / 60_000} min`),
  };
  const make = () =>
    createRefreshFollowers({
      refreshes,
      accounts: {
        account: async (id) => (account ? ({ id, retentionDays: retentionDays ?? null } as Account) : undefined),
      },
      records: {
        page: async (_, after) => {
          called(`page ${after ?? ''}`.trim());
          const from = after === null ? 0 : names.indexOf(after) + 1;
          const openids = names.slice(from, from + page);
          return { total: list, openids, next: openids.at(-1) ?? null };
        },
        records: async (_, people) => {
          called(`ask ${people.length}`);
          assert.ok(people.length <= 100);
          return people.map((openid) => ({ openid, subscribed: false, unionId: null }));
        },
      },
      clock: { nowMs: () => NOON_MS },
      luck: { randomId: () => 'holder' },
      logger: quietLogger(),
    });
  return { state, asked, make };
}

/** Goes on until there is nothing to take. */
async function untilEnd(refresh: ReturnType<ReturnType<typeof world>['make']>, state: { ended: string | null }) {
  for (let step = 0; step < 1000 && state.ended === null; step += 1) await refresh.round();
  assert.notEqual(state.ended, null);
}

describe('a refresh of followers', () => {
  test('asks about everyone once, at most a hundred in a call and one call in a step', async () => {
    const { state, asked, make } = world({ list: 250, page: 120, leftOver: ['left1', 'left2'] });
    const refresh = make();
    const steps: number[] = [];
    while (state.ended === null) steps.push(await refresh.round());
    assert.deepEqual(steps, [100, 20, 100, 20, 10, 2, 0]);
    const second = 'page o000119, ask 100, ask 20';
    const last = 'page o000239, ask 10, page o000249, ask 2';
    assert.equal(state.calls.join(', '), `page, ask 100, ask 20, ${second}, ${last}`);
    assert.equal(asked.size, 252);
    assert.equal(state.ended, 'finished');
    assert.equal(await refresh.round(), 0);
  });

  test('goes on in another process where one died', async () => {
    const { state, asked, make } = world({ list: 450, page: 200 });
    const first = make();
    for (let step = 0; step < 3; step += 1) await first.round();
    await untilEnd(make(), state);
    assert.equal(asked.size, 450);
    assert.equal(state.calls.filter((call) => call.startsWith('ask')).length, 5);
  });

  test('of an account without followers is one call', async () => {
    const { state, make } = world({ list: 0 });
    await untilEnd(make(), state);
    assert.deepEqual([state.calls, state.ended], [['page'], 'finished']);
  });

  for (const [code, minutes] of [
    ['wechat-configuration', 1440],
    ['wechat-quota', 1440],
    ['wechat-busy', 10],
    ['access-token-not-accepted', 10],
  ] as const) {
    test(`rests for ${minutes} minutes after ${code}, and loses nobody`, async () => {
      const { state, asked, make } = world({ list: 150, trouble: { 2: new OutsideTrouble(code, 'no') } });
      const refresh = make();
      assert.equal(await refresh.round(), 0);
      assert.equal(state.ended, `${code} for ${minutes} min`);
      state.ended = null;
      await untilEnd(refresh, state);
      assert.equal(asked.size, 150);
    });
  }

  test('whose first page fails reads it again', async () => {
    const { state, asked, make } = world({ list: 50, trouble: { 1: new OutsideTrouble('wechat-busy', 'no') } });
    const refresh = make();
    await refresh.round();
    state.ended = null;
    await untilEnd(refresh, state);
    assert.equal(asked.size, 50);
  });

  test('leaves out people WeChat does not take for the rest of the round', async () => {
    const wrong = new WrongRequest('wechat-said-no', 'invalid openid');
    const { state, asked, make } = world({ list: 150, trouble: { 2: wrong } });
    await untilEnd(make(), state);
    assert.deepEqual([state.ended, asked.size], ['finished', 150]);
  });

  test('lets a failing database be the job’s trouble, and asks about the same people again', async () => {
    const { state, asked, make } = world({ list: 50, trouble: { 2: new OutsideTrouble('database-trouble', 'no') } });
    const refresh = make();
    await assert.rejects(refresh.round(), { code: 'database-trouble' });
    await untilEnd(refresh, state);
    assert.equal(asked.size, 50);
  });

  test('keeps nobody whom the account’s retention would forget at once', async () => {
    const { state, make } = world({ list: 1, retentionDays: 30 });
    await untilEnd(make(), state);
    // The Beijing day of 30 days ago begins twelve hours before noon.
    assert.deepEqual(state.kept, [NOON_MS - 30 * DAY_MS - DAY_MS / 2]);
  });

  test('of an account that is gone rests', async () => {
    const { state, make } = world({ list: 1, account: false });
    await make().round();
    assert.equal(state.ended, 'account-not-found for 1440 min');
  });
});
