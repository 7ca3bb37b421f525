import { beijingDay } from '../../base/beijing-day.ts';
import type { PrizeId } from '../../base/ids.ts';
import type { PageView } from '../../flows/draw-on-page.ts';
import type { LiveActivity } from '../../flows/ports/draws.ts';
import type { RecentWin } from '../../flows/ports/pages.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { settingsOf } from '../../rules/chains.ts';
import { ticketTotal } from '../../rules/mechanics/lottery.ts';
import { mechanicAt } from '../../rules/trigger-schema.ts';
import type {
  ActivityPageState,
  PageCheckIn,
  PageLook,
  PagePlay,
  PagePrize,
  PageWinners,
} from '../contract/activity-page.ts';
import { percentOf } from './page-numbers.ts';
import type { PersonCode } from '../person-code.ts';

/**
 * Turns what a person may see of an activity into the page's JSON. Who the person is stands in it as the nickname they
 * chose to show, else as a short code, never as the openid.
 */
export function activityPageState(view: PageView, personCode: PersonCode): ActivityPageState {
  const { activity, last, visitor, nickname } = view;
  const { rule } = activity;
  const lastPrize = rule.prizes.find((prize) => prize.id === last?.prizeId);
  return {
    account: activity.accountId,
    slug: activity.slug,
    name: activity.name,
    phase: view.phase,
    startsAtMs: rule.startsAtMs,
    endsAtMs: rule.endsAtMs,
    nowMs: view.nowMs,
    mechanic: mechanicKind(rule),
    look: pageLook(activity),
    prizes: pagePrizes(rule, view.drawn),
    checkIn: pageCheckIn(view),
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

/** Shows the prizes of a rule after so many of each were drawn. */
export function pagePrizes(rule: ActivityRule, drawn: ReadonlyMap<PrizeId, number>): readonly PagePrize[] {
  const settings = settingsOf(rule, mechanicAt(rule.trigger, 'page'));
  const of = settings.kind === 'lottery' ? ticketTotal(settings, rule.prizes) : null;
  return rule.prizes.map((prize) => {
    const left = Math.max(0, prize.stock - (drawn.get(prize.id as PrizeId) ?? 0));
    return {
      id: prize.id,
      name: prize.name,
      amountFen: prize.kind === 'red-packet' ? prize.amountFen : 0,
      rangeFen: prize.kind === 'random-packet' ? [prize.minFen, prize.maxFen] : null,
      soldOut: left === 0,
      left,
      odds:
        of === null || prize.tickets === 0
          ? null
          : { tickets: prize.tickets, of, percent: percentOf(prize.tickets, of).shown },
    };
  });
}

/** Reads the look of an activity with what stands in where the rule says nothing. */
export function pageLook({ name, rule }: Pick<LiveActivity, 'name' | 'rule'>): PageLook {
  const { look } = rule;
  const title = look.title ?? name;
  return {
    play: playOf(rule),
    theme: look.theme,
    brandColour: look.brandColour,
    title,
    subtitle: look.subtitle,
    organiser: look.organiser,
    logo: look.logo,
    picture: look.picture,
    question: look.question,
    shareTitle: look.shareTitle ?? title,
    shareText: look.shareText ?? look.subtitle ?? rule.packet.wishing,
  };
}

/** Masks who won: of the six characters that stand for a person the first and the last are shown. */
export function pageWinners(
  { accountId: account, rule }: LiveActivity,
  wins: readonly RecentWin[],
  personCode: PersonCode,
): PageWinners {
  return {
    winners: wins.map(({ openid, prizeId, amountFen, atMs }) => {
      const code = personCode({ account, openid });
      const prizeName = rule.prizes.find(({ id }) => id === prizeId)?.name ?? '';
      return { who: `${code.slice(0, 1)}****${code.slice(-1)}`, prizeName, amountFen, atMs };
    }),
  };
}

function playOf(rule: ActivityRule): PagePlay {
  const kind: string = settingsOf(rule, mechanicAt(rule.trigger, 'page')).kind;
  if (kind === 'code') return 'code';
  if (rule.look.question !== null) return 'riddle';
  if (kind === 'check-in') return 'calendar';
  if (rule.look.play !== 'auto') return rule.look.play;
  return kind === 'lottery' ? 'wheel' : 'button';
}

function mechanicKind(rule: ActivityRule): ActivityPageState['mechanic'] {
  const { kind } = settingsOf(rule, mechanicAt(rule.trigger, 'page'));
  return kind === 'lottery' || kind === 'check-in' ? kind : 'keyword';
}

function pageCheckIn({ activity: { rule }, nowMs, checkInDays }: PageView): PageCheckIn | null {
  const settings = settingsOf(rule, mechanicAt(rule.trigger, 'page'));
  if (settings.kind !== 'check-in') return null;
  const nameOf = (prizeId: string | null): string | null => rule.prizes.find(({ id }) => id === prizeId)?.name ?? null;
  return {
    today: beijingDay(nowMs),
    days: checkInDays,
    milestones: settings.milestones
      .map((milestone) => ({ streakDays: milestone.streakDays, prizeName: nameOf(milestone.prizeId) }))
      .sort((left, right) => left.streakDays - right.streakDays),
  };
}
