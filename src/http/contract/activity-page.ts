/** JSON shapes of the activity page: what `/a/:slug` carries, `/api/a/:slug/state` answers and a draw ends with. */

export type ActivityPhase = 'open' | 'not-started' | 'ended' | 'stopped' | 'paused';

/** A prize as the page shows it. `amountFen` is 0 for a prize that is not money. */
export interface PagePrize {
  readonly id: string;
  readonly name: string;
  readonly amountFen: number;
  readonly soldOut: boolean;
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
  readonly prizes: readonly PagePrize[];
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
    readonly last: LastDraw | null;
  };
}

/** What a refused request answers with. */
export interface PageFault {
  /** Stable word, such as `session-needed`, `snapshot-user`, `follow-needed`, `visitor-unproven`, `busy`. */
  readonly code: string;
  readonly message: string;
}
