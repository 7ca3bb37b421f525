import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { LoginPlace, OpenedSession } from '../../flows/ports/operator-access.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

/** 256 random bits as base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token, SHA-256 in hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Writes a session for an operator whose right to it was checked in the same transaction. */
export async function insertSession(
  client: Pick<pg.PoolClient, 'query'>,
  input: {
    readonly operator: Operator;
    readonly nowMs: number;
    readonly lastsMs: number;
    readonly place: LoginPlace;
  },
): Promise<OpenedSession> {
  const sessionToken = newToken();
  const expiresAtMs = input.nowMs + input.lastsMs;
  await client.query(
    `insert into operator_session (token_hash, id, operator_id, created_at, last_seen_at, expires_at, address, browser)
       values ($1, $2, $3, $4, $4, $5, $6, $7)`,
    [
      hashToken(sessionToken),
      randomBytes(8).toString('hex'),
      input.operator.id,
      new Date(input.nowMs),
      new Date(expiresAtMs),
      input.place.address.slice(0, 64),
      input.place.browser.slice(0, 200),
    ],
  );
  return { operator: input.operator, expiresAtMs, sessionToken };
}

/** Makes a one-time link for an operator and forgets links and sessions that are over. */
export async function insertLink(
  client: Pick<pg.PoolClient, 'query'>,
  input: {
    readonly operatorId: string;
    readonly purpose: 'log-in' | 'set-up';
    readonly nowMs: number;
    readonly lastsMs: number;
  },
): Promise<string> {
  const token = newToken();
  const at = new Date(input.nowMs);
  await client.query('insert into login_link (token_hash, operator_id, purpose, expires_at) values ($1, $2, $3, $4)', [
    hashToken(token),
    input.operatorId,
    input.purpose,
    new Date(input.nowMs + input.lastsMs),
  ]);
  await client.query('delete from login_link where expires_at < $1', [at]);
  await client.query('delete from operator_session where expires_at < $1', [at]);
  return token;
}

/** Waits for the database; its failures come as OutsideTrouble, what a caller did wrong stays as it is. */
export function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
