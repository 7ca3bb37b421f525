import type { AccountId } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';

/** What other programs may be told of. */
export const WEBHOOK_EVENTS = [
  'award.created',
  'payout.sent',
  'payout.received',
  'payout.returned',
  'payout.parked',
  'payout.failed',
  'payout.reissued',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface EndpointKey {
  readonly account: AccountId;
  readonly id: string;
}

/** Where events are told, as owners see it: never its secret. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly state: 'on' | 'off';
  /** Deliveries that failed in a row. */
  readonly failures: number;
  readonly restingUntilMs: number | null;
  /** Until when the secret before this one signs, too. */
  readonly previousUntilMs: number | null;
  readonly waiting: number;
  readonly parked: number;
  readonly createdAtMs: number;
}

export interface WebhookChanges {
  readonly name?: string;
  readonly url?: string;
  readonly events?: readonly WebhookEvent[];
  readonly state?: 'on' | 'off';
}

/** One event on its way to one endpoint. */
export interface DeliveryLine {
  readonly id: number;
  readonly event: WebhookEvent;
  readonly awardId: string;
  readonly orderNumber: string | null;
  readonly occurredAtMs: number;
  readonly state: 'waiting' | 'delivered' | 'parked';
  /** Null once it waits no more. */
  readonly dueAtMs: number | null;
  readonly tries: number;
  readonly lastTriedAtMs: number | null;
  /** HTTP status of the last try; null where there was no answer. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** Where endpoints and their deliveries are kept. Every method throws OutsideTrouble when the database cannot do it. */
export interface WebhookStore {
  endpoints(account: AccountId): Promise<readonly WebhookEndpoint[]>;
  /** Throws WrongRequest `account-not-found` (404) or `webhooks-many` (409) at ten of an account. */
  add(
    key: EndpointKey,
    input: Pick<WebhookEndpoint, 'name' | 'url' | 'events'> & {
      readonly secret: string;
      readonly madeBy: string;
      readonly nowMs: number;
    },
  ): Promise<void>;
  /** False where there is no such endpoint, as with the other methods. */
  change(key: EndpointKey, changes: WebhookChanges, nowMs: number): Promise<boolean>;
  /** The secret that was signs beside the new one until `previousUntilMs`. */
  rotate(
    key: EndpointKey,
    input: { readonly secret: string; readonly previousUntilMs: number; readonly nowMs: number },
  ): Promise<boolean>;
  remove(key: EndpointKey, nowMs: number): Promise<boolean>;
  deliveries(key: EndpointKey, state: DeliveryLine['state'] | null, page: PageRequest): Promise<Page<DeliveryLine>>;
  /** Lets one delivery, or up to 1000 parked ones, be tried anew. Returns how many. */
  redeliver(key: EndpointKey, which: number | 'parked', nowMs: number): Promise<number>;
}

/** An endpoint with something due, its secrets opened. Lives in memory only. */
export interface DueEndpoint extends EndpointKey {
  readonly url: string;
  /** The present one first. */
  readonly secrets: readonly string[];
  readonly failures: number;
}

/** One delivery to be made now. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly leaseToken: string;
  readonly tries: number;
  /** Since when it has been tried, Unix ms. */
  readonly retryFromMs: number;
  readonly event: WebhookEvent;
  readonly occurredAtMs: number;
  readonly award: {
    readonly accountId: AccountId;
    readonly awardId: string;
    readonly activityId: string;
    readonly prizeId: string;
    readonly openid: string;
    readonly amountFen: number;
    /** What the books say was received; null unless the event is that. */
    readonly receivedFen: number | null;
    readonly orderNumber: string | null;
  };
}

/** What became of a try. */
export interface DeliveryEnd {
  readonly status: number | null;
  /** Null where it was taken. */
  readonly error: string | null;
}

/** The deliveries that are due. Every method throws OutsideTrouble when the database cannot do it. */
export interface WebhookQueue {
  dueEndpoints(nowMs: number, most: number): Promise<readonly DueEndpoint[]>;
  /** Takes due deliveries under a lease: of each award the earliest alone, so that its events arrive in order. */
  claim(
    key: EndpointKey,
    input: { readonly nowMs: number; readonly leaseUntilMs: number; readonly most: number },
  ): Promise<readonly ClaimedDelivery[]>;
  delivered(key: EndpointKey, delivery: ClaimedDelivery, end: DeliveryEnd, nowMs: number): Promise<void>;
  /** Waits until `againAtMs`, or is parked with null; the endpoint rests until `restUntilMs`. */
  failed(
    key: EndpointKey,
    delivery: ClaimedDelivery,
    end: DeliveryEnd & {
      readonly nowMs: number;
      readonly againAtMs: number | null;
      readonly restUntilMs: number;
      /** What has been waiting since before is parked with it. */
      readonly parkBeforeMs: number;
    },
  ): Promise<void>;
  /** Forgets deliveries that were settled before, and those of endpoints that were removed; returns how many. */
  forget(input: {
    readonly deliveredBeforeMs: number;
    readonly parkedBeforeMs: number;
    readonly most: number;
  }): Promise<number>;
}

/** Speaks to other people's servers. */
export interface WebhookSender {
  /** Why events cannot be told at an address; null where they can, as far as the address itself says. */
  fault(url: string): string | null;
  /** Signs and posts a body once. Never throws: whatever goes wrong is in `error`. */
  send(message: {
    readonly url: string;
    readonly secrets: readonly string[];
    /** The same with every try. */
    readonly id: string;
    readonly atMs: number;
    readonly body: string;
  }): Promise<DeliveryEnd>;
}

/** Makes secrets that sign. */
export interface WebhookSecrets {
  /** `whsec_` and base64 of 32 random bytes. */
  newSecret(): string;
}
