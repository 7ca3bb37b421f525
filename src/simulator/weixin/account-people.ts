import { createHash } from 'node:crypto';
import type { SimulatorClock } from '../clock.ts';
import type { Follower, Followers } from '../followers.ts';
import { ApiFault } from './api-call.ts';

/** What one account knows of a person, under the openid the person has there. */
export type Acquaintance = {
  openid: string;
  follower: Follower;
  remark: string;
  tagIds: Set<number>;
  blacklisted: boolean;
  /** The person switched messages of this account off. */
  refusesMessages: boolean;
  /** Consents to subscription notices that are left, by template. */
  grants: Map<string, number>;
  /** The code that the person followed by, if any. */
  followedBy: { scene: string; isNumber: boolean } | undefined;
};

type Parts = { appId: string; main: boolean; clock: SimulatorClock; followers: Followers };

/** The people of one account: whether somebody follows, and their ids, are facts of this account alone. */
export class AccountPeople {
  /** Bound to an open-platform account: only then there are unionids, the same under all accounts so bound. */
  boundToOpenPlatform = false;
  readonly #parts: Parts;
  readonly #acquaintances = new Map<string, Acquaintance>();
  /** Of accounts that receive no pushes; the main one's are kept with the person. */
  readonly #subscribedAtMs = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  find(openid: string): Acquaintance | undefined {
    const follower = this.#parts.followers.under(openid, this.#parts.appId);
    if (!follower) return undefined;
    const known = this.#acquaintances.get(openid);
    if (known) return known;
    const made: Acquaintance = {
      openid,
      follower,
      remark: '',
      tagIds: new Set(),
      blacklisted: false,
      refusesMessages: false,
      grants: new Map(),
      followedBy: undefined,
    };
    this.#acquaintances.set(openid, made);
    return made;
  }

  /** Throws fault 40003 for an openid of another account or of nobody. */
  get(openid: unknown): Acquaintance {
    const found = typeof openid === 'string' ? this.find(openid) : undefined;
    if (!found) throw new ApiFault(40003, 'invalid openid');
    return found;
  }

  /** Throws fault 49003, as the calls about tags do. */
  getForTag(openid: unknown): Acquaintance {
    const found = typeof openid === 'string' ? this.find(openid) : undefined;
    if (!found) throw new ApiFault(49003, 'openid not match appid');
    return found;
  }

  follows({ openid, follower }: Acquaintance): boolean {
    return this.#parts.main ? follower.subscribed : this.#subscribedAtMs.has(openid);
  }

  subscribedAtMs({ openid, follower }: Acquaintance): number {
    return this.#parts.main ? follower.subscribedAtMs : (this.#subscribedAtMs.get(openid) ?? 0);
  }

  /** The person follows or leaves without a push, as under an account that nobody plays. */
  setFollowing(openid: string, follows: boolean): void {
    const { follower } = this.get(openid);
    const { main, clock } = this.#parts;
    if (main) follower.subscribed = follows;
    else if (follows) this.#subscribedAtMs.set(openid, clock.nowMs());
    else this.#subscribedAtMs.delete(openid);
  }

  /** Everybody who follows, oldest first. */
  list(): Acquaintance[] {
    const { followers, appId } = this.#parts;
    const all = followers.list().flatMap((follower) => this.find(followers.openidFor(follower, appId) ?? '') ?? []);
    return all.filter((one) => this.follows(one));
  }

  unionId({ follower }: { follower: Follower }): string | undefined {
    return this.boundToOpenPlatform ? unionIdOf(follower) : undefined;
  }
}

/** The shape of an openid; the same head for everybody, as under one open-platform account. */
function unionIdOf({ openid }: Follower): string {
  return `oUn10n${createHash('sha256').update(`union/${openid}`).digest('base64url').slice(0, 22)}`;
}
