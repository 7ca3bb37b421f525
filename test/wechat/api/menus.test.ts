import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import type { MenuButton } from '../../../src/flows/ports/menus.ts';
import { createFollowerTags } from '../../../src/wechat/api/follower-records.ts';
import { createMediaLibrary } from '../../../src/wechat/api/media-library.ts';
import { createMenus } from '../../../src/wechat/api/menus.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

const CLICK: MenuButton = { type: 'click', name: '我的红包', key: 'my-packets' };
const KEYED = ['scancode_push', 'scancode_waitmsg', 'pic_sysphoto', 'pic_photo_or_album', 'pic_weixin'] as const;

test('every kind of button goes to WeChat and comes back', async (context) => {
  const { calls, account } = await apiWorld(context);
  const menus = createMenus(calls);
  const picture = { fileName: 'a.png', contentType: 'image/png', bytes: Buffer.from('png') };
  const mediaId = await createMediaLibrary(calls).addPermanent(account, 'image', picture);
  const keyed = KEYED.map((type): MenuButton => ({ type, name: type, key: 'k'.repeat(128) }));
  const site = { url: `https://a.example/${'x'.repeat(1006)}` };
  const parts = [
    [...keyed],
    [
      { type: 'location_select', name: 'x'.repeat(60), key: 'k' },
      { type: 'view', name: '网页', ...site },
      { type: 'media_id', name: '图片', media_id: mediaId },
      { type: 'view_limited', name: '图文', media_id: mediaId },
      { type: 'article_id', name: '文章', article_id: 'a1' },
    ],
    [
      { type: 'article_view_limited', name: '文章', article_id: 'a1' },
      { type: 'miniprogram', name: '小程序', ...site, appid: 'wx0123456789abcdef', pagepath: 'pages/a?b=1' },
      CLICK,
    ],
  ] as const;
  const buttons = parts.map((sub_button, at) => ({ name: `菜单${at}`, sub_button })) as MenuButton[];
  await menus.replace(account, buttons);
  assert.deepEqual(await menus.read(account), { buttons, conditional: [] });
  await menus.replace(account, [CLICK]);
  assert.deepEqual((await menus.read(account))?.buttons, [CLICK]);
  await menus.remove(account);
  assert.equal(await menus.read(account), null);
});

test('conditional menus need a default one, and the newest that fits counts', async (context) => {
  const { calls, account, people } = await apiWorld(context);
  const menus = createMenus(calls);
  const [person, other] = people;
  assert.ok(person !== undefined && other !== undefined);
  const special: MenuButton[] = [{ type: 'click', name: '会员', key: 'vip' }];
  await assert.rejects(menus.addConditional(account, { platform: 'ios' }, special), { message: /65303/ });
  await menus.replace(account, [CLICK]);
  const tags = createFollowerTags(calls);
  const tagId = await tags.create(account, '会员');
  await tags.tag(account, tagId, [person]);
  const id = await menus.addConditional(account, { tagId }, special);
  await menus.addConditional(account, { platform: 'android' }, [{ type: 'click', name: '安卓', key: 'a' }]);
  assert.deepEqual(await menus.seenBy(account, person), special);
  assert.deepEqual(await menus.seenBy(account, other), [CLICK]);
  assert.equal((await menus.read(account))?.conditional.length, 2);
  await menus.removeConditional(account, id);
  assert.deepEqual(await menus.seenBy(account, person), [CLICK]);
  await assert.rejects(menus.removeConditional(account, id), { code: 'wechat-said-no', message: /65301/ });
  await assert.rejects(menus.addConditional(account, {}, special), { code: 'arguments-wrong' });
});

test('every fault of a menu is told by its path before anything is sent', async (context) => {
  const { calls, account, sent } = await scriptedCalls(context, [{}]);
  const menus = createMenus(calls);
  const view = (given: object): object => ({ type: 'view', name: 'n', url: 'https://a.example', ...given });
  const faultsOf = (buttons: unknown): string[] => {
    try {
      menus.check(buttons);
      return [];
    } catch (error) {
      assert.ok(error instanceof WrongRequest && error.code === 'menu-wrong');
      return error.faults.map(({ path }) => path);
    }
  };
  assert.deepEqual(faultsOf([view({ name: '红包红包红' }), view({ name: '红'.repeat(6) })]), ['button[1].name']);
  assert.deepEqual(faultsOf([{ name: 'g', sub_button: [view({ name: '红'.repeat(21) })] }]), [
    'button[0].sub_button[0].name',
  ]);
  assert.deepEqual(faultsOf([view({ url: 'javascript:alert(1)' }), view({ url: `https://${'x'.repeat(1017)}` })]), [
    'button[0].url',
    'button[1].url',
  ]);
  assert.deepEqual(
    faultsOf([
      { type: 'click', name: 'n', key: '红'.repeat(43) },
      { type: 'poke', name: '' },
    ]),
    ['button[0].key', 'button[1].name', 'button[1].type'],
  );
  assert.deepEqual(faultsOf([{ name: 'g', type: 'click', sub_button: [{ name: 'h', sub_button: [view({})] }] }]), [
    'button[0].type',
    'button[0].sub_button[0].sub_button',
  ]);
  assert.deepEqual(faultsOf([{ type: 'miniprogram', name: 'n', url: 'x', appid: 'WX0123456789ABCDEF' }]), [
    'button[0].appid',
    'button[0].url',
    'button[0].pagepath',
  ]);
  for (const whole of [
    [],
    Array(4).fill(view({})),
    null,
    'x',
    [null],
    [[]],
    [{ name: 'g', sub_button: Array(6).fill(view({})) }],
  ]) {
    assert.equal(faultsOf(whole).length, 1, JSON.stringify(whole));
  }
  await assert.rejects(menus.replace(account, []), { code: 'menu-wrong' });
  assert.equal(sent().length, 0);
});

test('WeChat would refuse them, too', async (context) => {
  const { tokens, account } = await apiWorld(context);
  const codeOf = async (button: unknown): Promise<unknown> => {
    const answer = await tokens.call(account, { method: 'POST', path: '/cgi-bin/menu/create', json: { button } });
    return answer.kind === 'refused' && answer.errcode;
  };
  const view = (given: object): object => ({ type: 'view', name: 'n', url: 'https://a.example', ...given });
  assert.equal(await codeOf([]), 40016);
  assert.equal(await codeOf([view({ name: '红'.repeat(6) })]), 40018);
  assert.equal(await codeOf([view({ type: 'poke' })]), 40017);
  assert.equal(await codeOf([view({ url: 'ftp://x' })]), 40055);
  assert.equal(await codeOf([{ name: 'g', sub_button: Array(6).fill(view({})) }]), 40023);
  assert.equal(await codeOf([{ name: 'g', sub_button: [{ name: 'h', sub_button: [view({})] }] }]), 40022);
  assert.equal(await codeOf([{ type: 'media_id', name: 'n', media_id: 'gone' }]), 40007);
});
