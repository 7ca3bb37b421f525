import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { ActivityPageState } from '../../src/http/contract/activity-page.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

const pageRule = { trigger: { words: [], page: true } };

async function personOf(world: PageWorld, phone: PagePhone, slug: string): Promise<ActivityPageState['person']> {
  const answer = await phone.ask(`${world.doors[0]}/api/a/${slug}/state`);
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as ActivityPageState).person;
}

/** The address behind the page's link to show a nickname. */
function showName(world: PageWorld, slug: string): string {
  return `${world.doors[0]}/oauth/main/start?to=${encodeURIComponent(`/a/${slug}`)}&profile=1`;
}

async function start(
  context: Parameters<typeof startPageWorld>[0],
  options: Parameters<typeof startPageWorld>[1] = {},
) {
  const world = await startPageWorld(context, options);
  const { slug } = await publishActivity(world.database.client, pageRule);
  return { world, slug };
}

async function rows(world: PageWorld, table: string): Promise<number> {
  return Number((await world.database.client.query(`select count(*) from ${table}`)).rows[0].count);
}

it('nobody is asked for a name on the way in; after a tap and consent the name is shown instead of the code', async (context) => {
  const { world, slug } = await start(context);
  const { nickname } = world.simulator.followers.add({ nickname: '👨‍👩‍👧 小\u202E明\u0000' });
  const phone = new PagePhone();
  phone.cookies.set('sim_openid', world.simulator.followers.list().at(-1)?.openid ?? '');
  const silent = await phone.walk(`${world.doors[0]}/a/${slug}`);
  assert.match(silent[2]?.url ?? '', /&scope=snsapi_base&state=[0-9a-f]{32}#wechat_redirect$/);
  const before = await personOf(world, phone, slug);
  assert.equal(before.nickname, null);
  assert.match(before.code ?? '', /^[2-9B-Z]{6}$/);
  assert.equal(await rows(world, 'web_profile'), 0);

  const way = await phone.walk(showName(world, slug));
  assert.match(
    way[1]?.url ?? '',
    /\/connect\/oauth2\/authorize\?appid=wx[0-9a-f]{16}&redirect_uri=[^&]+&response_type=code&scope=snsapi_userinfo&state=[0-9a-f]{32}#wechat_redirect$/,
  );
  assert.equal(way.at(-1)?.url, `${world.doors[0]}/a/${slug}`, 'a clean address');
  const after = await personOf(world, phone, slug);
  assert.equal(after.nickname, '👨‍👩‍👧 小明');
  assert.equal(after.code, before.code, 'the code stays the same');
  const kept = await world.database.client.query('select nickname, picture_url from web_profile');
  assert.deepEqual(kept.rows, [{ nickname: '👨‍👩‍👧 小明', picture_url: null }]);
  assert.notEqual(nickname, kept.rows[0]?.nickname);
  assert.ok(!JSON.stringify(world.log.lines).includes('小明'), 'no log line holds the name');
});

it('whoever refuses is let in without a name, whether known already or not', async (context) => {
  const { world, slug } = await start(context);
  world.simulator.authorization.consent = 'refused';
  const stranger = new PagePhone();
  const way = await stranger.walk(showName(world, slug));
  assert.deepEqual(
    way.map(({ status, url }) => [status, new URL(url).pathname, new URL(url).searchParams.get('scope')]),
    [
      [302, '/oauth/main/start', null],
      [302, '/connect/oauth2/authorize', 'snsapi_userinfo'],
      [302, '/oauth/main/callback', null],
      [302, '/oauth/main/start', null],
      [302, '/connect/oauth2/authorize', 'snsapi_base'],
      [302, '/oauth/main/callback', null],
      [200, `/a/${slug}`, null],
    ],
  );
  assert.equal((await personOf(world, stranger, slug)).nickname, null);
  const again = await stranger.walk(showName(world, slug));
  assert.deepEqual(
    again.map(({ status }) => status),
    [302, 302, 302, 200],
    'who is known already goes straight back',
  );
  assert.equal(await rows(world, 'web_profile'), 0);
});

it('a refusal told as authdeny, and an empty code, are refusals too', async (context) => {
  const { world, slug } = await start(context);
  for (const code of ['authdeny', '']) {
    const phone = new PagePhone();
    const callback = new URL(await phone.walkToCallback(showName(world, slug)));
    callback.searchParams.set('code', code);
    const answer = await phone.ask(callback.href);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('location'), `/oauth/main/start?to=%2Fa%2F${slug}`);
  }
  assert.equal(world.exchanges(), 0);
});

it('a name of 10 KB is bounded before it is kept, and one of which nothing shows is no name', async (context) => {
  const { world, slug } = await start(context);
  const visit = async (nickname: string) => {
    const { openid } = world.simulator.followers.add({ nickname });
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    assert.equal((await phone.walk(showName(world, slug))).at(-1)?.status, 200);
    return personOf(world, phone, slug);
  };
  assert.equal((await visit('宽'.repeat(10_240))).nickname, `${'宽'.repeat(23)}…`);
  assert.equal((await visit('\u200B\u202E\u3164')).nickname, null);
  const markup = '</script><script>x</script>';
  assert.equal((await visit(markup)).nickname, `${markup.slice(0, 23)}…`);
  assert.equal(await rows(world, 'web_profile'), 2);
});

it('markup in a name reaches the page as text', async (context) => {
  const { world, slug } = await start(context);
  const phone = new PagePhone();
  phone.cookies.set('sim_openid', world.simulator.followers.add({ nickname: '</script><b>"&' }).openid);
  const page = (await phone.walk(showName(world, slug))).at(-1);
  assert.ok(!page?.text.includes('</script><b>'));
  assert.match(page?.text ?? '', /\\u003c\/script\\u003e\\u003cb\\u003e/);
});

it('a callback with consent that arrives twenty times at two processes spends its code once and keeps one profile', async (context) => {
  const open = Promise.withResolvers<void>();
  let arrived = 0;
  const { world, slug } = await start(context, {
    aroundLogins: (logins) => ({
      ...logins,
      claim: async (key) => {
        arrived += 1;
        if (arrived === 20) open.resolve();
        await open.promise;
        return logins.claim(key);
      },
    }),
  });
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(showName(world, slug));
  const elsewhere = callback.replace(world.doors[0], world.doors[1]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => phone.ask(index % 2 === 0 ? callback : elsewhere)),
  );
  assert.deepEqual(new Set(answers.map(({ headers }) => headers.get('location'))), new Set([`/a/${slug}`]));
  assert.equal(world.exchanges(), 1);
  assert.equal(await rows(world, 'web_profile'), 1);
});

it('WeChat away after the code was spent costs the name, not the way in', async (context) => {
  const { world, slug } = await start(context, {
    aroundProfiles: (profiles) => ({
      ...profiles,
      profile: () => Promise.reject(new OutsideTrouble('wechat-unreachable', 'WeChat cannot be reached')),
    }),
  });
  const phone = new PagePhone();
  assert.equal((await phone.walk(showName(world, slug))).at(-1)?.status, 200);
  assert.equal((await personOf(world, phone, slug)).nickname, null);
  assert.ok(world.log.lines.some((line) => JSON.stringify(line).includes('page-profile-not-kept')));
});

it('the union id of a bound account is kept with either scope', async (context) => {
  const { world, slug } = await start(context);
  const { simulator } = world;
  const desk = simulator.desks.get(simulator.account.appId);
  assert.ok(desk);
  desk.people.boundToOpenPlatform = true;
  for (const address of [`${world.doors[0]}/a/${slug}`, showName(world, slug)]) {
    const { openid } = simulator.followers.add();
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    await phone.walk(address);
    const kept = await world.database.client.query('select union_id from follower where openid = $1', [openid]);
    assert.deepEqual(kept.rows, [{ union_id: desk.people.unionId({ follower: simulator.followers.get(openid) }) }]);
  }
});

it('a made-up person leaves no openid, no name and no union id anywhere, in any table or log line', async (context) => {
  const { world, slug } = await start(context);
  const { simulator } = world;
  const desk = simulator.desks.get(simulator.account.appId);
  if (desk !== undefined) desk.people.boundToOpenPlatform = true;
  simulator.authorization.snapshotMode = true;
  const phones = [new PagePhone(), new PagePhone()] as const;
  assert.equal((await phones[0].walk(`${world.doors[0]}/a/${slug}`)).at(-1)?.status, 200);
  assert.equal((await phones[1].walk(showName(world, slug))).at(-1)?.status, 200);
  for (const phone of phones) {
    const person = await personOf(world, phone, slug);
    assert.deepEqual([person.snapshot, person.nickname, person.code, person.last], [true, null, null, null]);
    // The cookie is no place for it either.
    const [body = ''] = (phone.cookies.get('page-main') ?? '').split('.');
    assert.match(Buffer.from(body, 'base64url').toString('utf8'), /"openid":null/);
  }
  for (const table of ['follower', 'web_profile', 'participant', 'draw']) assert.equal(await rows(world, table), 0);
  const logins = await world.database.client.query('select openid, snapshot, refusal from oauth_login');
  const nobody = { openid: null, snapshot: true, refusal: null };
  assert.deepEqual(logins.rows, [nobody, nobody]);
  const callback = await phones[0].walkToCallback(`${world.doors[0]}/oauth/main/start?to=/a/${slug}`);
  for (let times = 0; times < 2; times += 1) assert.equal((await phones[0].ask(callback)).status, 302);
  assert.equal(world.exchanges(), 3, 'a repeated callback of a made-up person spends its code once as well');
});
