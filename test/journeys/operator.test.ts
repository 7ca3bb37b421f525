import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { eventually, startWorld, textsKnown } from '../support/world.ts';
import type { World } from '../support/world.ts';

interface ActivityBody {
  readonly activity: { readonly id: string; readonly revision: number; readonly state: string };
}
interface RowsBody {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

describe('an operator', () => {
  let world: World;
  let cookie = '';
  let secondCookie = '';
  before(async () => {
    world = await startWorld();
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '小王', nowMs: clock.nowMs() });
    const answer = await call('POST', '/login', { token });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    assert.equal((await call('POST', '/login', { token })).status, 401, 'the link works once');
    const second = await createOperatorWithLoginLink({ pool, name: '小陈', role: 'finance', nowMs: clock.nowMs() });
    const signedIn = await call('POST', '/login', { token: second.token });
    secondCookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  });
  after(async () => {
    await world.close();
  });

  function call(method: string, path: string, body?: unknown, as = cookie): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie: as, origin: world.publicUrl, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function read<Body>(response: Promise<Response>): Promise<Body> {
    const answer = await response;
    assert.equal(answer.ok, true, `${answer.status} ${await answer.clone().text()}`);
    return (await answer.json()) as Body;
  }

  it('makes a lottery, publishes it, sees the win, the packet and the books, and stops it', async () => {
    const draft = lotteryRule({ trigger: { words: [{ match: 'exact', word: '开工大吉' }] } });
    const made = await read<ActivityBody>(
      call('POST', '/activities', { accountId: 'main', slug: 'work', name: '开工', draft }),
    );
    const { id, revision } = made.activity;
    assert.equal(made.activity.state, 'draft');
    const published = await read<ActivityBody>(call('POST', `/activities/${id}/publish`, { revision }));
    assert.equal(published.activity.state, 'published');

    const { openid } = world.simulator.followers.add();
    // Within about a second every process has seen the publication.
    await eventually('the win', async () => {
      const { reply } = await world.simulator.push.sendText(openid, '开工大吉');
      return reply?.type === 'text' && reply.content === '恭喜获得 1.00 元';
    });
    const packet = await eventually('the packet', () =>
      world.simulator.books.packets().find((one) => one.openid === openid),
    );
    const awardIs = async (state: string): Promise<boolean> => {
      const { rows } = await read<RowsBody>(call('GET', `/activities/${id}/awards`));
      return rows.length === 1 && rows[0]?.['state'] === state;
    };
    await eventually('the award to be sent', () => awardIs('sent'));
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(120_000);
    await eventually('the award to be received', () => awardIs('received'));
    assert.equal((await read<RowsBody>(call('GET', `/activities/${id}/draws`))).rows.length, 1);
    const books = await read<RowsBody>(call('GET', `/activities/${id}/books`));
    assert.deepEqual(books.rows.map((row) => row['kind']).toReversed(), ['budget', 'award', 'send', 'received']);

    await read(call('POST', `/activities/${id}/stop`, {}));
    await textsKnown(world);
    const late = await world.simulator.push.sendText(world.simulator.followers.add().openid, '开工大吉');
    assert.match(late.reply?.type === 'text' ? late.reply.content : '', /^(活动未开放|你好！)/);
    await world.compareBooks();
  });

  it('sends one packet to themselves once a second person says so, booked as a test that no number counts', async () => {
    const { openid } = world.simulator.followers.add();
    const before = await read<unknown>(call('GET', '/numbers'));
    const asked = await read<Record<'id' | 'activityId' | 'state', string>>(
      call('POST', '/accounts/main/trial-packets', { openid, amountFen: 120 }),
    );
    assert.equal(asked.state, 'asked');
    const decision = `/accounts/main/issues/${asked.id}/decide`;
    assert.equal((await call('POST', decision, { approve: true })).status, 403);
    const sentTo = () => world.simulator.books.packets().filter((one) => one.openid === openid);
    assert.deepEqual(sentTo(), []);
    const { issues } = await read<{ issues: readonly object[] }>(call('GET', '/approvals', undefined, secondCookie));
    assert.deepEqual(
      issues.map((one) => ({ ...one, askedAtMs: 0 })),
      [
        {
          id: asked.id,
          accountId: 'main',
          name: '试发红包（测试）',
          people: 1,
          amountFen: 120,
          askedByName: '小王',
          askedAtMs: 0,
          own: false,
          trial: true,
        },
      ],
    );
    await read(call('POST', decision, { approve: true }, secondCookie));
    const trialIs = async (award: string): Promise<boolean> => {
      const { rows } = await read<RowsBody>(call('GET', '/accounts/main/trial-packets'));
      return rows.length === 1 && rows[0]?.['award'] === award;
    };
    await eventually('the trial to be sent', () => trialIs('sent'));
    const [packet, ...more] = sentTo();
    assert.ok(packet !== undefined && more.length === 0);
    world.simulator.followers.openPacket(packet.number);
    world.simulator.clock.advance(120_000);
    await eventually('the trial to be received', () => trialIs('received'));
    const books = await read<RowsBody>(call('GET', `/activities/${asked.activityId}/books`));
    assert.deepEqual(books.rows.map((row) => row['kind']).toReversed(), ['budget', 'award', 'send', 'received']);
    assert.deepEqual(await read<unknown>(call('GET', '/numbers')), before);
    const { activities } = await read<{ activities: readonly { id: string }[] }>(call('GET', '/activities'));
    assert.ok(!activities.some(({ id }) => id === asked.activityId));
    await world.compareBooks();
  });

  it('is told every fault of a rule by its path and nothing is published', async () => {
    const draft = lotteryRule({ budgetFen: -1, packet: { wishing: '', activityName: '名'.repeat(11), remark: 'x' } });
    const made = await read<ActivityBody>(
      call('POST', '/activities', { accountId: 'main', slug: 'bad', name: '坏', draft }),
    );
    const refused = await call('POST', `/activities/${made.activity.id}/publish`, { revision: made.activity.revision });
    assert.equal(refused.status, 400);
    const { faults } = (await refused.json()) as { faults: { path: string }[] };
    for (const path of ['budgetFen', 'packet.wishing'])
      assert.ok(
        faults.some((fault) => fault.path === path),
        path,
      );
  });

  it('is nobody without a session', async () => {
    cookie = '';
    assert.equal((await call('GET', '/activities')).status, 401);
  });
});
