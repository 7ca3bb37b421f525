import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import type { ActivityId } from '../../src/base/ids.ts';
import type { Operator, RuleDraft } from '../../src/flows/ports/operators.ts';
import type { BatchAnswer } from '../../src/http/contract/console-batches.ts';
import type { InvitationAnswer } from '../../src/http/contract/invitation.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const OPERATOR: Operator = { id: 'op-journey', name: 'journey', role: 'owner' };
// What was published is known to every process within a second.
const KNOWN_AFTER_MS = 1200;

describe('ways in that somebody else opens', () => {
  let world: World;
  const activities = new Map<string, ActivityId>();
  before(async () => {
    world = await startWorld();
    const invited = { page: true, invite: true, invitesPerPerson: 2 } as const;
    await publish('friends', { trigger: { ...invited } });
    await publish('friends-draw', { trigger: { ...invited, inviteCounts: 'first-draw' } });
    await publish('friends-follow', { trigger: { ...invited, inviteCounts: 'first-follow' } });
    await publish('listed', { trigger: { batch: true } });
    await sleep(KNOWN_AFTER_MS);
  });
  after(() => world.close());

  async function publish(slug: string, changes: Partial<ActivityRuleInput>): Promise<void> {
    const { operateActivities } = world.service;
    const draft = lotteryRule(changes) as RuleDraft;
    const account = accountId('main');
    const { activity } = await operateActivities.create(OPERATOR, { accountId: account, slug, name: slug, draft });
    activities.set(slug, activity.id);
    await operateActivities.publish(OPERATOR, { id: activity.id, revision: activity.revision });
  }

  async function openPage(openid: string, path: string): Promise<PagePhone> {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    const way = await phone.walk(`${world.publicUrl}${path}`);
    assert.equal(way.at(-1)?.status, 200);
    return phone;
  }
  async function invitation(phone: PagePhone, slug: string): Promise<InvitationAnswer> {
    const answer = await phone.ask(`${world.publicUrl}/api/a/${slug}/invitation`);
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text) as InvitationAnswer;
  }
  const follow = (openid: string) => world.simulator.push.sendEvent(openid, { Event: 'subscribe' });
  async function draws(openid: string, slug: string): Promise<number> {
    const found = await world.database.client.query<{ count: number }>(
      `select count(*)::int as count from draw where openid = $1 and activity_id = $2`,
      [openid, activities.get(slug)],
    );
    return found.rows[0]?.count ?? 0;
  }
  const drawn = (openid: string, slug: string, count: number) =>
    eventually(`${count} draws`, async () => (await draws(openid, slug)) === count);

  it('give the inviter one draw for each newcomer who opens the link, up to the limit', async () => {
    const [anna, ...friends] = Array.from({ length: 4 }, () => world.simulator.followers.add().openid);
    assert.ok(anna);
    const phone = await openPage(anna, '/a/friends');
    const { path, counts } = await invitation(phone, 'friends');
    assert.match(path, /^\/a\/friends\?i=[0-9a-f]{12}$/);
    assert.equal(counts, 'opened');
    await openPage(anna, path);
    for (const friend of friends) {
      await follow(friend);
      await openPage(friend, path);
      await openPage(friend, path);
    }
    await eventually('two to count', async () => (await invitation(phone, 'friends')).waiting === 0);
    assert.deepEqual(await invitation(phone, 'friends'), { path, accepted: 2, waiting: 0, most: 2, counts });
    await drawn(anna, 'friends', 2);
    const packets = () => world.simulator.books.packets().filter((packet) => packet.openid === anna);
    await eventually('the packets', async () => packets().length === 2);
    // She never wrote, so her next message brings it.
    await eventually('her next message to bring it', async () => {
      const { reply } = await world.simulator.push.sendText(anna, '你好');
      return /有朋友接受了您的邀请[^]*1\.00 元/.test(reply?.type === 'text' ? reply.content : '');
    });
    await world.compareBooks();
  });

  it('count by a first draw or a first follow where the rule says so', async () => {
    const [anna, bo, chen] = Array.from({ length: 3 }, () => world.simulator.followers.add().openid);
    assert.ok(anna && bo && chen);
    const byDraw = (await invitation(await openPage(anna, '/a/friends-draw'), 'friends-draw')).path;
    await follow(bo);
    const phone = await openPage(bo, byDraw);
    assert.equal(await draws(anna, 'friends-draw'), 0);
    await phone.draw(world.publicUrl, 'friends-draw', randomBytes(16).toString('hex'));
    await drawn(anna, 'friends-draw', 1);

    const own = await openPage(anna, '/a/friends-follow');
    const byFollow = (await invitation(own, 'friends-follow')).path;
    await openPage(bo, byFollow);
    await openPage(chen, byFollow);
    await follow(chen);
    await drawn(anna, 'friends-follow', 1);
    assert.deepEqual(
      [(await invitation(own, 'friends-follow')).accepted, (await invitation(own, 'friends-follow')).waiting],
      [1, 1],
    );
    await world.compareBooks();
  });

  async function signIn(role: 'owner' | 'viewer' = 'owner'): Promise<string> {
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: role, role, nowMs: clock.nowMs() });
    const answer = await call('', 'POST', '/login', { token });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  }
  function call(cookie: string, method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie, origin: world.publicUrl, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  it('let a list of people draw once it is read, shown and confirmed', async () => {
    const cookie = await signIn();
    const people = Array.from({ length: 12 }, () => world.simulator.followers.add().openid);
    for (const openid of people) await follow(openid);
    const here = `/activities/${activities.get('listed')}/batches`;
    const openids = [...people, people[0], 'not an openid', 'oNobodyEverMet00000000000000'];
    assert.equal((await call(await signIn('viewer'), 'POST', here, { openids })).status, 403);
    const prepared = (await (await call(cookie, 'POST', here, { openids, note: '老客户' })).json()) as BatchAnswer;
    assert.deepEqual([prepared.state, prepared.open, prepared.lines], ['prepared', 12, 15]);
    assert.deepEqual(prepared.faults, { malformed: 1, duplicate: 1, unknown: 1, erased: 0, failed: 0 });
    assert.deepEqual(
      prepared.warnings.map(({ code }) => code),
      ['no-insider-list'],
    );
    const one = `${here}/${prepared.id}`;
    assert.equal((await call(cookie, 'POST', `${one}/confirm`, { people: 11 })).status, 409);
    assert.equal((await call(cookie, 'POST', `${one}/confirm`, { people: 12 })).status, 200);
    const batch = async () => (await (await call(cookie, 'GET', one)).json()) as BatchAnswer;
    await eventually('the list to be finished', async () => (await batch()).state === 'finished');
    // Ten packets were in stock.
    assert.deepEqual((await batch()).outcomes, { won: 10, lost: 2, refused: 0 });
    assert.equal((await call(cookie, 'POST', `${one}/turn`, { to: 'resume' })).status, 409);
    const file = await call(cookie, 'GET', `${one}/result`);
    assert.match(file.headers.get('content-disposition') ?? '', /attachment; filename="list-/);
    const lines = (await file.text()).trim().split('\r\n');
    assert.equal(lines.length, 16);
    assert.equal(lines.filter((line) => line.endsWith(',won,one-yuan,1.00')).length, 10);
    await eventually('the packets', async () => {
      const paid = world.simulator.books.packets().filter(({ openid }) => people.includes(openid));
      return paid.length === 10;
    });
    await world.compareBooks();
  });
});
