import { createHash } from 'node:crypto';
import { beijingText } from '../clock.ts';
import type { Random } from '../random.ts';
import { untakenFen, type Books, type Packet } from './books.ts';
import type { PayAnswer } from './pay-answer.ts';
import type { PayRules } from './pay-rules.ts';

const shareFenMin = 1;

/** Splits an amount into as many shares as asked for, each at least a fen, by luck. */
export function splitAtRandom(amountFen: number, shares: number, random: Random): readonly number[] {
  const rest = amountFen - shares * shareFenMin;
  const cuts = Array.from({ length: shares - 1 }, () => random.whole(rest + 1)).toSorted((one, other) => one - other);
  return [...cuts, rest].map((cut, index) => cut - (cuts[index - 1] ?? 0) + shareFenMin);
}

/** What a mini program's phone hands over, in the shape of real ones. */
export function miniPackage({ mchId, appId }: { mchId: string; appId: string }, random: Random): string {
  return `sendid=${random.hex(64)}&ver=8&sign=${random.hex(128)}&mchid=${mchId}&appid=${appId}`;
}

/** What a mini program hands to `wx.sendBizRedPacket`. */
export type MiniClaim = {
  appId: string;
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: string;
  paySign: string;
  /** How the mini program was opened; packets are taken after a code was scanned only. */
  scene?: number;
};

const scanScenes = [1011, 1025, 1047, 1124];

/**
 * The person takes a packet in the mini program (https://pay.weixin.qq.com/doc/v2/partner/4011941288). Throws with
 * WeChat's reason when signature, way of opening or packet are not right.
 */
export function takeMiniPacket(
  claim: MiniClaim,
  openid: string,
  { books, rules, apiKey }: { books: Books; rules: PayRules; apiKey: string },
): Packet {
  const { scene = 1047, signType, timeStamp, nonceStr } = claim;
  if (!scanScenes.includes(scene)) throw new Error(`sendBizRedPacket:fail scene ${scene} not support`);
  if (signType !== 'MD5') throw new Error('签名类型错误');
  const raw = decodeURIComponent(claim.package);
  if (claim.package === raw) throw new Error('package格式错误');
  const signed = rules.miniClaim.signs === 'encoded' ? claim.package : raw;
  const text = `appId=${claim.appId}&nonceStr=${nonceStr}&package=${signed}&timeStamp=${timeStamp}&key=${apiKey}`;
  const digest = createHash('md5').update(text).digest('hex');
  const wanted = rules.miniClaim.letters === 'lower' ? digest : digest.toUpperCase();
  if (claim.paySign !== wanted) throw new Error('签名错误');
  const packet = books.packets().find((one) => one.miniPackage === raw);
  if (packet === undefined) throw new Error('红包不存在');
  if (packet.appId !== claim.appId) throw new Error('appid不匹配');
  if (packet.openid !== openid) throw new Error('红包已被其他用户绑定');
  return books.open(packet.number);
}

/** The query's fields: https://pay.weixin.qq.com/doc/v2/partner/4011983160 */
export function describe(packet: Packet, mchId: string, receivedFrom: PayRules['groupReceivedFrom']): PayAnswer {
  const whenMs = (status: Packet['status']): number | undefined =>
    packet.history.find((step) => step.status === status)?.atMs;
  const refundedMs = whenMs('REFUND');
  const shownEarly = receivedFrom === 'first-share' && packet.status === 'SENT' && (packet.taken?.length ?? 0) > 0;
  return {
    mch_billno: packet.number,
    mch_id: mchId,
    detail_id: packet.listId,
    status: shownEarly ? 'RECEIVED' : packet.status,
    send_type: 'API',
    hb_type: packet.shares === undefined ? 'NORMAL' : 'GROUP',
    total_num: packet.shares?.length ?? 1,
    total_amount: packet.amountFen,
    ...(packet.reason ? { reason: packet.reason } : {}),
    send_time: beijingText(packet.paidAtMs ?? packet.bookedAtMs),
    ...(refundedMs === undefined ? {} : { refund_time: beijingText(refundedMs), refund_amount: untakenFen(packet) }),
    wishing: packet.wishing,
    remark: packet.remark,
    act_name: packet.actName,
    ...receipts(packet, whenMs('RECEIVED')),
  };
}

function receipts(packet: Packet, receivedMs: number | undefined): PayAnswer {
  const { openid, amountFen: fen, taken } = packet;
  const list = taken ?? (receivedMs === undefined ? [] : [{ openid, fen, atMs: receivedMs }]);
  if (list.length === 0) return {};
  return {
    hblist: list.map((share) => [
      'hbinfo',
      [
        ['openid', share.openid],
        ['amount', share.fen],
        ['rcv_time', beijingText(share.atMs)],
      ],
    ]),
  };
}
