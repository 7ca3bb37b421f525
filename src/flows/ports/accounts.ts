import type { BoundApps } from '../../base/bound-apps.ts';
import type { AccountId, MerchantId } from '../../base/ids.ts';

export type MessageMode = 'plain' | 'compatible' | 'safe';

/** An Official Account with its opened secrets. Lives in memory only; never logged, never sent to a browser. */
export interface Account {
  readonly id: AccountId;
  readonly appId: string;
  /** `gh_` and 12 hex digits: whom its messages are addressed to. Not checked while unknown. */
  readonly originalId: string | null;
  /** What the platform calls 服务号 and 公众号 (formerly 订阅号). */
  readonly kind: 'service' | 'subscription';
  readonly appSecret: string;
  readonly token: string;
  /** 43 characters as WeChat shows it. */
  readonly encodingAesKey: string;
  /** The key before the last rotation: messages may still arrive under it. */
  readonly previousEncodingAesKey: string | null;
  readonly messageMode: MessageMode;
  readonly merchantId: MerchantId | null;
  /** Whether it may send customer-service messages. */
  readonly customerMessages: boolean;
  readonly tokenEndpoint: 'stable' | 'token';
  /** What somebody who follows is greeted with; empty for no reply. */
  readonly welcomeText: string;
  /** What a message that no activity answers gets; empty for no reply. */
  readonly fallbackText: string;
  /** Sent to the account it lists the person's awards. */
  readonly myAwardsKeyword: string;
  /** The service account whose openids people are paid under, when this one cannot pay. */
  readonly paysThrough: AccountId | null;
  /** Days after which the data of somebody not seen since are erased; null for never. */
  readonly retentionDays: number | null;
}

/** A WeChat Pay merchant with its opened secrets. */
export interface Merchant {
  readonly id: MerchantId;
  readonly mchId: string;
  /** The 32-character APIv2 key. */
  readonly apiKey: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** At most 32 UTF-8 bytes. */
  readonly sendName: string;
  /** Dotted IPv4. */
  readonly clientIp: string;
  readonly state: 'open' | 'stopped';
  readonly stoppedReason: string | null;
  /** Set when the merchant is a service provider: whose money it pays out. */
  readonly subMchId: string | null;
  readonly msgAppId: string | null;
  readonly consumeMchId: string | null;
  /** What its platform shows as bound to it; nothing is known while it is absent or empty. */
  readonly boundApps?: BoundApps;
  readonly limits: MerchantLimits;
}

/** What WeChat Pay allows a merchant, as its platform's settings say; ours must not allow more. */
export interface MerchantLimits {
  readonly amountMinFen: number;
  readonly amountMaxFen: number;
  /** Scenes opened for this merchant, `PRODUCT_1` .. `PRODUCT_8`; none as a rule. */
  readonly scenes: readonly string[];
  /** Of one person on one Beijing day. */
  readonly personDayPackets: number;
  readonly personDayFen: number;
  /** Of everyone on one Beijing day. */
  readonly dayFen: number;
  /** Shortest time between two sends over all processes, ms with fractions. */
  readonly spacingMs: number;
  /** Calls in flight of one process: three quarters of them sends, the others queries. */
  readonly callsMax: number;
}

/** Accounts and merchants, read through a cache of at most one second. */
export interface AccountDirectory {
  /** Returns undefined for an account that does not exist. */
  account(id: AccountId): Promise<Account | undefined>;
  accounts(): Promise<readonly Account[]>;
  merchant(id: MerchantId): Promise<Merchant | undefined>;
}
