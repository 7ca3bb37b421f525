import type { ActivityRule } from '../../rules/activity-rule.ts';
import { ANNOUNCE_ABOVE_FEN } from '../../rules/law.ts';
import { largestAmountFen } from '../../rules/prize-schema.ts';
import type { Prize } from '../../rules/prize-schema.ts';
import { yuan } from './page-numbers.ts';
import type { RulesWords } from './rules-words.ts';

/** How one takes part. Words and answers themselves stay unsaid: finding them may be the game. */
export function waysIn({ trigger, look }: ActivityRule, words: RulesWords): readonly string[] {
  const { ways } = words;
  const said = look.question === null ? ways.words : ways.question;
  return [
    ...(trigger.words.length > 0 ? [said] : []),
    ...(trigger.page ? [ways.page] : []),
    ...(trigger.follow === 'never' ? [] : [ways.follow]),
    ...(trigger.scenes.length > 0 ? [ways.scenes] : []),
    ...(trigger.codes === null ? [] : [ways.codes]),
    ...(trigger.payment ? [words.byPayment(leastPayment(trigger.paymentAtLeastFen))] : []),
    ...(trigger.invite ? [words.byInvitation(trigger.invitesPerPerson)] : []),
    ...(trigger.batch ? [ways.batch] : []),
  ];
}

function leastPayment(atLeastFen: number | undefined): string | null {
  return atLeastFen === undefined ? null : yuan(atLeastFen);
}

/** When it is drawn, and how winners of much are announced. */
export function drawTime({ prizes }: ActivityRule, words: RulesWords): readonly string[] {
  const announced = prizes.some((prize) => worthFen(prize) > ANNOUNCE_ABOVE_FEN);
  return [words.atOnce, ...(announced ? [words.winnersShown(yuan(ANNOUNCE_ABOVE_FEN))] : [])];
}

function worthFen(prize: Prize): number {
  if (prize.kind === 'text' || prize.kind === 'voucher') return prize.worthFen ?? 0;
  return largestAmountFen(prize);
}
