import type { BoundApps } from '../../base/bound-apps.ts';
import type { AccountId, ActivityId, MerchantId } from '../../base/ids.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { Account, MerchantLimits } from './accounts.ts';
import type { PublicationRequest } from './approvals.ts';
import type { BoundPool } from './code-pools.ts';
import type { WordsInUse } from './keyword-replies.ts';
import type { Rail } from './payouts.ts';

/** What a person may do, named by the role they have in this installation. */
export type Role = 'owner' | 'operator' | 'finance' | 'support' | 'viewer';

/** A person who works in the console. */
export interface Operator {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Set when a token acts for the operator: what it may at most. */
  readonly scopes?: readonly string[];
}

/** One log-in: who, and until when in Unix ms. */
export interface OperatorSession {
  readonly operator: Operator;
  readonly expiresAtMs: number;
}

/** Operators and their log-ins. Tokens are 256 random bits; only their hashes are kept. */
export interface OperatorStore {
  /**
   * Spends a one-time link that logs in directly and opens a session, both or neither: of two callers with the same link
   * one gets a session. Returns undefined for a link that is unknown, used or over.
   */
  openSession(input: {
    readonly loginToken: string;
    readonly nowMs: number;
    readonly lastsMs: number;
    /** Where it comes from: network address and what the browser calls itself. */
    readonly place: { readonly address: string; readonly browser: string };
  }): Promise<(OperatorSession & { readonly sessionToken: string }) | undefined>;
  /** Returns undefined for a session that is unknown, closed, over, or idle for 2 h; otherwise it counts as used. */
  findSession(sessionToken: string, nowMs: number): Promise<OperatorSession | undefined>;
  /** Ends a session; one that does not exist is ended already. */
  closeSession(sessionToken: string): Promise<void>;
}

/** A rule as its author left it: any JSON object, perhaps with faults. Publishing reads it as an ActivityRule. */
export type RuleDraft = Readonly<Record<string, unknown>>;

export type ActivityState = 'draft' | 'published' | 'paused' | 'stopped';

/** An activity as operators see it. */
export interface StoredActivity {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  /** The last part of the activity page's address, unique over all accounts. */
  readonly slug: string;
  readonly name: string;
  readonly state: ActivityState;
  readonly draft: RuleDraft;
  /** Goes up by one with every change; a writer says which one it saw. */
  readonly revision: number;
  /** Null before the first publication. */
  readonly publishedVersion: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Of the last publication. */
  readonly publishedAtMs: number | null;
  /** A publication that waits for a second person, or did until it was over; null for none. */
  readonly awaiting: PublicationRequest | null;
}

/** An activity under its lock, with what a publication is decided by. */
export interface LockedActivity {
  readonly activity: StoredActivity;
  /** The rule now in force, as stored; null before the first publication. */
  readonly publishedRule: unknown;
  /** What of the activity's account decides who can come in. */
  readonly account: Pick<Account, 'kind' | 'myAwardsKeyword'>;
  /** The merchant that pays for the activity's account, or for the account it pays through. */
  readonly merchant: PayingMerchant | null;
  /** The pools of codes that the draft names, as far as there are any. */
  readonly pools: readonly BoundPool[];
}

/** What a merchant may send, as far as a rule is held against it. */
export interface PayingMerchant {
  readonly id: MerchantId;
  readonly mchId: string;
  readonly sendName: string;
  /** Under which account's app id it pays. */
  readonly payeeAppId: string;
  readonly boundApps: BoundApps;
  readonly groupPackets: boolean;
  /** By which way its awards go where the activity does not say. */
  readonly rail: Rail;
  readonly limits: Omit<MerchantLimits, 'spacingMs' | 'callsMax' | 'personDayPackets'>;
}

interface ActivityPlace {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  readonly nowMs: number;
}

/** A publication that has to be asked for. */
export interface AskFirst {
  readonly ask: Pick<PublicationRequest, 'id' | 'amountFen' | 'expiresAtMs'>;
}

/** Where activities are kept. Every method throws OutsideTrouble when the database cannot do it now. */
export interface ActivityStore {
  /** Throws WrongRequest `slug-taken` (409) or `account-unknown` (400). */
  create(
    input: ActivityPlace & { readonly slug: string; readonly name: string; readonly draft: RuleDraft },
  ): Promise<StoredActivity>;
  find(id: ActivityId): Promise<StoredActivity | undefined>;
  /** Everything the account listens to, its published activities newest first; nothing for an account there is not. */
  wordsInUse(account: AccountId): Promise<WordsInUse>;
  /** The account's lists of people that somebody stands on. */
  personLists(account: AccountId): Promise<ReadonlySet<string>>;
  /**
   * Locks the activity, lets `check` object (it throws), and saves. Throws WrongRequest `activity-not-found` (404),
   * `slug-taken` (409).
   */
  saveDraft(
    input: ActivityPlace & { readonly slug: string; readonly name: string; readonly draft: RuleDraft },
    check: (locked: LockedActivity) => void,
  ): Promise<StoredActivity>;
  /**
   * In one transaction: locks the activity, asks `decide` for the rule to put in force (it throws to refuse), writes
   * it as a new version and, the first time, the activity's counters and its budget in the books. Where it asks for a second
   * person, that request is all that is written; `approval` is the request that is approved by it.
   * Throws WrongRequest `activity-not-found` (404).
   */
  publish(
    input: ActivityPlace & {
      readonly operatorId: string;
      readonly approval?: { readonly id: string; readonly decidedBy: string };
    },
    decide: (locked: LockedActivity) => ActivityRule | AskFirst,
  ): Promise<StoredActivity>;
  /**
   * In one transaction: locks the activity, lets `check` object, and opens its counters (`published`) or closes them:
   * once it has committed no draw is decided by what was before. The revision stays when it pauses or goes on, so that
   * nobody's unsaved edit is lost by it. Throws WrongRequest `activity-not-found` (404).
   */
  turn(
    input: ActivityPlace & { readonly to: 'published' | 'paused' | 'stopped' },
    check: (locked: LockedActivity) => void,
  ): Promise<StoredActivity>;
}
