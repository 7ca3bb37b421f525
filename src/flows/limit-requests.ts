import { WrongRequest } from '../base/errors.ts';
import type { AccountId, Openid } from '../base/ids.ts';
import type { SharedMemory } from './ports/shared-memory.ts';

/** A draw may leave rows behind, a view reads only. */
export type LimitedKind = 'draw' | 'view';

/** How many requests of a kind are taken in a second; of those that come at once twice as many. */
export type SecondLimits = Readonly<Record<LimitedKind, number>>;

export interface RequestLimitRates {
  /** Of one person under one account. */
  readonly person: SecondLimits;
  /** Of one network address, behind which a whole company or a mobile carrier's customers may be. */
  readonly address: SecondLimits;
}

/** Holds everyone to a pace, before anything is read or written for them. */
export interface RequestLimits {
  /** Throws WrongRequest `too-many-requests` (429) that says when to come again. */
  ofAddress(kind: LimitedKind, address: string): Promise<void>;
  /** Throws the same. */
  ofPerson(kind: LimitedKind, person: { readonly account: AccountId; readonly openid: Openid }): Promise<void>;
}

/** How much of a second's share may come at once, in seconds. */
const BURST_SECONDS = 2;

/** Returns limits over buckets that all processes share. `address` may be anything that stands for one. */
export function createRequestLimits(options: {
  readonly memory: Pick<SharedMemory, 'takeFromBucket'>;
  readonly rates: RequestLimitRates;
}): RequestLimits {
  const { memory, rates } = options;
  const take = async (bucket: string, perSecond: number, message: (seconds: number) => string): Promise<void> => {
    const { allowed, retryAfterMs } = await memory.takeFromBucket(bucket, bucketOf(perSecond));
    if (allowed) return;
    const seconds = Math.ceil(retryAfterMs / 1000);
    throw new WrongRequest('too-many-requests', message(seconds), { status: 429, retryAfterMs });
  };
  return {
    ofAddress: (kind, address) =>
      take(
        `${kind}s-of-address:${address}`,
        rates.address[kind],
        (seconds) => `当前网络的请求太多，请 ${seconds} 秒后再试`,
      ),
    ofPerson: (kind, { account, openid }) =>
      take(
        `${kind}s-of-person:${account}:${openid}`,
        rates.person[kind],
        (seconds) => `操作太快了，请 ${seconds} 秒后再试`,
      ),
  };
}

/** Returns the bucket of a pace. */
export function bucketOf(perSecond: number): { readonly capacity: number; readonly perSecond: number } {
  return { capacity: perSecond * BURST_SECONDS, perSecond };
}
