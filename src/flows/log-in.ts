import { WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { LoginPlace } from './ports/operator-access.ts';
import type { OperatorSession, OperatorStore } from './ports/operators.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** However much it is used. */
export const SESSION_LASTS_MS = 12 * 3_600_000;
/** 256 bits as base64url. */
export const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** How operators get in and out. */
export interface LogIn {
  /** Spends a one-time link and returns a session of 12 h. Throws WrongRequest `login-link-invalid` (401). */
  logIn(loginToken: string, place: LoginPlace): Promise<OperatorSession & { readonly sessionToken: string }>;
  /** Returns undefined unless the token is that of a session still open. */
  whoIs(sessionToken: string): Promise<OperatorSession | undefined>;
  logOut(sessionToken: string): Promise<void>;
}

/** Builds the flow over where operators are kept. */
export function createLogIn(options: {
  readonly operators: OperatorStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): LogIn {
  const { operators, clock, logger } = options;
  return {
    logIn: async (loginToken, place) => {
      const opened = TOKEN.test(loginToken)
        ? await operators.openSession({ loginToken, nowMs: clock.nowMs(), lastsMs: SESSION_LASTS_MS, place })
        : undefined;
      if (opened === undefined) {
        logger.warn({}, 'login-refused');
        const message = 'this login link is unknown, used or older than 15 minutes: ask for a new one';
        throw new WrongRequest('login-link-invalid', message, { status: 401 });
      }
      logger.info({ operator: opened.operator.id, role: opened.operator.role }, 'logged-in');
      return opened;
    },
    whoIs: async (sessionToken) =>
      TOKEN.test(sessionToken) ? operators.findSession(sessionToken, clock.nowMs()) : undefined,
    logOut: async (sessionToken) => {
      if (TOKEN.test(sessionToken)) await operators.closeSession(sessionToken);
    },
  };
}
