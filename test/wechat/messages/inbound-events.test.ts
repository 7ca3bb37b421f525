import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import type { InboundEvent } from '../../../src/flows/ports/message-events.ts';
import { parseInboundMessage } from '../../../src/wechat/messages/inbound-message.ts';
import { mayReply } from '../../../src/wechat/messages/may-reply.ts';
import { aTextXml, FOLLOWER } from '../builders.ts';

const cdata = (text: string): string => `<![CDATA[${text}]]>`;

/** `fields` are raw XML, so that they can nest. */
function read(event: string, fields: Record<string, string | undefined> = {}, claimed?: string): InboundEvent {
  const xml = aTextXml({ MsgType: 'event', Content: undefined, MsgId: undefined, Event: cdata(event), ...fields });
  const message = parseInboundMessage(xml, claimed);
  return message.kind === 'event' ? message : assert.fail(message.kind);
}

function own(event: InboundEvent): object {
  const { toUser: _to, fromUser: _from, createTimeSeconds: _at, key: _key, kind: _kind, name: _n, ...rest } = event;
  return rest;
}

const ANSWERED = ['subscribe', 'SCAN', 'CLICK', 'scancode_waitmsg'];
const person = 'oBA5ok-sEPY0uUsYqZfpN6mNP4bE';
const revoke = {
  FromUserName: cdata('o-6nF1l4Z0qDpPYaJ5bOwSTZZ7tQ'),
  OpenID: cdata(person),
  AppID: cdata('wx2c2769f8efd9abc2'),
  RevokeInfo: '205',
};

describe('an event of a follower', () => {
  const scan = '<ScanType>qrcode</ScanType><ScanResult>https://a.example/?a=1</ScanResult>';
  const digest = '1b5f7c23b5bf75682a53e7b6d163e185';
  const picture = `<item><PicMd5Sum>${cdata(digest)}</PicMd5Sum></item>`;
  for (const [event, fields, expected] of [
    ['subscribe', { EventKey: '' }, { event: 'subscribe', eventKey: '', scene: null, ticket: null }],
    [
      'subscribe',
      { EventKey: cdata('qrscene_qrscene_9'), Ticket: 'gQH' },
      { event: 'subscribe', eventKey: 'qrscene_qrscene_9', scene: 'qrscene_9', ticket: 'gQH' },
    ],
    [
      'subscribe',
      { EventKey: 'last_trade_no_1' },
      { event: 'subscribe', eventKey: 'last_trade_no_1', scene: null, ticket: null },
    ],
    ['unsubscribe', { EventKey: '' }, { event: 'unsubscribe', eventKey: '' }],
    ['UnSubscribe', {}, { event: 'unsubscribe', eventKey: '' }],
    ['SCAN', { EventKey: '9', Ticket: 'gQH' }, { event: 'scan', eventKey: '9', scene: '9', ticket: 'gQH' }],
    [
      'LOCATION',
      { Latitude: '23.137466', Longitude: '113.352425', Precision: '119.385040' },
      { event: 'location', eventKey: '', latitude: 23.137466, longitude: 113.352425, precisionMetres: 119.38504 },
    ],
    ['Click', { EventKey: 'MY_PACKETS' }, { event: 'click', eventKey: 'MY_PACKETS' }],
    [
      'VIEW',
      { EventKey: 'https://a.example/', MenuId: '42' },
      { event: 'view', eventKey: 'https://a.example/', menuId: '42' },
    ],
    ['view_miniprogram', { EventKey: 'pages/x' }, { event: 'view_miniprogram', eventKey: 'pages/x', menuId: null }],
    [
      'scancode_push',
      { EventKey: 'k', ScanCodeInfo: scan },
      { event: 'scancode_push', eventKey: 'k', scanType: 'qrcode', scanResult: 'https://a.example/?a=1' },
    ],
    ['scancode_waitmsg', {}, { event: 'scancode_waitmsg', eventKey: '', scanType: '', scanResult: '' }],
    [
      'pic_sysphoto',
      {
        EventKey: 'k',
        SendPicsInfo: `<Count>2</Count><PicList>${picture}</PicList><PicList>${picture}${picture}</PicList>`,
      },
      { event: 'pic_sysphoto', eventKey: 'k', count: 2, pictureDigests: [digest, digest, digest] },
    ],
    [
      'pic_weixin',
      { SendPicsInfo: '<Count>1</Count><PicList></PicList>' },
      { event: 'pic_weixin', eventKey: '', count: 1, pictureDigests: [] },
    ],
    [
      'location_select',
      {
        SendLocationInfo:
          '<Location_X>23</Location_X><Location_Y>113</Location_Y><Scale>15</Scale><Label>路</Label><Poiname></Poiname>',
      },
      { event: 'location_select', eventKey: '', latitude: 23, longitude: 113, scale: 15, label: '路', placeName: '' },
    ],
  ] as const) {
    test(`${event} ${JSON.stringify(fields).slice(0, 60)} is read`, () => {
      const message = read(event, fields, FOLLOWER);
      assert.deepEqual(own(message), expected);
      assert.equal(
        mayReply(message),
        ANSWERED.some((name) => name.toLowerCase() === event.toLowerCase()),
      );
      assert.throws(() => read(event, fields, 'oSomebodyElse'), WrongRequest);
    });
  }
});

describe('an event of the platform', () => {
  for (const [event, fields, expected] of [
    [
      'TEMPLATESENDJOBFINISH',
      { MsgID: '200163836', Status: cdata('success') },
      { event: 'templatesendjobfinish', jobId: '200163836', status: 'success', outcome: 'sent' },
    ],
    [
      'TEMPLATESENDJOBFINISH',
      { MsgID: '1', Status: 'failed:user block' },
      { event: 'templatesendjobfinish', jobId: '1', status: 'failed:user block', outcome: 'blocked' },
    ],
    [
      'TEMPLATESENDJOBFINISH',
      { MsgID: '1', Status: 'failed: user block' },
      { event: 'templatesendjobfinish', jobId: '1', status: 'failed: user block', outcome: 'blocked' },
    ],
    [
      'TEMPLATESENDJOBFINISH',
      { MsgID: '1', Status: 'failed: system failed' },
      { event: 'templatesendjobfinish', jobId: '1', status: 'failed: system failed', outcome: 'failed' },
    ],
    [
      'MASSSENDJOBFINISH',
      {
        MsgID: '1000001625',
        Status: 'sendsuccess',
        TotalCount: '100',
        FilterCount: '80',
        SentCount: '75',
        ErrorCount: '5',
      },
      {
        event: 'masssendjobfinish',
        jobId: '1000001625',
        status: 'sendsuccess',
        outcome: 'sent',
        totalCount: 100,
        filteredCount: 80,
        sentCount: 75,
        errorCount: 5,
      },
    ],
    [
      'MASSSENDJOBFINISH',
      { MsgID: '1', Status: 'err(20013)' },
      {
        event: 'masssendjobfinish',
        jobId: '1',
        status: 'err(20013)',
        outcome: 'failed',
        totalCount: null,
        filteredCount: null,
        sentCount: null,
        errorCount: null,
      },
    ],
    [
      'PUBLISHJOBFINISH',
      {
        PublishEventInfo:
          '<publish_id>22476</publish_id><publish_status>0</publish_status><article_id>b5O2</article_id><article_detail><count>1</count><item><idx>1</idx><article_url>https://a.example/1</article_url></item></article_detail>',
      },
      {
        event: 'publishjobfinish',
        publishId: '22476',
        publishStatus: 0,
        articleId: 'b5O2',
        articleUrls: ['https://a.example/1'],
      },
    ],
    [
      'subscribe_msg_popup_event',
      {
        SubscribeMsgPopupEvent:
          '<List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List><List><TemplateId>B</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>',
      },
      {
        event: 'subscribe_msg_popup_event',
        choices: [
          { templateId: 'A', accepted: true },
          { templateId: 'B', accepted: false },
        ],
      },
    ],
    [
      'subscribe_msg_change_event',
      {
        SubscribeMsgChangeEvent:
          '<List><TemplateId>A</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>',
      },
      { event: 'subscribe_msg_change_event', choices: [{ templateId: 'A', accepted: false }] },
    ],
    [
      'subscribe_msg_sent_event',
      {
        SubscribeMsgSentEvent:
          '<List><TemplateId>A</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>',
      },
      {
        event: 'subscribe_msg_sent_event',
        results: [
          { templateId: 'A', jobId: '1700827132819554304', sent: true, errorCode: '0', errorStatus: 'success' },
        ],
      },
    ],
    ['subscribe_msg_sent_event', { SubscribeMsgSentEvent: '' }, { event: 'subscribe_msg_sent_event', results: [] }],
    [
      'user_authorization_revoke',
      revoke,
      { event: 'user_authorization_revoke', person, appId: 'wx2c2769f8efd9abc2', unionId: null, revoked: ['205'] },
    ],
    [
      'user_authorization_cancellation',
      { OpenID: cdata('no openid!') },
      { event: 'user_authorization_cancellation', person: null, appId: null, unionId: null, revoked: [] },
    ],
    [
      'user_info_modified',
      { ...revoke, RevokeInfo: '201,207' },
      { event: 'user_info_modified', person, appId: 'wx2c2769f8efd9abc2', unionId: null, revoked: ['201', '207'] },
    ],
    ['kf_create_session', { KfAccount: 'a@b' }, { event: 'kf_create_session', agent: 'a@b' }],
    ['kf_close_session', { KfAccount: 'a@b' }, { event: 'kf_close_session', agent: 'a@b' }],
    [
      'kf_switch_session',
      { FromKfAccount: 'a@b', ToKfAccount: 'c@b' },
      { event: 'kf_switch_session', fromAgent: 'a@b', toAgent: 'c@b' },
    ],
    [
      'qualification_verify_success',
      { ExpiredTime: '1442401156' },
      { event: 'qualification_verify_success', expiresAtSeconds: 1_442_401_156 },
    ],
    [
      'naming_verify_success',
      { ExpiredTime: '1442401156' },
      { event: 'naming_verify_success', expiresAtSeconds: 1_442_401_156 },
    ],
    ['annual_renew', { ExpiredTime: 'soon' }, { event: 'annual_renew', expiresAtSeconds: null }],
    ['verify_expired', {}, { event: 'verify_expired', expiresAtSeconds: null }],
    [
      'qualification_verify_fail',
      { FailTime: '1442401122', FailReason: cdata('by time') },
      { event: 'qualification_verify_fail', failedAtSeconds: 1_442_401_122, reason: 'by time' },
    ],
    ['naming_verify_fail', {}, { event: 'naming_verify_fail', failedAtSeconds: null, reason: '' }],
    ['debug_demo', { debug_str: cdata('hello world') }, { event: 'debug_demo', text: 'hello world' }],
    ['card_pass_check', { CardId: 'c' }, { event: 'other' }],
    ['poi_check_notify', {}, { event: 'other' }],
    ['WifiConnected', {}, { event: 'other' }],
    ['ShakearoundUserShake', { ChosenBeacon: '<Uuid>u</Uuid>' }, { event: 'other' }],
    ['constructor', {}, { event: 'other' }],
    ['something_new', {}, { event: 'other' }],
  ] as const) {
    test(`${event} ${JSON.stringify(fields).slice(0, 60)} is read and answered with success only`, () => {
      const message = read(event, fields, 'oTheAddressMayNameEither');
      assert.deepEqual(own(message), { ...expected, eventKey: '' });
      assert.equal(message.name, event.toLowerCase());
      assert.equal(mayReply(message), false);
    });
  }
});

describe('the key of an event', () => {
  const key = (event: string, fields: Record<string, string | undefined> = {}): string => read(event, fields).key;

  test('is the same on every delivery, in whatever case the name comes', () => {
    assert.equal(key('SCAN', { EventKey: '9', Ticket: 'a' }), key('scan', { EventKey: '9', Ticket: 'a' }));
  });

  test('tells apart what one person does in one second', () => {
    const keys = [key('subscribe'), key('SCAN', { EventKey: '9' }), key('SCAN', { EventKey: '8' }), key('LOCATION')];
    assert.equal(new Set(keys).size, keys.length);
  });

  test('tells apart the people that the platform reports in one second', () => {
    const other = { ...revoke, OpenID: cdata(FOLLOWER) };
    assert.notEqual(key('user_authorization_revoke', revoke), key('user_authorization_revoke', other));
  });

  test('tells apart jobs, and what is withdrawn', () => {
    const sent = (id: string) =>
      key('subscribe_msg_sent_event', { SubscribeMsgSentEvent: `<List><MsgID>${id}</MsgID></List>` });
    assert.notEqual(sent('1'), sent('2'));
    assert.notEqual(key('MASSSENDJOBFINISH', { MsgID: '1' }), key('MASSSENDJOBFINISH', { MsgID: '2' }));
    const published = (id: string) => key('PUBLISHJOBFINISH', { PublishEventInfo: `<publish_id>${id}</publish_id>` });
    assert.notEqual(published('1'), published('2'));
    const rest = { ...revoke, RevokeInfo: '206' };
    assert.notEqual(key('user_authorization_revoke', revoke), key('user_authorization_revoke', rest));
  });

  test('fits an index however much an event lists', () => {
    const list = '<List><MsgID>1700827132819554304</MsgID></List>'.repeat(1000);
    assert.ok(key('subscribe_msg_sent_event', { SubscribeMsgSentEvent: list }).length < 150);
  });
});
