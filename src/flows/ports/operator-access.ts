import type { Operator, OperatorSession, Role } from './operators.ts';

/** Where a log-in comes from: the network address and what the browser calls itself, both cut to a bounded length. */
export interface LoginPlace {
  readonly address: string;
  readonly browser: string;
}

/** A session with the token that the browser keeps. */
export type OpenedSession = OperatorSession & { readonly sessionToken: string };

/** One session as its owner sees it. */
export interface SessionLine {
  readonly id: string;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
  readonly address: string;
  readonly browser: string;
  /** Whether it is the one that asks. */
  readonly own: boolean;
}

/** What an operator proves themselves by. */
export interface Credentials {
  readonly operator: Operator;
  readonly passwordHash: string;
  /** The shared secret of their authenticator, base32. */
  readonly totpSecret: string;
}

/** What goes with a password: the step of a one-time code, or a recovery code. Each is good once. */
export type SecondFactor = { readonly step: number } | { readonly recoveryCode: string };

/** A name or an address that log-ins are counted by, and how many may fail before it has to wait. */
export interface AttemptKey {
  readonly key: string;
  readonly freeFailures: number;
}

/** An operator as owners see them. */
export interface OperatorLine extends Operator {
  readonly createdAtMs: number;
  /** Null while they may log in. */
  readonly disabledAtMs: number | null;
  /** Whether password and authenticator are set. */
  readonly ready: boolean;
  readonly sessions: number;
  readonly lastSeenAtMs: number | null;
}

/** Where what operators log in with is kept. Every method throws OutsideTrouble when the database cannot answer. */
export interface AccessStore {
  /**
   * Counts a failure for each key before anything is checked, so that no race gets more tries; `forgive` takes it back.
   * Returns how long to wait, in ms: 0 when the attempt may go on; otherwise nothing was counted.
   */
  takeAttempt(keys: readonly AttemptKey[], nowMs: number): Promise<number>;
  /** The first key's failures are forgotten, each other one's are one fewer. */
  forgive(keys: readonly AttemptKey[]): Promise<void>;
  /** Undefined for a name that is unknown, disabled or not set up. */
  credentials(name: string): Promise<Credentials | undefined>;
  credentialsOf(operatorId: string): Promise<Credentials | undefined>;
  /**
   * Opens a session if the second factor was not used before, the password is still this one and nobody disabled the operator meanwhile;
   * else returns undefined.
   */
  openSession(input: {
    readonly credentials: Credentials;
    readonly second: SecondFactor;
    readonly nowMs: number;
    readonly lastsMs: number;
    readonly place: LoginPlace;
  }): Promise<OpenedSession | undefined>;
  /** Whose set-up link it is, with the secret it was given; `fresh` is kept where there is none yet. */
  readSetUp(input: {
    readonly token: string;
    readonly fresh: string;
    readonly nowMs: number;
  }): Promise<{ readonly operator: Operator; readonly totpSecret: string } | undefined>;
  /**
   * Spends a set-up link: password, authenticator and recovery codes are new, every other session ends, and one opens.
   * Undefined for a link that is unknown, used or over.
   */
  finishSetUp(input: {
    readonly token: string;
    readonly passwordHash: string;
    readonly step: number;
    readonly nowMs: number;
    readonly lastsMs: number;
    readonly place: LoginPlace;
  }): Promise<(OpenedSession & { readonly recoveryCodes: readonly string[] }) | undefined>;
  /** Sets another password and ends every session but one; false when password or code were used meanwhile. */
  changePassword(input: {
    readonly credentials: Credentials;
    readonly second: SecondFactor;
    readonly passwordHash: string;
    readonly keepSessionToken: string;
    readonly nowMs: number;
  }): Promise<boolean>;
  /** The open sessions of an operator, the last used first. */
  sessions(operatorId: string, sessionToken: string, nowMs: number): Promise<readonly SessionLine[]>;
  /** False when the operator has no such session. */
  endSession(operatorId: string, id: string): Promise<boolean>;
}

/** Where operators are kept. Every method throws OutsideTrouble when the database cannot answer. */
export interface OperatorList {
  list(nowMs: number): Promise<readonly OperatorLine[]>;
  /** Makes an operator and their set-up link. Throws WrongRequest `operator-name-taken` (409). */
  create(input: { readonly name: string; readonly role: Role; readonly nowMs: number }): Promise<{ token: string }>;
  /**
   * Changes a role, or whether someone may log in; both end their sessions. Throws WrongRequest `operator-not-found` (404) and
   * `last-owner` (409) where no owner who may log in would be left.
   */
  change(input: {
    readonly id: string;
    readonly role?: Role | undefined;
    readonly disabled?: boolean | undefined;
    readonly nowMs: number;
  }): Promise<void>;
  /** Takes password, authenticator and sessions away and makes a set-up link. Throws WrongRequest `operator-not-found` (404). */
  reset(id: string, nowMs: number): Promise<{ readonly token: string }>;
}

/** Makes and checks hashes of passwords. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes as long for `null`, which is nobody's hash, as for any other. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

/** One-time codes by the clock. */
export interface OneTimeCodes {
  /** A new secret, base32. */
  newSecret(): string;
  /** The step a code belongs to, one before and one after now allowed; null for a wrong one. */
  stepOf(input: { readonly code: string; readonly secret: string; readonly nowMs: number }): number | null;
  /** The address an authenticator takes, `otpauth://totp/...`. */
  uriOf(name: string, secret: string): string;
}
