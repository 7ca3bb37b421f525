import type { MessageMode } from './account.ts';
import type { PayRules } from './pay/pay-rules.ts';
import type { PushOptions } from './push/push.ts';

/** Addresses of the service's own pages. */
export type ServiceLinks = { activity?: string; console?: string };

export type SimulatorOptions = {
  /** The same seed makes the same people, numbers and luck; certificates are always new. */
  seed?: string;
  /** 0 takes any free port; a taken one moves on to the next free. */
  httpPort?: number;
  payPort?: number;
  callbackUrl?: string;
  /** How messages travel: safe by default, as in production. */
  mode?: MessageMode;
  appId?: string;
  /** Further official accounts bound to the same merchant. */
  appIds?: readonly string[];
  /** How many people to begin with, 3 by default. */
  followers?: number;
  /** Bare host names that web authorization may return to. */
  oauthHosts?: readonly string[];
  /** What the merchant begins with, 10,000 yuan by default. */
  merchantBalanceFen?: number;
  /** The built playground page. */
  pagesDir?: string;
  explain?: (openid: string) => Promise<unknown>;
  /** Pages of the service that the playground points to. */
  links?: ServiceLinks;
  /** Where the simulator's clock begins, Unix milliseconds; real time by default. */
  startAtMs?: number;
  /** Keeps keys, people, chats and books over restarts. */
  dataDir?: string;
  payRules?: Partial<PayRules>;
  push?: Partial<Omit<PushOptions, 'mode'>>;
};
