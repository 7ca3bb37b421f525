import type { PrizeId } from '../../base/ids.ts';
import type { PageView } from '../../flows/draw-on-page.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { settingsOf } from '../../rules/chains.ts';
import { mechanicAt } from '../../rules/trigger-schema.ts';
import type { ActivityPageState } from '../contract/activity-page.ts';
import type { PersonCode } from '../person-code.ts';

/**
 * Turns what a person may see of an activity into the page's JSON. Who the person is stands in it as the nickname they
 * chose to show, else as a short code, never as the openid.
 */
export function activityPageState(view: PageView, personCode: PersonCode): ActivityPageState {
  const { activity, last, visitor, nickname } = view;
  const { rule } = activity;
  const amountOf = (prize: (typeof rule.prizes)[number]): number => (prize.kind === 'red-packet' ? prize.amountFen : 0);
  const lastPrize = rule.prizes.find((prize) => prize.id === last?.prizeId);
  return {
    account: activity.accountId,
    slug: activity.slug,
    name: activity.name,
    phase: view.phase,
    startsAtMs: rule.startsAtMs,
    endsAtMs: rule.endsAtMs,
    nowMs: view.nowMs,
    mechanic: lookOf(rule),
    prizes: rule.prizes.map((prize) => ({
      id: prize.id,
      name: prize.name,
      amountFen: amountOf(prize),
      soldOut: view.soldOut.has(prize.id as PrizeId),
    })),
    person: {
      snapshot: visitor.snapshot,
      nickname,
      code: visitor.snapshot ? null : personCode({ account: activity.accountId, openid: visitor.openid }),
      chancesLeft: view.chancesLeft,
      streakDays: view.streakDays,
      last: last && {
        outcome: last.outcome,
        prizeName: lastPrize?.name ?? null,
        amountFen: last.amountFen,
        atMs: last.atMs,
      },
    },
  };
}

/** How the page plays: a wheel for a lottery, days for a check-in, a packet to open for everything else. */
function lookOf(rule: ActivityRule): ActivityPageState['mechanic'] {
  const { kind } = settingsOf(rule, mechanicAt(rule.trigger, 'page'));
  return kind === 'lottery' || kind === 'check-in' ? kind : 'keyword';
}
