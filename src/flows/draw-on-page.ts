import { beijingDay } from '../base/beijing-day.ts';
import { WrongRequest } from '../base/errors.ts';
import type { Openid, PrizeId, RequestKey } from '../base/ids.ts';
import { shownNickname } from '../base/nickname.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { settingsOf } from '../rules/chains.ts';
import { NEWCOMER } from '../rules/facts.ts';
import type { ParticipantFacts, Verdict } from '../rules/facts.ts';
import { earnedChances } from '../rules/mechanics/earned-chances.ts';
import type { DrawOrigin } from '../rules/person-facts.ts';
import { shortWhy } from '../rules/short-why.ts';
import type { ShortWhy } from '../rules/short-why.ts';
import { mechanicAt } from '../rules/trigger-schema.ts';
import { chooseByText } from '../rules/trigger.ts';
import type { PageVisitor } from './authorize-page.ts';
import type { DrawBatcher } from './draw-batcher.ts';
import type { ActivityDirectory, DrawStore, LiveActivity } from './ports/draws.ts';
import type { FollowerBook } from './ports/followers.ts';
import { checkInsLeft, pageCalendar, sideWay, sideWays } from './page-ways.ts';
import type { PageCalendar, PageSide } from './page-ways.ts';
import type { PageReads, PersonsLastDraw } from './ports/pages.ts';
import type { Clock } from './ports/time-and-luck.ts';
import { largestAwardFen } from './prove-visitor.ts';
import type { ProveVisitor } from './prove-visitor.ts';

export type PagePhase = 'open' | 'not-started' | 'ended' | 'stopped' | 'paused';

/** An activity that has a page, and whether it is open now. */
export interface PageActivity {
  readonly activity: LiveActivity;
  readonly phase: PagePhase;
}

/** What one person sees of an activity. */
export interface PageView extends PageActivity {
  readonly nowMs: number;
  readonly soldOut: ReadonlySet<PrizeId>;
  /** How many of each prize were drawn by everyone. */
  readonly drawn: ReadonlyMap<PrizeId, number>;
  readonly visitor: PageVisitor;
  /** What the person showed by web authorization with a profile, fit to be shown; null before. */
  readonly nickname: string | null;
  /** Null when the rule sets no limit. */
  readonly chancesLeft: number | null;
  /** Null unless the page checks people in. */
  readonly calendar: PageCalendar | null;
  /** What else the person may do here now. */
  readonly sides: readonly PageSide[];
  readonly last: PersonsLastDraw | null;
}

/** How a draw ended, as the page is told. */
export interface DrawEnd {
  readonly outcome: Verdict['outcome'];
  readonly why: string | null;
  readonly prizeId: PrizeId | null;
  readonly prizeName: string | null;
  readonly amountFen: number;
  readonly text: string;
  /** Why nothing was won, in short; null for a win. */
  readonly hint: ShortWhy | null;
}

export interface DrawOnPage {
  /** Throws WrongRequest `activity-not-found` (404): unknown, never published, or without a page. */
  find(slug: string): Promise<PageActivity>;
  view(page: PageActivity, visitor: PageVisitor): Promise<PageView>;
  /**
   * Draws through the same batcher as messages and returns a DrawEnd as JSON text, as it was stored when the draw was
   * decided: the same token always gets the same text, byte for byte. Throws WrongRequest `activity-stopped` (409),
   * `way-unknown` (400), `answer-wrong`
   * (422: a riddle is answered by a word of the rule's trigger), `snapshot-user` (403) and `follow-needed` (403: this activity can award more than somebody unproven may win), OutsideTrouble `visitor-unproven` and
   * what the batcher throws (ask again with the same token).
   */
  draw(input: {
    readonly page: PageActivity;
    readonly visitor: PageVisitor;
    /** 32 hex digits made by the page, one for each tap. */
    readonly token: string;
    /** Where the tap came from; counted where the rule asks for it, and never kept otherwise. */
    readonly origin: DrawOrigin;
    /** What the person gave with it, as a code, an answer or a day; null for nothing. */
    readonly said: string | null;
    /** One of the page's other ways, by its mechanic; null for the one that the page leads to. */
    readonly to: string | null;
  }): Promise<string>;
}

export interface DrawOnPageOptions {
  readonly activities: Pick<ActivityDirectory, 'bySlug'>;
  readonly reads: Pick<PageReads, 'stopped' | 'standing'>;
  readonly batcher: Pick<DrawBatcher, 'draw'>;
  readonly draws: Pick<DrawStore, 'storedReply'>;
  readonly followers: Pick<FollowerBook, 'profileOf'>;
  readonly visitors: ProveVisitor;
  /** The most an activity may award on a page to somebody whom nothing but the page's authorization vouches for, in fen. */
  readonly unprovenAwardFenMax: number;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What an address can be; anything else is not looked for. */
const SLUG = /^[a-z0-9-]{1,64}$/;

/** The activity page's story: who may see it, where a person stands, one draw for each tap. */
export function createDrawOnPage(options: DrawOnPageOptions): DrawOnPage {
  const { activities, reads, batcher, clock } = options;
  return {
    async find(slug) {
      const known = SLUG.test(slug);
      const live = known ? await activities.bySlug(slug) : undefined;
      const activity = live ?? (known ? await reads.stopped(slug) : undefined);
      if (activity === undefined || !activity.rule.trigger.page) {
        throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
      }
      return { activity, phase: live === undefined ? 'stopped' : phaseAt(live, clock.nowMs()) };
    },
    view: (page, visitor) => viewOf(options, page, visitor),
    async draw({ page, visitor, token, said, to, origin }) {
      const { activity, phase } = page;
      if (visitor.snapshot) {
        throw new WrongRequest('snapshot-user', '请点右下角「使用完整服务」后再抽奖', { status: 403 });
      }
      if (phase === 'stopped') throw new WrongRequest('activity-stopped', 'the activity is stopped', { status: 409 });
      const start = to === null ? mechanicAt(activity.rule.trigger, 'page') : sideWay(activity.rule, to);
      // What the other ways spend was earned before.
      if (to === null) refuseWrongAnswer(activity, said);
      const { openid } = visitor;
      const key = pageRequestKey(activity, openid, token);
      if (largestAwardFen(activity.rule) > options.unprovenAwardFenMax) {
        const stored = await decidedBeforeDoubt(options, { activity, openid, key });
        if (stored !== null) return stored;
      }
      const render = (text: string, verdict: Verdict): string => JSON.stringify(drawEnd(activity.rule, text, verdict));
      const result = await batcher.draw({ activity, openid, key, start, way: 'page', said, origin, render });
      return result.reply;
    },
  };
}

async function viewOf(options: DrawOnPageOptions, page: PageActivity, visitor: PageVisitor): Promise<PageView> {
  const { reads, followers, clock } = options;
  const { activity } = page;
  const { rule } = activity;
  const nowMs = clock.nowMs();
  const [standing, profile] = await Promise.all([
    reads.standing(activity, visitor.openid),
    visitor.snapshot ? null : followers.profileOf({ account: activity.accountId, openid: visitor.openid }),
  ]);
  const person = standing.person ?? NEWCOMER;
  const soldOut = rule.prizes.filter((prize) => (standing.drawn.get(prize.id as PrizeId) ?? 0) >= prize.stock);
  return {
    ...page,
    nowMs,
    drawn: standing.drawn,
    soldOut: new Set(soldOut.map((prize) => prize.id as PrizeId)),
    visitor,
    nickname: profile === null ? null : shownNickname(profile.nickname),
    chancesLeft: chancesLeft(rule, person, nowMs),
    calendar: pageCalendar(rule, person, nowMs),
    sides: sideWays(rule, person, nowMs),
    last: standing.last,
  };
}

/** A riddle's answers are the words that would draw in the chat, held against what was said in the same way. */
function refuseWrongAnswer(activity: LiveActivity, said: string | null): void {
  if (activity.rule.look.question === null) return;
  if (said !== null && chooseByText(said, [activity]) !== undefined) return;
  throw new WrongRequest('answer-wrong', 'that is not the answer; try another one', { status: 422 });
}

/**
 * Returns null when the person is proven and may draw. Somebody in doubt draws nothing, but what was decided for this
 * very tap before the doubt is told again.
 */
async function decidedBeforeDoubt(
  { visitors, draws }: DrawOnPageOptions,
  tap: { readonly activity: LiveActivity; readonly openid: Openid; readonly key: RequestKey },
): Promise<string | null> {
  const account = tap.activity.accountId;
  try {
    await visitors.prove({ account, openid: tap.openid });
    return null;
  } catch (error) {
    const stored = await draws.storedReply(account, tap.key);
    if (stored === undefined) throw error;
    return stored;
  }
}

function drawEnd(rule: ActivityRule, text: string, verdict: Verdict): DrawEnd {
  const { outcome } = verdict;
  if (outcome !== 'won') {
    const { why } = verdict;
    return { outcome, why, prizeId: null, prizeName: null, amountFen: 0, text, hint: shortWhy(outcome, why) };
  }
  const prize = rule.prizes.find((candidate) => candidate.id === verdict.prizeId);
  const { prizeId, amountFen } = verdict;
  return { outcome, why: null, prizeId, prizeName: prize?.name ?? null, amountFen, text, hint: null };
}

/** Throws WrongRequest `token-malformed` unless the token is 32 lower-case hex digits. */
function pageRequestKey(activity: LiveActivity, openid: Openid, token: string): RequestKey {
  if (!/^[0-9a-f]{32}$/.test(token)) throw new WrongRequest('token-malformed', 'the token takes 32 hex digits');
  return `p:${activity.id}:${token}:${openid}` as RequestKey;
}

function phaseAt({ rule, paused }: LiveActivity, nowMs: number): PagePhase {
  if (paused === true) return 'paused';
  if (rule.startsAtMs !== null && nowMs < rule.startsAtMs) return 'not-started';
  return rule.endsAtMs !== null && nowMs >= rule.endsAtMs ? 'ended' : 'open';
}

/** Returns how often the person may still draw now: the narrowest of the rule's limits, null without any. */
export function chancesLeft(rule: ActivityRule, person: ParticipantFacts, nowMs: number): number | null {
  const day = beijingDay(nowMs);
  const { drawsPerPerson, drawsPerPersonPerDay, winsPerPerson, winsPerPersonPerDay } = rule.limits;
  const drawsToday = person.day === day ? person.drawsToday : 0;
  const left: number[] = [];
  if (drawsPerPerson !== null) left.push(drawsPerPerson - person.draws);
  if (drawsPerPersonPerDay !== null) left.push(drawsPerPersonPerDay - drawsToday);
  if (winsPerPerson !== null && person.wins >= winsPerPerson) left.push(0);
  const winsToday = person.day === day ? person.winsToday : 0;
  if (winsPerPersonPerDay !== null && winsToday >= winsPerPersonPerDay) left.push(0);
  const start = mechanicAt(rule.trigger, 'page');
  const mechanic = settingsOf(rule, start);
  if (mechanic.kind === 'lottery' && mechanic.chances === 'earned') left.push(earnedChances(person, start));
  if (mechanic.kind === 'check-in') left.push(checkInsLeft(person, start, day));
  return left.length === 0 ? null : Math.max(0, Math.min(...left));
}
