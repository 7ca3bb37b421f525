import type { Fen } from '../../base/fen.ts';
import type { AccountId, ActivityId, MerchantId, Openid } from '../../base/ids.ts';
import type { Merchant } from './accounts.ts';
import type { Page, PageRequest } from './console-reads.ts';
import type { PersonKey } from './followers.ts';

/** A payment as WeChat Pay itself told it: everything present, read from what its signature covers. */
export interface PaidOrder {
  readonly mchId: string;
  /** The sub-merchant in service-provider mode, else null. */
  readonly subMchId: string | null;
  readonly appId: string;
  /** 1-32 letters and digits; WeChat Pay's own number. */
  readonly transactionId: string;
  /** The shop's number (out_trade_no). */
  readonly tradeNumber: string;
  /** The payer under `appId`. */
  readonly openid: Openid;
  readonly amountFen: Fen;
  readonly paidAtMs: number;
}

/** Money of a payment that went back to the payer. */
export interface RefundNotice {
  readonly transactionId: string;
  readonly refundId: string;
  readonly amountFen: Fen;
  readonly atMs: number;
}

/** What a genuine notice says. `other`: nothing that concerns us, such as a payment that failed. */
export type PaymentNotice =
  | { readonly kind: 'paid'; readonly order: PaidOrder }
  | { readonly kind: 'refund'; readonly refund: RefundNotice }
  | { readonly kind: 'other'; readonly what: string };

/** A payment that a shop's own system says there is: nothing of it is believed before WeChat Pay confirms it. */
export interface ForwardedPayment {
  readonly transactionId: string;
  readonly appId: string;
}

/** By what notices of a merchant are believed, opened. Never logged, never sent to a browser. */
export interface NoticeKeys {
  /** 32 bytes; null where version 3 notices are not expected. */
  readonly apiV3Key: string | null;
  /** PEM of a WeChat Pay public key or platform certificate, by public key id or serial number. */
  readonly verifiers: Readonly<Record<string, string>>;
  /** What the shop's system signs forwarded payments with. */
  readonly forwardKey: string | null;
}

/** The same as operators see it: what there is, and nothing of it that is secret. */
export interface NoticeKeysView {
  readonly apiV3Key: boolean;
  readonly verifierIds: readonly string[];
  readonly forwardKey: boolean;
  readonly updatedAtMs: number | null;
}

/** Keys to set; null takes one away, absent leaves it. */
export interface NoticeKeyChanges {
  readonly apiV3Key?: string | null;
  readonly verifiers?: Readonly<Record<string, string>>;
  readonly forwardKey?: string | null;
}

/** Keys of notices. Each throws OutsideTrouble when the database cannot answer. */
export interface NoticeKeyStore {
  keys(merchant: MerchantId): Promise<NoticeKeys>;
  view(merchant: MerchantId): Promise<NoticeKeysView>;
  /** Throws WrongRequest `merchant-not-found` (404). */
  change(merchant: MerchantId, changes: NoticeKeyChanges, by: { operator: string; nowMs: number }): Promise<void>;
}

/** One delivery as it came in. */
export interface NoticeDelivery {
  readonly merchant: Merchant;
  readonly keys: NoticeKeys;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly nowMs: number;
}

/**
 * Opens deliveries: signature, age, form, merchant. Each throws WrongRequest with what is wrong: `sign-invalid` (401),
 * `notice-too-old` (401), `notice-not-configured` (409), `notice-faulty` (400) or `wrong-merchant` (403).
 */
export interface PaymentDoor {
  /** Version 2, XML. */
  openXml(delivery: Pick<NoticeDelivery, 'merchant' | 'body'>): PaymentNotice;
  /** Version 3, JSON. */
  openJson(delivery: NoticeDelivery): PaymentNotice;
  /** From the shop's own system. */
  openForwarded(delivery: NoticeDelivery): ForwardedPayment;
}

/** What WeChat Pay answers about a transaction. `not-paid` has its trade state. */
export type OrderAnswer =
  | { readonly kind: 'paid'; readonly order: PaidOrder }
  | { readonly kind: 'not-paid'; readonly state: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly code: string; readonly message: string };

/** Asks WeChat Pay about a transaction of a merchant; never throws for what the network or the other side does. */
export interface OrderQuery {
  find(merchant: Merchant, wanted: ForwardedPayment, signal?: AbortSignal): Promise<OrderAnswer>;
}

/** A payment's name here: the account whose app id it was paid under, the merchant and WeChat Pay's number. */
export interface PaymentKey {
  readonly account: AccountId;
  readonly merchant: MerchantId;
  readonly transactionId: string;
}

/**
 * confirming: forwarded, WeChat Pay is asked. drawing: genuine, its draws are due. parked: an activity does not know who
 * paid. settled: nothing more to do. refused: WeChat Pay does not confirm it. failed: tried too often.
 */
export type PaymentState = 'confirming' | 'drawing' | 'parked' | 'settled' | 'refused' | 'failed';

/** What became of a payment in one activity. `unknown`: nobody knows yet who the payer is there. */
export interface PaymentDraw {
  readonly account: AccountId;
  readonly activity: ActivityId;
  /** The mechanic that its amount leads to; null where it leads to none. */
  readonly leadsTo: string | null;
  readonly state: 'due' | 'unknown' | 'won' | 'lost' | 'refused' | 'skipped';
  /** Why nothing came of it; null otherwise. */
  readonly why: string | null;
}

/** One that somebody holds for a while, to go on with it. */
export interface DuePayment extends PaymentKey {
  readonly state: Extract<PaymentState, 'confirming' | 'drawing' | 'parked'>;
  /** Null before it is confirmed, or after the person was erased. */
  readonly openid: Openid | null;
  readonly amountFen: number | null;
  readonly refundedFen: number;
  readonly paidAtMs: number | null;
  readonly receivedAtMs: number;
  /** Empty before the first look. */
  readonly draws: readonly PaymentDraw[];
  /** Times it was taken since it last came on, this one included. */
  readonly tries: number;
}

/** Where a payment is put after somebody went on with it. */
export interface PaymentProgress {
  readonly state: PaymentState;
  readonly reason: string | null;
  readonly draws: readonly PaymentDraw[];
  /** Null for a state in which nothing more happens. */
  readonly dueAtMs: number | null;
  /** Whether tries count from nothing again. */
  readonly cameOn: boolean;
}

/** Payments as they are kept. Each throws OutsideTrouble when the database cannot answer. */
export interface PaymentStore {
  /**
   * Writes a genuine payment down once, due at once: false when it stood already, as a forwarded one that was not
   * confirmed does not. Throws WrongRequest `payment-contradicts` (409) when it stood with another amount or number.
   */
  notePaid(key: PaymentKey, order: PaidOrder, nowMs: number): Promise<boolean>;
  /** Writes down that one is to be confirmed; false when it is known already. */
  noteForwarded(key: PaymentKey, nowMs: number): Promise<boolean>;
  /** Notes a refund once; false when no such payment is known. */
  noteRefund(merchant: MerchantId, refund: RefundNotice): Promise<boolean>;
  /** Takes at most `most` that are due; nobody else gets them before `leaseMs` is over. */
  takeDue(input: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly most: number;
  }): Promise<readonly DuePayment[]>;
  /** What WeChat Pay says of one that was forwarded: its draws are due now. */
  confirmed(key: PaymentKey, order: PaidOrder, nowMs: number): Promise<void>;
  /** Does nothing to one that is no longer open. */
  putBack(key: PaymentKey, progress: PaymentProgress, nowMs: number): Promise<void>;
  /** Who somebody is under another account of ours, by a confirmed link or a common union id. */
  personUnder(payer: PersonKey, account: AccountId): Promise<Openid | undefined>;
  /** Makes one that failed due again; false when there is no such one. */
  retry(key: PaymentKey, nowMs: number): Promise<boolean>;
  /** Removes what was settled before then. */
  forget(beforeMs: number): Promise<void>;
  list(
    wanted: { readonly state: PaymentState | null; readonly refunded: boolean },
    page: PageRequest,
  ): Promise<Page<PaymentLine>>;
}

/** One payment as operators see it. */
export interface PaymentLine extends PaymentKey {
  readonly state: PaymentState;
  readonly reason: string | null;
  readonly cameBy: 'notice' | 'forwarded';
  readonly tradeNumber: string | null;
  readonly openid: string | null;
  readonly amountFen: number | null;
  readonly refundedFen: number;
  readonly paidAtMs: number | null;
  readonly receivedAtMs: number;
  readonly settledAtMs: number | null;
  readonly draws: readonly PaymentDraw[];
}
