import { beijingDay } from '../../base/beijing-day.ts';
import type { PrizeId } from '../../base/ids.ts';
import type { PageView } from '../../flows/draw-on-page.ts';
import type { LiveActivity } from '../../flows/ports/draws.ts';
import type { RecentWin } from '../../flows/ports/pages.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { settingsOf } from '../../rules/chains.ts';
import { lengthOfMonth } from '../../rules/mechanics/check-in-calendar.ts';
import type { GainSettings } from '../../rules/mechanics/mechanic.ts';
import { ticketTotal } from '../../rules/mechanics/lottery.ts';
import { fixedAmountFen } from '../../rules/prize-schema.ts';
import { mechanicAt } from '../../rules/trigger-schema.ts';
import type {
  ActivityPageState,
  PageCheckIn,
  PageGain,
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
    earning: {
      invite: rule.trigger.invite && !visitor.snapshot,
      paymentFromFen: rule.trigger.payment ? (rule.trigger.paymentAtLeastFen ?? 1) : null,
    },
    person: {
      snapshot: visitor.snapshot,
      nickname,
      code: visitor.snapshot ? null : personCode({ account: activity.accountId, openid: visitor.openid }),
      chancesLeft: view.chancesLeft,
      streakDays: view.calendar?.streakDays ?? 0,
      earned: view.sides.find((side) => side.kind === 'chances') ?? null,
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
      amountFen: fixedAmountFen(prize) ?? 0,
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

function pageCheckIn({ activity: { rule }, nowMs, calendar, sides }: PageView): PageCheckIn | null {
  const settings = settingsOf(rule, mechanicAt(rule.trigger, 'page'));
  if (settings.kind !== 'check-in' || calendar === null) return null;
  const today = beijingDay(nowMs);
  const whole = { total: 0, week: 7, month: lengthOfMonth(today) };
  return {
    today,
    days: calendar.days,
    milestones: settings.milestones
      .flatMap(({ streakDays, ...goal }) => pageGain(rule, goal).map((gain) => ({ streakDays, gain })))
      .sort((left, right) => left.streakDays - right.streakDays),
    totals: settings.totals.flatMap(({ of, days, ...goal }) => {
      const needed = days === 'all' ? whole[of] : days;
      return pageGain(rule, goal).map((gain) => ({ of, days: needed, have: Math.min(needed, calendar[of]), gain }));
    }),
    makeUp: sides.find((side) => side.kind === 'make-up') ?? null,
  };
}

/** Returns what a goal brings, in a list that is empty for one that brings nothing. */
function pageGain(rule: ActivityRule, { prizeId, leadsTo }: GainSettings): readonly PageGain[] {
  const prize = rule.prizes.find(({ id }) => id === prizeId);
  if (leadsTo === null) return prize === undefined ? [] : [{ kind: 'prize', name: prize.name }];
  if (leadsTo.kind === 'draw') return [{ kind: 'draw' }];
  const kind = settingsOf(rule, leadsTo.in).kind === 'make-up' ? 'cards' : 'chances';
  return [{ kind, count: leadsTo.count }];
}
