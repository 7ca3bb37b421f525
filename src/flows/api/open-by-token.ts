import { WrongRequest } from '../../base/errors.ts';
import { permissionsOf } from '../permissions.ts';
import type { ApiTokenStore } from '../ports/api-tokens.ts';
import type { Operator } from '../ports/operators.ts';
import type { SharedMemory } from '../ports/shared-memory.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** What marks our tokens, so that those who look for leaked secrets recognize them. */
export const TOKEN_PREFIX = 'hongbao_';
const TOKEN = new RegExp(`^${TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`);

/** How many requests of one token, and of one address before its token is looked at, are taken. */
export interface TokenRates {
  readonly token: { readonly capacity: number; readonly perSecond: number };
  readonly address: { readonly capacity: number; readonly perSecond: number };
}

export const TOKEN_RATES: TokenRates = {
  token: { capacity: 40, perSecond: 20 },
  address: { capacity: 200, perSecond: 100 },
};

/** A program that got in. */
export interface TokenCaller {
  readonly tokenId: string;
  /** The operator it acts for, who may no more than the token's scopes say. */
  readonly operator: Operator;
  readonly expiresAtMs: number | null;
}

/**
 * Returns who a token stands for. Throws WrongRequest `token-missing` or `token-invalid` (401), or `too-many-requests`
 * (429), which says when to come again.
 */
export type OpenByToken = (token: string | null, address: string) => Promise<TokenCaller>;

/** Builds it; limits count over all processes. */
export function createOpenByToken(options: {
  readonly tokens: Pick<ApiTokenStore, 'find'>;
  readonly memory: Pick<SharedMemory, 'takeFromBucket'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly rates?: TokenRates;
}): OpenByToken {
  const { tokens, memory, clock, rates = TOKEN_RATES } = options;
  const take = async (bucket: string, rate: TokenRates['token']): Promise<void> => {
    const { allowed, retryAfterMs } = await memory.takeFromBucket(bucket, rate);
    if (allowed) return;
    const message = `more than ${rate.perSecond} requests a second: wait as long as Retry-After says`;
    throw new WrongRequest('too-many-requests', message, { status: 429, retryAfterMs });
  };
  return async (token, address) => {
    if (token === null) {
      const message = 'send a token: `Authorization: Bearer hongbao_…`; an owner makes one in the console';
      throw new WrongRequest('token-missing', message, { status: 401 });
    }
    await take(`api-address:${address}`, rates.address);
    const found = TOKEN.test(token) ? await tokens.find(token, { nowMs: clock.nowMs(), address }) : undefined;
    if (found === undefined) {
      throw new WrongRequest('token-invalid', 'this token is unknown, revoked or over', { status: 401 });
    }
    await take(`api-token:${found.id}`, rates.token);
    const { operator, name } = found;
    const scopes = permissionsOf(operator.role).filter((one) => found.scopes.includes(one));
    return {
      tokenId: found.id,
      operator: { ...operator, name: `${operator.name} (API: ${name})`, scopes },
      expiresAtMs: found.expiresAtMs,
    };
  };
}
