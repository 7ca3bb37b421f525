import { unboundReason } from '../base/bound-apps.ts';
import { findPacketAmountFault, isPlainAmount } from '../base/pay-amount.ts';
import { payTextFault } from '../base/pay-text.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { largestAmountFen, oneShareFen, packetAmounts } from '../rules/prize-schema.ts';
import type { Prize } from '../rules/prize-schema.ts';
import { winnablePrizes } from '../rules/winnable-prizes.ts';
import type { PayingMerchant } from './ports/operators.ts';

/** A part of a rule that WeChat Pay would refuse later, when its winner has been told already. */
export interface UnpayablePart {
  readonly path: string;
  readonly message: string;
}

/**
 * Finds everything in a rule that WeChat Pay would refuse from this merchant: amounts outside what it may send,
 * scenes not opened for it, packets larger than a person or the merchant may get or send in a day, kinds of packets that it
 * does not have, an app id that it is not bound to, a send name that does not fit. The texts of the packet are checked with
 * the rule itself.
 */
export function unpayableParts(rule: ActivityRule, merchant: PayingMerchant): readonly UnpayablePart[] {
  const nameFault = payTextFault(merchant.sendName, 32);
  const prizes = new Set(winnablePrizes(rule));
  return [
    ...(nameFault === null
      ? []
      : [{ path: 'accountId', message: `the name on the packet, set with the merchant, does not fit: ${nameFault}` }]),
    ...rule.prizes.flatMap((prize, index) => {
      if (!prizes.has(prize)) return [];
      const kindFault = kindFaultOf(prize, rule, merchant);
      return [
        ...(kindFault === null ? [] : [{ path: `prizes.${index}.kind`, message: kindFault }]),
        ...packetAmounts(prize).flatMap(({ field, amountFen }) => {
          const fault = prizeFault({ prize, amountFen }, rule.packet.sceneId, merchant);
          return fault === null ? [] : [{ path: `prizes.${index}.${field}`, message: fault }];
        }),
      ];
    }),
  ];
}

/** Says why this merchant cannot pay such a prize under the account's app id, or null. */
function kindFaultOf(prize: Prize, rule: ActivityRule, merchant: PayingMerchant): string | null {
  const { payeeAppId: appId, mchId, boundApps } = merchant;
  switch (prize.kind) {
    case 'group-packet':
      if (!merchant.groupPackets)
        return 'WeChat Pay gives packets that friends share to no new merchant: turn them on with the merchant if it still has them, or take another kind';
      return unboundReason({ appId, mchId, as: 'account' }, boundApps);
    case 'mini-packet':
      return unboundReason({ appId, mchId, as: 'mini-program' }, boundApps);
    case 'red-packet':
    case 'random-packet': {
      // A transfer may be collected in a mini program as well.
      if (goesAsTransfer(rule, merchant)) return namelessReason(prize);
      return unboundReason({ appId, mchId, as: 'account' }, boundApps);
    }
    case 'coupon':
      return boundApps.miniPrograms.includes(appId) ? null : unboundReason({ appId, mchId, as: 'account' }, boundApps);
    case 'text':
    case 'voucher':
      return null;
  }
}

function goesAsTransfer({ packet }: ActivityRule, merchant: PayingMerchant): boolean {
  return (packet.rail === 'auto' ? merchant.rail : packet.rail) === 'transfer';
}

/** From here on a transfer needs its recipient's real name (https://pay.weixin.qq.com/doc/v3/merchant/4012716434). */
const NAMED_FROM_FEN = 200_000;

function namelessReason(prize: Prize): string | null {
  if (largestAmountFen(prize) < NAMED_FROM_FEN) return null;
  return 'from 2000 yuan on WeChat Pay wants the real name of whoever gets a transfer, and winners are not asked for it: pay this prize as a red packet, or make it smaller';
}

function prizeFault(
  { prize, amountFen }: { readonly prize: Prize; readonly amountFen: number },
  scene: ActivityRule['packet']['sceneId'],
  { limits }: PayingMerchant,
): string | null {
  // Shared by several, each share is on average what one packet may be.
  const shareFen = oneShareFen(prize, amountFen);
  // The scene goes along only with an amount that needs one.
  const sceneId = isPlainAmount(shareFen) ? null : scene;
  const fault = findPacketAmountFault({ amountFen: shareFen, sceneId }, limits);
  if (fault !== null) return prize.kind === 'group-packet' ? `of a share: ${fault.message}` : fault.message;
  if (amountFen > limits.personDayFen)
    return `one person gets at most ${limits.personDayFen} fen of this merchant in a day`;
  if (amountFen > limits.dayFen) return `this merchant sends at most ${limits.dayFen} fen in a day`;
  return null;
}
