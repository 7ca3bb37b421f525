import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import { createOpenByToken } from './flows/api/open-by-token.ts';
import type { TokenRates } from './flows/api/open-by-token.ts';
import { createOperateTokens } from './flows/api/operate-tokens.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import type { ConsoleDependencies } from './http/routes/console.ts';
import { createApiRequests } from './store/api/api-requests.ts';
import { createApiTokenStore } from './store/api/api-tokens.ts';
import type { SecretBox } from './store/sealed-secret.ts';
import { systemLuck } from './wiring-payouts.ts';

/** What the parts for other programs are made from. */
export interface ApiParts {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memory: SharedMemory;
  readonly tokenRates?: TokenRates;
}

/** Joins how other programs get in. */
export function apiFlows(
  parts: ApiParts,
): Pick<ConsoleDependencies, 'operateTokens' | 'openByToken' | 'apiRequests' | 'clock'> {
  const { pool, box, clock, logger, memory, tokenRates } = parts;
  const tokens = createApiTokenStore(pool);
  return {
    clock,
    operateTokens: createOperateTokens({ tokens, clock, luck: systemLuck, logger }),
    openByToken: createOpenByToken({
      tokens,
      memory,
      clock,
      ...(tokenRates === undefined ? {} : { rates: tokenRates }),
    }),
    apiRequests: createApiRequests(pool, box),
  };
}
