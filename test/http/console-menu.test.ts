import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { AccountDesk } from '../../src/simulator/weixin/account-desk.ts';
import { buildActivity } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

const MENU = '/accounts/shop/menu';

let server: TestConsole;
let simulator: Simulator;
let desk: AccountDesk;
let activity: BuiltActivity;
let stopped: BuiltActivity;
let elsewhere: BuiltActivity;
let operator: Caller;

before(async () => {
  simulator = await startSimulator({ seed: 'menus' });
  server = await startConsole([], { wechatUrl: simulator.httpUrl });
  const { client } = server.database;
  elsewhere = await buildActivity(client);
  const owner = await new Caller(server).logIn('owner');
  const { appId, appSecret, token, encodingAesKey } = simulator.account;
  const added = await owner.post('/accounts', {
    id: 'shop',
    appId,
    appSecret,
    token,
    encodingAesKey,
    merchantId: 'main',
  });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const account = { ...elsewhere.account, id: added.body.account.id };
  activity = await buildActivity(client, { account });
  stopped = await buildActivity(client, { account });
  await client.query(`update activity set state = 'stopped' where id = $1`, [stopped.id]);
  const found = simulator.desks.get(appId);
  assert.ok(found);
  desk = found;
  operator = await new Caller(server).logIn('operator');
});

beforeEach(async () => {
  await server.database.client.query('delete from account_menu');
  await operator.send('DELETE', MENU);
  desk.rights.refused.clear();
});

after(async () => {
  await server.close();
  await simulator.close();
});

const save = (buttons: unknown, revision = 0) => operator.send('PUT', MENU, { revision, buttons });
const live = async () => (await operator.get(`${MENU}/live`)).body.menu;

test('a menu is drafted, published and removed, and the draft stays', async () => {
  const empty = await operator.get(MENU);
  assert.deepEqual([empty.body.menu.revision, empty.body.menu.buttons, empty.body.menu.unpublished], [0, [], false]);
  assert.equal(await live(), null);
  const buttons = [
    { name: '红包', sub_button: [{ name: '抽奖', type: 'click', activityId: activity.id }] },
    { name: '活动', type: 'view', activityId: activity.id },
    { name: '我的红包', type: 'click', key: 'my-awards', extra: 'dropped' },
  ];
  const saved = await save(buttons);
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.deepEqual(
    [saved.body.menu.revision, saved.body.menu.unpublished, saved.body.menu.publishedAtMs, saved.body.menu.warnings],
    [1, true, null, []],
  );
  assert.deepEqual(saved.body.menu.buttons[2], { name: '我的红包', type: 'click', key: 'my-awards' });
  assert.deepEqual(saved.body.menu.buttons[0], buttons[0], 'the draft names the activity, not what it turns into');
  assert.equal(await live(), null, 'nobody sees a draft');

  const published = await operator.post(`${MENU}/publish`, { revision: 1 });
  assert.equal(published.status, 200, JSON.stringify(published.body));
  assert.equal(published.body.menu.unpublished, false);
  assert.deepEqual(await live(), {
    buttons: [
      { name: '红包', sub_button: [{ name: '抽奖', type: 'click', key: `activity:${activity.slug}` }] },
      { name: '活动', type: 'view', url: `${server.url}/a/${activity.slug}` },
      { name: '我的红包', type: 'click', key: 'my-awards' },
    ],
    conditional: [],
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const later = await save([{ name: '新', type: 'click', key: 'my-awards' }], 1);
  assert.deepEqual([later.body.menu.revision, later.body.menu.unpublished], [2, true]);
  const removed = await operator.send('DELETE', MENU);
  assert.deepEqual([removed.status, removed.body.menu.revision, removed.body.menu.publishedAtMs], [200, 2, null]);
  assert.equal(await live(), null);
  const fields = server.log.lines.filter(({ event }) => event.startsWith('menu-')).at(-1)?.fields;
  assert.equal(fields?.['account'], 'shop');
});

test('a stale save or publication is refused with what stands now', async () => {
  await save([{ name: '一', type: 'click', key: 'my-awards' }]);
  for (const answer of [
    await save([{ name: '二', type: 'click', key: 'my-awards' }]),
    await operator.post(`${MENU}/publish`, { revision: 2 }),
  ]) {
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.present.revision, answer.body.present.buttons[0].name],
      [409, 'revision-stale', 1, '一'],
    );
  }
  await server.database.client.query('delete from account_menu');
  const none = await operator.post(`${MENU}/publish`, { revision: 0 });
  assert.deepEqual([none.status, none.body.code], [409, 'menu-missing']);
  assert.equal(await live(), null);
  const racers = await Promise.all(['a', 'b'].map((name) => save([{ name, type: 'click', key: 'my-awards' }])));
  assert.deepEqual(statusesOf(racers), [200, 409]);
});

test('every wrong button is named by its path', async () => {
  for (const [buttons, code, path] of [
    [[], 'menu-wrong', 'button'],
    [[{ name: '红'.repeat(6), type: 'click', key: 'k' }], 'menu-wrong', 'button[0].name'],
    [[{ name: 'a', type: 'click' }], 'menu-wrong', 'button[0].key'],
    [[{ name: 'a', type: 'view', activityId: 'none' }], 'menu-wrong', 'button[0].activityId'],
    [[{ name: 'a', type: 'view', activityId: elsewhere.id }], 'menu-wrong', 'button[0].activityId'],
    [[{ name: 'a', type: 'view', activityId: 7 }], 'menu-wrong', 'button[0].activityId'],
    [[{ name: 'a', type: 'view', activityId: activity.id, url: 'https://a.b' }], 'menu-wrong', 'button[0].url'],
    [[{ name: 'a', type: 'media_id', media_id: 'm', activityId: activity.id }], 'menu-wrong', 'button[0].type'],
    [[{ name: 'a', sub_button: [{ name: 'b', type: 'hm' }] }], 'menu-wrong', 'button[0].sub_button[0].type'],
    [[{ type: 'view' }], 'request-invalid', 'buttons.0.name'],
    ['x', 'request-invalid', 'buttons'],
  ] as const) {
    const { status, body } = await save(buttons);
    assert.deepEqual([status, body.code, body.faults[0]?.path], [400, code, path], JSON.stringify(buttons));
  }
  assert.equal(
    (await save([{ name: 'a\u0000\ud800', type: 'click', key: 'my-awards' }])).body.menu.buttons[0].name,
    'a\ufffd',
  );
});

test('buttons that lead nowhere now are said, and may be saved', async () => {
  const reply = await operator.post('/accounts/shop/replies', { words: ['电话'], match: 'contains', reply: '400' });
  const { body } = await save([
    {
      name: '一',
      sub_button: [
        { name: 'stopped', type: 'view', activityId: stopped.id },
        { name: 'lives', type: 'view', url: `${server.url}/a/${activity.slug}` },
        { name: 'elsewhere', type: 'view', url: 'https://example.com/' },
        { name: 'reply', type: 'click', key: `reply:${reply.body.reply.id}` },
        { name: 'no reply', type: 'click', key: `reply:${'0'.repeat(32)}` },
      ],
    },
    {
      name: '二',
      sub_button: [
        { name: 'word', type: 'click', key: '抽奖' },
        { name: 'said', type: 'click', key: '客服电话' },
        { name: 'nothing', type: 'click', key: '你好' },
        { name: 'no slug', type: 'click', key: 'activity:none' },
      ],
    },
  ]);
  assert.deepEqual(
    body.menu.warnings.map(({ path }: { path: string }) => path),
    ['button[0].sub_button[0]', 'button[0].sub_button[4]', 'button[1].sub_button[2]', 'button[1].sub_button[3]'],
  );
});

test('what WeChat says against it reaches the operator in words', async () => {
  await save([{ name: 'a', type: 'click', key: 'my-awards' }]);
  desk.rights.refused.add('/cgi-bin/menu/create');
  const refused = await operator.post(`${MENU}/publish`, { revision: 1 });
  assert.deepEqual([refused.status, refused.body.code], [409, 'wechat-configuration']);
  assert.match(refused.body.message, /48001.*has no right to this API/s);
  assert.equal((await operator.get(MENU)).body.menu.publishedAtMs, null);
  desk.rights.refused.add('/cgi-bin/menu/get');
  assert.equal((await operator.get(`${MENU}/live`)).body.code, 'wechat-configuration');
  desk.rights.refused.clear();
  await save([{ name: 'a', type: 'media_id', media_id: 'not-there' }], 1);
  const unknown = await operator.post(`${MENU}/publish`, { revision: 2 });
  assert.equal(unknown.body.code, 'wechat-said-no', JSON.stringify(unknown.body));
  assert.ok(!JSON.stringify(server.log.lines).includes(simulator.account.appSecret));
});

test('a menu needs its account, with keys that open', async () => {
  const paths = ['/accounts/none/menu', '/accounts/none/menu/live'];
  for (const path of paths) assert.equal((await operator.get(path)).body.code, 'account-not-found', path);
  const saved = await operator.send('PUT', '/accounts/none/menu', {
    revision: 0,
    buttons: [{ name: 'a', type: 'click', key: 'k' }],
  });
  assert.equal(saved.body.code, 'account-not-found');
  // The account `main` here was written without keys.
  const closed = await operator.get('/accounts/main/menu/live');
  assert.deepEqual([closed.status, closed.body.code], [409, 'account-not-ready']);
});
