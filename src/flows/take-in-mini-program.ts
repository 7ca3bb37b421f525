import type { AccountDirectory } from './ports/accounts.ts';
import type { AccountId, Openid, OrderNumber } from '../base/ids.ts';
import type { MiniPackets } from './ports/mini-packets.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';
import type { MiniClaimForm } from './ports/merchants.ts';

/** What a mini program hands to `wx.sendBizRedPacket`, all fields as they go. */
export interface SignedClaim {
  readonly timeStamp: string;
  readonly nonceStr: string;
  readonly package: string;
  readonly signType: 'MD5';
  readonly paySign: string;
}

/** A packet that somebody can take now. */
export interface TakablePacket {
  readonly orderNumber: OrderNumber;
  readonly amountFen: number;
  /** About when it goes back, Unix ms. */
  readonly untilMs: number;
  readonly claim: SignedClaim;
}

/** Signs a claim as the merchant is set to. */
export type SignClaim = (
  packet: { readonly appId: string; readonly packageInfo: string; readonly apiKey: string },
  moment: { readonly nowMs: number; readonly nonce: string },
  form: MiniClaimForm,
) => SignedClaim;

/** Returns what a person of a mini program can take there now, each signed anew; one who has nothing gets nothing. */
export type TakeInMiniProgram = (account: AccountId, openid: Openid) => Promise<readonly TakablePacket[]>;

/** Whoever calls knows the person by the mini program's own log-in: the openid is the one under its app id. */
export function createTakeInMiniProgram(options: {
  readonly packets: MiniPackets;
  readonly accounts: Pick<AccountDirectory, 'merchant'>;
  readonly sign: SignClaim;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
}): TakeInMiniProgram {
  const { packets, accounts, sign, clock, luck } = options;
  return async (account, openid) => {
    const nowMs = clock.nowMs();
    const found = await packets.takable(account, openid, nowMs);
    const takable = await Promise.all(
      found.map(async ({ merchantId, appId, packageInfo, form, ...packet }) => {
        const merchant = await accounts.merchant(merchantId);
        if (merchant === undefined) return [];
        const claim = sign({ appId, packageInfo, apiKey: merchant.apiKey }, { nowMs, nonce: luck.randomId() }, form);
        return [{ ...packet, claim }];
      }),
    );
    return takable.flat();
  };
}
