import type { Language } from './words.ts';

/** Chinese and English. */
type Gloss = readonly [string, string];

/** What WeChat\'s field names mean, for those who read the XML for the first time. */
const FIELDS: Readonly<Record<string, Gloss>> = {
  ToUserName: ['收件人', 'to'],
  FromUserName: ['发件人（openid 或公众号原始 ID）', "from: openid or the account's id"],
  CreateTime: ['发送时间（秒）', 'sent at, seconds'],
  MsgType: ['消息类型', 'kind of message'],
  Content: ['文字内容', 'the words'],
  MsgId: ['消息编号：同一编号只抽一次', 'message id: one id, one draw'],
  Event: ['事件', 'event'],
  EventKey: ['事件参数', 'event key'],
  nonce_str: ['随机串', 'random text'],
  sign: ['签名', 'signature'],
  mch_billno: ['商户订单号：重发永远用同一个', 'order number: a resend keeps it'],
  mch_id: ['商户号', 'merchant number'],
  wxappid: ['公众号 appid', "the account's appid"],
  appid: ['公众号 appid', "the account's appid"],
  send_name: ['商户名称', "sender's name"],
  re_openid: ['收红包的人', 'who gets it'],
  total_amount: ['金额（分）', 'amount in fen'],
  total_num: ['红包个数', 'how many packets'],
  wishing: ['祝福语', 'wishing'],
  client_ip: ['调用方 IP', "caller's address"],
  act_name: ['活动名称', 'activity'],
  remark: ['备注', 'remark'],
  scene_id: ['场景', 'scene'],
  bill_type: ['单号类型', 'kind of number'],
  return_code: ['通信是否成功', 'was the call understood'],
  return_msg: ['通信说明', 'note to it'],
  result_code: ['业务是否成功', 'was it done'],
  err_code: ['结果代码：程序只看它', 'code: what programs go by'],
  err_code_des: ['代码说明：只给人看', 'text: for people only'],
  send_listid: ['微信红包单号', "WeChat's own number"],
  detail_id: ['微信红包单号', "WeChat's own number"],
  status: ['红包状态', 'how the packet stands'],
  send_time: ['发送时间', 'sent at'],
  refund_time: ['退回时间', 'went back at'],
  refund_amount: ['退回金额（分）', 'went back, in fen'],
  rcv_time: ['领取时间', 'opened at'],
  amount: ['领取金额（分）', 'opened, in fen'],
  reason: ['失败原因', 'why it failed'],
};

/** Explains a field in a few words; null for one that nobody needs explained. */
export function fieldGloss(name: string, language: Language): string | null {
  const gloss = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  return gloss === undefined ? null : gloss[language === 'zh' ? 0 : 1];
}
