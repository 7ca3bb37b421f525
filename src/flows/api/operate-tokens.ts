import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { may, scopes } from '../permissions.ts';
import type { ApiTokenLine, ApiTokenStore } from '../ports/api-tokens.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

const NAME_LENGTH_MAX = 40;

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Unix ms; null for no end. */
  readonly expiresAtMs: number | null;
}

/** What owners do about the tokens by which other programs get in. */
export interface OperateTokens {
  list(): Promise<readonly ApiTokenLine[]>;
  /** Returns the token, this once. Throws WrongRequest `token-faulty` (400) or `api-tokens-many` (409). */
  make(operator: Operator, input: NewToken): Promise<{ readonly id: string; readonly token: string }>;
  /** From the next request on it opens nothing. Throws WrongRequest `token-not-found` (404). */
  revoke(operator: Operator, id: string): Promise<void>;
}

/** Builds the flow. What is made and revoked is logged with who did it, never a token. */
export function createOperateTokens(options: {
  readonly tokens: ApiTokenStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}): OperateTokens {
  const { tokens, clock, luck, logger } = options;
  return {
    list: () => tokens.list(),
    make: async (operator, input) => {
      const nowMs = clock.nowMs();
      const checked = checkedToken(operator, input, nowMs);
      const id = luck.randomId();
      const { token } = await tokens.make({ ...checked, id, madeBy: operator.id, nowMs });
      logger.info({ operator: operator.id, apiToken: id, scopes: checked.scopes }, 'api-token-made');
      return { id, token };
    },
    revoke: async (operator, id) => {
      if (!(await tokens.revoke(id, clock.nowMs()))) {
        throw new WrongRequest('token-not-found', 'there is no such token in use', { status: 404 });
      }
      logger.info({ operator: operator.id, apiToken: id }, 'api-token-revoked');
    },
  };
}

function checkedToken(operator: Operator, input: NewToken, nowMs: number): NewToken {
  const faults: { path: string; message: string }[] = [];
  const name = cleanText(input.name).trim();
  if (name.length < 1 || name.length > NAME_LENGTH_MAX) {
    faults.push({ path: 'name', message: `a name takes 1 to ${NAME_LENGTH_MAX} characters` });
  }
  const wanted = [...new Set(input.scopes)].sort();
  if (wanted.length === 0) faults.push({ path: 'scopes', message: 'a token needs at least one scope' });
  for (const scope of wanted) {
    const known = scopes.find((one) => one === scope);
    if (known === undefined) faults.push({ path: 'scopes', message: `${scope} is no scope: ${scopes.join(', ')}` });
    else if (!may(operator, known)) faults.push({ path: 'scopes', message: `you may not ${scope} yourself` });
  }
  if (input.expiresAtMs !== null && input.expiresAtMs <= nowMs) {
    faults.push({ path: 'expiresAtMs', message: 'the end lies in the past' });
  }
  if (faults.length > 0) throw new WrongRequest('token-faulty', 'the token has faults: see `faults`', { faults });
  return { name, scopes: wanted, expiresAtMs: input.expiresAtMs };
}
