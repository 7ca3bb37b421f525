import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import type { AccountDesk } from '../../src/simulator/weixin/account-desk.ts';
import type { AccountKind } from '../../src/simulator/weixin/rights.ts';

type Json = Record<string, unknown>;

const posts = [
  '/cgi-bin/user/info/batchget',
  '/cgi-bin/user/info/updateremark',
  '/cgi-bin/tags/create',
  '/cgi-bin/tags/update',
  '/cgi-bin/tags/delete',
  '/cgi-bin/user/tag/get',
  '/cgi-bin/tags/members/batchtagging',
  '/cgi-bin/tags/members/batchuntagging',
  '/cgi-bin/tags/getidlist',
  '/cgi-bin/tags/members/getblacklist',
  '/cgi-bin/tags/members/batchblacklist',
  '/cgi-bin/tags/members/batchunblacklist',
  '/cgi-bin/qrcode/create',
  '/cgi-bin/menu/create',
  '/cgi-bin/menu/addconditional',
  '/cgi-bin/menu/delconditional',
  '/cgi-bin/menu/trymatch',
  '/cgi-bin/message/custom/send',
  '/cgi-bin/message/custom/typing',
  '/cgi-bin/message/template/send',
  '/cgi-bin/message/subscribe/bizsend',
  '/cgi-bin/material/get_material',
  '/cgi-bin/material/del_material',
  '/cgi-bin/material/batchget_material',
  '/cgi-bin/callback/check',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/quota/clear',
  '/cgi-bin/clear_quota',
  '/cgi-bin/openapi/rid/get',
];
const gets = [
  '/cgi-bin/ticket/getticket',
  '/cgi-bin/user/info',
  '/cgi-bin/user/get',
  '/cgi-bin/tags/get',
  '/cgi-bin/menu/get',
  '/cgi-bin/menu/delete',
  '/cgi-bin/get_current_selfmenu_info',
  '/cgi-bin/media/get',
  '/cgi-bin/material/get_materialcount',
  '/cgi-bin/template/get_all_private_template',
  '/cgi-bin/getcallbackip',
  '/cgi-bin/get_api_domain_ip',
];
const uploads = ['/cgi-bin/media/upload', '/cgi-bin/media/uploadimg', '/cgi-bin/material/add_material'];

describe('the order of checks', () => {
  let simulator: Simulator;
  let desk: AccountDesk;
  let token = '';

  before(async () => {
    simulator = await startSimulator({ seed: 'strict', appIds: ['wxbbbbbbbbbbbbbbbb'] });
    desk = simulator.desks.get(simulator.account.appId) ?? assert.fail('no desk');
  });
  after(async () => simulator.close());
  beforeEach(async () => {
    desk.rights.kind = 'service-verified';
    desk.rights.refused.clear();
    token = await tokenOf(simulator.account.appId);
  });

  const tokenOf = async (appid: string): Promise<string> => {
    const query = { grant_type: 'client_credential', appid, secret: simulator.secrets.get(appid) ?? '' };
    const answer = await fetch(`${simulator.httpUrl}/cgi-bin/token?${new URLSearchParams(query).toString()}`);
    return String(((await answer.json()) as Json)['access_token']);
  };
  const codeOf = async (path: string, given: { token?: string; body?: string | Buffer; method?: string }) => {
    const { method = 'POST', body } = given;
    const query = given.token === undefined ? '' : `?access_token=${given.token}`;
    const init = body === undefined ? { method } : { method, body };
    const response = await fetch(`${simulator.httpUrl}${path}${query}`, init);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json; encoding=utf-8');
    const { errcode, errmsg } = (await response.json()) as Json;
    if (errcode !== undefined && errcode !== 0) assert.match(String(errmsg), / rid: [0-9a-f]{8}(-[0-9a-f]{8}){2}$/);
    return errcode;
  };

  for (const path of posts) {
    test(`${path}: token, right, method, body, characters, JSON`, async () => {
      assert.equal(await codeOf(path, { method: 'GET' }), 41001);
      assert.equal(await codeOf(path, { method: 'GET', token: 'made-up' }), 40001);
      desk.rights.refused.add(path);
      assert.equal(await codeOf(path, { method: 'GET', token }), 48001);
      desk.rights.refused.clear();
      assert.equal(await codeOf(path, { method: 'GET', token }), 43002);
      assert.equal(await codeOf(path, { token }), 44002);
      assert.equal(await codeOf(path, { token, body: '{"a":"\\u4f60"}' }), 40033);
      assert.equal(await codeOf(path, { token, body: Buffer.from([0x22, 0xff, 0x22]) }), 40033);
      for (const body of ['{', '[]', 'null', '"x"']) assert.equal(await codeOf(path, { token, body }), 47001);
    });
  }

  for (const path of [...gets, ...uploads]) {
    test(`${path}: token and right come first`, async () => {
      const method = uploads.includes(path) ? 'GET' : 'POST';
      assert.equal(await codeOf(path, { method }), 41001);
      assert.equal(await codeOf(path, { method, token: 'made-up' }), 40001);
      desk.rights.refused.add(path);
      assert.equal(await codeOf(path, { method, token }), 48001);
      desk.rights.refused.clear();
      const wrongMethod = path === '/cgi-bin/media/uploadimg' ? 43002 : method === 'GET' ? undefined : 43001;
      if (wrongMethod !== undefined) assert.equal(await codeOf(path, { method, token }), wrongMethod);
    });
  }

  test('a path that is none is told as such', async () => {
    assert.equal(await codeOf('/cgi-bin/nothing', { token }), 40066);
  });

  test('a backslash that is itself escaped is no escape', async () => {
    assert.equal(await codeOf('/cgi-bin/tags/create', { token, body: '{"tag":{"name":"a\\\\u4f60"}}' }), undefined);
    assert.equal(await codeOf('/cgi-bin/tags/create', { token, body: '{"tag":{"name":"a\\\\\\u4f60"}}' }), 40033);
  });

  test('escapes are refused or shown as they stand, as chosen', async () => {
    desk.rights.escapes = 'literal';
    const path = '/cgi-bin/tags/update';
    const made = await fetch(`${simulator.httpUrl}/cgi-bin/tags/create?access_token=${token}`, {
      method: 'POST',
      body: '{"tag":{"name":"\\u4f60 \\\\ \\u597d"}}',
    });
    assert.equal(((await made.json()) as { tag: { name: string } }).tag.name, '\\u4f60 \\ \\u597d');
    desk.rights.escapes = 'refused';
    assert.equal(await codeOf(path, { token, body: '{"tag":{"id":100,"name":"\\u4f60"}}' }), 40033);
  });

  test('tokens of two accounts do not touch each other', async () => {
    const other = await tokenOf('wxbbbbbbbbbbbbbbbb');
    const body = '{"tag":{"name":"门店"}}';
    assert.equal(await codeOf('/cgi-bin/tags/create', { token: other, body }), undefined);
    assert.equal(await codeOf('/cgi-bin/tags/create', { token, body }), undefined, 'the name is free here');
    assert.equal(await codeOf('/cgi-bin/tags/create', { token: other, body }), 45157);
    await tokenOf('wxbbbbbbbbbbbbbbbb');
    simulator.clock.advance(301_000);
    assert.equal(await codeOf('/cgi-bin/tags/get', { token: other, method: 'GET' }), 40001);
    assert.equal(await codeOf('/cgi-bin/tags/get', { token, method: 'GET' }), undefined);
  });

  const may: readonly (readonly [path: string, kinds: readonly AccountKind[]])[] = [
    ['/cgi-bin/getcallbackip', ['service-unverified', 'subscription-verified', 'subscription-unverified', 'test']],
    ['/cgi-bin/menu/get', ['service-unverified', 'subscription-verified', 'test']],
    ['/cgi-bin/user/get', ['subscription-verified', 'test']],
    ['/cgi-bin/tags/get', ['subscription-verified', 'test']],
    ['/cgi-bin/template/get_all_private_template', ['test']],
  ];
  const kinds = ['service-unverified', 'subscription-verified', 'subscription-unverified', 'test'] as const;
  for (const [path, allowed] of may) {
    test(`${path} is open to verified service accounts and to ${allowed.join(', ')}`, async () => {
      assert.notEqual(await codeOf(path, { method: 'GET', token }), 48001);
      for (const kind of kinds) {
        desk.rights.kind = kind;
        assert.equal((await codeOf(path, { method: 'GET', token })) === 48001, !allowed.includes(kind), kind);
      }
    });
  }
});
