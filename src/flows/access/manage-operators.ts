import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { OperatorLine, OperatorList } from '../ports/operator-access.ts';
import type { Operator, Role } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';

const NAME_LENGTH_MAX = 40;

/** What owners do about who works in the console. Nobody does it to themselves. */
export interface ManageOperators {
  list(): Promise<readonly OperatorLine[]>;
  /** Returns the token of a set-up link. Throws WrongRequest `operator-name-invalid` (400), `operator-name-taken` (409). */
  create(owner: Operator, input: { readonly name: string; readonly role: Role }): Promise<{ readonly token: string }>;
  /** Throws WrongRequest `operator-own` (403), `operator-not-found` (404) or `last-owner` (409). */
  change(
    owner: Operator,
    id: string,
    changes: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
  ): Promise<void>;
  /** Takes someone's password and authenticator away and returns the token of a set-up link. Throws the same. */
  reset(owner: Operator, id: string): Promise<{ readonly token: string }>;
}

/** Builds the flow. Every change is logged with who made it. */
export function createManageOperators(options: {
  readonly operators: OperatorList;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): ManageOperators {
  const { operators, clock, logger } = options;
  return {
    list: () => operators.list(clock.nowMs()),
    create: async (owner, { name: given, role }) => {
      const name = cleanText(given).trim();
      if (name.length < 1 || name.length > NAME_LENGTH_MAX) {
        const message = `a name takes 1 to ${NAME_LENGTH_MAX} characters`;
        throw new WrongRequest('operator-name-invalid', message, { faults: [{ path: 'name', message }] });
      }
      const made = await operators.create({ name, role, nowMs: clock.nowMs() });
      logger.info({ operator: owner.id, name, role }, 'operator-created');
      return made;
    },
    change: async (owner, id, { role, disabled }) => {
      refuseOwn(owner, id);
      await operators.change({ id, role, disabled, nowMs: clock.nowMs() });
      logger.info({ operator: owner.id, changed: id, role, disabled }, 'operator-changed');
    },
    reset: async (owner, id) => {
      refuseOwn(owner, id);
      const made = await operators.reset(id, clock.nowMs());
      logger.info({ operator: owner.id, changed: id }, 'operator-reset');
      return made;
    },
  };
}

function refuseOwn(owner: Operator, id: string): void {
  if (owner.id !== id) return;
  const message = 'another owner must do this to your own access; you may change your password';
  throw new WrongRequest('operator-own', message, { status: 403 });
}
