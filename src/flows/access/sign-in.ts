import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { SESSION_LASTS_MS, TOKEN } from '../log-in.ts';
import type {
  AccessStore,
  AttemptKey,
  Credentials,
  LoginPlace,
  OneTimeCodes,
  OpenedSession,
  PasswordHasher,
  SecondFactor,
  SessionLine,
} from '../ports/operator-access.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { passwordFault } from './password-faults.ts';

/** Failures of a name, and of an address behind which there may be an office, before they have to wait. */
const NAME_FREE_FAILURES = 5;
const ADDRESS_FREE_FAILURES = 20;

/** What a set-up link shows. */
export interface SetUp {
  readonly operator: Operator;
  readonly totpSecret: string;
  /** For an authenticator, as text and as what a QR code says. */
  readonly totpUri: string;
}

/** Name, password and a code of the authenticator or a recovery code. */
export interface LoginWords {
  readonly name: string;
  readonly password: string;
  readonly code: string;
}

/** How operators prove themselves, and what they may do about their own access. */
export interface SignIn {
  /**
   * Opens a session of 12 h. Throws WrongRequest `log-in-refused` (401), the same whatever was wrong, and
   * `too-many-attempts` (429) that says when to come again.
   */
  signIn(words: LoginWords, place: LoginPlace): Promise<OpenedSession>;
  /** Shows what a set-up link is for, as often as it is opened. Throws WrongRequest `set-up-link-invalid` (401). */
  beginSetUp(token: string): Promise<SetUp>;
  /**
   * Sets password and authenticator and opens a session; recovery codes are told here and never again. Throws WrongRequest
   * `set-up-link-invalid` (401), `password-weak` or `code-wrong` (400).
   */
  finishSetUp(
    input: { readonly token: string; readonly password: string; readonly code: string },
    place: LoginPlace,
  ): Promise<OpenedSession & { readonly recoveryCodes: readonly string[] }>;
  /** Sets another password and ends every other session. Throws as signIn and `password-weak` (400). */
  changePassword(
    operator: Operator,
    input: { readonly password: string; readonly newPassword: string; readonly code: string },
    from: { readonly place: LoginPlace; readonly sessionToken: string },
  ): Promise<void>;
  sessions(operator: Operator, sessionToken: string): Promise<readonly SessionLine[]>;
  /** Throws WrongRequest `session-not-found` (404). */
  endSession(operator: Operator, id: string): Promise<void>;
}

interface SignInParts {
  readonly access: AccessStore;
  readonly passwords: PasswordHasher;
  readonly codes: OneTimeCodes;
  /** Stands for a network: what one subscriber has. */
  readonly networkOf: (address: string) => string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

/** Builds the flow over where access is kept. */
export function createSignIn(parts: SignInParts): SignIn {
  const { access, clock, logger } = parts;
  return {
    signIn: (words, place) => signIn(parts, words, place),
    beginSetUp: async (token) => {
      const fresh = parts.codes.newSecret();
      const found = TOKEN.test(token) ? await access.readSetUp({ token, fresh, nowMs: clock.nowMs() }) : undefined;
      if (found === undefined) throw setUpLinkInvalid();
      return { ...found, totpUri: parts.codes.uriOf(found.operator.name, found.totpSecret) };
    },
    finishSetUp: (input, place) => finishSetUp(parts, input, place),
    changePassword: async (operator, { password, newPassword, code }, { place, sessionToken }) => {
      refuseWeak('newPassword', newPassword, operator.name);
      const { credentials, second, keys } = await prove(parts, { name: operator.name, password, code }, place);
      const passwordHash = await parts.passwords.hash(newPassword);
      const change = { credentials, second, passwordHash, keepSessionToken: sessionToken, nowMs: clock.nowMs() };
      if (!(await access.changePassword(change))) throw logInRefused();
      await access.forgive(keys);
      logger.info({ operator: operator.id }, 'password-changed');
    },
    sessions: (operator, sessionToken) => access.sessions(operator.id, sessionToken, clock.nowMs()),
    endSession: async (operator, id) => {
      if (await access.endSession(operator.id, id)) return;
      throw new WrongRequest('session-not-found', 'this session is over already', { status: 404 });
    },
  };
}

async function signIn(parts: SignInParts, words: LoginWords, place: LoginPlace): Promise<OpenedSession> {
  const { credentials, second, keys } = await prove(parts, words, place);
  const nowMs = parts.clock.nowMs();
  const opened = await parts.access.openSession({ credentials, second, nowMs, lastsMs: SESSION_LASTS_MS, place });
  if (opened === undefined) throw logInRefused();
  await parts.access.forgive(keys);
  parts.logger.info({ operator: opened.operator.id, role: opened.operator.role }, 'logged-in');
  return opened;
}

/** Counts the attempt, then checks; a name nobody has takes as long as any other. */
async function prove(
  { access, passwords, codes, networkOf, clock, logger }: SignInParts,
  words: LoginWords,
  place: LoginPlace,
): Promise<{ credentials: Credentials; second: SecondFactor; keys: readonly AttemptKey[] }> {
  const name = words.name.trim();
  const nowMs = clock.nowMs();
  const keys = [
    { key: `name:${name.toLowerCase()}`, freeFailures: NAME_FREE_FAILURES },
    { key: `address:${networkOf(place.address)}`, freeFailures: ADDRESS_FREE_FAILURES },
  ];
  const waitMs = await access.takeAttempt(keys, nowMs);
  if (waitMs > 0) {
    const message = `too many attempts: try again in ${Math.ceil(waitMs / 1000)} seconds`;
    throw new WrongRequest('too-many-attempts', message, { status: 429, retryAfterMs: waitMs });
  }
  const credentials = await access.credentials(name);
  const known = await passwords.verify(words.password, credentials?.passwordHash ?? null);
  const code = words.code.trim();
  const step = codes.stepOf({ code, secret: credentials?.totpSecret ?? NOBODYS_SECRET, nowMs });
  const recoveryCode = recoveryCodeIn(code);
  const second: SecondFactor | null = step !== null ? { step } : recoveryCode !== null ? { recoveryCode } : null;
  if (credentials === undefined || !known || second === null) {
    logger.warn({}, 'login-refused');
    throw logInRefused();
  }
  return { credentials, second, keys };
}

/** Checked where there is no operator, so that the answer comes no sooner. */
const NOBODYS_SECRET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** Reads a recovery code however it is spaced; null for anything else. */
function recoveryCodeIn(text: string): string | null {
  const letters = text.toLowerCase().replaceAll(/[\s-]/g, '');
  return /^[2-9a-kmnp-z]{16}$/.test(letters) ? (letters.match(/.{4}/g) ?? []).join('-') : null;
}

async function finishSetUp(
  { access, passwords, codes, clock, logger }: SignInParts,
  { token, password, code }: Parameters<SignIn['finishSetUp']>[0],
  place: LoginPlace,
): ReturnType<SignIn['finishSetUp']> {
  const nowMs = clock.nowMs();
  const found = TOKEN.test(token) ? await access.readSetUp({ token, fresh: codes.newSecret(), nowMs }) : undefined;
  if (found === undefined) throw setUpLinkInvalid();
  refuseWeak('password', password, found.operator.name);
  const step = codes.stepOf({ code: code.trim(), secret: found.totpSecret, nowMs });
  if (step === null) {
    const message = 'this code is not the one the authenticator shows now: check its clock and try the next code';
    throw new WrongRequest('code-wrong', message, { faults: [{ path: 'code', message }] });
  }
  const passwordHash = await passwords.hash(password);
  const opened = await access.finishSetUp({ token, passwordHash, step, nowMs, lastsMs: SESSION_LASTS_MS, place });
  if (opened === undefined) throw setUpLinkInvalid();
  logger.info({ operator: opened.operator.id, role: opened.operator.role }, 'operator-set-up');
  return opened;
}

function refuseWeak(path: string, password: string, name: string): void {
  const message = passwordFault(password, name);
  if (message !== null) throw new WrongRequest('password-weak', message, { faults: [{ path, message }] });
}

function setUpLinkInvalid(): WrongRequest {
  const message = 'this set-up link is unknown, used or older than 24 hours: ask an owner for a new one';
  return new WrongRequest('set-up-link-invalid', message, { status: 401 });
}

function logInRefused(): WrongRequest {
  const message = 'name, password or code is wrong, or the code was used already: wait for the next code and try again';
  return new WrongRequest('log-in-refused', message, { status: 401 });
}
