import { findPacketAmountFault, isPlainAmount } from '../base/pay-amount.ts';
import { payTextFault } from '../base/pay-text.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { packetAmounts } from '../rules/prize-schema.ts';
import { winnablePrizes } from '../rules/winnable-prizes.ts';
import type { PayingMerchant } from './ports/operators.ts';

/** A part of a rule that WeChat Pay would refuse later, when its winner has been told already. */
export interface UnpayablePart {
  readonly path: string;
  readonly message: string;
}

/**
 * Finds everything in a rule that `sendredpack` would refuse from this merchant: amounts outside what it may send,
 * scenes not opened for it, packets larger than a person or the merchant may get or send in a day, a send name that
 * does not fit. The texts of the packet are checked with the rule itself.
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
      return packetAmounts(prize).flatMap(({ field, amountFen }) => {
        const fault = prizeFault(amountFen, rule.packet.sceneId, merchant);
        return fault === null ? [] : [{ path: `prizes.${index}.${field}`, message: fault }];
      });
    }),
  ];
}

function prizeFault(
  amountFen: number,
  scene: ActivityRule['packet']['sceneId'],
  { limits }: PayingMerchant,
): string | null {
  // The scene goes along only with an amount that needs one.
  const sceneId = isPlainAmount(amountFen) ? null : scene;
  const fault = findPacketAmountFault({ amountFen, sceneId }, limits);
  if (fault !== null) return fault.message;
  if (amountFen > limits.personDayFen)
    return `one person gets at most ${limits.personDayFen} fen of this merchant in a day`;
  if (amountFen > limits.dayFen) return `this merchant sends at most ${limits.dayFen} fen in a day`;
  return null;
}
