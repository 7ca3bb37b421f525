import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { accountId, openid } from '../../src/base/ids.ts';
import type { DrawAnswer, PageFault } from '../../src/http/contract/activity-page.ts';
import { createFollowerBook } from '../../src/store/account/follower-book.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createPool } from '../../src/store/database.ts';
import { countDraws } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import type { PhoneAnswer } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld, PageWorldOptions } from '../support/page-world.ts';

const token = (): string => randomBytes(16).toString('hex');
const fault = (answer: PhoneAnswer): string => (JSON.parse(answer.text) as PageFault).code;
const outcome = (answer: PhoneAnswer): string => (JSON.parse(answer.text) as DrawAnswer).outcome;

/** A page of an activity that every draw wins, at its one prize of so many fen. */
async function startWith(
  context: Parameters<typeof startPageWorld>[0],
  options: PageWorldOptions & { readonly amountFen?: number } = {},
): Promise<{ readonly world: PageWorld; readonly slug: string }> {
  const world = await startPageWorld(context, options);
  const { amountFen = 188 } = options;
  const { slug } = await publishActivity(world.database.client, {
    trigger: { words: [], page: true },
    prizes: [{ id: 'prize', name: '红包', kind: 'red-packet', amountFen, tickets: 1, stock: 100 }],
  });
  return { world, slug };
}

async function phoneOf(world: PageWorld, slug: string, person: string): Promise<PagePhone> {
  const phone = new PagePhone();
  phone.cookies.set('sim_openid', person);
  assert.equal((await phone.walk(`${world.doors[0]}/a/${slug}`)).at(-1)?.status, 200);
  return phone;
}

/** The phone of somebody WeChat made up without saying so. */
async function madeUp(world: PageWorld, slug: string): Promise<PagePhone> {
  const { authorization, followers } = world.simulator;
  authorization.snapshotMode = true;
  authorization.snapshotFlag = 'missing';
  return phoneOf(world, slug, followers.list()[0]?.openid ?? '');
}

/** What a draw would have left. */
async function traces(world: PageWorld): Promise<readonly number[]> {
  const { draws, awards, payouts } = await countDraws(world.database.client);
  const people = await world.database.client.query('select 1 from participant');
  return [draws, awards, payouts, people.rowCount ?? 0];
}

it('somebody made up, the mark missing, wins nothing above the set amount and leaves no trace', async (context) => {
  const { world, slug } = await startWith(context);
  const phone = await madeUp(world, slug);
  const answer = await phone.draw(world.doors[0], slug, token());
  assert.deepEqual([answer.status, fault(answer)], [403, 'follow-needed']);
  assert.deepEqual(await traces(world), [0, 0, 0, 0]);
});

it('the same person wins where nobody makes sure', async (context) => {
  const { world, slug } = await startWith(context, { aroundVisitors: () => ({ prove: async () => {} }) });
  const phone = await madeUp(world, slug);
  assert.equal(outcome(await phone.draw(world.doors[0], slug, token())), 'won');
  assert.deepEqual(await traces(world), [1, 1, 1, 1]);
});

it('a hundred taps of made-up people at two doors at once win nothing', async (context) => {
  const { world, slug } = await startWith(context);
  const phones = await Promise.all(Array.from({ length: 10 }, () => madeUp(world, slug)));
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, tap) =>
      (phones[tap % 10] ?? new PagePhone()).draw(world.doors[tap % 2 === 0 ? 0 : 1], slug, token()),
    ),
  );
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([403]));
  assert.deepEqual(await traces(world), [0, 0, 0, 0]);
});

it('up to the set amount anybody may draw, and the amount can be set', async (context) => {
  const small = await startWith(context, { amountFen: 100 });
  const phone = await madeUp(small.world, small.slug);
  assert.equal(outcome(await phone.draw(small.world.doors[0], small.slug, token())), 'won');
  const strict = await startWith(context, { amountFen: 100, unprovenAwardFenMax: 0 });
  const other = await madeUp(strict.world, strict.slug);
  assert.equal(fault(await other.draw(strict.world.doors[0], strict.slug, token())), 'follow-needed');
});

it('a stranger is asked to follow, and draws once they do', async (context) => {
  const { world, slug } = await startWith(context);
  const stranger = world.simulator.followers.add({ subscribed: false });
  const phone = await phoneOf(world, slug, stranger.openid);
  assert.equal(fault(await phone.draw(world.doors[0], slug, token())), 'follow-needed');
  stranger.subscribed = true;
  world.clockAhead.ms = 3000;
  assert.equal(outcome(await phone.draw(world.doors[0], slug, token())), 'won');
});

it('somebody who left, but whose push reached us before, draws even while WeChat is away', async (context) => {
  const { world, slug } = await startWith(context, { aroundRecords: away });
  const person = world.simulator.followers.add({ subscribed: false });
  const pool = createPool({ url: world.database.url, connectionsMax: 1, name: 'pushed' }, world.log);
  context.after(() => pool.end());
  const key = { account: accountId('main'), openid: openid(person.openid) };
  await createFollowerBook(pool, createPseudonyms(Buffer.alloc(32))).left(key, Date.now());
  const phone = await phoneOf(world, slug, person.openid);
  assert.equal(outcome(await phone.draw(world.doors[0], slug, token())), 'won');
});

it('while WeChat is away nobody unknown passes, and the same tap is one draw once it is back', async (context) => {
  let gone = true;
  const { world, slug } = await startWith(context, {
    aroundRecords: (records) => ({
      record: (account, person) => (gone ? away().record() : records.record(account, person)),
    }),
  });
  const phone = await phoneOf(world, slug, world.simulator.followers.list()[0]?.openid ?? '');
  const tap = token();
  for (const door of world.doors) {
    const answer = await phone.draw(door, slug, tap);
    assert.deepEqual([answer.status, fault(answer), answer.headers.get('retry-after')], [503, 'visitor-unproven', '5']);
  }
  assert.deepEqual(await traces(world), [0, 0, 0, 0]);
  gone = false;
  const answers = await Promise.all(world.doors.map((door) => phone.draw(door, slug, tap)));
  assert.deepEqual(answers.map(outcome), ['won', 'won']);
  assert.deepEqual(await traces(world), [1, 1, 1, 1]);
});

it('what was decided is told again whatever became of the person since', async (context) => {
  let gone = false;
  const { world, slug } = await startWith(context, {
    aroundRecords: (records) => ({
      record: (account, person) => (gone ? away().record() : records.record(account, person)),
    }),
  });
  const person = world.simulator.followers.add();
  const phone = await phoneOf(world, slug, person.openid);
  const tap = token();
  const first = await phone.draw(world.doors[0], slug, tap);
  assert.equal(outcome(first), 'won');
  person.subscribed = false;
  assert.equal((await phone.draw(world.doors[1], slug, tap)).text, first.text, 'a door that knows nothing of them');
  gone = true;
  world.clockAhead.ms = 10 * 60_000;
  assert.equal((await phone.draw(world.doors[0], slug, tap)).text, first.text);
  assert.equal(fault(await phone.draw(world.doors[0], slug, token())), 'visitor-unproven');
  assert.deepEqual(await traces(world), [1, 1, 1, 1]);
});

function away() {
  return {
    record: () => Promise.reject(new OutsideTrouble('wechat-unreachable', 'WeChat cannot be reached')),
  };
}
