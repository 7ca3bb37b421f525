import type { Account } from './accounts.ts';

/** A QR code whose scan tells the account its scene. Anybody may scan it, often: a hint, never a proof. */
export interface SceneCode {
  readonly ticket: string;
  /** What the code says, to draw it oneself. */
  readonly url: string;
  /** WeChat's picture of it. */
  readonly pictureUrl: string;
  /** Seconds it works; null for ever. */
  readonly livesSeconds: number | null;
}

/** Each throws WrongRequest for a scene that WeChat does not take and OutsideTrouble when it cannot answer. */
export interface SceneCodes {
  /** `scene`: 1 to 2^32 - 1 or a text of 1 to 64 characters. Lives 1 to 2,592,000 s (30 days). */
  createTemporary(account: Account, scene: number | string, livesSeconds: number): Promise<SceneCode>;
  /** `scene`: 1 to 100,000 or a text of 1 to 64 characters. An account has at most 100,000 of these, for ever. */
  createPermanent(account: Account, scene: number | string): Promise<SceneCode>;
  /** Where WeChat's picture of a code made earlier is. */
  pictureUrl(ticket: string): string;
}
