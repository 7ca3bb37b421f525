import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import type { PageSignature } from '../../src/flows/ports/page-signing.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import type { PhoneAnswer } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';

async function visiting(context: Parameters<typeof startPageWorld>[0]) {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, { trigger: { words: [], page: true } });
  const phone = new PagePhone();
  const enter = async (): Promise<void> => void (await phone.walk(`${world.doors[0]}/a/${slug}`));
  return { world, slug, phone, enter };
}

function ask(world: PageWorld, phone: PagePhone, query: string, door: 0 | 1 = 0): Promise<PhoneAnswer> {
  return phone.ask(`${world.doors[door]}/api/js-sdk/main${query}`, { headers: { accept: '*/*' } });
}

const urlQuery = (url: string): string => `?url=${encodeURIComponent(url)}`;
const code = (answer: PhoneAnswer): string => (JSON.parse(answer.text) as { code: string }).code;

/** Calls WeChat with the account's token; a body makes it a POST. */
async function callWechat(world: PageWorld, address: string, body?: object): Promise<unknown> {
  const { httpUrl, account } = world.simulator;
  const post = (json: object): RequestInit => ({ method: 'POST', body: JSON.stringify(json) });
  const who = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };
  const granted = await (await fetch(`${httpUrl}/cgi-bin/stable_token`, post(who))).json();
  const url = new URL(address, httpUrl);
  url.searchParams.set('access_token', (granted as { access_token: string }).access_token);
  return (await fetch(url, body && post(body))).json();
}

/** How often the ticket was fetched, as WeChat counts. */
async function ticketsFetched(world: PageWorld): Promise<number> {
  const body = { cgi_path: '/cgi-bin/ticket/getticket' };
  return ((await callWechat(world, '/cgi-bin/openapi/quota/get', body)) as { quota: { used: number } }).quota.used;
}

/** The ticket in use. */
async function ticketOf(world: PageWorld): Promise<string> {
  return ((await callWechat(world, '/cgi-bin/ticket/getticket?type=jsapi')) as { ticket: string }).ticket;
}

it('exactly the address of the page is signed: query kept, escapes untouched, fragment cut', async (context) => {
  const { world, slug, phone, enter } = await visiting(context);
  await enter();
  const [origin] = world.doors;
  const pages = [
    `${origin}/a/${slug}`,
    `${origin}/a/${slug}?lang=en`,
    `${origin}/a/${slug}?from=singlemessage&isappinstalled=0`,
    `${origin}/a/${slug}?name=%E6%98%A5%20a+b%2Bc%25&x=`,
    `${origin}/me/awards?account=main&empty&a=1&a=2`,
    `${origin}/a/${slug}?`,
    `${origin}/A/%7Eup%7e/../x`,
    `${origin}`,
  ];
  const signed: PageSignature[] = [];
  for (const page of pages) {
    const answer = await ask(world, phone, urlQuery(`${page}#wechat_redirect`));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    signed.push(JSON.parse(answer.text) as PageSignature);
  }
  const ticket = await ticketOf(world);
  for (const [index, { appId, nonceStr, timestamp, signature }] of signed.entries()) {
    const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${pages[index]}`;
    assert.equal(signature, createHash('sha1').update(text).digest('hex'), pages[index]);
    assert.equal(appId, world.simulator.account.appId);
    assert.ok(Math.abs(timestamp - Date.now() / 1000) < 60);
    assert.match(nonceStr, /^[0-9a-f]{32}$/);
  }
  assert.equal(new Set(signed.map(({ nonceStr }) => nonceStr)).size, pages.length);
});

it('a hundred phones at once at two doors cause one fetch of the ticket', async (context) => {
  const { world, slug, phone, enter } = await visiting(context);
  await enter();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      ask(world, phone, urlQuery(`${world.doors[0]}/a/${slug}?n=${index}`), index % 2 === 0 ? 0 : 1),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(await ticketsFetched(world), 1);
});

it('foreign and malformed addresses are not signed', async (context) => {
  const { world, slug, phone, enter } = await visiting(context);
  await enter();
  const [origin, second] = world.doors;
  const { host } = new URL(origin);
  const foreign = [
    'https://evil.example/',
    `https://${host}/a/${slug}`,
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
    `http://evil.example/?${origin}`,
    second,
    'javascript:alert(1)',
    '/a/x',
    '//evil.example',
    `${origin}/${'x'.repeat(2048)}`,
  ];
  for (const url of foreign) {
    const answer = await ask(world, phone, urlQuery(url));
    assert.deepEqual([answer.status, code(answer)], [400, 'page-not-ours'], url);
  }
  const malformed = ['', '?url=', '?url=a&url=b', urlQuery(`${origin}/春`), urlQuery(`${origin}/a b`), urlQuery('\n')];
  for (const query of malformed) {
    const answer = await ask(world, phone, query);
    assert.deepEqual([answer.status, code(answer)], [400, 'url-malformed'], query);
  }
  assert.equal(await ticketsFetched(world), 0);
});

it('only a visitor of the account gets a signature, and nobody made up', async (context) => {
  const { world, slug, phone, enter } = await visiting(context);
  const query = urlQuery(`${world.doors[0]}/a/${slug}`);
  const stranger = await ask(world, phone, query);
  assert.deepEqual([stranger.status, code(stranger)], [401, 'session-needed']);
  assert.equal(stranger.headers.get('cache-control'), 'no-store');
  world.simulator.authorization.snapshotMode = true;
  await enter();
  const snapshot = await ask(world, phone, query);
  assert.deepEqual([snapshot.status, code(snapshot)], [403, 'snapshot-user']);
  for (const account of ['other', 'MAIN', '..%2fmain', '%00']) {
    const answer = await phone.ask(`${world.doors[0]}/api/js-sdk/${account}${query}`);
    assert.equal(answer.status, 404, account);
  }
});

it('while WeChat gives no ticket the page is told to ask again', async (context) => {
  const { world, slug, phone, enter } = await visiting(context);
  await enter();
  const desk = world.simulator.desks.get(world.simulator.account.appId);
  desk?.quotas.lowered.set('/cgi-bin/ticket/getticket', 0);
  const answer = await ask(world, phone, urlQuery(`${world.doors[0]}/a/${slug}`));
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
  assert.equal(code(answer), 'wechat-quota');
});
