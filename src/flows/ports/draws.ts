import type { BeijingDay } from '../../base/beijing-day.ts';
import type { AccountId, ActivityId, AwardId, Openid, OrderNumber, RequestKey } from '../../base/ids.ts';
import type { ActivityFacts, Mark, ParticipantFacts, Verdict } from '../../rules/facts.ts';
import type { DrawLuck } from '../../rules/luck.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { CodeShape } from '../../rules/code-shape.ts';
import type { CodesNeeded, LaneCodes } from '../../rules/codes-in-batch.ts';
import type { FairDraws } from './fairness.ts';
import type { DrawOrigin, DrawsByOrigin, FactsNeeded, PersonFacts } from '../../rules/person-facts.ts';

/** A published activity as the hot path sees it: the rule's version is immutable, so it is cached by version. */
export interface LiveActivity {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  readonly rule: ActivityRule;
  readonly publishedAtMs: number;
  /** The account whose openids its winners are paid under; null where it pays itself. */
  readonly paysThrough: AccountId | null;
  /** What the codes look like that people enter by; absent or null where the rule takes none. */
  readonly codeShape?: CodeShape | null;
  /** Whether it pauses, as known at most a second ago: what a page shows. Draws are decided by the counters. */
  readonly paused?: boolean;
  /** What its luck comes from; absent for one published before luck could be proved. */
  readonly fair?: FairDraws;
}

/** Which activities are live, read through a cache that a publish or stop refreshes within a second. */
export interface ActivityDirectory {
  live(account: AccountId): Promise<readonly LiveActivity[]>;
  bySlug(slug: string): Promise<LiveActivity | undefined>;
}

/** One request for a draw, admitted to a batch. */
export interface DrawRequest {
  readonly key: RequestKey;
  readonly openid: Openid;
  /** The time the decision is made for: Unix ms and its Beijing day. */
  readonly atMs: number;
  readonly day: BeijingDay;
  /** Taken before the transaction so that a retry of the batch keeps it; null where it follows from the activity's seed. */
  readonly luck: DrawLuck | null;
  /** The mechanic that the way in leads to; `main` unless another is given. */
  readonly start?: string | undefined;
  /** The way in, with its word or scene, as the numbers count it. */
  readonly way?: string | undefined;
  /** What the person gave with it, as a code or a day; null or absent for nothing. */
  readonly said?: string | null | undefined;
  /** The entry code among it, folded, where the rule takes any. */
  readonly code?: string | null | undefined;
  /** Becomes the award's id if this draw wins. */
  readonly awardId: AwardId;
  /** Where a page's draw came from; a chat tells nothing. Only counted by, never stored with the draw. */
  readonly origin?: DrawOrigin | undefined;
  /** Turns the verdict's text into what is stored and sent: WeChat's reply XML, or JSON for a page. */
  readonly render: (text: string, verdict: Verdict) => string;
}

/** What a request ended with: freshly decided or found from before. */
export interface DrawResult {
  readonly key: RequestKey;
  /** The stored reply, byte for byte the same on every repeat. */
  readonly reply: string;
  /** True when this very batch decided it. */
  readonly fresh: boolean;
  readonly won: boolean;
}

/** Everything a lane's batch needs to decide, read after the activity's counters were locked. */
export interface LaneFacts {
  readonly activity: ActivityFacts;
  readonly participants: ReadonlyMap<Openid, ParticipantFacts>;
  /** What the rule's conditions look at; null where it has none that need loading. */
  readonly people?: ReadonlyMap<Openid, PersonFacts> | null;
  /** Earlier draws from where these come from, as far as the rule counts by it; absent or null where it does not. */
  readonly origins?: DrawsByOrigin | null;
  /** The codes that were said and the next vouchers; absent or null where the rule has neither. */
  readonly codes?: LaneCodes | null;
}

/** One decided draw, ready to be written. */
export interface DecidedDraw {
  readonly request: DrawRequest;
  readonly verdict: Verdict;
  readonly reply: string;
  /** Set when the verdict is a win that is paid. */
  readonly orderNumber: OrderNumber | null;
  readonly marks: readonly Mark[];
  /** How many draws the activity had with this one; a refused one does not count itself. */
  readonly place: number;
}

/** What a batch leaves behind: every decided draw, the counters after the last one, and the people it changed. */
export interface BatchDecision {
  readonly draws: readonly DecidedDraw[];
  readonly activity: ActivityFacts;
  readonly participants: ReadonlyMap<Openid, ParticipantFacts>;
}

export interface DrawStore {
  /**
   * Runs one batch of one lane in one transaction and two round trips: lock the message keys and the activity's
   * counters, load the facts, call `decide` with the requests nobody answered before, write set-wise, commit.
   * Requests answered before come back with their stored reply. Throws when the transaction failed: nothing was
   * written then and the same requests may be offered again.
   */
  runBatch(
    lane: {
      readonly account: AccountId;
      readonly activity: LiveActivity;
      readonly needed?: FactsNeeded;
      readonly codes?: CodesNeeded | null;
      /** Payouts of class batch are sent when no live one is due; live unless told. */
      readonly payoutClass?: 'batch';
    },
    requests: readonly DrawRequest[],
    decide: (facts: LaneFacts, fresh: readonly DrawRequest[]) => BatchDecision,
  ): Promise<readonly DrawResult[]>;

  /** Returns the reply stored for a request key, or undefined when nobody answered it. */
  storedReply(account: AccountId, key: RequestKey): Promise<string | undefined>;
}
