import { ApiFault, fieldsOf, textOf } from './api-call.ts';

/** The numbers of a level's faults: https://developers.weixin.qq.com/doc/service/guide/dev/api/errorcode.html */
type Level = {
  countMax: number;
  nameBytesMax: number;
  count: number;
  type: number;
  name: number;
  key: number;
  url: number;
};

const top: Level = { countMax: 3, nameBytesMax: 16, count: 40016, type: 40017, name: 40018, key: 40019, url: 40020 };
const sub: Level = { countMax: 5, nameBytesMax: 60, count: 40023, type: 40024, name: 40025, key: 40026, url: 40027 };
const keyBytesMax = 128;
const urlBytesMax = 1024;
const keyed = [
  'click',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
];

/** Checks the buttons of a menu as WeChat does. Throws the fault of the first that is wrong. */
export function checkMenu(buttons: unknown, mediaExists: (id: string) => boolean): void {
  checkLevel(buttons, top, mediaExists);
}

function checkLevel(buttons: unknown, level: Level, mediaExists: (id: string) => boolean): void {
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > level.countMax) {
    throw new ApiFault(level.count, 'invalid button size');
  }
  for (const button of buttons.map(fieldsOf)) {
    const name = textOf(button['name']);
    if (name === '' || Buffer.byteLength(name) > level.nameBytesMax) {
      throw new ApiFault(level.name, 'invalid button name size');
    }
    const subButtons = button['sub_button'];
    if (Array.isArray(subButtons) && subButtons.length > 0) {
      if (level === sub) throw new ApiFault(40022, 'invalid sub button level');
      checkLevel(subButtons, sub, mediaExists);
    } else {
      checkAction(button, level, mediaExists);
    }
  }
}

function checkAction(button: Record<string, unknown>, level: Level, mediaExists: (id: string) => boolean): void {
  const type = textOf(button['type']);
  if (keyed.includes(type)) return checkKey(textOf(button['key']), level);
  if (type === 'view') return checkUrl(textOf(button['url']), level);
  if (type === 'media_id' || type === 'view_limited') {
    if (!mediaExists(textOf(button['media_id']))) throw new ApiFault(40007, 'invalid media_id');
    return;
  }
  if (type === 'article_id' || type === 'article_view_limited') {
    if (textOf(button['article_id']) === '') throw new ApiFault(40035, 'invalid article id');
    return;
  }
  if (type !== 'miniprogram') throw new ApiFault(level.type, 'invalid button type');
  checkUrl(textOf(button['url']), level);
  if (!/^wx[0-9a-f]{16}$/.test(textOf(button['appid'])) || textOf(button['pagepath']) === '') {
    throw new ApiFault(40035, 'invalid appid or pagepath');
  }
}

function checkKey(key: string, level: Level): void {
  if (key === '' || Buffer.byteLength(key) > keyBytesMax) throw new ApiFault(level.key, 'invalid button key size');
}

function checkUrl(url: string, level: Level): void {
  if (url === '' || Buffer.byteLength(url) > urlBytesMax) throw new ApiFault(level.url, 'invalid button url size');
  if (!/^https?:\/\//.test(url)) throw new ApiFault(level === sub ? 40054 : 40055, 'invalid button url domain');
}
