import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import type { PhoneAnswer } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

const WIDE = { draw: 100_000, view: 100_000 };
const token = (): string => randomBytes(16).toString('hex');
const statuses = (answers: readonly PhoneAnswer[]): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

async function phoneOf(world: PageWorld, slug: string, person = world.simulator.followers.add()): Promise<PagePhone> {
  const phone = new PagePhone();
  phone.cookies.set('sim_openid', person.openid);
  assert.equal((await phone.walk(`${world.doors[0]}/a/${slug}`)).at(-1)?.status, 200);
  return phone;
}

const draw = (world: PageWorld, slug: string, phone: PagePhone, tap: number): Promise<PhoneAnswer> =>
  phone.draw(world.doors[tap % 2 === 0 ? 0 : 1], slug, token());

it('a person who taps a hundred times at once at two processes draws as often as the pace allows', async (context) => {
  const world = await startPageWorld(context, { requestLimits: { person: { draw: 5, view: 100 }, address: WIDE } });
  const { slug } = await publishActivity(world.database.client, { prizes: [{ ...FREE, stock: 1000 }] });
  const phone = await phoneOf(world, slug);
  const answers = await Promise.all(Array.from({ length: 100 }, (_, tap) => draw(world, slug, phone, tap)));
  const ends = statuses(answers);
  // Ten at once, and what refills while a hundred requests take their time.
  assert.ok((ends[200] ?? 0) >= 10 && (ends[200] ?? 0) <= 30, JSON.stringify(ends));
  assert.equal((ends[200] ?? 0) + (ends[429] ?? 0), 100);
  const rows = await world.database.client.query('select 1 from draw');
  assert.equal(rows.rowCount, ends[200]);
  const refused = answers.find(({ status }) => status === 429) ?? assert.fail('somebody is refused');
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal(refused.headers.get('cache-control'), 'no-store');
  assert.deepEqual(JSON.parse(refused.text), {
    code: 'too-many-requests',
    message: '操作太快了，请 1 秒后再试',
    faults: [],
    retryAfterSeconds: 1,
  });
  const other = await phoneOf(world, slug);
  assert.equal((await draw(world, slug, other, 0)).status, 200);
});

it('a page loaded again and again becomes a notice that says to wait', async (context) => {
  const world = await startPageWorld(context, { requestLimits: { person: { draw: 5, view: 1 }, address: WIDE } });
  const { slug } = await publishActivity(world.database.client);
  const phone = await phoneOf(world, slug);
  const loads = await Promise.all(Array.from({ length: 20 }, () => phone.ask(`${world.doors[0]}/a/${slug}`)));
  const refused = loads.find(({ status }) => status === 429) ?? assert.fail('somebody is refused');
  assert.match(refused.text, /慢一点/);
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
  const awards = await phone.ask(`${world.doors[0]}/me/awards?lang=en`);
  assert.deepEqual([awards.status, /A little slower/.test(awards.text)], [429, true]);
  const state = await phone.ask(`${world.doors[1]}/api/a/${slug}/state`, { headers: { accept: '*/*' } });
  assert.deepEqual([state.status, (JSON.parse(state.text) as { code: string }).code], [429, 'too-many-requests']);
});

it('an address is held to its pace before anybody is asked who they are', async (context) => {
  const world = await startPageWorld(context, { requestLimits: { person: WIDE, address: { draw: 5, view: 100 } } });
  const { slug } = await publishActivity(world.database.client);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, tap) => draw(world, slug, new PagePhone(), tap)));
  const ends = statuses(answers);
  assert.ok((ends[401] ?? 0) >= 10 && (ends[429] ?? 0) >= 10, JSON.stringify(ends));
  assert.match(answers.find(({ status }) => status === 429)?.text ?? '', /当前网络的请求太多/);
});

it('what stands around a page is held to the pace of an address too, and says so', async (context) => {
  const world = await startPageWorld(context, { requestLimits: { person: WIDE, address: { draw: 100, view: 1 } } });
  const { slug } = await publishActivity(world.database.client);
  const paths = [`/a/${slug}/rules`, `/a/${slug}/follow.png`, `/api/a/${slug}/winners`, `/api/a/${slug}/invitation`];
  for (const path of [...paths, `/a/${slug}?i=0123456789ab`]) {
    const asked = Array.from({ length: 12 }, () => new PagePhone().ask(`${world.doors[0]}${path}`));
    const refused = (await Promise.all(asked)).find(({ status }) => status === 429);
    assert.match(refused?.headers.get('retry-after') ?? path, /^\d+$/);
  }
});

const FREE = { id: 'free', name: '安慰奖', kind: 'text', tickets: 1 } as const;
const velocity = (per: 'ip' | 'device') =>
  ({ who: { must: { kind: 'velocity', per, draws: 3, seconds: 3600 } } }) as const;
const outcome = ({ text }: PhoneAnswer): string => (JSON.parse(text) as { outcome: string }).outcome;

it('people behind one address draw together as often as the rule allows one address', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, {
    ...velocity('ip'),
    prizes: [{ ...FREE, stock: 100 }],
  });
  const phones = await Promise.all(Array.from({ length: 8 }, () => phoneOf(world, slug)));
  const answers = await Promise.all(phones.map((phone, tap) => draw(world, slug, phone, tap)));
  assert.deepEqual(answers.map(outcome).toSorted(), [
    'refused',
    'refused',
    'refused',
    'refused',
    'refused',
    'won',
    'won',
    'won',
  ]);
  assert.ok(
    phones.every(({ cookies }) => !cookies.has('device')),
    'no device is remembered where none is counted',
  );
  const kept = await world.database.client.query<{ kind: string; origin: string; draws: number }>(
    'select kind, origin, sum(draws)::int as draws from draw_origin group by 1, 2',
  );
  assert.deepEqual(
    kept.rows.map(({ kind, draws }) => [kind, draws]),
    [['ip', 3]],
  );
  assert.doesNotMatch(JSON.stringify(kept.rows), /127\.0\.0\.1/);
});

it('one phone draws as often as the rule allows one device, whoever uses it', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, {
    ...velocity('device'),
    prizes: [{ ...FREE, stock: 100 }],
  });
  const phone = await phoneOf(world, slug);
  const device = phone.cookies.get('device') ?? assert.fail('the browser has a number');
  const ends: string[] = [];
  for (let person = 0; person < 5; person += 1) {
    const next = await phoneOf(world, slug);
    const own = next.cookies.get('device');
    next.cookies.set('device', device);
    ends.push(outcome(await draw(world, slug, next, person)));
    assert.notEqual(own, device);
  }
  assert.deepEqual(ends, ['won', 'won', 'won', 'refused', 'refused']);
  const forged = await phoneOf(world, slug);
  forged.cookies.set('device', device.replace(/\.[^.]*$/, '.AAAA'));
  assert.equal(outcome(await draw(world, slug, forged, 0)), 'refused', 'a number that was not given by us is none');
  const kept = await world.database.client.query('select kind, sum(draws)::int as draws from draw_origin group by 1');
  assert.deepEqual(kept.rows, [{ kind: 'device', draws: 3 }]);
});
