import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OutsideTrouble, WrongRequest } from '../../../src/base/errors.ts';
import { openid } from '../../../src/base/ids.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { MenuButton } from '../../../src/flows/ports/menus.ts';
import type { AccountCalls } from '../../../src/wechat/api/account-calls.ts';
import { createCustomerMessages } from '../../../src/wechat/api/customer-messages.ts';
import { createFollowerRecords, createFollowerTags } from '../../../src/wechat/api/follower-records.ts';
import { createMediaLibrary } from '../../../src/wechat/api/media-library.ts';
import { createMenus } from '../../../src/wechat/api/menus.ts';
import { createSubscriptionNotices, createTemplateMessages } from '../../../src/wechat/api/notices.ts';
import { createPlatformFacts } from '../../../src/wechat/api/platform-facts.ts';
import { createSceneCodes } from '../../../src/wechat/api/scene-codes.ts';
import { scriptedWechat } from '../scripted-wechat.ts';
import { apiWorld, scriptedCalls, speakTo } from './api-world.ts';

const PERSON = openid('o1');

/** One call of each subject's every shape of answer. */
function everyCall(calls: AccountCalls, account: Account): readonly (() => Promise<unknown>)[] {
  const records = createFollowerRecords(calls);
  const tags = createFollowerTags(calls);
  const codes = createSceneCodes(calls, 'https://mp.weixin.qq.com');
  const menus = createMenus(calls);
  const media = createMediaLibrary(calls);
  const facts = createPlatformFacts(calls);
  const notice = { person: PERSON, templateId: 't', values: { thing1: 'x' } };
  const file = { fileName: 'a.png', contentType: 'image/png', bytes: Buffer.from('x') };
  return [
    () => records.record(account, PERSON),
    () => records.records(account, [PERSON]),
    () => records.page(account, null),
    () => tags.tags(account),
    () => tags.create(account, 'x'),
    () => tags.members(account, 1, null),
    () => tags.tagsOf(account, PERSON),
    () => codes.createTemporary(account, 1, 60),
    () => codes.createPermanent(account, 'x'),
    () => menus.read(account),
    () => menus.seenBy(account, PERSON),
    () => menus.addConditional(account, { tagId: 1 }, [{ type: 'click', name: 'x', key: 'k' }]),
    () => media.upload(account, 'image', file),
    () => media.download(account, 'm'),
    () => media.countPermanent(account),
    () => media.listPermanent(account, 'image', { offset: 0, count: 20 }),
    () => facts.callbackAddresses(account),
    () => facts.checkCallback(account),
    () => facts.quota(account, '/cgi-bin/x'),
    () => facts.lookUpCall(account, 'r'),
    () => createCustomerMessages(calls, { nowMs: () => 0 }).send(account, PERSON, { kind: 'text', content: 'x' }),
    () => createTemplateMessages(calls).send(account, { ...notice, clientMessageId: 'x' }),
    () => createTemplateMessages(calls).templates(account),
    () => createSubscriptionNotices(calls).send(account, notice),
  ];
}

const NAMES = `
  errcode errmsg openid subscribe subscribe_time user_info_list total data next_openid tags tag id
  name tagid_list ticket url expire_seconds menu button menuid type media_id created_at video_url item
  total_count ip_list dns ping quota request msgid
`
  .trim()
  .split(/\s+/);
const leaf = fc.oneof(
  fc.constantFrom(0, 1, -1, 40001, 48001, 45047, 2 ** 53, 1.5, '', 'o1', 'ok', '1', null, true),
  fc.string({ maxLength: 5 }),
);
const { value: answers } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 5 }),
  ),
}));

test('whatever WeChat answers, a call returns or says whose fault it is', async (context) => {
  let answer: unknown = {};
  const wechat = await scriptedWechat(context, (request) =>
    request.path.endsWith('token') ? { access_token: 't', expires_in: 7200 } : JSON.stringify(answer),
  );
  const { calls } = speakTo(context, wechat.url);
  const { account } = await scriptedCalls(context, [{}]);
  const all = everyCall(calls, account);
  let tried = 0;
  const says = fc.asyncProperty(fc.dictionary(fc.constantFrom(...NAMES), answers), fc.nat(), async (body, pick) => {
    answer = body;
    tried += 1;
    try {
      await all[pick % all.length]?.();
    } catch (error) {
      assert.ok(error instanceof OutsideTrouble || error instanceof WrongRequest, String(error));
    }
  });
  await fc.assert(says, { numRuns: 1000 });
  assert.ok(tried >= 1000);
});

test('our check of menus and the simulator’s, written apart, agree near every limit', async (context) => {
  const { calls, tokens, account, desk } = await apiWorld(context);
  desk.quotas.lowered.set('/cgi-bin/menu/create', 1_000_000);
  const menus = createMenus(calls);
  const name = fc.constantFrom('', 'a', 'a'.repeat(16), 'a'.repeat(17), '红'.repeat(20), '红'.repeat(20) + 'a');
  const key = fc.constantFrom('', 'k', 'k'.repeat(128), 'k'.repeat(129), '红'.repeat(42), '红'.repeat(43));
  const site = 'https://a.example/';
  const url = fc.constantFrom('', site, site.padEnd(1024, 'x'), site.padEnd(1025, 'x'), 'ftp://a', 'a.example');
  const type = fc.constantFrom('click', 'view', 'pic_weixin', 'miniprogram', 'article_id', 'poke', 'location_select');
  const appid = fc.constantFrom('wx0123456789abcdef', 'WX0123456789abcdef', '');
  const text = fc.constantFrom('', 'p');
  const action = fc.record({ type, name, key, url, appid, pagepath: text, article_id: text });
  const likely = fc.record({ type: fc.constant('click'), name: fc.constant('a'), key: fc.constant('k') });
  const below = fc.array(fc.oneof(likely, action), { maxLength: 6 });
  const group = fc.record({ name, sub_button: below });
  const menu = fc.array(fc.oneof(likely, action, group), { maxLength: 4 });
  let accepted = 0;
  const agree = fc.asyncProperty(menu, async (button) => {
    let ours = true;
    try {
      menus.check(button);
    } catch {
      ours = false;
    }
    const request = { method: 'POST', path: '/cgi-bin/menu/create', json: { button } } as const;
    assert.equal((await tokens.call(account, request)).kind === 'ok', ours, JSON.stringify(button));
    if (!ours) return;
    accepted += 1;
    await menus.replace(account, button as MenuButton[]);
    assert.deepEqual((await menus.read(account))?.buttons, menus.check(button));
  });
  await fc.assert(agree, { numRuns: 400 });
  assert.ok(accepted > 20, `${accepted} accepted`);
});
