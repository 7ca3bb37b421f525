import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accountId } from '../../src/base/ids.ts';
import type { Role } from '../../src/flows/ports/operators.ts';
import { createAccountDirectory } from '../../src/store/account-store.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

const SECRETS = { appSecret: 'S'.repeat(32), token: 'tokentoken', encodingAesKey: 'K'.repeat(43) };
const NEW = { id: 'shop', appId: `wx${'a'.repeat(16)}`, ...SECRETS };

let server: TestConsole;
const callers = {} as Record<Role, Caller>;

before(async () => {
  server = await startConsole();
  await buildActivity(server.database.client);
  for (const role of ['owner', 'operator', 'viewer'] as const) callers[role] = await new Caller(server).logIn(role);
});

after(() => server.close());

const change = async (path: string, changes: object, caller = callers.owner) => {
  const [, account] = path.split('/accounts/');
  const { body } = await callers.viewer.get(`/accounts/${account?.split('/')[0]}`);
  return caller.send('PATCH', path, { revision: body.account.revision, ...changes });
};
const faultPaths = (body: { faults: { path: string }[] }): string[] => body.faults.map(({ path }) => path).sort();
const addOther = (id: string, fill: string, more: object = {}) =>
  callers.owner.post('/accounts', { ...NEW, id, appId: `wx${fill.repeat(16)}`, ...more });

test('an account is shown with the address to enter at WeChat, and nothing secret', async () => {
  const { status, body } = await callers.viewer.get('/accounts/main');
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    [body.account.callbackUrl, body.account.keysFrom, body.account.myAwardsKeyword, body.account.revision],
    [`${server.url}/wechat/main`, 'environment', '我的红包', 1],
  );
  assert.ok(!JSON.stringify(body).includes('ealed'));
  for (const id of ['nobody', 'No!', '%00', 'a'.repeat(40)]) {
    const { status: code, body: problem } = await callers.viewer.get(`/accounts/${id}`);
    assert.deepEqual([code, problem.code], [404, 'account-not-found'], id);
  }
});

test('an added account opens with its own keys, is listed, and its keys are nowhere to be read', async () => {
  const refused = await callers.operator.post('/accounts', NEW);
  assert.deepEqual([refused.status, refused.body.code], [403, 'not-permitted']);
  const added = await callers.owner.post('/accounts', NEW);
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const { account } = added.body;
  assert.deepEqual(
    [account.callbackUrl, account.keysFrom, account.messageMode, account.kind, account.tokenEndpoint],
    [`${server.url}/wechat/shop`, 'console', 'safe', 'service', 'stable'],
  );
  const opened = await server.settings.accounts.account(account.id);
  assert.deepEqual([opened?.appSecret, opened?.token, opened?.encodingAesKey], Object.values(SECRETS));
  const seen = JSON.stringify([added.body, (await callers.owner.get('/accounts/shop')).body, server.log.lines]);
  for (const secret of Object.values(SECRETS)) assert.ok(!seen.includes(secret));
  const { rows } = await server.database.client.query(`select * from account where id = 'shop'`);
  for (const secret of Object.values(SECRETS)) assert.ok(!JSON.stringify(rows).includes(secret));
  const listed = (await callers.viewer.get('/accounts')).body.accounts;
  assert.deepEqual(
    listed.map((one: { id: string; kind: string; paysThrough: string | null }) => [one.id, one.kind, one.paysThrough]),
    [
      ['main', 'service', null],
      ['shop', 'service', null],
    ],
  );
  assert.ok(server.log.lines.some(({ event, fields }) => event === 'account-added' && fields['account'] === 'shop'));
});

test('what an account cannot be is named by its field', async () => {
  const wrong = await callers.owner.post('/accounts', {
    ...NEW,
    id: 'Shop!',
    appId: 'wx1',
    appSecret: 'short',
    token: 't',
    encodingAesKey: 'k',
    originalId: 'gh_1',
    messageMode: 'open',
  });
  assert.deepEqual(
    [wrong.body.code, faultPaths(wrong.body)],
    ['request-invalid', ['appId', 'appSecret', 'encodingAesKey', 'id', 'messageMode', 'originalId', 'token']],
  );
  const links = await addOther('links', 'b', { merchantId: 'none', paysThrough: 'nobody' });
  assert.deepEqual([links.body.code, faultPaths(links.body)], ['account-faulty', ['merchantId', 'paysThrough']]);
  for (const [more, code] of [
    [{ id: 'main', appId: `wx${'c'.repeat(16)}` }, 'account-taken'],
    [{ id: 'other' }, 'app-id-taken'],
  ] as const) {
    const { status, body } = await callers.owner.post('/accounts', { ...NEW, ...more });
    assert.deepEqual([status, body.code], [409, code]);
  }
});

test('texts change by revision, and a stale writer is told what stands now', async () => {
  const changed = await change('/accounts/main', {
    welcomeText: '欢迎',
    retentionDays: 365,
    myAwardsKeyword: '红包记录',
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const { revision } = changed.body.account;
  assert.deepEqual([changed.body.account.welcomeText, changed.body.account.retentionDays], ['欢迎', 365]);
  const stale = await callers.operator.send('PATCH', '/accounts/main', { revision: revision - 1, fallbackText: 'x' });
  assert.deepEqual(
    [stale.status, stale.body.code, stale.body.present.revision, stale.body.present.welcomeText],
    [409, 'revision-stale', revision, '欢迎'],
  );
  const same = await change('/accounts/main', { welcomeText: '欢迎' });
  assert.equal(same.body.account.revision, revision, 'nothing changed');
  const racers = await Promise.all(
    ['a', 'b', 'c'].map((fallbackText) => callers.owner.send('PATCH', '/accounts/main', { revision, fallbackText })),
  );
  assert.deepEqual(statusesOf(racers), [200, 409, 409]);
  const logged = server.log.lines.filter(({ event }) => event === 'account-changed').map(({ fields }) => fields);
  assert.deepEqual(logged.at(0)?.['fields'], ['welcomeText', 'myAwardsKeyword', 'retentionDays']);
  assert.ok(!JSON.stringify(logged).includes('欢迎'));
});

test('a text has at most 2047 bytes, and times and words have their bounds', async () => {
  for (const [changes, allowed] of [
    [{ welcomeText: 'a'.repeat(2047) }, true],
    [{ welcomeText: 'a'.repeat(2048) }, false],
    [{ fallbackText: '红'.repeat(682) }, true],
    [{ fallbackText: '红'.repeat(683) }, false],
    [{ retentionDays: 29 }, false],
    [{ retentionDays: null }, true],
    [{ myAwardsKeyword: ' ' }, false],
    [{ myAwardsKeyword: '红'.repeat(21) }, false],
    [{ welcomeText: '半\ud83d个\u0000' }, true],
    [{ appId: 'wx' }, false],
  ] as const) {
    const { status, body } = await change('/accounts/main', changes);
    assert.equal(status === 200, allowed, `${Object.keys(changes)[0]} ${JSON.stringify(body)}`);
  }
  assert.equal((await callers.viewer.get('/accounts/main')).body.account.welcomeText, '半\ufffd个');
});

test('the word for one’s awards is nobody else’s', async () => {
  const taken = await change('/accounts/main', { myAwardsKeyword: ' 抽奖 ' });
  assert.deepEqual(
    [taken.status, taken.body.code, faultPaths(taken.body)],
    [400, 'account-faulty', ['myAwardsKeyword']],
  );
  assert.equal(
    (await callers.operator.post('/accounts/main/replies', { words: ['Menu'], match: 'contains', reply: 'x' })).status,
    200,
  );
  const said = await change('/accounts/main', { myAwardsKeyword: 'ＭＥＮＵ' });
  assert.equal(said.body.code, 'account-faulty');
});

test('the keys of the environment’s account change in the environment only, the rest of it here', async () => {
  for (const changes of [
    { appId: `wx${'d'.repeat(16)}` },
    { appSecret: 'x'.repeat(32) },
    { token: 'other' },
    { encodingAesKey: 'x'.repeat(43) },
    { messageMode: 'plain' },
    { merchantId: null },
  ]) {
    const { status, body } = await change('/accounts/main/keys', changes);
    assert.deepEqual([status, body.code, faultPaths(body)], [409, 'keys-from-environment', Object.keys(changes)]);
    assert.match(body.message, /come from the environment/);
  }
  const allowed = await change('/accounts/main/keys', { originalId: 'gh_0123456789ab', tokenEndpoint: 'token' });
  assert.equal(allowed.status, 200, JSON.stringify(allowed.body));
  assert.equal((await change('/accounts/shop/keys', { originalId: 'gh_0123456789ab' })).body.code, 'original-id-taken');
  assert.equal((await change('/accounts/shop/keys', { messageMode: 'plain' }, callers.operator)).status, 403);
});

test('another AES key keeps the one before, the same one again keeps what there is', async () => {
  const { pool, settings, log } = server;
  // A directory of its own each time: one that is kept may answer with what it knew a second ago.
  const keyOf = () => createAccountDirectory({ pool, box: settings.box, logger: log }).account(accountId('shop'));
  const [first, second, third] = [SECRETS.encodingAesKey, 'L'.repeat(43), 'M'.repeat(43)];
  for (const [next, previous] of [
    [second, first],
    [second, first],
    [third, second],
  ] as const) {
    const { status, body } = await change('/accounts/shop/keys', { encodingAesKey: next });
    assert.deepEqual([status, body.account.previousKeyKept], [200, true]);
    const opened = await keyOf();
    assert.deepEqual([opened?.encodingAesKey, opened?.previousEncodingAesKey], [next, previous]);
  }
});

test('an app id stays while payouts can only be settled under it', async () => {
  const account = await buildAccount(server.database.client, { id: 'paying', appId: `wx${'e'.repeat(16)}` });
  const own = await buildActivity(server.database.client, { account });
  await buildWin(server.database.client, own);
  const refused = await change('/accounts/paying/keys', { appId: `wx${'f'.repeat(16)}` });
  assert.deepEqual([refused.status, refused.body.code], [409, 'identity-in-use']);
  await server.database.client.query(`update payout set state = 'received', due_at = null where account_id = 'paying'`);
  assert.equal((await change('/accounts/paying/keys', { appId: `wx${'f'.repeat(16)}` })).status, 200);
});

test('an account goes on paying through another while winners have yet to say who is paid', async () => {
  assert.equal((await addOther('bank', '8', { merchantId: 'main' })).status, 200);
  assert.equal((await addOther('talk', '9', { kind: 'subscription', paysThrough: 'bank' })).status, 200);
  const { client } = server.database;
  const account = { ...(await buildAccount(client)), id: accountId('talk') };
  await buildWin(client, await buildActivity(client, { account }));
  await client.query(
    `update payout set payee_account_id = 'bank', openid = '', due_at = null, reason = 'payee-unknown' where account_id = 'talk'`,
  );
  const refused = await change('/accounts/talk/keys', { paysThrough: null });
  assert.deepEqual(
    [refused.status, refused.body.code, faultPaths(refused.body)],
    [409, 'payees-awaited', ['paysThrough']],
  );
  assert.equal((await change('/accounts/talk/keys', { paysThrough: 'main' })).status, 200);
});

test('a chat account pays through a service account that itself pays, which then goes on paying', async () => {
  await buildMerchant(server.database.client, { id: 'second', mchId: '1900000110' });
  assert.equal((await addOther('payer', '1', { merchantId: 'second' })).status, 200);
  assert.equal((await addOther('silent', '2')).status, 200);
  assert.equal((await addOther('news', '3', { kind: 'subscription', merchantId: 'second' })).status, 200);
  assert.equal((await addOther('chat', '4', { kind: 'subscription', paysThrough: 'payer' })).status, 200);
  for (const [paysThrough, words] of [
    ['silent', /no merchant/],
    ['news', /no service account/],
    ['chat', /no service account|itself pays/],
    ['silent2', /no account/],
    ['silent', /no merchant/],
  ] as const) {
    const { status, body } = await change('/accounts/shop/keys', { paysThrough });
    assert.deepEqual([status, body.code, faultPaths(body)], [400, 'account-faulty', ['paysThrough']]);
    assert.match(body.message, words);
  }
  assert.equal((await change('/accounts/payer/keys', { paysThrough: 'payer' })).body.code, 'account-faulty');
  for (const [changes, path] of [
    [{ kind: 'subscription' }, 'kind'],
    [{ merchantId: null }, 'merchantId'],
    [{ paysThrough: 'main' }, 'paysThrough'],
  ] as const) {
    const { body } = await change('/accounts/payer/keys', changes);
    assert.deepEqual([body.code, faultPaths(body)], ['account-faulty', [path]]);
    assert.match(body.message, /chat pay through/);
  }
  assert.equal((await change('/accounts/chat/keys', { paysThrough: null })).status, 200);
  assert.equal((await change('/accounts/payer/keys', { merchantId: null })).status, 200);
});

test('two chats that would pay through each other at once do not both succeed', async () => {
  for (const [id, fill] of [
    ['left', '5'],
    ['right', '6'],
  ] as const) {
    assert.equal((await addOther(id, fill, { merchantId: 'second' })).status, 200);
  }
  const answers = await Promise.all([
    change('/accounts/left/keys', { paysThrough: 'right' }),
    change('/accounts/right/keys', { paysThrough: 'left' }),
  ]);
  assert.deepEqual(statusesOf(answers), [200, 400]);
});
