/** JSON shapes of the activity page: what `/a/:slug` carries, `/api/a/:slug/state` answers and a draw ends with. */

export type ActivityPhase = 'open' | 'not-started' | 'ended' | 'stopped' | 'paused';

/** How the page lets people take part. */
export type PagePlay = 'wheel' | 'nine-grid' | 'scratch' | 'rain' | 'button' | 'calendar' | 'code' | 'riddle';

/** A prize as the page shows it. `amountFen` is 0 for a prize that is not money, and for one of no fixed amount. */
export interface PagePrize {
  readonly id: string;
  readonly name: string;
  readonly amountFen: number;
  /** The least and the most a packet of random amount brings, in fen; null for every other prize. */
  readonly rangeFen: readonly [number, number] | null;
  readonly soldOut: boolean;
  /** How many there are still. */
  readonly left: number;
  /** So many of so many tickets win it, in percent to three digits; null where no ticket decides. */
  readonly odds: { readonly tickets: number; readonly of: number; readonly percent: string } | null;
}

/** How the page looks and what it calls itself. */
export interface PageLook {
  readonly play: PagePlay;
  readonly theme: 'spring' | 'plain' | 'dark' | 'playful';
  /** `#` and six hex digits, dark enough for white text; null for the theme's own. */
  readonly brandColour: string | null;
  readonly title: string;
  readonly subtitle: string | null;
  readonly organiser: string | null;
  /** Paths on this very service. */
  readonly logo: string | null;
  readonly picture: string | null;
  /** What a riddle asks. */
  readonly question: string | null;
  readonly shareTitle: string;
  readonly shareText: string;
}

/** What a goal of a check-in brings; `cards` make missed days up, `draw` is a draw at once. */
export type PageGain =
  | { readonly kind: 'prize'; readonly name: string }
  | { readonly kind: 'chances' | 'cards'; readonly count: number }
  | { readonly kind: 'draw' };

/** The days of a check-in. Days are Beijing days, as 2026-11-21. */
export interface PageCheckIn {
  readonly today: string;
  /** Days of this month on which the person checked in. */
  readonly days: readonly string[];
  /** What a streak of so many days brings, shortest first. */
  readonly milestones: readonly { readonly streakDays: number; readonly gain: PageGain }[];
  /** What so many days of the whole activity, a week or a month bring, and how many the person has. */
  readonly totals: readonly {
    readonly of: 'total' | 'week' | 'month';
    readonly days: number;
    readonly have: number;
    readonly gain: PageGain;
  }[];
  /** Missed days that a card makes up, the latest first; null where none can be. `to`: what the draw names. */
  readonly makeUp: { readonly to: string; readonly cards: number; readonly days: readonly string[] } | null;
}

/** How more chances come, beside the page's own play. */
export interface PageEarning {
  /** Whether inviting others brings any: the page may ask for the person's own invitation. */
  readonly invite: boolean;
  /** From which payment on one brings some, in fen; null where none does. */
  readonly paymentFromFen: number | null;
}

/** One of the last wins, masked. */
export interface PageWinner {
  /** Two of the six characters that stand for the person. */
  readonly who: string;
  readonly prizeName: string;
  readonly amountFen: number;
  readonly atMs: number;
}

/** What `/api/a/:slug/winners` answers, newest first. */
export interface PageWinners {
  readonly winners: readonly PageWinner[];
}

/** How one draw ended. The same request token always gets the same one. */
export interface DrawAnswer {
  readonly outcome: 'won' | 'lost' | 'refused';
  /** Why nothing was won: `blank`, `sold-out`, `person-day-limit`, ...; null for a win. */
  readonly why: string | null;
  readonly prizeId: string | null;
  readonly prizeName: string | null;
  /** What a red packet brings, in fen; 0 when it brings no money. */
  readonly amountFen: number;
  /** What the operator's rule says about it. */
  readonly text: string;
  /** Why nothing was won, in short and in both languages; null for a win. Answers of older builds have none. */
  readonly hint?: { readonly zh: string; readonly en: string } | null;
}

/** The last draw of the person that was not refused. */
export interface LastDraw {
  readonly outcome: 'won' | 'lost';
  readonly prizeName: string | null;
  readonly amountFen: number;
  readonly atMs: number;
}

/** Everything the page needs to draw itself. */
export interface ActivityPageState {
  readonly account: string;
  readonly slug: string;
  readonly name: string;
  readonly phase: ActivityPhase;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** The server's time, so that a phone with a wrong clock counts down rightly. */
  readonly nowMs: number;
  readonly mechanic: 'lottery' | 'keyword' | 'check-in';
  readonly look: PageLook;
  readonly prizes: readonly PagePrize[];
  /** Null unless the page checks people in. */
  readonly checkIn: PageCheckIn | null;
  readonly earning: PageEarning;
  readonly person: {
    /** True on a snapshot page: WeChat made this person up, so there is no draw. */
    readonly snapshot: boolean;
    /** Null until the person consented to show it. */
    readonly nickname: string | null;
    /** Six letters and digits that stand for the person here; null on a snapshot page. */
    readonly code: string | null;
    /** Null when the rule sets no limit. */
    readonly chancesLeft: number | null;
    /** Beijing days in a row, today's included once checked in. */
    readonly streakDays: number;
    /** Chances the page's mechanic gives, to be spent here; null where it gives none. `to`: what the draw names. */
    readonly earned: { readonly to: string; readonly chances: number } | null;
    readonly last: LastDraw | null;
  };
}

/** What a refused request answers with. */
export interface PageFault {
  /** Stable word, such as `session-needed`, `snapshot-user`, `follow-needed`, `answer-wrong`, `visitor-unproven`, `busy`. */
  readonly code: string;
  readonly message: string;
  /** After how many seconds asking again makes sense, where the server says so. */
  readonly retryAfterSeconds?: number;
}
