import type { XmlPairs } from '../wire/xml.ts';
import type { PreparedMessage, Push, PushResult } from './push.ts';

export const bursts = [
  'two-messages-in-one-second',
  'follow-and-scan-in-one-second',
  'location-every-five-seconds',
  'unsubscribe-twice',
  'authorization-withdrawn',
  'awkward-texts',
  'pictures-with-a-repeated-list',
  'unknown-kinds',
] as const;

export type Burst = (typeof bursts)[number];

/** What stickers look like to an account. */
export const stickerText = '【收到不支持的消息类型，暂无法显示】';
/** The sender of events that the platform itself sends. */
const platformSender = 'o-6nF1l4Z0qDpPYaJ5bOwSTZZ7tQ';
const textsOfPeople = [
  'a\u0000b\u0001c\u000bd\u001fe\ufffe',
  '红包🧧👨‍👩‍👧‍👦',
  'a]]>b]]]]>c<![CDATA[d',
  '</Content><Content>x</Content>&lt;&amp;',
  '<!DOCTYPE html>',
  '   ',
  stickerText,
];

/**
 * Plays what people and the platform are known to do at once, with the ids and times that such pushes have, and returns
 * how each of them went, in their order. Pushes of one second are delivered at the same time.
 */
export async function playBurst(push: Push, openid: string, burst: Burst): Promise<PushResult[]> {
  return Promise.all(prepareBurst(push, openid, burst).map((prepared) => push.deliver(prepared)));
}

/** The pushes of a burst, not yet delivered. */
export function prepareBurst(push: Push, openid: string, burst: Burst): PreparedMessage[] {
  const createTime = push.nowSeconds;
  const text = (content: string): PreparedMessage =>
    push.prepare(openid, { MsgType: 'text', Content: content }, { createTime });
  const event = (fields: Parameters<Push['prepareEvent']>[1], secondsAgo = 0): PreparedMessage =>
    push.prepareEvent(openid, fields, { createTime: createTime - secondsAgo });
  switch (burst) {
    case 'two-messages-in-one-second':
      return [text('第一条'), text('第二条')];
    case 'follow-and-scan-in-one-second':
      return [
        event({ Event: 'subscribe', EventKey: 'qrscene_7', Ticket: 'ticket-7' }),
        event({ Event: 'SCAN', EventKey: '7', Ticket: 'ticket-7' }),
      ];
    case 'location-every-five-seconds':
      return [15, 10, 5, 0].map((secondsAgo) => event(whereabouts, secondsAgo));
    case 'unsubscribe-twice':
      return [event({ Event: 'unsubscribe', EventKey: '' }), event({ Event: 'unsubscribe', EventKey: '' })];
    case 'authorization-withdrawn':
      return withdrawn(push, openid, createTime);
    case 'awkward-texts':
      return textsOfPeople.map(text);
    case 'pictures-with-a-repeated-list':
      return [event({ Event: 'pic_weixin', EventKey: 'photos', SendPicsInfo: picturesTwice })];
    case 'unknown-kinds':
      return [
        push.prepare(openid, { MsgType: 'hologram', Depth: '3' }, { createTime }),
        event({ Event: 'something_new', Detail: [['Inner', 'x']] }),
      ];
  }
}

const whereabouts = { Event: 'LOCATION', Latitude: '23.137466', Longitude: '113.352425', Precision: '119.385040' };
const onePicture: XmlPairs = [['item', [['PicMd5Sum', '1b5f7c23b5bf75682a53e7b6d163e185']]]];
const picturesTwice: XmlPairs = [
  ['Count', 2],
  ['PicList', onePicture],
  ['PicList', onePicture],
];

/** Two people in one second under the platform's name; the address names the platform once and the person once. */
function withdrawn(push: Push, openid: string, createTime: number): PreparedMessage[] {
  const fields = (person: string) => ({
    Event: 'user_authorization_revoke',
    OpenID: person,
    AppID: 'wx0000000000000000',
    RevokeInfo: '205',
  });
  const head = { createTime, sender: platformSender };
  return [
    push.prepareEvent(openid, fields(openid), head),
    push.prepareEvent(openid, fields(`o${'1'.repeat(27)}`), { ...head, addressOpenid: openid }),
  ];
}
