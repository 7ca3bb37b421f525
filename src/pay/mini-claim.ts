import { createHash } from 'node:crypto';
import type { MiniClaimForm } from '../flows/ports/merchants.ts';

/** What a mini program hands to `wx.sendBizRedPacket`, as it stands here. */
export interface MiniClaim {
  readonly timeStamp: string;
  readonly nonceStr: string;
  readonly package: string;
  readonly signType: 'MD5';
  readonly paySign: string;
}

/**
 * Signs what a person takes a packet with in a mini program: exactly appId, nonceStr, package and timeStamp
 * (https://pay.weixin.qq.com/doc/v2/partner/4011941288). The package goes URL-encoded to the phone; whether it is signed
 * so, and in which letters the signature is written, the page leaves open, so the merchant's setting says it.
 */
export function signMiniClaim(
  packet: { readonly appId: string; readonly packageInfo: string; readonly apiKey: string },
  moment: { readonly nowMs: number; readonly nonce: string },
  form: MiniClaimForm,
): MiniClaim {
  const encoded = encodeURIComponent(packet.packageInfo);
  const timeStamp = String(Math.floor(moment.nowMs / 1000));
  const signed = form.startsWith('raw') ? packet.packageInfo : encoded;
  const fields = `appId=${packet.appId}&nonceStr=${moment.nonce}&package=${signed}&timeStamp=${timeStamp}`;
  const digest = createHash('md5').update(`${fields}&key=${packet.apiKey}`, 'utf8').digest('hex');
  const paySign = form.endsWith('upper') ? digest.toUpperCase() : digest;
  return { timeStamp, nonceStr: moment.nonce, package: encoded, signType: 'MD5', paySign };
}
