import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decryptMessage } from '../../src/simulator/wire/envelope.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { anAccount, aTextXml, plainDelivery, sealedDelivery } from '../wechat/builders.ts';
import type { Delivery } from '../wechat/builders.ts';

const SECOND = 'wxbbbbbbbbbbbbbbbb';
const FIRST_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const SECOND_KEY = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';

interface AccountBody {
  readonly account: { readonly revision: number; readonly callbackUrl: string };
}

describe('a second account', () => {
  let world: World;
  let cookie = '';
  let account: ReturnType<typeof anAccount>;
  let messages = 0;

  before(async () => {
    world = await startWorld({ simulator: { appIds: [SECOND] } });
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '小王', nowMs: clock.nowMs() });
    cookie = (await call('POST', '/login', { token })).headers.get('set-cookie')?.split(';')[0] ?? '';
    const appSecret = world.simulator.secrets.get(SECOND) ?? '';
    account = anAccount({ appId: SECOND, appSecret, token: 'tokentoken', encodingAesKey: FIRST_KEY });
  });
  after(() => world.close());

  function call(method: string, path: string, body: unknown): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie, origin: world.publicUrl, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async function done<Body>(method: string, path: string, body: unknown): Promise<Body> {
    const answer = await call(method, path, body);
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Body;
  }

  /** What WeChat gets for a text: the status and the reply's XML, opened by the key given when it came sealed. */
  async function say(text: string, deliver: (xml: string) => Delivery, key?: string) {
    messages += 1;
    const xml = aTextXml({ Content: `<![CDATA[${text}]]>`, MsgId: String(7_000_000_000_000_000 + messages) });
    const { query, body } = deliver(xml);
    const address = `${world.publicUrl}/wechat/second?${new URLSearchParams(query).toString()}`;
    const answer = await fetch(address, { method: 'POST', body, headers: { 'content-type': 'text/xml' } });
    const said = await answer.text();
    const sealed = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(said)?.[1];
    return { status: answer.status, said: sealed === undefined ? said : decryptMessage(sealed, key ?? '').text };
  }

  const sealedBy = (encodingAesKey: string) => (xml: string) =>
    sealedDelivery({ account: { ...account, encodingAesKey }, xml, nowMs: Date.now() });
  const plainly = (xml: string): Delivery => plainDelivery({ account, xml, nowMs: Date.now() });
  /** Settings are known within about a second. */
  const saidAtLast = (words: string, text: string, deliver: (xml: string) => Delivery, key?: string) =>
    eventually(words, async () => {
      const { status, said } = await say(text, deliver, key);
      return status === 200 && said.includes(words);
    });

  it('answers at its own address with its own keys as soon as it was added, and takes nothing plain', async () => {
    assert.equal((await say('你好', sealedBy(FIRST_KEY))).status, 404);
    const { appId, appSecret, token, encodingAesKey } = account;
    const added = await done<AccountBody>('POST', '/accounts', {
      id: 'second',
      appId,
      appSecret,
      token,
      encodingAesKey,
    });
    assert.equal(added.account.callbackUrl, `${world.publicUrl}/wechat/second`);
    await done('PATCH', '/accounts/second', { revision: 1, fallbackText: '您好，这里是二号' });
    await done('POST', '/accounts/second/replies', { words: ['地址'], match: 'exact', reply: '人民路 1 号' });
    await saidAtLast('您好，这里是二号', '你好', sealedBy(FIRST_KEY), FIRST_KEY);
    await saidAtLast('人民路 1 号', ' 地址 ', sealedBy(FIRST_KEY), FIRST_KEY);
    assert.ok((await say('你好', plainly)).status >= 400);
    const fromFirst = world.simulator.followers.list()[0]?.openid ?? '';
    const { reply } = await world.simulator.push.sendText(fromFirst, '地址');
    assert.ok(reply?.type !== 'text' || !reply.content.includes('人民路'), 'each account says its own');
  });

  it('takes messages under both keys while one follows the other, each answered under its own', async () => {
    await done('PATCH', '/accounts/second/keys', { revision: 2, encodingAesKey: SECOND_KEY });
    await saidAtLast('人民路 1 号', '地址', sealedBy(SECOND_KEY), SECOND_KEY);
    for (const key of [FIRST_KEY, SECOND_KEY]) {
      assert.match((await say('地址', sealedBy(key), key)).said, /人民路 1 号/);
    }
  });

  it('speaks plainly when its mode says so', async () => {
    await done('PATCH', '/accounts/second/keys', { revision: 3, messageMode: 'plain' });
    await saidAtLast('人民路 1 号', '地址', plainly);
  });

  it('has a menu of its own at WeChat, by its own secret', async () => {
    const buttons = [{ name: '我的红包', type: 'click', key: 'my-awards' }];
    await done('PUT', '/accounts/second/menu', { revision: 0, buttons });
    await done('POST', '/accounts/second/menu/publish', { revision: 1 });
    const live = await fetch(`${world.publicUrl}/api/console/accounts/second/menu/live`, { headers: { cookie } });
    assert.deepEqual(await live.json(), { menu: { buttons, conditional: [] } });
    const first = await fetch(`${world.publicUrl}/api/console/accounts/main/menu/live`, { headers: { cookie } });
    assert.deepEqual(await first.json(), { menu: null });
  });
});
