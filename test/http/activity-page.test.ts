import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import type { Context } from 'koa';
import type { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import type { RequestKey } from '../../src/base/ids.ts';
import type { ActivityPageState, DrawAnswer } from '../../src/http/contract/activity-page.ts';
import { SignedCookies } from '../../src/http/signed-cookie.ts';
import { countDraws } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

const pageRule = { trigger: { words: [], page: true } };

function token(): string {
  return randomBytes(16).toString('hex');
}

/** A phone that went through web authorization. */
async function knownPhone(world: PageWorld, slug: string): Promise<PagePhone> {
  const phone = new PagePhone();
  const way = await phone.walk(`${world.doors[0]}/a/${slug}`);
  assert.equal(way.at(-1)?.status, 200);
  return phone;
}

async function stateOf(world: PageWorld, phone: PagePhone, slug: string): Promise<ActivityPageState> {
  const answer = await phone.ask(`${world.doors[0]}/api/a/${slug}/state`);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.text) as ActivityPageState;
}

/** Holds every draw back until so many have come, then lets all go at once. */
function barrier(count: number): (batcher: DrawBatcher) => Pick<DrawBatcher, 'draw'> {
  const open = Promise.withResolvers<void>();
  let arrived = 0;
  return (batcher) => ({
    draw: async (input) => {
      arrived += 1;
      if (arrived === count) open.resolve();
      await open.promise;
      return batcher.draw(input);
    },
  });
}

it('thirty taps with one token at two processes are one draw with one answer', async (context) => {
  const world = await startPageWorld(context, { aroundBatcher: barrier(30) });
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  const one = token();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => phone.draw(world.doors[index % 2 === 0 ? 0 : 1], slug, one)),
  );
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1, 'byte for byte the same');
  const counts = await countDraws(world.database.client);
  assert.deepEqual([counts.draws, counts.awards, counts.payouts, counts.drawn], [1, 1, 1, 1]);
  const end = JSON.parse(answers[0]?.text ?? '') as DrawAnswer;
  const { text, ...rest } = end;
  assert.deepEqual(rest, {
    outcome: 'won',
    why: null,
    prizeId: 'one-yuan',
    prizeName: '一元红包',
    amountFen: 100,
    hint: null,
  });
  assert.match(text, /1\.00/);
});

it('the same race with a key of its own for every request draws thirty times', async (context) => {
  const aroundBatcher = (batcher: DrawBatcher): Pick<DrawBatcher, 'draw'> => {
    const gate = barrier(30)(batcher);
    return { draw: (input) => gate.draw({ ...input, key: `${input.key}${token()}` as RequestKey }) };
  };
  const world = await startPageWorld(context, { aroundBatcher });
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  const one = token();
  await Promise.all(Array.from({ length: 30 }, () => phone.draw(world.doors[0], slug, one)));
  assert.equal((await countDraws(world.database.client)).draws, 30);
});

it('chances count down, a refusal says why, and the last result stays', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, { ...pageRule, limits: { drawsPerPersonPerDay: 2 } });
  const phone = await knownPhone(world, slug);
  const { code, ...person } = (await stateOf(world, phone, slug)).person;
  assert.match(code ?? '', /^[2-9B-Z]{6}$/);
  assert.deepEqual(person, {
    snapshot: false,
    nickname: null,
    chancesLeft: 2,
    streakDays: 0,
    earned: null,
    last: null,
  });
  for (let draw = 0; draw < 2; draw += 1) assert.equal((await phone.draw(world.doors[0], slug, token())).status, 200);
  const third = JSON.parse((await phone.draw(world.doors[0], slug, token())).text) as DrawAnswer;
  assert.deepEqual([third.outcome, third.why, third.text], ['refused', 'person-day-limit', '机会用完了']);
  assert.deepEqual(third.hint, {
    zh: '今天的机会已经用完，明天再来。',
    en: 'All chances of today have been used; come back tomorrow.',
  });
  const later = (await stateOf(world, phone, slug)).person;
  assert.equal(later.chancesLeft, 0);
  assert.deepEqual([later.last?.outcome, later.last?.prizeName, later.last?.amountFen], ['won', '一元红包', 100]);
});

it('a draw needs our own page, JSON, a whole token and a session', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  const door = world.doors[0];
  const status = async (headers: Record<string, string>, text = token()) =>
    (await phone.draw(door, slug, text, headers)).status;
  assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await status({ 'sec-fetch-site': 'same-site' }), 403);
  assert.equal(await status({ origin: 'https://evil.example' }), 403);
  assert.equal(await status({ origin: 'null', 'sec-fetch-site': '' }), 403);
  assert.equal(await status({ 'sec-fetch-site': '' }), 403, 'nothing says where it comes from');
  assert.equal(await status({ 'content-type': 'text/plain' }), 415);
  assert.equal(await status({}, 'short'), 400);
  assert.equal(await status({}, token().toUpperCase()), 400);
  assert.equal((await new PagePhone().draw(door, slug, token())).status, 401);
  assert.equal((await new PagePhone().ask(`${door}/api/a/${slug}/state`)).status, 401);
  assert.equal((await countDraws(world.database.client)).draws, 0);
  assert.equal(await status({ origin: door, 'sec-fetch-site': '' }), 200, 'an older browser sends Origin only');
  assert.equal(await status({}), 200);
});

it('a session that was changed, moved to another name or grown old is none', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  const session = phone.cookies.get('page-main') ?? '';
  const login = phone.cookies.get('page-login-main') ?? '';
  const [body = '', signature = ''] = session.split('.');
  const other = Buffer.from(
    Buffer.from(body, 'base64url')
      .toString('utf8')
      .replace(/"openid":"o/, '"openid":"p'),
  );
  const forged = [
    `${other.toString('base64url')}.${signature}`,
    `${body}.${signature.slice(0, -2)}`,
    `${body}.`,
    body,
    `${session}.`,
    login,
    '',
  ];
  for (const value of forged) {
    phone.cookies.set('page-main', value);
    assert.equal((await phone.draw(world.doors[0], slug, token())).status, 401, value);
  }
  phone.cookies.set('page-main', session);
  assert.equal((await phone.draw(world.doors[0], slug, token())).status, 200);
  world.clockAhead.ms = 25 * 3_600_000;
  assert.equal((await phone.draw(world.doors[0], slug, token())).status, 401);
});

it('a made-up person on a snapshot page sees the page but leaves no draw', async (context) => {
  const world = await startPageWorld(context);
  world.simulator.authorization.snapshotMode = true;
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  assert.equal((await stateOf(world, phone, slug)).person.snapshot, true);
  const answer = await phone.draw(world.doors[0], slug, token());
  assert.equal(answer.status, 403);
  assert.equal((JSON.parse(answer.text) as { code: string }).code, 'snapshot-user');
  const { draws } = await countDraws(world.database.client);
  const people = await world.database.client.query('select 1 from participant');
  assert.deepEqual([draws, people.rowCount], [0, 0]);
});

it('each state of an activity has its own page', async (context) => {
  const world = await startPageWorld(context);
  const { client } = world.database;
  const phase = async (slug: string) => (await stateOf(world, await knownPhone(world, slug), slug)).phase;
  const at = Date.now();
  const open = await publishActivity(client, pageRule);
  const early = await publishActivity(client, { ...pageRule, startsAtMs: at + 60_000 });
  const late = await publishActivity(client, { ...pageRule, startsAtMs: 1, endsAtMs: at - 60_000 });
  const stopped = await publishActivity(client, pageRule);
  const unpaged = await publishActivity(client, { trigger: { words: [{ match: 'exact', word: 'x' }] } });
  await client.query(`update activity set state = 'stopped' where id = $1`, [stopped.id]);
  assert.equal(await phase(open.slug), 'open');
  assert.equal(await phase(early.slug), 'not-started');
  assert.equal(await phase(late.slug), 'ended');
  assert.equal(await phase(stopped.slug), 'stopped');
  const phone = await knownPhone(world, stopped.slug);
  assert.equal((await phone.draw(world.doors[0], stopped.slug, token())).status, 409);
  for (const slug of [unpaged.slug, 'nothing-here', 'x%00y', '..%2f..']) {
    const answer = await new PagePhone().ask(`${world.doors[0]}/a/${slug}`);
    assert.equal(answer.status, 404, slug);
    assert.match(answer.text, /没有这个活动/);
  }
});

it('outside WeChat the page says where it opens, unless any browser may come in', async (context) => {
  const desk = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0';
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const answer = await new PagePhone(desk).ask(`${world.doors[0]}/a/${slug}`);
  assert.equal(answer.status, 200);
  assert.match(answer.text, /请在微信中打开/);
  const english = await new PagePhone(desk).ask(`${world.doors[0]}/a/${slug}?lang=en`);
  assert.match(english.text, /<html lang="en"[^]*Please open this in WeChat/);
  const open = await startPageWorld(context, { anyBrowser: true });
  const other = await publishActivity(open.database.client, pageRule);
  assert.equal((await new PagePhone(desk).walk(`${open.doors[0]}/a/${other.slug}`)).at(-1)?.status, 200);
});

it('names that look like markup are shown as they are', async (context) => {
  const world = await startPageWorld(context);
  const nasty = `</script><script>alert(1)</script>"'&\u2028`;
  const { slug, id } = await publishActivity(world.database.client, {
    ...pageRule,
    prizes: [{ id: 'p', name: nasty.slice(0, 40), kind: 'red-packet', amountFen: 100, tickets: 1, stock: 10 }],
  });
  await world.database.client.query('update activity set name = $2 where id = $1', [id, nasty]);
  const phone = await knownPhone(world, slug);
  await phone.draw(world.doors[0], slug, token());
  for (const path of [`/a/${slug}`, '/me/awards']) {
    const { text } = await phone.ask(world.doors[0] + path);
    assert.ok(!text.includes('<script>alert'), path);
    assert.ok(text.includes('&#60;script&#62;alert'), path);
  }
  const { text } = await phone.ask(`${world.doors[0]}/a/${slug}`);
  const data = /<script type="application\/json" id="first-state">(.*)<\/script>/.exec(text)?.[1] ?? '';
  assert.equal((JSON.parse(data) as ActivityPageState).name, nasty);
});

it('my awards tell each award’s true state', async (context) => {
  const world = await startPageWorld(context);
  const { client } = world.database;
  const { slug } = await publishActivity(client, pageRule);
  const phone = await knownPhone(world, slug);
  const shown = async () =>
    [...(await phone.ask(`${world.doors[0]}/me/awards`)).text.matchAll(/award-state-([a-z-]+)/g)].map(
      (match) => match[1],
    );
  assert.match((await phone.ask(`${world.doors[0]}/me/awards`)).text, /还没有奖品/);
  await phone.draw(world.doors[0], slug, token());
  const states = [
    ['waiting', 'preparing'],
    ['unknown', 'checking'],
    ['sent', 'sent'],
    ['received', 'opened'],
    ['returned', 'returned'],
    ['parked', 'looked-at'],
  ] as const;
  for (const [state, told] of states) {
    await client.query('update payout set state = $1', [state]);
    assert.equal((await shown()).at(-1), told, state);
  }
});

it('an award that waits shows when it goes out: after the person’s or the merchant’s full day, or once sending resumes', async (context) => {
  const world = await startPageWorld(context);
  const { client } = world.database;
  const { slug } = await publishActivity(client, pageRule);
  const phone = await knownPhone(world, slug);
  await phone.draw(world.doors[0], slug, token());
  const hint = async (query = '') => {
    const { text } = await phone.ask(`${world.doors[0]}/me/awards${query}`);
    return /class="award-hint">([^<]*)</.exec(text)?.[1];
  };
  const noon = Date.parse('2026-11-21T12:00:00+08:00');
  world.clockAhead.ms = noon - Date.now();
  const midnight = new Date('2026-11-22T00:01:00+08:00');
  await client.query('update payout set due_at = $1', [midnight]);
  assert.equal(await hint(), '今天的红包已达微信上限，将于 11月22日 00:01 后自动发放');
  assert.match((await hint('?lang=en')) ?? '', /after Nov 22, 00:01 \(Beijing\)$/);

  await client.query('update payout set due_at = $1', [new Date(noon)]);
  assert.match((await hint()) ?? '', /马上发到/);
  await client.query(
    `insert into merchant_pace (merchant_id, next_send_at, next_query_at, sends_from) values ('main', $1, $1, $2)`,
    [new Date(noon), midnight],
  );
  assert.match((await hint()) ?? '', /11月22日 00:01/);

  const paused = '商户暂停发放，恢复后自动发放，不用再做什么';
  await client.query(`update merchant set state = 'stopped', stopped_reason = 'NOTENOUGH'`);
  assert.equal(await hint(), paused);
  await client.query(`update merchant set state = 'open', stopped_reason = null`);
  await client.query(
    `insert into installation (id, order_prefix, secrets_check, created_at, sending_stopped_at, sending_stopped_reason)
     values (1, 't', '', $1, $1, 'test')
     on conflict (id) do update set sending_stopped_at = excluded.sending_stopped_at, sending_stopped_reason = 'test'`,
    [new Date(noon)],
  );
  assert.equal(await hint(), paused);
  assert.match((await hint('?lang=en')) ?? '', /paused sending/);
  await client.query(`update payout set state = 'unknown'`);
  assert.match((await hint()) ?? '', /正在与微信核对/);
});

it('while the database is away the page says so, with a link to try again, and a draw may be asked again', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  await world.database.client.query(
    'alter table participant rename to gone; alter table prize_counter rename to gone_too',
  );
  // An undefined table is our bug; a lock that is not had in time is trouble that passes.
  assert.equal((await phone.ask(`${world.doors[0]}/a/${slug}`)).status, 500);
  await world.database.client.query(
    'alter table gone rename to participant; alter table gone_too rename to prize_counter',
  );
  await world.database.client.query('begin; lock table participant, activity_counter in access exclusive mode');
  const [page, answer] = await Promise.all([
    phone.ask(`${world.doors[0]}/a/${slug}?lang=en`),
    phone.draw(world.doors[0], slug, token()),
  ]);
  await world.database.client.query('rollback');
  assert.deepEqual([page.status, answer.status], [503, 503]);
  assert.match(page.text, /Try again/);
  assert.ok(page.text.includes(`href="/a/${slug}?lang=en"`));
  assert.equal((await phone.draw(world.doors[0], slug, token())).status, 200);
});

it('cookies of an https address travel by TLS only, under a name no other host can set', () => {
  const set: string[] = [];
  const context = { append: (_: string, line: string) => set.push(line) } as unknown as Context;
  const cookies = new SignedCookies({ signingKey: randomBytes(32), secure: true, nowMs: () => 0 });
  cookies.write(context, { name: 'page-main', content: {}, lifetimeMs: 60_000 });
  assert.match(set[0] ?? '', /^__Host-page-main=[^;]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/);
});

it('built files are kept for a year under their hashed names, and nothing else is served', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = await knownPhone(world, slug);
  const { text } = await phone.ask(`${world.doors[0]}/a/${slug}`);
  const script = /src="(\/h5\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? '';
  const answer = await phone.ask(world.doors[0] + script, { headers: { 'accept-encoding': 'br' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(answer.headers.get('content-encoding'), 'br');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  for (const path of [
    '/h5/manifest.json',
    '/h5/.stamp',
    '/h5/',
    '/h5/..%2f..%2f..%2fpackage.json',
    '/h5/assets/..%5c..%5cpackage.json',
    `${script}.br`,
    '/h5/%2fetc%2fpasswd',
    '/h5/%00',
  ]) {
    assert.equal((await phone.ask(world.doors[0] + path)).status, 404, path);
  }
});

it('the page makes a missed day up and spends earned chances, and leads nowhere else', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, {
    trigger: { words: [{ match: 'exact', word: '转盘', leadsTo: 'other' }], page: true },
    mechanic: {
      kind: 'check-in',
      milestones: [{ streakDays: 1, leadsTo: { kind: 'chances', in: 'wheel', count: 2 } }],
      totals: [{ of: 'month', days: 'all', prizeId: 'one-yuan' }],
    },
    chained: [
      { id: 'card', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 1 } },
      { id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 0, chances: 'earned' } },
      { id: 'other', mechanic: { kind: 'lottery', blankTickets: 0 } },
    ],
    startsAtMs: Date.now() - 3 * 86_400_000,
  });
  const phone = await knownPhone(world, slug);
  const draw = async (more: object): Promise<{ status: number; body: DrawAnswer & { code?: string } }> => {
    const answer = await phone.ask(`${world.doors[0]}/api/a/${slug}/draw`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token: token(), ...more }),
    });
    return { status: answer.status, body: JSON.parse(answer.text) as DrawAnswer & { code?: string } };
  };
  assert.equal((await draw({})).body.why, 'chances');
  const before = await stateOf(world, phone, slug);
  assert.equal(before.person.earned?.chances, 2);
  assert.deepEqual(before.checkIn?.milestones, [{ streakDays: 1, gain: { kind: 'chances', count: 2 } }]);
  assert.deepEqual(
    before.checkIn?.totals.map(({ of, have }) => [of, have]),
    [['month', 1]],
  );
  const { makeUp } = before.checkIn ?? {};
  assert.deepEqual([makeUp?.to, makeUp?.cards, makeUp?.days.length], ['card', 1, 3]);
  assert.equal((await draw({ to: 'card', said: makeUp?.days[1] })).body.outcome, 'lost');
  const after = await stateOf(world, phone, slug);
  assert.deepEqual([after.checkIn?.makeUp?.cards, after.checkIn?.makeUp?.days.length], [0, 2]);
  assert.equal((await draw({ to: 'wheel' })).body.outcome, 'won');
  // The day made up began a streak of its own, which brought two more.
  assert.equal((await stateOf(world, phone, slug)).person.earned?.chances, 3);
  for (const to of ['other', 'main', 'nobody']) {
    const refused = await draw({ to });
    assert.deepEqual([refused.status, refused.body.code], [400, 'way-unknown'], to);
  }
});
